import type { CallOptions, RecordType } from './dns-zone.ts'

/** What a resolver answered. */
export interface ResolverAnswer {
  /** Empty: there is no such record. */
  readonly values: readonly string[]
  /** For how long it will go on answering so, in seconds; also that there is no such record (RFC 2308). */
  readonly ttlSeconds: number
  /** Without values: `'nxdomain'`, nothing has that name; `'nodata'`, only other types do. */
  readonly absent?: 'nxdomain' | 'nodata' | undefined
  /** It says that this is out of date, given because no authoritative server answers it (RFC 8767; RFC 8914 codes 3 and 19). */
  readonly stale?: boolean | undefined
}

/**
 * One resolver that your clients use.
 *
 * Asking it is not harmless: a recursive resolver remembers what it was asked for. Asked before a switch it keeps the former
 * answer for a whole TTL; asked for a name that is not there yet it remembers that, often for 15 minutes.
 */
export interface Resolver {
  /** As people read it in evidence: `unbound eu-west-1a`. */
  readonly name: string
  /** `undefined`: there is no such record, and nobody knows for how long. Rejects when it does not answer. */
  lookup(name: string, type: RecordType, options?: CallOptions): Promise<ResolverAnswer | undefined>
}
