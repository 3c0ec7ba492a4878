import { sameJson } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { apply, dnsRecord, lowerTtl, planHolds, planRepoint, refuseStalePlan, repoint, waitFor } from '@cutover/dns'
import { inMemoryZone } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { api, asuid, plan, to } from './setting.ts'

const minute = 60_000

test('the timeline says when to lower, to switch, and to raise again', async () => {
  const { plan: made, world } = await plan({ options: { hold: '2h' } })

  const now = world.clock.now()
  const safeAt = now + minute + 301_000
  const allMovedBy = safeAt + minute + 61_000
  expect(made.timeline).toEqual({
    lowerAt: now,
    safeAt,
    switchAt: safeAt,
    allMovedBy,
    raiseAt: allMovedBy + 120 * minute,
  })
})

test('a wanted switch says when to lower at the latest', async () => {
  const switchAt = Date.UTC(2026, 10, 20, 4)
  const { plan: made } = await plan({ options: { switchAt } })

  expect(made.timeline).toMatchObject({ lowerAt: switchAt - minute - 301_000, safeAt: switchAt, switchAt })
})

test('what lowerTtl and repoint then answer is not later than planned', async () => {
  const { plan: made, world, record } = await plan()

  const lowered = await apply(lowerTtl(record), world)
  const moved = await apply(repoint(record, { to, notBefore: lowered.result.safeAt }), world)

  expect(lowered.result.safeAt).toBeLessThanOrEqual(made.timeline.safeAt)
  expect(moved.result.allMovedBy).toBeLessThanOrEqual(made.timeline.allMovedBy)
})

test('a record whose TTL is low already can be switched at once', async () => {
  const { plan: made, world } = await plan({ records: [{ ...api, ttlSeconds: 30 }, asuid] })

  expect(made.timeline).toMatchObject({ lowerAt: world.clock.now(), switchAt: world.clock.now() })
  expect(made.back.terms.ttlMs).toBe(30_000)
})

test('the way back is proven term by term', async () => {
  const clients = { floorSeconds: 90, cacheSeconds: 30, connectionSeconds: 120 }
  const { plan: made } = await plan({ options: { rto: '6m', clients } })

  expect(made.back).toEqual({
    ok: true,
    worstCaseMs: 301_000,
    terms: { propagationMs: 60_000, ttlMs: 90_000, roundingMs: 1_000, clientCacheMs: 30_000, connectionMs: 120_000 },
    ttlSecondsThatFits: 149,
  })
})

test('a way back that no TTL makes short enough says what takes longest', async () => {
  const { plan: made } = await plan({ options: { rto: '2m', clients: { connectionSeconds: 300 } } })

  expect(made.back.ok).toBe(false)
  expect(made.back.ttlSecondsThatFits).toBe(undefined)
  expect(made.findings.find(({ code }) => code === 'rto-missed')?.fix).toBe(
    'No TTL fits; the largest term is for connections that are kept alive.',
  )
})

test('a weighted step says whom it can hit', async () => {
  const members = [
    { id: 'aws', weight: 100, ttlSeconds: 60, values: api.values },
    { id: 'azure', weight: 0, ttlSeconds: 60, values: [to] },
  ]
  const { plan: made } = await plan({
    records: [{ kind: 'weighted', name: api.name, type: 'CNAME', members }, asuid],
    options: { step: { percent: 5, resolvers: [40, 30] } },
  })

  // √(0.05 · 0.95 · (0.4² + 0.3²)) = 0.109
  expect(made.blast).toMatchObject({ percent: 5, largestResolver: 40, worstCase: 40 })
  expect(made.blast?.deviation).toBeCloseTo(10.9, 1)
  expect(made.ok).toBe(true)
})

test('clients that are spread thinly are hit as the weight says', async () => {
  const { plan: made } = await plan({ options: { step: { percent: 5 } } })

  expect(made.blast).toEqual({ percent: 5, deviation: 0, worstCase: 5, largestResolver: 0 })
})

test('a blocker that was accepted is still found, and does not count', async () => {
  const owner = { ...asuid, name: '_owner.cname.api.example.com' }
  const records = [{ ...api, ttlSeconds: 60 }, asuid, owner]

  const refused = await plan({ records })
  const { plan: made } = await plan({ records, options: { accept: ['foreign-controller'] } })

  expect([refused.plan.ok, made.ok]).toEqual([false, true])
  expect(made.findings).toMatchObject([{ severity: 'blocker', code: 'foreign-controller', accepted: true }])
})

test('a plan is JSON, and the same for the same zone', async () => {
  const [first, second] = [await plan(), await plan()]

  expect(sameJson(JSON.parse(JSON.stringify(first.plan)), first.plan)).toBe(true)
  expect(first.plan.hash).toMatch(/^[0-9a-f]{64}$/)
  expect(second.plan.hash).toBe(first.plan.hash)
  const other = await plan({ records: [{ ...api, ttlSeconds: 299 }, asuid] })
  const elsewhere = await plan({ options: { to: 'shop.azurewebsites.net' } })
  expect(new Set([first.plan.hash, other.plan.hash, elsewhere.plan.hash]).size).toBe(3)
})

