/** The types that this package writes. */
export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'TXT' | 'NS' | 'MX' | 'SRV' | 'CAA' | 'HTTPS' | 'SVCB'

export const recordTypes: readonly RecordType[] = [
  'A',
  'AAAA',
  'CNAME',
  'TXT',
  'NS',
  'MX',
  'SRV',
  'CAA',
  'HTTPS',
  'SVCB',
]

/** All records of one name and type. Names, also those in values, are absolute, in lower case and without the last dot. */
export interface RecordSet {
  readonly kind?: undefined
  readonly name: string
  readonly type: RecordType
  readonly ttlSeconds: number
  /**
   * Sorted, without repetition, each as a zone file has it: `10 mail.example.com` for an MX, `0 issue "ca.example.net"` for a
   * CAA, `1 . alpn="h2"` for an HTTPS. A TXT value is its text, without quotes and escapes.
   */
  readonly values: readonly string[]
  /** How the authority had spelled the values, if not as this package would; JSON data of the provider's own. It says nothing that the values do not, and comes back byte for byte. */
  readonly spelling?: unknown
  /** What the authority keeps beside values and TTL (metadata); JSON data of its own, kept by every edit. */
  readonly extra?: unknown
}

/** What an alias stands for: a name of the provider's (Route 53), or a resource of its (Azure). */
export interface AliasTarget {
  /** Absolute, in lower case, without the last dot; the resource's id at Azure. */
  readonly target: string
  /** JSON data of the provider's own that belongs to the target: its hosted zone's id, whether its health is looked at. */
  readonly extra?: unknown
}

/** A record that answers what another resource of the provider answers. */
export interface AliasRecordSet {
  readonly kind: 'alias'
  readonly name: string
  readonly type: RecordType
  readonly alias: AliasTarget
  /** Where the provider lets it be set (Azure); else the target's own. */
  readonly ttlSeconds?: number | undefined
  readonly extra?: unknown
}

/** One answer of a weighted set: values with a TTL of its own, or an alias. */
export interface WeightedMember {
  /** Unique in the set: `SetIdentifier` at Route 53, the endpoint's name at Traffic Manager. */
  readonly id: string
  /** A share of the sum of all; 0 is not served, but at Route 53 if all are 0. */
  readonly weight: number
  readonly ttlSeconds?: number | undefined
  /** One value at Route 53. */
  readonly values?: readonly string[] | undefined
  readonly alias?: AliasTarget | undefined
  readonly spelling?: unknown
  /** Such as the id of its health check; JSON data of the provider's own, kept by every edit. */
  readonly extra?: unknown
}

/** Several answers of one name and type, of which a client gets one by weight. */
export interface WeightedRecordSet {
  readonly kind: 'weighted'
  readonly name: string
  readonly type: RecordType
  /** Sorted by id. */
  readonly members: readonly WeightedMember[]
  readonly extra?: unknown
}

/** What no verb edits, but `snapshot` and `restore` bring back as it was: latency records, PTR, SOA, texts that are not UTF-8. */
export interface OpaqueRecordSet {
  readonly kind: 'opaque'
  readonly name: string
  readonly type: string
  /** As people call it: `a latency record`. */
  readonly what: string
  /** JSON data of the provider's own: all of it. */
  readonly extra: unknown
}

export type AnyRecordSet = RecordSet | AliasRecordSet | WeightedRecordSet | OpaqueRecordSet
