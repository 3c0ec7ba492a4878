import type { Context } from '@cutover/core'

import type { DnsZone } from './dns-zone.ts'

/** Caches count whole seconds: changes were seen up to 0.95 s after an answer's TTL was over. */
const roundingMs = 1_000

/** How long a cache that obeys DNS may give an answer that it took just now, in milliseconds. */
export const rememberedMs = (ttlSeconds: number): number => ttlSeconds * 1_000 + roundingMs

/** How long the next write will take to be served, in milliseconds: what the zone bounds it by, or how long the last one took, of which `waitedMs` were for caches. */
export const servedMs = (
  { propagationMs }: DnsZone,
  measured: { readonly applyMs: number } | undefined,
  waitedMs = 0,
): number => (measured ? Math.min(propagationMs, Math.max(0, measured.applyMs - waitedMs)) : propagationMs)

/** Waits until every authoritative server serves what was written at `since`, and answers that moment, epoch milliseconds. */
export async function waitUntilServed(
  zone: DnsZone,
  { clock, signal, report }: Context,
  { since, receipt }: { readonly since: number; readonly receipt: unknown },
): Promise<number> {
  report({
    kind: 'waiting',
    why: `name servers of ${zone.name ?? 'the zone'} may still give the former answer`,
    until: since + zone.propagationMs,
  })
  await zone.waitUntilServed(receipt, { since, clock, signal })
  return clock.now()
}

/** Waits until an instant, epoch milliseconds; not a millisecond less, since `notBefore` compares with it. */
export async function sleepUntil(until: number, why: string, { clock, signal, report }: Context): Promise<void> {
  signal.throwIfAborted()
  if (clock.now() < until) report({ kind: 'waiting', why, until })
  while (clock.now() < until) await clock.sleep(until - clock.now(), { signal })
}