test('a plan writes nothing', async () => {
  const { world, memory } = await plan()

  expect([world.effects, memory.writes]).toEqual([[], []])
})

test('without probes it plans what the zone tells, and says what it could not look at', async () => {
  const world = fakeWorld()
  const zone = inMemoryZone(world, [api])

  const made = await planRepoint(dnsRecord(zone, api.name, 'CNAME'), { to: 'orders.example.net', rto: '5m' }, world)

  expect([made.ok, made.complete]).toEqual([true, false])
  expect(new Set(made.findings.map(({ severity }) => severity))).toEqual(new Set(['undecided', 'note']))
})

const edits: Readonly<
  Record<string, { readonly edit: (made: Awaited<ReturnType<typeof plan>>) => void; readonly holds: boolean }>
> = {
  'nothing has changed': { edit: () => {}, holds: true },
  'its TTL was lowered as planned': {
    edit: ({ memory }) => memory.editBehind({ ...api, ttlSeconds: 60 }),
    holds: true,
  },
  'it was moved as planned': {
    edit: ({ memory }) => memory.editBehind({ ...api, ttlSeconds: 60, values: [to] }),
    holds: true,
  },
  'its TTL was lowered by somebody else, to something else': {
    edit: ({ memory }) => memory.editBehind({ ...api, ttlSeconds: 200 }),
    holds: false,
  },
  'its TTL was raised': { edit: ({ memory }) => memory.editBehind({ ...api, ttlSeconds: 3_600 }), holds: false },
  'it points elsewhere': {
    edit: ({ memory }) => memory.editBehind({ ...api, values: ['x.example.net'] }),
    holds: false,
  },
  'it is gone': { edit: ({ memory }) => memory.removeBehind(api.name, 'CNAME'), holds: false },
  'the asuid TXT is gone': { edit: ({ memory }) => memory.removeBehind(asuid.name, 'TXT'), holds: false },
  'a controller has taken it': {
    edit: ({ memory }) =>
      memory.editBehind({
        ...asuid,
        name: 'cname-api.example.com',
        values: ['heritage=external-dns,external-dns/owner=x'],
      }),
    holds: false,
  },
}

for (const [what, { edit, holds }] of Object.entries(edits)) {
  test(`a plan ${holds ? 'holds' : 'does not hold'} when ${what}`, async () => {
    const made = await plan()

    edit(made)

    const check = await planHolds(made.record, JSON.parse(JSON.stringify(made.plan)) as typeof made.plan).run({
      ...made.world,
      key: '',
      clock: made.world.clock,
      signal: made.world.signal,
      fence: () => {},
      report: () => {},
    })
    expect(check.status).toBe(holds ? 'pass' : 'fail')
    const refused: unknown = await refuseStalePlan(made.record, made.plan, made.world).catch((error: unknown) => error)
    const drifted = { code: 'DNS_PLAN_DRIFTED', message: expect.stringContaining('nothing was written') }
    expect({ refused }).toMatchObject({ refused: holds ? undefined : drifted })
  })
}

test('a plan expires', async () => {
  const { plan: made, world, record } = await plan({ options: { validFor: '30m' } })

  await waitFor(planHolds(record, made), world)
  await world.clock.sleep(30 * minute + 1)

  await expect(waitFor(planHolds(record, made), world)).rejects.toMatchObject({ code: 'CHECK_FAILED' })
  await expect(refuseStalePlan(record, made, world)).rejects.toMatchObject({ code: 'DNS_PLAN_EXPIRED' })
})

test('a plan with blockers is refused, and so is one for another record', async () => {
  const { plan: made, world, record, memory } = await plan({ options: { rto: '1m' } })

  await expect(refuseStalePlan(record, made, world)).rejects.toMatchObject({
    code: 'DNS_PLAN_BLOCKED',
    message: expect.stringContaining('going back could take'),
  })
  expect(() => planHolds(dnsRecord(memory, asuid.name, 'TXT'), made)).toThrow(/a plan for asuid/)
  expect(() => planHolds(record, {} as never)).toThrow(/plan is an object/)
})

test('bad input is refused before anything is read', async () => {
  const world = fakeWorld()
  const zone = inMemoryZone(world, [api])
  zone.failNext('find', new Error('was read'))
  const record = dnsRecord(zone, api.name, 'CNAME')

  for (const [options, message] of [
    [{ to, tto: 1 }, /tto/],
    [{ to, ttlSeconds: 0 }, /ttlSeconds/],
    [{ to, switchAt: 1_800_000_000 }, /not seconds/],
    [{ to, rto: '5 minutes' }, /rto/],
    [{ to, step: { percent: 101 } }, /percent/],
    [{ to, step: { percent: 5, resolvers: [60, 50] } }, /resolvers/],
    [{ to, port: 0 }, /port/],
    [{ to, path: 'health' }, /path/],
    [{ to, clients: { floorSeconds: -1 } }, /floorSeconds/],
  ] as const) {
    await expect(planRepoint(record, options as never, world)).rejects.toThrow(message)
  }
})
