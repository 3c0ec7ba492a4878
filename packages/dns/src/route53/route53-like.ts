import type { RecordType } from '../dns-zone.ts'

/** A record set as we send it: values and a TTL, nothing else. */
export interface Route53RecordSet {
  Name: string
  Type: RecordType
  TTL: number
  ResourceRecords: { Value: string }[]
}

/** A record set as the service lists it; what is neither value nor TTL (`AliasTarget`, `SetIdentifier`, …) comes as more properties. */
export interface ListedRecordSet {
  readonly Name?: string | undefined
  readonly Type?: string | undefined
  readonly TTL?: number | undefined
  readonly ResourceRecords?: readonly { readonly Value?: string | undefined }[] | undefined
}

export interface Route53Change {
  Action: 'CREATE' | 'DELETE'
  ResourceRecordSet: Route53RecordSet
}

/** What `changeResourceRecordSets` and `getChange` answer. */
export interface Route53Answer {
  readonly ChangeInfo?: { readonly Id?: string | undefined; readonly Status?: string | undefined } | undefined
}

/** The three calls that this adapter makes. `new Route53(...)` of `@aws-sdk/client-route-53` fits as it is. */
export interface Route53Like {
  listResourceRecordSets(
    input: { HostedZoneId: string; StartRecordName: string; StartRecordType: RecordType; MaxItems: number },
    options?: { abortSignal?: AbortSignal },
  ): Promise<{ readonly ResourceRecordSets?: readonly ListedRecordSet[] | undefined }>
  changeResourceRecordSets(
    input: { HostedZoneId: string; ChangeBatch: { Changes: Route53Change[] } },
    options?: { abortSignal?: AbortSignal },
  ): Promise<Route53Answer>
  getChange(input: { Id: string }, options?: { abortSignal?: AbortSignal }): Promise<Route53Answer>
}

/** Says in the compiler's message what to pass instead of a `Route53Client`. */
export type Aggregated<Client> = Client extends Route53Like
  ? Client
  : Client extends { send: unknown }
    ? 'Pass new Route53(...): a Route53Client has only send()'
    : Route53Like
