import type { Clock } from '@cutover/core'

import type { AnyRecordSet, RecordType } from './record-kinds.ts'

export type {
  AliasRecordSet,
  AliasTarget,
  AnyRecordSet,
  OpaqueRecordSet,
  RecordSet,
  RecordType,
  WeightedMember,
  WeightedRecordSet,
} from './record-kinds.ts'

/** A record set as the authority has it, and what a compare-and-swap needs to tell it from any other state. */
export interface Found {
  readonly set: AnyRecordSet
  /** JSON data of the provider's own: an etag, a serial; `undefined` where value and TTL are compared themselves. */
  readonly token?: unknown
}

/** One step of a write: `expected` is replaced by `next`; `undefined` stands for no such record. */
export interface Edit {
  readonly expected: Found | undefined
  readonly next: AnyRecordSet | undefined
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface WriteOptions extends CallOptions {
  /** `context.fence`: called in the same turn as the request is sent. */
  readonly fence?: (() => void) | undefined
}

/** What a zone can do; verbs refuse by it before anything is read. */
export interface DnsZoneSupport {
  /**
   * What a write compares, atomically, at the authority. `'value'` misses an edit of the TTL alone between read and write;
   * `'none'` misses any: it is read before and after the write, and a gap stays (Traffic Manager).
   */
  readonly compareAndSwap: 'value and ttl' | 'value' | 'none'
  /** The types that it can write. */
  readonly types: readonly RecordType[]
  /** Records that stand for another resource of the provider. */
  readonly alias: boolean
  /** Several answers by weight: the largest weight, and what a weight of 0 does. */
  readonly weighted: false | { readonly most: number; readonly zero: 'not served' | 'disabled' }
  readonly ttlSeconds: { readonly least: number; readonly most: number }
  /** `false`: only edits what is there (Traffic Manager). */
  readonly creates: boolean
}

/** The port: a zone at its authority. Adapters translate, and decide nothing. */
export interface DnsZone {
  /** `example.com`, without the last dot; `undefined` where the caller gave an id alone (Route 53): then the authority alone refuses names of other zones. */
  readonly name?: string | undefined
  readonly supports: DnsZoneSupport
  /** How long an unanswered request may still take effect, in milliseconds. */
  readonly lateMs: number
  /** An upper bound for how long a write takes to reach every authoritative server, in milliseconds; for estimates, and for waits without a receipt. */
  readonly propagationMs: number
  /** All records of that name and type, as one set. Asks the authority, never a resolver. */
  find(name: string, type: RecordType, options?: CallOptions): Promise<Found | undefined>
  /** Every record set of the zone, in any order, also those that no verb edits. Absent where the authority does not tell. */
  list?(options?: CallOptions): AsyncIterable<Found>
  /**
   * Replaces `expected` by `next`: atomically, and only if the authority still has exactly `expected`. `undefined` stands for no such record.
   *
   * Answers a receipt (JSON data) for `waitUntilServed`.
   *
   * @throws CutoverError `DNS_CONFLICT` when it has something else; `DNS_CHANGE_REJECTED` when it refuses the record.
   */
  replace(expected: Found | undefined, next: AnyRecordSet | undefined, options?: WriteOptions): Promise<unknown>
  /**
   * All edits, or none of them; so also another type at the same name. Absent where the provider has no batch (Azure DNS): there a
   * type cannot change without a moment in which the name has no answer.
   *
   * @throws CutoverError as `replace`; `DNS_BATCH_TOO_LARGE` before anything is sent.
   */
  replaceAll?(edits: readonly Edit[], options?: WriteOptions): Promise<unknown>
  /** Resolves when every authoritative server serves what was written at `since` (epoch milliseconds); without a receipt, after the longest time that can take. */
  waitUntilServed(
    receipt: unknown,
    options: CallOptions & { readonly since: number; readonly clock: Clock },
  ): Promise<void>
  /** Who changed the record last and when (epoch milliseconds), where the provider tells; `undefined`: it does not know (yet). */
  changedBy?(
    name: string,
    type: RecordType,
    options: CallOptions & { readonly clock: Clock },
  ): Promise<{ readonly who: string; readonly at: number } | undefined>
  /** Exact commands that do these edits without this package, for a person at night; no secret. Absent: verbs say it in words. */
  readonly byHand?: ZoneCommands | undefined
  /** What all of this needs: IAM actions, Azure operations. */
  readonly permissions?: readonly string[] | undefined
  /** Guards against edits at the authority itself; absent where it has none. */
  readonly locks?: RecordLocks | undefined
}

/** What a person types where nothing else works. */
export interface ZoneCommands {
  /** From exactly these states to those, in order; `undefined` stands for no such record. */
  replace(
    edits: readonly { readonly from: AnyRecordSet | undefined; readonly to: AnyRecordSet | undefined }[],
  ): readonly string[]
  /** Shows a record at the authority; asks no resolver, which would remember the answer. */
  look(name: string, type: string): string
  lock?(name: string, type: RecordType, why: string): string
  unlock?(name: string, type: RecordType): string
}

/** Locks that the authority itself holds against every edit of a record set, also ours (Route 53 protections). */
export interface RecordLocks {
  /** Why it is locked; `undefined`: it is not. */
  find(name: string, type: RecordType, options?: CallOptions): Promise<string | undefined>
  lock(name: string, type: RecordType, why: string, options?: WriteOptions): Promise<void>
  unlock(name: string, type: RecordType, options?: WriteOptions): Promise<void>
}
