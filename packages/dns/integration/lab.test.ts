// A name is moved and moved back, twenty times at once, while clients ask real resolvers for it.
import {
  apply,
  dnsRecord,
  lowerTtl,
  type Observation,
  observe,
  type RecordSet,
  repoint,
  type Resolver,
  systemClock,
} from '@cutover/dns'
import { dnsResolver } from '@cutover/dns/resolver'
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type BindServer, bindServer, missingBind } from './bind-server.ts'
import { clientsOf, type Told } from './lab-clients.ts'
import { type Daemon, labResolver, missingDaemons, stopAll } from './lab.ts'

const key = { name: 'cutover-key', secret: Buffer.alloc(32, 1).toString('base64') }
const runs = 20
/** Knot Resolver keeps every answer for 5 s, whatever its TTL: it breaks the promise with TTLs this low. */
const daemons: readonly Daemon[] = ['unbound', 'dnsmasq', 'bind', 'pdns']

const missing = missingBind ?? missingDaemons(...daemons)
if (missing !== undefined) {
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(missing)
  console.warn(`skipped: ${missing}`)
}

interface Run {
  readonly from: string
  readonly to: string
  readonly lowTtl: number
  readonly told: readonly Told[]
  readonly failures: readonly string[]
  readonly observations: readonly Observation[]
  /** Epoch milliseconds. */
  readonly safeAt: number
  readonly switchedAt: number
  readonly allMovedBy: number
  readonly backBeganAt: number
  readonly allBackAt: number
}

describe.skipIf(missing !== undefined)('over real resolvers', () => {
  const running: AsyncDisposable[] = []
  let authority: BindServer
  let resolvers: readonly Resolver[]
  let all: readonly Run[]

  // Each run has a zone of its own: they would wait for each other in one.
  const zoneOf = (run: number): string => `r${run}.example.com`

  beforeAll(async () => {
    const zones = Array.from({ length: runs }, (_, run) => zoneOf(run))
    authority = await bindServer(
      zones.map((name) => ({ name, records: 'ready A 127.0.0.1' })),
      [key],
    )
    running.push(authority)
    const labs = []
    for (const daemon of daemons) {
      const lab = await labResolver(daemon, { authority: authority.port, zones })
      running.push(lab)
      labs.push(lab)
    }
    resolvers = labs.map(({ name, port }) => dnsResolver({ server: '127.0.0.1', port, name, timeoutMs: 5_000 }))
    all = await Promise.all(Array.from({ length: runs }, (_, run) => thereAndBack(run)))
  }, 120_000)

  afterAll(() => stopAll(running))

  async function thereAndBack(run: number): Promise<Run> {
    const isCname = run % 2 === 0
    const [from, to] = isCname ? ['source.example.net', 'target.example.net'] : ['192.0.2.1', '192.0.2.2']
    const [highTtl, lowTtl] = [2 + (run % 3), 1 + (run % 2)]
    const zone = rfc2136Zone({ server: '127.0.0.1', port: authority.port, zone: zoneOf(run), key, propagationMs: 0 })
    const record = dnsRecord(zone, `api.${zoneOf(run)}`, isCname ? 'CNAME' : 'A')
    const { name, type } = record
    const found: RecordSet = { name, type, ttlSeconds: highTtl, values: [from] }
    await zone.replace(undefined, found)
    await systemClock.sleep(Math.random() * 1_000)
    await using clients = clientsOf(resolvers, name, type)
    await systemClock.sleep(500 + Math.random() * 3_000)

    const lowered = await apply(lowerTtl(record, { ttlSeconds: lowTtl, until: 'authoritative' }))
    const { safeAt } = lowered.result
    await systemClock.sleep(safeAt - systemClock.now())
    while (systemClock.now() < safeAt) await systemClock.sleep(1)
    const moved = await apply(repoint(record, { to, from, notBefore: safeAt }))
    const switchedAt = systemClock.now()
    const { allMovedBy } = moved.result
    const observations: Observation[] = []
    const watched = observe(record, { resolvers, from, to, allMovedBy, within: '30s' })
    for await (const observation of watched) observations.push(observation)
    await systemClock.sleep(allMovedBy + 700 - systemClock.now())
    const backBeganAt = systemClock.now()
    await moved.revert()
    const allBackAt = systemClock.now()
    await lowered.revert()
    await systemClock.sleep(700)

    expect((await zone.find(name, type))?.set).toEqual(found)
    const { told, failures } = clients
    return { from, to, lowTtl, told, failures, observations, safeAt, switchedAt, allMovedBy, backBeganAt, allBackAt }
  }

  /** What clients were told by every resolver between two moments; each resolver was asked then, or it says nothing. */
  function toldBetween({ told }: Run, fromAt: number, toAt: number): readonly Told[] {
    const then = told.filter(({ sentAt, receivedAt }) => sentAt >= fromAt && receivedAt <= toAt)
    expect(new Set(then.map(({ resolver }) => resolver)).size).toBe(resolvers.length)
    return then
  }

  test('nobody is ever told that there is no such record, and everybody is answered', () => {
    for (const { told, failures } of all) {
      expect(told.filter(({ absent, values }) => absent !== undefined || values.length !== 1)).toEqual([])
      expect(failures).toEqual([])
    }
  })

  test('from safeAt on no resolver has the former TTL', () => {
    for (const run of all) {
      const { safeAt, backBeganAt, lowTtl } = run
      const then = toldBetween(run, safeAt, backBeganAt)
      expect(then.filter(({ ttlSeconds }) => ttlSeconds > lowTtl)).toEqual([])
    }
  })

  test('until the switch everybody has the former answer, and from allMovedBy on everybody the new one', () => {
    for (const run of all) {
      const { safeAt, allMovedBy, backBeganAt, from, to } = run
      expect(run.told.filter(({ receivedAt, values }) => receivedAt < safeAt && values[0] !== from)).toEqual([])
      expect(toldBetween(run, allMovedBy, backBeganAt).filter(({ values }) => values[0] !== to)).toEqual([])
    }
  })

  test('when undoing is settled everybody has the former answer again', () => {
    for (const run of all) {
      const { allBackAt, from } = run
      const then = toldBetween(run, allBackAt, Number.POSITIVE_INFINITY)
      expect(then.filter(({ values }) => values[0] !== from)).toEqual([])
    }
  })

  test('the second for rounding is needed: without it somebody would have had the former answer after allMovedBy', () => {
    const late = all.flatMap(({ told, allMovedBy, backBeganAt, from }) =>
      told.filter(({ sentAt, values }) => sentAt >= allMovedBy - 1_000 && sentAt < backBeganAt && values[0] === from),
    )

    expect(late.length).toBeGreaterThan(0)
  })

  test('observe sees everybody move, the last no later than allMovedBy and a poll', () => {
    for (const { observations, allMovedBy, from } of all) {
      const moved = observations.filter(({ state }) => state === 'new')
      expect(moved.map(({ resolver }) => resolver).sort()).toEqual(
        ['authority', ...resolvers.map(({ name }) => name)].sort(),
      )
      expect(observations.filter(({ at, values }) => at > allMovedBy + 1_000 && values[0] === from)).toEqual([])
      expect(observations.filter(({ state }) => state !== 'old' && state !== 'new')).toEqual([])
    }
  })
})
