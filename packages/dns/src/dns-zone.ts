import type { Clock } from '@cutover/core'

/** The types that this version moves. */
export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'TXT'

/** All records of one name and type. Names and values of CNAMEs are absolute, in lower case and without the last dot. */
export interface RecordSet {
  readonly name: string
  readonly type: RecordType
  readonly ttlSeconds: number
  /** Sorted, without repetition. A TXT value is its text, without quotes. */
  readonly values: readonly string[]
}

/** A record set as the authority has it, and what a compare-and-swap needs to tell it from any other state. */
export interface Found {
  readonly set: RecordSet
  /** JSON data of the provider's own: an etag, a serial; `undefined` where value and TTL are compared themselves. */
  readonly token?: unknown
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface WriteOptions extends CallOptions {
  /** `context.fence`: called in the same turn as the request is sent. */
  readonly fence?: (() => void) | undefined
}

/** The port: a zone at its authority. Adapters translate, and decide nothing. */
export interface DnsZone {
  /** `example.com`, without the last dot; `undefined` where the caller gave an id alone (Route 53): then the authority alone refuses names of other zones. */
  readonly name?: string | undefined
  readonly supports: {
    /** What `replace` compares, atomically, at the authority. `'value'` misses an edit of the TTL alone between read and write. */
    readonly compareAndSwap: 'value and ttl' | 'value'
  }
  /** How long an unanswered request may still take effect, in milliseconds. */
  readonly lateMs: number
  /** An upper bound for how long a write takes to reach every authoritative server, in milliseconds; for estimates, and for waits without a receipt. */
  readonly propagationMs: number
  /** Asks the authority, never a resolver. */
  find(name: string, type: RecordType, options?: CallOptions): Promise<Found | undefined>
  /**
   * Replaces `expected` by `next`: atomically, and only if the authority still has exactly `expected`. `undefined` stands for no such record.
   *
   * Answers a receipt (JSON data) for `waitUntilServed`.
   *
   * @throws CutoverError `DNS_CONFLICT` when it has something else; `DNS_CHANGE_REJECTED` when it refuses the record.
   */
  replace(expected: Found | undefined, next: RecordSet | undefined, options?: WriteOptions): Promise<unknown>
  /** Resolves when every authoritative server serves what was written at `since` (epoch milliseconds); without a receipt, after the longest time that can take. */
  waitUntilServed(
    receipt: unknown,
    options: CallOptions & { readonly since: number; readonly clock: Clock },
  ): Promise<void>
}
