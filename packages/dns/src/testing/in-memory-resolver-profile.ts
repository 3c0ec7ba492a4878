import { knownOptions } from '@cutover/core'

import { dnsTtl } from '../dns-ttl.ts'
import { oneOf, refuseOption } from '../option-error.ts'

/** Resolvers that are known; what each is told beside its defaults stands with its profile. */
export type ResolverProfileName =
  | 'unbound'
  | 'unbound prefetch'
  | 'unbound serve-expired'
  | 'bind'
  | 'dnsmasq'
  | 'pdns'
  | 'kresd'
  | 'google'
  | 'quad9'
  | 'opendns'

/** How a resolver counts, in whole seconds. What is left out is as `like` has it. */
export interface ResolverProfile {
  /** @default 'unbound' */
  readonly like?: ResolverProfileName | undefined
  /** Of an answer of second s with TTL t: is it given until second s + t is over, or only until that second begins? */
  readonly until?: 'over' | 'begins' | undefined
  /** Every answer is kept for at least so long, also one with TTL 0. */
  readonly floorSeconds?: number | undefined
  /** No answer is kept longer. */
  readonly capSeconds?: number | undefined
  /** Nor is it remembered longer that there is no such record. */
  readonly negativeCapSeconds?: number | undefined
  /** A question in an answer's last seconds makes it ask again; answered is still the former. */
  readonly prefetch?: Prefetch | undefined
  /** It answers out of date (RFC 8767). */
  readonly serveStale?: ServeStale | undefined
}

export type Prefetch =
  /** Unbound: in the last tenth of a TTL, also of an absence. */
  | { readonly lastShare: number }
  /** BIND: in the last seconds, of a TTL that is long enough; not of an absence. */
  | { readonly lastSeconds: number; readonly leastTtlSeconds: number }

export interface ServeStale {
  /** `'expiry'`: the first question after it expired gets it, and the fetch comes behind (Unbound); `'failure'`: only when no server answers. */
  readonly at: 'expiry' | 'failure'
  /** The TTL that it is given with. */
  readonly ttlSeconds: number
  /** For how long after it expired. */
  readonly forSeconds: number
  /** Does it say so (RFC 8914)? */
  readonly tells: boolean
}

const profileFields: readonly (keyof ResolverProfile)[] = [
  'like',
  'until',
  'floorSeconds',
  'capSeconds',
  'negativeCapSeconds',
  'prefetch',
  'serveStale',
]

/** A profile with nothing left out. */
export interface Counting {
  readonly until: 'over' | 'begins'
  readonly floorSeconds: number
  readonly capSeconds: number
  readonly negativeCapSeconds: number
  readonly prefetch: Prefetch | undefined
  readonly serveStale: ServeStale | undefined
}

const plain = { floorSeconds: 0, prefetch: undefined, serveStale: undefined }

/** `cache-max-ttl`, `cache-max-negative-ttl` of Unbound 1.17. */
const unbound: Counting = { ...plain, until: 'over', capSeconds: 86_400, negativeCapSeconds: 3_600 }

/**
 * As measured at real ones in steps of 25 ms: Unbound 1.17.1, BIND 9.18, dnsmasq 2.90, PowerDNS Recursor 4.8.8, Knot Resolver 5.6.0;
 * caps asked of them with a TTL of 1,000,000 s. Google, Quad9 and OpenDNS: only their caps were measured (nullrouted.space, 2023); they are
 * taken to round as Unbound does.
 */
const profiles: Readonly<Record<ResolverProfileName, Counting>> = {
  unbound,
  /** `prefetch: yes` */
  'unbound prefetch': { ...unbound, prefetch: { lastShare: 0.1 } },
  /** `serve-expired: yes`, `ede: yes`, `ede-serve-expired: yes` */
  'unbound serve-expired': {
    ...unbound,
    serveStale: { at: 'expiry', ttlSeconds: 30, forSeconds: Number.POSITIVE_INFINITY, tells: true },
  },
  /** `prefetch 2 9`, `max-cache-ttl`, `max-ncache-ttl` */
  bind: {
    ...plain,
    until: 'begins',
    capSeconds: 604_800,
    negativeCapSeconds: 10_800,
    prefetch: { lastSeconds: 2, leastTtlSeconds: 9 },
  },
  dnsmasq: {
    ...plain,
    until: 'begins',
    capSeconds: Number.POSITIVE_INFINITY,
    negativeCapSeconds: Number.POSITIVE_INFINITY,
  },
  /** `minimum-ttl-override`, `max-cache-ttl`, `max-negative-ttl` */
  pdns: { ...plain, until: 'begins', floorSeconds: 1, capSeconds: 86_400, negativeCapSeconds: 3_600 },
  /** `cache.min_ttl`, `cache.max_ttl` */
  kresd: { ...plain, until: 'over', floorSeconds: 5, capSeconds: 86_400, negativeCapSeconds: 86_400 },
  google: { ...unbound, capSeconds: 21_600 },
  quad9: { ...unbound, capSeconds: 43_200 },
  opendns: { ...unbound, capSeconds: 3_600 },
}

/** @throws CutoverError `DNS_OPTION_INVALID`, `DNS_TTL_INVALID` */
export function countingOf(profile: ResolverProfileName | ResolverProfile): Counting {
  const known = Object.keys(profiles) as ResolverProfileName[]
  if (typeof profile === 'string') return profiles[oneOf('profile', profile, known)]
  if (typeof profile !== 'object' || profile === null) {
    refuseOption('profile', profile, `one of ${known.join(', ')}, or what differs from one`)
  }
  knownOptions(profile, profileFields, 'DNS_OPTION_INVALID', 'profile')
  const { like = 'unbound', ...own } = profile
  const base: Counting = profiles[oneOf('like', like, known)]
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
  const counting: Counting = { ...base, ...given }
  oneOf('until', counting.until, ['over', 'begins'])
  for (const field of ['floorSeconds', 'capSeconds', 'negativeCapSeconds'] as const) {
    if (counting[field] !== Number.POSITIVE_INFINITY) dnsTtl(counting[field], field)
  }
  if (counting.floorSeconds > counting.capSeconds) {
    refuseOption('floorSeconds', counting.floorSeconds, `at most capSeconds, which is ${counting.capSeconds}`)
  }
  return counting
}

/** How long before its end a question makes it ask again, in seconds. */
export function prefetchSeconds({ prefetch }: Counting, ttlSeconds: number, isAbsence: boolean): number {
  if (prefetch === undefined) return 0
  // The last tenth, and the second that Unbound still gives it beyond.
  if ('lastShare' in prefetch) return Math.floor(ttlSeconds * prefetch.lastShare) + (ttlSeconds === 0 ? 0 : 1)
  return !isAbsence && ttlSeconds >= prefetch.leastTtlSeconds ? prefetch.lastSeconds : 0
}
