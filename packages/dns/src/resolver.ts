import type { CallOptions, RecordType } from './dns-zone.ts'

/** What a resolver answered. */
export interface ResolverAnswer {
  readonly values: readonly string[]
  /** For how long it will go on answering so, in seconds. */
  readonly ttlSeconds: number
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
  /** `undefined`: there is no such record. Rejects when it does not answer. */
  lookup(name: string, type: RecordType, options?: CallOptions): Promise<ResolverAnswer | undefined>
}
