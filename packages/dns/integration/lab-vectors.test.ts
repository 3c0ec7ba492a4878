// The fake resolvers against the real daemons: the same questions at the same moments are answered alike.
import { fakeWorld } from '@cutover/core/testing'
import { type RecordSet, type Resolver, systemClock } from '@cutover/dns'
import { dnsResolver } from '@cutover/dns/resolver'
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { inMemoryResolver, inMemoryZone, type ResolverProfileName } from '@cutover/dns/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type BindServer, bindServer, missingBind, nsupdate } from './bind-server.ts'
import { type Daemon, type LabResolver, labResolver, missingDaemons, stopAll } from './lab.ts'
import { askUntilNew, flipOf, flipOfFake, formerValue, measured, newValue, type Sequence } from './question-sequence.ts'

const key = { name: 'cutover-key', secret: Buffer.alloc(32, 1).toString('base64') }
const zoneName = 'example.com'
/** Here every TTL is longer than any resolver keeps it. */
const longName = 'long.example'
const longSeconds = 1_000_000
/** RFC 2308: how long "no such name" is remembered here; long enough that BIND would ask again before, if it did so. */
const negativeTtlSeconds = 12

interface Vector {
  readonly profile: ResolverProfileName | { readonly like: ResolverProfileName; readonly floorSeconds: number }
  readonly daemon: Daemon
  readonly extra?: readonly string[]
}

const vectors: readonly Vector[] = [
  { profile: 'unbound', daemon: 'unbound' },
  { profile: { like: 'unbound', floorSeconds: 20 }, daemon: 'unbound', extra: ['cache-min-ttl: 20'] },
  { profile: 'unbound prefetch', daemon: 'unbound', extra: ['prefetch: yes'] },
  {
    profile: 'unbound serve-expired',
    daemon: 'unbound',
    extra: ['serve-expired: yes', 'ede: yes', 'ede-serve-expired: yes'],
  },
  { profile: 'bind', daemon: 'bind' },
  { profile: 'dnsmasq', daemon: 'dnsmasq' },
  { profile: 'pdns', daemon: 'pdns' },
  { profile: 'kresd', daemon: 'kresd' },
]

const missing = missingBind ?? missingDaemons('unbound', 'bind', 'dnsmasq', 'pdns', 'kresd')
if (missing !== undefined) {
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(missing)
  console.warn(`skipped: ${missing}`)
}

