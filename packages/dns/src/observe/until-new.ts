import type { Resolver } from '../resolver.ts'
import type { Observer, Watched } from './follow.ts'
import { type Look, lookAtResolver } from './look.ts'
import type { Observation } from './observation.ts'

/** Asked directly on the second, some would still be in the one before. */
const graceMs = 30
/** How long before the end of a second nobody is asked for the first time. */
const crossingMs = 100
/** After no answer, and after one that is out of date: then it fetches meanwhile. */
const firstPauseMs = 1_000
const longestPauseMs = 30_000
/** An operator may have emptied the cache; one question an hour hurts nobody. */
const longestSleepMs = 3_600_000

/**
 * Asks a resolver until it answers the new one, each time when its answer has expired by its own word.
 *
 * Resolvers count whole seconds. BIND, dnsmasq and PowerDNS forget an answer of second s with t seconds left when second s + t
 * begins, Unbound and Knot Resolver when it is over, and answer a TTL of 0 within it: so the one that is asked at the beginning
 * of second s + t and still has it is asked once more, at its end.
 */
export async function untilNew(resolver: Resolver, watched: Watched, observer: Observer): Promise<void> {
  const { clock, signal, tell } = observer
  let former: Observation | undefined
  await clock.sleep(untilClearMs(clock.now()), { signal })
  for (let pauseMs = firstPauseMs; ;) {
    const look = await lookAtResolver(resolver, watched, observer, former)
    former = look.observation
    await tell(former)
    if (former.state === 'new') return
    const isCounting = look.ttlSeconds !== undefined && former.state !== 'stale'
    const untilMs = isCounting ? expiry(look) - clock.now() : pauseMs
    pauseMs = isCounting ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs)
    await clock.sleep(Math.min(Math.max(untilMs, graceMs), longestSleepMs), { signal })
  }
}

/** An answer that crosses the end of a second counts from nobody knows which: the next second is not far. */
function untilClearMs(now: number): number {
  const leftMs = 1_000 - (now % 1_000)
  return leftMs > crossingMs ? 0 : leftMs + graceMs
}

/** The beginning of the second in which the first kind forgets it; in a TTL's last second, of the next. */
function expiry({ askedAt, ttlSeconds = 0 }: Look): number {
  return (Math.floor(askedAt / 1_000) + Math.max(1, ttlSeconds)) * 1_000 + graceMs
}
