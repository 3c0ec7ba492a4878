import { CutoverError, knownOptions } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import type { RecordType } from '../dns-zone.ts'
import { refuseOption } from '../option-error.ts'
import { recordTypes } from '../record-kinds.ts'
import type { Resolver, ResolverAnswer } from '../resolver.ts'
import {
  type Counting,
  countingOf,
  prefetchSeconds,
  type ResolverProfile,
  type ResolverProfileName,
} from './in-memory-resolver-profile.ts'
import type { InMemoryZone } from './in-memory-zone.ts'

export interface InMemoryResolverOptions {
  readonly zone: InMemoryZone
  /** A known one by its name, or what differs from one: `{ like: 'unbound', floorSeconds: 60 }`. @default 'unbound' */
  readonly profile?: ResolverProfileName | ResolverProfile | undefined
  /** @default 'resolver' */
  readonly name?: string | undefined
}

const resolverOptions: readonly (keyof InMemoryResolverOptions)[] = ['zone', 'profile', 'name']

export interface InMemoryResolver extends Resolver {
  /** What `lookup` answers, at once: simulated clients run in timers that may touch no promise. `undefined`: no such record, or no answer. */
  answer(name: string, type: RecordType): ResolverAnswer | undefined
  /** Whether the zone's servers answer it from now on; when they do not, it answers what it has, and then fails. */
  reachesZone(reaches: boolean): void
}

interface Cached {
  readonly values: readonly string[]
  readonly absent: ResolverAnswer['absent']
  /** Seconds since the epoch: when its TTL is over. */
  readonly overAt: number
  /** The first second in which it is not given any more. */
  readonly endsAt: number
  /** From this second on a question makes it ask again. */
  readonly prefetchAt: number
}

const mostEntries = 10_000

/** A caching resolver in the world's time; it asks one of the zone's servers, drawn each time. */
export function inMemoryResolver(world: FakeWorld, options: InMemoryResolverOptions): InMemoryResolver {
  knownOptions(options, resolverOptions, 'DNS_OPTION_INVALID', 'inMemoryResolver')
  const { zone, profile = 'unbound', name: ownName = 'resolver' } = options
  const counting = countingOf(profile)
  if (typeof zone?.answer !== 'function') refuseOption('zone', zone, 'what inMemoryZone(…) answers')
  const cache = new Map<string, Cached>()
  let reaches = true

  const fetched = (key: string, name: string, type: RecordType, second: number): Cached | undefined => {
    if (!reaches) return undefined
    const entry = ask(zone, counting, { name, type, server: Math.floor(world.random() * zone.servers) }, second)
    // The oldest goes when there is no more room.
    cache.delete(key)
    cache.set(key, entry)
    if (cache.size > mostEntries) for (const oldest of cache.keys()) if (cache.delete(oldest)) break
    return entry
  }

  /** `undefined`: it has nothing, and gets nothing. */
  const look = (text: string, type: RecordType): ResolverAnswer | undefined => {
    const name = text.toLowerCase().replace(/\.$/, '')
    const key = `${name} ${type}`
    const second = Math.floor(world.clock.now() / 1_000)
    const kept = cache.get(key)
    if (kept && second < kept.endsAt) {
      // What is given at a prefetch is still the former answer; the next question gets the one that it fetched.
      if (second >= kept.prefetchAt) fetched(key, name, type, second)
      return given(kept, Math.max(0, kept.overAt - second))
    }
    const { serveStale } = counting
    const stale = kept && serveStale && second < kept.endsAt + serveStale.forSeconds ? kept : undefined
    const entry = fetched(key, name, type, second)
    const isStale = stale && (entry === undefined || serveStale?.at === 'expiry')
    if (isStale) return { ...given(stale, serveStale?.ttlSeconds ?? 0), ...(serveStale?.tells && { stale: true }) }
    return entry && given(entry, Math.max(0, entry.overAt - second))
  }

  return {
    name: ownName,
    answer(name, type) {
      const answered = look(name, type)
      return answered && answered.values.length > 0 ? answered : undefined
    },
    lookup: (name, type, { signal } = {}) =>
      world.call(`resolver.lookup ${ownName} ${name} ${type}`, { signal }, () => {
        const answered = look(name, type)
        if (answered) return answered
        throw new CutoverError('DNS_UNAVAILABLE', `${ownName} answered SERVFAIL to a query for ${name}`, {
          retryable: true,
        })
      }),
    reachesZone: (does) => void (reaches = does),
  }
}

const given = ({ values, absent }: Cached, ttlSeconds: number): ResolverAnswer => ({
  values: [...values],
  ttlSeconds,
  ...(absent && { absent }),
})

function ask(
  zone: InMemoryZone,
  counting: Counting,
  { name, type, server }: { readonly name: string; readonly type: RecordType; readonly server: number },
  second: number,
): Cached {
  const set = zone.answer(name, type, server)
  const isOther = (other: RecordType): boolean => other !== type && zone.answer(name, other, server) !== undefined
  const absent = set ? undefined : recordTypes.some(isOther) ? 'nodata' : 'nxdomain'
  const said = set?.ttlSeconds ?? Math.min(zone.negativeTtlSeconds, counting.negativeCapSeconds)
  const ttl = Math.max(Math.min(said, counting.capSeconds), counting.floorSeconds)
  const endsAt = second + ttl + (counting.until === 'over' && ttl > 0 ? 1 : 0)
  const prefetchAt = endsAt - prefetchSeconds(counting, ttl, set === undefined)
  return { values: set?.values ?? [], absent, overAt: second + ttl, endsAt, prefetchAt }
}
