/** The types of Azure DNS, API version 2018-05-01: no HTTPS and no SVCB, nor has 2023-07-01-preview any (it adds DS, NAPTR, TLSA). */
export const azureDnsTypes = ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const

export type AzureDnsType = (typeof azureDnsTypes)[number]

/** A record set as the SDK has it; what belongs to another type is absent. */
export interface AzureRecordSet {
  /** Relative to the zone; `@` is the zone's own name. */
  readonly name?: string
  /** `Microsoft.Network/dnszones/CNAME` */
  readonly type?: string
  etag?: string
  metadata?: { [name: string]: string }
  ttl?: number
  /** With a last dot. */
  readonly fqdn?: string
  readonly provisioningState?: string
  /** What an alias stands for; `{}` where it is none. */
  targetResource?: { id?: string }
  aRecords?: { ipv4Address?: string }[]
  aaaaRecords?: { ipv6Address?: string }[]
  caaRecords?: { flags?: number; tag?: string; value?: string }[]
  cnameRecord?: { cname?: string }
  mxRecords?: { preference?: number; exchange?: string }[]
  nsRecords?: { nsdname?: string }[]
  ptrRecords?: { ptrdname?: string }[]
  soaRecord?: {
    host?: string
    email?: string
    serialNumber?: number
    refreshTime?: number
    retryTime?: number
    expireTime?: number
    minimumTtl?: number
  }
  srvRecords?: { priority?: number; weight?: number; port?: number; target?: string }[]
  /** The strings of each text, as they are split. */
  txtRecords?: { value?: string[] }[]
}

export interface SendOptions {
  readonly abortSignal?: AbortSignal
  /** Told the status also where the SDK keeps it to itself: of a deletion, and of an error without a body. */
  readonly onResponse?: (response: { readonly status: number }) => void
}

/** The four calls that this adapter makes. `new DnsManagementClient(...)` of `@azure/arm-dns` fits as it is. */
export interface AzureDnsLike {
  readonly recordSets: {
    get(
      resourceGroup: string,
      zone: string,
      relativeName: string,
      type: AzureDnsType,
      options?: SendOptions,
    ): Promise<AzureRecordSet>
    /** Replaces the whole set, its metadata too. */
    createOrUpdate(
      resourceGroup: string,
      zone: string,
      relativeName: string,
      type: AzureDnsType,
      set: AzureRecordSet,
      options?: SendOptions & { ifMatch?: string; ifNoneMatch?: string },
    ): Promise<AzureRecordSet>
    delete(
      resourceGroup: string,
      zone: string,
      relativeName: string,
      type: AzureDnsType,
      options?: SendOptions & { ifMatch?: string },
    ): Promise<void>
    listByDnsZone(resourceGroup: string, zone: string, options?: SendOptions): AsyncIterable<AzureRecordSet>
  }
}
