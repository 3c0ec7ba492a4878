/** A record set as we send it. */
export interface Route53RecordSet {
  Name: string
  Type: Route53RecordType
  TTL?: number
  ResourceRecords?: { Value: string }[]
  SetIdentifier?: string
  Weight?: number
  HealthCheckId?: string
  AliasTarget?: { HostedZoneId: string; DNSName: string; EvaluateTargetHealth: boolean }
}

/** The types that the service has, also those that this package only brings back. */
export type Route53RecordType =
  | 'A'
  | 'AAAA'
  | 'CAA'
  | 'CNAME'
  | 'DS'
  | 'HTTPS'
  | 'MX'
  | 'NAPTR'
  | 'NS'
  | 'PTR'
  | 'SOA'
  | 'SPF'
  | 'SRV'
  | 'SSHFP'
  | 'SVCB'
  | 'TLSA'
  | 'TXT'

/** A record set as the service lists it; what is not named here (`Region`, `Failover`, …) comes as more properties. */
export interface ListedRecordSet {
  readonly Name?: string | undefined
  readonly Type?: string | undefined
  readonly TTL?: number | undefined
  readonly ResourceRecords?: readonly { readonly Value?: string | undefined }[] | undefined
  readonly SetIdentifier?: string | undefined
  readonly Weight?: number | undefined
  readonly HealthCheckId?: string | undefined
  readonly AliasTarget?:
    | {
        readonly HostedZoneId?: string | undefined
        readonly DNSName?: string | undefined
        readonly EvaluateTargetHealth?: boolean | undefined
      }
    | undefined
}

/** One page of a listing, in the zone's order: labels reversed, then type, then set identifier. */
interface Route53Listing {
  readonly ResourceRecordSets?: readonly ListedRecordSet[] | undefined
  readonly IsTruncated?: boolean | undefined
  readonly NextRecordName?: string | undefined
  readonly NextRecordType?: Route53RecordType | undefined
  readonly NextRecordIdentifier?: string | undefined
}

export interface Route53Change {
  Action: 'CREATE' | 'DELETE'
  ResourceRecordSet: Route53RecordSet
}

/** What `changeResourceRecordSets` and `getChange` answer. */
export interface Route53Answer {
  readonly ChangeInfo?: { readonly Id?: string | undefined; readonly Status?: string | undefined } | undefined
}

interface Sending {
  abortSignal?: AbortSignal
}

export interface Route53Key {
  RecordName: string
  RecordType: Route53RecordType
}

/**
 * The calls that this adapter makes. `new Route53(...)` of `@aws-sdk/client-route-53` fits as it is; the three about protections
 * came with version 3.1150 or so, and a client without them has no `zone.locks`.
 */
export interface Route53Like {
  listResourceRecordSets(
    input: {
      HostedZoneId: string
      StartRecordName?: string
      StartRecordType?: Route53RecordType
      StartRecordIdentifier?: string
      MaxItems?: number
    },
    options?: Sending,
  ): Promise<Route53Listing>
  changeResourceRecordSets(
    input: { HostedZoneId: string; ChangeBatch: { Changes: Route53Change[] } },
    options?: Sending,
  ): Promise<Route53Answer>
  getChange(input: { Id: string }, options?: Sending): Promise<Route53Answer>
  createResourceRecordSetProtections?(
    input: { HostedZoneId: string; Protections: (Route53Key & { Comment?: string })[] },
    options?: Sending,
  ): Promise<unknown>
  deleteResourceRecordSetProtections?(
    input: { HostedZoneId: string; Protections: Route53Key[] },
    options?: Sending,
  ): Promise<unknown>
  listResourceRecordSetProtections?(
    input: {
      HostedZoneId: string
      StartRecordName?: string
      StartRecordType?: Route53RecordType
      MaxResults?: number
      NextToken?: string
    },
    options?: Sending,
  ): Promise<{
    readonly ResourceRecordSetProtections?:
      | readonly {
          readonly RecordName?: string | undefined
          readonly RecordType?: string | undefined
          readonly Comment?: string | undefined
        }[]
      | undefined
    readonly NextToken?: string | undefined
  }>
}

/** Says in the compiler's message what to pass instead of a `Route53Client`. */
export type Aggregated<Client> = Client extends Route53Like
  ? Client
  : Client extends { send: unknown }
    ? 'Pass new Route53(...): a Route53Client has only send()'
    : Route53Like
