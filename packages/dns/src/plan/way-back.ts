import { formatDuration } from '@cutover/core'

import type { DnsZone } from '../dns-zone.ts'
import { rememberedMs } from '../propagation.ts'
import { blocker, type Finding } from './finding.ts'

/** What clients add to what DNS promises. */
export interface ClientTimes {
  /** A floor that resolvers keep whatever the TTL says: Knot Resolver 5, `cache-min-ttl`. @default 0 */
  readonly floorSeconds?: number | undefined
  /** How long clients themselves keep an answer: a JVM 30 by default, for ever with a security manager. @default 0 */
  readonly cacheSeconds?: number | undefined
  /** How old a kept-alive connection becomes; the former side may end it earlier. @default 0 */
  readonly connectionSeconds?: number | undefined
}

/** How long each part of going back takes at most, in milliseconds. */
export interface BackTerms {
  /** From the write until the last name server has it. */
  readonly propagationMs: number
  /** TTL of the new record, or the floor of resolvers. */
  readonly ttlMs: number
  /** Caches count whole seconds. */
  readonly roundingMs: number
  readonly clientCacheMs: number
  readonly connectionMs: number
}

export interface Back {
  /** Within the rto; true without one. */
  readonly ok: boolean
  readonly worstCaseMs: number
  readonly terms: BackTerms
  /** The longest TTL with which going back fits; absent when none does, or without an rto. */
  readonly ttlSecondsThatFits?: number | undefined
}

/** How long it takes until everybody is back, at worst: the TTL that counts is the *new* record's. */
export function wayBack(
  zone: Pick<DnsZone, 'propagationMs'>,
  {
    ttlSeconds,
    rtoMs,
    clients,
  }: { readonly ttlSeconds: number; readonly rtoMs: number | undefined; readonly clients: ClientTimes },
): Back {
  const { floorSeconds = 0, cacheSeconds = 0, connectionSeconds = 0 } = clients
  const roundingMs = rememberedMs(0)
  const terms = {
    propagationMs: zone.propagationMs,
    ttlMs: Math.max(ttlSeconds, floorSeconds) * 1_000,
    roundingMs,
    clientCacheMs: cacheSeconds * 1_000,
    connectionMs: connectionSeconds * 1_000,
  }
  const worstCaseMs = Object.values(terms).reduce((sum, ms) => sum + ms, 0)
  if (rtoMs === undefined) return { ok: true, worstCaseMs, terms }
  const left = Math.floor((rtoMs - (worstCaseMs - terms.ttlMs)) / 1_000)
  const fits = left >= Math.max(1, floorSeconds) ? { ttlSecondsThatFits: left } : {}
  return { ok: worstCaseMs <= rtoMs, worstCaseMs, terms, ...fits }
}

export function backFindings(
  { ok, worstCaseMs, terms, ttlSecondsThatFits: fits }: Back,
  rtoMs: number | undefined,
): Finding[] {
  if (ok || rtoMs === undefined) return []
  const [largest] = named(terms).sort((a, b) => b.ms - a.ms)
  const text =
    `going back could take ${formatDuration(worstCaseMs)}, the rto is ${formatDuration(rtoMs)}: ` +
    named(terms)
      .filter(({ ms }) => ms > 0)
      .map(({ term, ms }) => `${formatDuration(ms)} ${inWords[term]}`)
      .join(', ')
  const fix =
    fits === undefined
      ? `No TTL fits; the largest term is ${inWords[largest?.term ?? 'ttlMs']}.`
      : `A TTL of ${fits} s or less fits: lowerTtl(record, { ttlSeconds: ${fits} }), and repoint with it.`
  return [blocker('rto-missed', text, fix, { worstCaseMs, terms })]
}

const named = (terms: BackTerms): { readonly term: keyof BackTerms; readonly ms: number }[] =>
  (Object.keys(terms) as (keyof BackTerms)[]).map((term) => ({ term, ms: terms[term] }))

const inWords: Readonly<Record<keyof BackTerms, string>> = {
  propagationMs: 'until all name servers have it',
  ttlMs: 'for the TTL of the new record',
  roundingMs: 'for rounding',
  clientCacheMs: "for clients' own caches",
  connectionMs: 'for connections that are kept alive',
}
