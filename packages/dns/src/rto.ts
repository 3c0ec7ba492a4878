import { CutoverError, formatDuration } from '@cutover/core'

import type { DnsZone } from './dns-zone.ts'
import { rememberedMs } from './propagation.ts'

export interface WayBack {
  readonly name: string
  readonly zone: DnsZone
  /** How long going back may take at most, in milliseconds. */
  readonly rtoMs: number
  /** Of the new record: that is the answer which caches have to forget. */
  readonly ttlSeconds: number
}

/**
 * Proves that everybody can be back in time: propagation + TTL of the new record + 1 s.
 *
 * @throws CutoverError `DNS_RTO_UNREACHABLE` with the terms, and the TTL that would fit.
 */
export function rtoFits({ name, zone, rtoMs, ttlSeconds }: WayBack): void {
  const worstMs = zone.propagationMs + rememberedMs(ttlSeconds)
  if (worstMs <= rtoMs) return
  const fits = Math.floor((rtoMs - zone.propagationMs - rememberedMs(0)) / 1_000)
  throw new CutoverError(
    'DNS_RTO_UNREACHABLE',
    `going back from ${name} could take ${formatDuration(worstMs)}, the rto is ${formatDuration(rtoMs)}: ` +
      `${formatDuration(ttlSeconds * 1_000)} for the TTL of the new record (${ttlSeconds} s), ` +
      `${formatDuration(zone.propagationMs)} until all name servers of ${zone.name ?? 'the zone'} have it, 1s for rounding. ` +
      (fits >= 1 ? `A TTL of ${fits} s or less fits.` : 'No TTL fits.'),
    {
      next:
        fits >= 1
          ? `First: lowerTtl(record, { ttlSeconds: ${fits} })`
          : `Allow ${formatDuration(zone.propagationMs + rememberedMs(1))} or more.`,
    },
  )
}
