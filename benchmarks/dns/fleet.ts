// Thirty real resolvers remember a record with a TTL of 20 s: when are all seen to have moved, and for how many questions?
import { dnsRecord, observe, type RecordSet, type Resolver, systemClock } from '@cutover/dns'
import { dnsResolver } from '@cutover/dns/resolver'
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { bindServer } from '@cutover/dns/testing'

import { type Daemon, labResolver, stopAll } from '../../packages/dns/integration/lab.ts'

/** Unbound and Knot Resolver forget last; Knot takes two of them, since a process of it is large. */
const fleet: readonly (readonly [Daemon, number])[] = [
  ['unbound', 12],
  ['dnsmasq', 9],
  ['bind', 4],
  ['pdns', 3],
  ['kresd', 2],
]
const ttlSeconds = 20
const zoneName = 'example.com'
const name = `api.${zoneName}`
const [from, to] = ['192.0.2.1', '192.0.2.2']
const clientEveryMs = 50

export interface Fleet {
  readonly resolvers: number
  readonly moved: number
  readonly questions: number
  readonly mostQuestions: number
  /** From the switch until all were seen to have moved. */
  readonly seenAfterMs: number
  /** From the last true flip, as a client sees it that asks every 50 ms, until the last was seen. */
  readonly lagMs: number
  /** What those clients asked meanwhile. */
  readonly pollingQuestions: number
}

export async function fleetOf30(): Promise<Fleet> {
  const running: AsyncDisposable[] = []
  try {
    const key = { name: 'bench', secret: Buffer.alloc(32, 1).toString('base64') }
    const authority = await bindServer([{ name: zoneName, records: 'ready A 127.0.0.1' }], [key])
    running.push(authority)
    const resolvers: Resolver[] = []
    for (const [daemon, count] of fleet) {
      for (let i = 1; i <= count; i++) {
        const lab = await labResolver(daemon, { authority: authority.port, zones: [zoneName], name: `${daemon} ${i}` })
        running.push(lab)
        resolvers.push(dnsResolver({ server: '127.0.0.1', port: lab.port, name: lab.name }))
      }
    }
    const zone = rfc2136Zone({ server: '127.0.0.1', port: authority.port, zone: zoneName, key, propagationMs: 0 })
    const set: RecordSet = { name, type: 'A', ttlSeconds, values: [from] }
    await zone.replace(undefined, set)
    // Each caches at a moment of its own, within three seconds.
    for (const resolver of resolvers) {
      await systemClock.sleep(100)
      await resolver.lookup(name, 'A')
    }
    await zone.replace(await zone.find(name, 'A'), { ...set, values: [to] })
    return await seen(resolvers, dnsRecord(zone, name, 'A'))
  } finally {
    await stopAll(running)
  }
}

async function seen(resolvers: readonly Resolver[], record: ReturnType<typeof dnsRecord<'A'>>): Promise<Fleet> {
  const switchedAt = systemClock.now()
  const asked = new Map<string, number>()
  const counted = resolvers.map((resolver): Resolver => {
    return {
      name: resolver.name,
      lookup(...question) {
        asked.set(resolver.name, (asked.get(resolver.name) ?? 0) + 1)
        return resolver.lookup(...question)
      },
    }
  })
  const truth = Promise.all(resolvers.map(trueFlip))
  const flips: number[] = []
  const watched = observe(record, { resolvers: counted, from, to, within: '60s' })
  for await (const { resolver, state, at } of watched) if (state === 'new' && resolver !== 'authority') flips.push(at)
  const clients = await truth
  const lastFlip = Math.max(...clients.map(({ flippedAt }) => flippedAt))
  return {
    resolvers: resolvers.length,
    moved: flips.length,
    questions: [...asked.values()].reduce((sum, count) => sum + count, 0),
    mostQuestions: Math.max(...asked.values()),
    seenAfterMs: Math.max(...flips) - switchedAt,
    lagMs: Math.max(...flips) - lastFlip,
    pollingQuestions: clients.reduce((sum, client) => sum + client.questions, 0),
  }
}

/** When a client that polls gets the new answer first. */
async function trueFlip(resolver: Resolver): Promise<{ readonly flippedAt: number; readonly questions: number }> {
  for (let questions = 1; ; questions++) {
    const answer = await resolver.lookup(name, 'A')
    if (answer?.values[0] === to) return { flippedAt: systemClock.now(), questions }
    await systemClock.sleep(clientEveryMs)
  }
}
