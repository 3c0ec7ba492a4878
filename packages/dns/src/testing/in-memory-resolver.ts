import { knownOptions } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import { dnsTtl } from '../dns-ttl.ts'
import type { RecordType } from '../dns-zone.ts'
import { refuseOption } from '../option-error.ts'
import type { Resolver, ResolverAnswer } from '../resolver.ts'
import type { InMemoryZone } from './in-memory-zone.ts'
import { recordKey } from './served-records.ts'

/**
 * How a resolver counts, as measured at real ones in steps of 25 ms.
 *
 * - `'exact'`: Unbound. An answer taken in second s with TTL t is given until second s + t is over: t to t + 1 s.
 * - `'prefetch'`: BIND. Until second s + t begins; and of a TTL of 9 s and more, a question in its last 2 s makes it ask again.
 * - `floorSeconds`: counts as `'exact'`, and keeps every answer for at least so long: Knot Resolver 5, Unbound with `cache-min-ttl`.
 */
export type ResolverProfile = 'exact' | 'prefetch' | { readonly floorSeconds: number }

export interface InMemoryResolverOptions {
  readonly zone: InMemoryZone
  /** @default 'exact' */
  readonly profile?: ResolverProfile | undefined
  /** @default 'resolver' */
  readonly name?: string | undefined
}

const resolverOptions: readonly (keyof InMemoryResolverOptions)[] = ['zone', 'profile', 'name']

export interface InMemoryResolver extends Resolver {
  /** What `lookup` answers, at once: simulated clients run in timers that may touch no promise. */
  answer(name: string, type: RecordType): ResolverAnswer | undefined
}

interface Cached {
  readonly values: readonly string[] | undefined
  /** Seconds since the epoch: when its TTL is over. */
  readonly overAt: number
  /** The first second in which it is not given any more. */
  readonly endsAt: number
  /** From this second on a question makes it ask again. */
  readonly prefetchAt: number
}

/** BIND 9.18: `prefetch 2 9`. */
const prefetch = { lastSeconds: 2, leastTtlSeconds: 9 }

/** A caching resolver in the world's time; it asks one of the zone's servers, drawn each time. */
export function inMemoryResolver(world: FakeWorld, options: InMemoryResolverOptions): InMemoryResolver {
  knownOptions(options, resolverOptions, 'DNS_OPTION_INVALID', 'inMemoryResolver')
  const { zone, profile = 'exact', name: ownName = 'resolver' } = options
  if (typeof profile === 'object') knownOptions(profile, ['floorSeconds'], 'DNS_OPTION_INVALID', 'profile')
  const floorSeconds = typeof profile === 'object' ? dnsTtl(profile.floorSeconds, 'floorSeconds') : 0
  if (typeof profile !== 'object' && profile !== 'exact' && profile !== 'prefetch') {
    refuseOption('profile', profile, "'exact', 'prefetch' or { floorSeconds }")
  }
  if (typeof zone?.answer !== 'function') refuseOption('zone', zone, 'what inMemoryZone(…) answers')
  const cache = new Map<string, Cached>()

  const ask = (name: string, type: RecordType, second: number): Cached => {
    const set = zone.answer(name, type)
    const ttl = Math.max(set?.ttlSeconds ?? zone.negativeTtlSeconds, floorSeconds)
    const lasts = profile === 'prefetch' || ttl === 0 ? ttl : ttl + 1
    const early = profile === 'prefetch' && ttl >= prefetch.leastTtlSeconds ? prefetch.lastSeconds : 0
    return { values: set?.values, overAt: second + ttl, endsAt: second + lasts, prefetchAt: second + lasts - early }
  }

  const answer = (name: string, type: RecordType): ResolverAnswer | undefined => {
    const key = recordKey(name.toLowerCase().replace(/\.$/, ''), type)
    const second = Math.floor(world.clock.now() / 1_000)
    const kept = cache.get(key)
    const given = kept && second < kept.endsAt ? kept : ask(name, type, second)
    // What is given at a prefetch is still the former answer; the next question gets the one that it fetched.
    cache.set(key, given === kept && second >= given.prefetchAt ? ask(name, type, second) : given)
    return given.values && { values: [...given.values], ttlSeconds: Math.max(0, given.overAt - second) }
  }

  return {
    name: ownName,
    answer,
    lookup: (name, type, { signal } = {}) =>
      world.call(`resolver.lookup ${ownName} ${name} ${type}`, { signal }, () => answer(name, type)),
  }
}
