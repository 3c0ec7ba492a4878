import type { CallOptions, RecordType } from '../dns-zone.ts'

/** Types that are looked at, beside those that a zone can write. */
export type AskedType = RecordType | 'SOA' | 'DS' | 'DNSKEY'

/** One record of a reply. Names in lower case, without the last dot. */
export interface RepliedRecord {
  readonly name: string
  /** `TYPE46` for one that nobody here knows. */
  readonly type: string
  readonly ttlSeconds: number
  /** As `RecordSet` has it; of an SOA `{ negativeTtlSeconds }` as text: its minimum; of others hexadecimal. */
  readonly value: string
}

export interface DnsReply {
  readonly found: 'answer' | 'nodata' | 'nxdomain' | 'referral'
  readonly authoritative: boolean
  readonly answers: readonly RepliedRecord[]
  readonly authorities: readonly RepliedRecord[]
  readonly additionals: readonly RepliedRecord[]
}

/**
 * The port to the name servers of the world, without any cache between: a resolver that is asked for a name which is not there
 * yet remembers so, and one that is asked for one that is about to change remembers that. The server itself remembers nothing.
 */
export interface NameServers {
  /** Addresses of root servers. */
  readonly roots: readonly string[]
  /** Asks one server, without recursion. Rejects when it does not answer, or refuses. */
  ask(address: string, name: string, type: AskedType, options?: CallOptions): Promise<DnsReply>
}
