/** A record set as the official client has it: flat, and in camel case. */
export interface DnsRecordSet {
  /** Relative to the zone; `@` is the zone's own name. */
  readonly name?: string
  /** `Microsoft.Network/dnszones/CNAME` */
  readonly type?: string
  readonly etag?: string
  readonly metadata?: { [name: string]: string }
  readonly ttl?: number
  readonly fqdn?: string
  readonly provisioningState?: string
  readonly targetResource?: { id?: string }
  readonly aRecords?: { ipv4Address?: string }[]
  readonly aaaaRecords?: { ipv6Address?: string }[]
  readonly caaRecords?: { flags?: number; tag?: string; value?: string }[]
  readonly cnameRecord?: { cname?: string }
  readonly mxRecords?: { preference?: number; exchange?: string }[]
  readonly nsRecords?: { nsdname?: string }[]
  readonly ptrRecords?: { ptrdname?: string }[]
  readonly soaRecord?: object
  readonly srvRecords?: { priority?: number; weight?: number; port?: number; target?: string }[]
  readonly txtRecords?: { value?: string[] }[]
}

export type DnsRecordType = 'A' | 'AAAA' | 'CAA' | 'CNAME' | 'MX' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT'

/**
 * One public zone of Azure DNS as a state machine: what `azureDnsMachine` of `@cutover/dns/testing` is. Each method is the
 * service's own act, atomic and at once; it refuses by throwing an error with a `statusCode` and a `code`.
 */
export interface DnsZoneMachine {
  /** `example.com` */
  readonly name: string
  readonly nameServers: readonly string[]
  get(relativeName: string, type: DnsRecordType): DnsRecordSet
  put(
    relativeName: string,
    type: DnsRecordType,
    set: DnsRecordSet,
    conditions: { readonly ifMatch: string | undefined; readonly ifNoneMatch: string | undefined },
  ): { readonly set: DnsRecordSet; readonly isNew: boolean }
  /** `false` where there was none. */
  delete(relativeName: string, type: DnsRecordType, conditions: { readonly ifMatch: string | undefined }): boolean
  list(): readonly DnsRecordSet[]
}