describe.skipIf(missing !== undefined)('a fake resolver', () => {
  const running: AsyncDisposable[] = []
  let authority: BindServer
  const labs = new Map<Vector, LabResolver>()

  beforeAll(async () => {
    const records = `ready A 127.0.0.1\nlong ${longSeconds} A 127.0.0.1`
    const zones = [zoneName, longName]
    authority = await bindServer(
      zones.map((name) => ({ name, records })),
      [key],
    )
    running.push(authority)
    const soa = (zone: string, ttl: number, minimum: number): string[] => [
      `zone ${zone}`,
      `add ${zone} ${ttl} SOA ns1.${zone}. hostmaster.${zone}. 2 3600 600 604800 ${minimum}`,
    ]
    await nsupdate(authority, key, soa(zoneName, 300, negativeTtlSeconds))
    await nsupdate(authority, key, soa(longName, longSeconds, longSeconds))
    for (const vector of vectors) {
      const { daemon, extra = [] } = vector
      const lab = await labResolver(daemon, { authority: authority.port, zones, extra })
      labs.set(vector, lab)
      running.push(lab)
    }
  })

  afterAll(() => stopAll(running))

  const zone = () => rfc2136Zone({ server: '127.0.0.1', port: authority.port, zone: zoneName, key, propagationMs: 0 })

  const record = (name: string, ttlSeconds: number, value: string): RecordSet => ({
    name,
    type: 'A',
    ttlSeconds,
    values: [value],
  })

  let writes: Promise<unknown> = Promise.resolve()
  /** One write at a time: dozens at once would change the zone more quickly than it can be read. */
  function inTurn<T>(write: () => Promise<T>): Promise<T> {
    const mine = writes.then(write, write)
    writes = mine
    return mine
  }

  /** At a random moment of a second, so that each run looks elsewhere. */
  async function sequence(resolver: Resolver, name: string, ttlSeconds: number): Promise<Sequence> {
    await inTurn(() => zone().replace(undefined, record(name, ttlSeconds, formerValue)))
    await systemClock.sleep(Math.random() * 1_000)
    const change = async (): Promise<void> => {
      await inTurn(async () => zone().replace(await zone().find(name, 'A'), record(name, ttlSeconds, newValue)))
    }
    return askUntilNew(resolver, name, change, { ttlSeconds, withinMs: 16_000 })
  }

  async function absence(resolver: Resolver, name: string): Promise<Sequence> {
    await systemClock.sleep(Math.random() * 1_000)
    const change = async (): Promise<void> => {
      await inTurn(() => zone().replace(undefined, record(name, 5, newValue)))
    }
    return askUntilNew(resolver, name, change, { ttlSeconds: negativeTtlSeconds, isAbsence: true, withinMs: 16_000 })
  }

  test('keeps nothing longer than the real one does', async () => {
    const world = fakeWorld()
    const set = { name: `long.${longName}`, type: 'A', ttlSeconds: longSeconds, values: ['127.0.0.1'] } as const
    const options = { name: longName, serverDelaysMs: [0], negativeTtlSeconds: longSeconds }
    const fakeZone = inMemoryZone(world, [set], options)

    for (const [{ profile }, { port, name }] of labs) {
      const [real, fake] = [
        dnsResolver({ server: '127.0.0.1', port }),
        inMemoryResolver(world, { zone: fakeZone, profile }),
      ]
      for (const asked of [set.name, `none.${longName}`]) {
        const answers = [await real.lookup(asked, 'A'), await fake.lookup(asked, 'A')]
        const [theirs = Number.NaN, ours = Number.NaN] = answers.map((answer) => answer?.ttlSeconds)
        if (process.env['CUTOVER_PRINT_VECTORS'] === '1') console.log(`${name} ${asked} ${theirs} ${ours}`)
        expect(theirs, `${name}, ${asked}`).toBeGreaterThanOrEqual(ours - 1)
        expect(theirs, `${name}, ${asked}`).toBeLessThanOrEqual(ours)
      }
    }
  })

  for (const vector of vectors) {
    const called = typeof vector.profile === 'string' ? vector.profile : `${vector.profile.like} with a floor`

    test.concurrent(`forgets when ${called} does, to the same question`, async () => {
      const resolver = dnsResolver({ server: '127.0.0.1', port: labs.get(vector)?.port ?? 0 })
      const named = (what: string): string => `${called.replaceAll(/\W/g, '-')}-${what}.${zoneName}`

      const sequences = await Promise.all([
        ...[0, 1, 2, 2, 10].map((ttl, i) => sequence(resolver, named(`${ttl}-${i}`), ttl)),
        absence(resolver, named('absent')),
      ])

      for (const each of sequences) {
        const [first] = each.questions
        // Where the answer may have been cached on either side of a whole second, either is right.
        const places = [
          await flipOfFake(vector.profile, each, first?.sentAt ?? 0),
          await flipOfFake(vector.profile, each, first?.receivedAt ?? 0),
        ]
        const { phase, flipsAfter } = measured(each)
        const what = `${called}, ${each.isAbsence ? 'absence' : 'TTL'} ${each.ttlSeconds} s, cached ${phase} s into its second`
        // A daemon's clock may tick one question earlier or later than ours, and a busy machine's fetch take a few questions.
        expect(flipOf(each), `${what}: new after ${flipsAfter} s`).toBeGreaterThanOrEqual(Math.min(...places) - 1)
        expect(flipOf(each), `${what}: new after ${flipsAfter} s`).toBeLessThanOrEqual(Math.max(...places) + 3)
        const isRemembered = !each.isAbsence && each.ttlSeconds > 0
        const isStale = isRemembered && each.questions.some((question) => question.isStale)
        expect(isStale, `${what}: out of date`).toBe(isRemembered && called === 'unbound serve-expired')
        if (process.env['CUTOVER_PRINT_VECTORS'] === '1')
          console.log(
            JSON.stringify({
              resolver: called,
              ttlSeconds: each.ttlSeconds,
              isAbsence: each.isAbsence,
              phase,
              flipsAfter,
            }),
          )
      }
    })
  }
})
