import type { Clock } from '@cutover/core'

import type { DnsRecord } from '../dns-record.ts'
import { rememberedMs } from '../propagation.ts'
import type { Resolver } from '../resolver.ts'
import { lookAtAuthority } from './authority.ts'
import { lookAtResolver } from './look.ts'
import type { Observation } from './observation.ts'
import { untilNew } from './until-new.ts'

/** What is watched, checked. */
export interface Watched {
  readonly record: DnsRecord
  readonly resolvers: readonly Resolver[]
  readonly to: readonly string[]
  readonly from: readonly string[] | undefined
  readonly switchAt: number | undefined
  readonly allMovedBy: number | undefined
  readonly everyMs: number
  readonly patienceMs: number
  readonly watchForMs: number
}

export interface Observer {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Resolves when it was read. */
  readonly tell: (observation: Observation) => Promise<void>
}

/** Resolves when everybody has moved and nobody has taken it back for as long as it is watched. */
export async function follow(watched: Watched, observer: Observer): Promise<void> {
  const { record, resolvers, everyMs, watchForMs } = watched
  const { clock, signal } = observer
  const authority = lookAtAuthority(watched, observer)
  const first = await authority.look()
  if (first.state !== 'new') {
    await lookBefore(watched, observer, first)
    await seeTheSwitch()
  }
  for (let allMovedBy = watched.allMovedBy; ;) {
    const round = new AbortController()
    const during = { ...observer, signal: AbortSignal.any([signal, round.signal]) }
    const moved = Promise.all(resolvers.map((resolver) => untilNew(resolver, { ...watched, allMovedBy }, during)))
    const kept = moved.then(() => clock.sleep(watchForMs, { signal: during.signal })).then(() => true)
    const back = authority.untilNot('new', everyMs, during.signal).then(() => false)
    try {
      if ((await Promise.race([kept, back])) && (await isStillNew())) return
    } finally {
      round.abort()
      await Promise.allSettled([kept, back])
    }
    allMovedBy = await seeTheSwitch()
  }

  /** Waits until every authoritative server has the new answer, and answers when all caches have forgotten the former. */
  async function seeTheSwitch(): Promise<number | undefined> {
    for (;;) {
      const before = await authority.untilIs('new', nextLookMs, signal)
      // Asked now, a resolver could take the former answer from a server that lags, and keep it for a whole TTL.
      await record.zone.waitUntilServed(undefined, { since: clock.now(), clock, signal })
      const servedAt = clock.now()
      if ((await authority.look()).state === 'new') {
        return before.ttlSeconds === undefined ? undefined : servedAt + rememberedMs(before.ttlSeconds)
      }
    }
  }

  /** No answer is no news. */
  async function isStillNew(): Promise<boolean> {
    for (;;) {
      const { state } = await authority.look()
      if (state !== 'timeout') return state === 'new'
      await clock.sleep(everyMs, { signal })
    }
  }

  function nextLookMs(): number {
    const leftMs = (watched.switchAt ?? 0) - clock.now()
    return leftMs > 0 ? Math.min(leftMs, everyMs) : everyMs
  }
}

/** One look at each resolver, only while what it thereby remembers is forgotten before the switch. */
async function lookBefore(
  watched: Watched,
  observer: Observer,
  { ttlSeconds }: { readonly ttlSeconds?: number | undefined },
): Promise<void> {
  const { resolvers, switchAt, patienceMs } = watched
  if (switchAt === undefined || ttlSeconds === undefined) return
  if (observer.clock.now() + patienceMs + rememberedMs(ttlSeconds) > switchAt) return
  await Promise.all(
    resolvers.map(async (resolver) => observer.tell((await lookAtResolver(resolver, watched, observer)).observation)),
  )
}
