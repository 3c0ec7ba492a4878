import { changeConformance, fakeWorld } from '@cutover/core/testing'
import { apply, dnsRecord, isCutoverError, lowerTtl, planRepoint, repoint, type RepointOptions } from '@cutover/dns'
import { inMemoryResolver, inMemoryZone } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { apiSet, apiZone, aws, azure, rejection, thrown } from './example.ts'

for (const [what, theirs] of [
  ['value', apiSet(300, 'theirs.example.net')],
  ['TTL alone', apiSet(77)],
] as const) {
  for (const { name, run } of changeConformance({
    setUp(world) {
      const { zone, api } = apiZone(world)
      return { change: () => repoint(api, { to: azure }), editBehind: () => zone.editBehind(theirs) }
    },
  })) {
    test(`repoint (their edit: ${what}) ${name}`, run)
  }
}

test('repoint keeps the TTL that it finds', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)

  await apply(repoint(api, { to: 'Orders.AzureWebsites.net.' }), world)

  expect(zone.records).toEqual([apiSet(300, azure)])
})

test('repoint sets the TTL that it is given', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)

  await apply(repoint(api, { to: azure, ttlSeconds: 20 }), world)

  expect(zone.records).toEqual([apiSet(20, azure)])
})

test('repoint puts back exactly what it found', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  const { revert } = await apply(repoint(api, { to: azure, ttlSeconds: 20 }), world)

  await revert()

  expect(zone.records).toEqual([apiSet()])
})

test('repoint moves several addresses', async () => {
  const world = fakeWorld()
  const found = { name: 'www.example.com', type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] } as const
  const zone = inMemoryZone(world, [found])

  await apply(repoint(dnsRecord(zone, 'www.example.com', 'A'), { to: ['203.0.113.9', '203.0.113.10'] }), world)

  expect(zone.records).toEqual([{ ...found, values: ['203.0.113.10', '203.0.113.9'] }])
})

test('repoint waits until every server answers so, and says when the last cache has followed', async () => {
  const world = fakeWorld()
  const startedAt = world.clock.now()
  const { api } = apiZone(world)

  const { result } = await apply(repoint(api, { to: azure, ttlSeconds: 20 }), world)

  expect(world.clock.now()).toBe(startedAt + 8_000)
  expect(result).toEqual({ allMovedBy: startedAt + 8_000 + 300_000 + 1_000 })
})

test('repoint undone waits until no cache has the new answer, by the TTL of the new record', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  const resolver = inMemoryResolver(world, { zone })
  const { revert, result } = await apply(repoint(api, { to: azure, ttlSeconds: 20 }), world)
  await world.clock.sleep(result.allMovedBy - world.clock.now())
  const stop = world.repeat(100, () => void resolver.answer('api.example.com', 'CNAME'))
  const backFrom = world.clock.now()

  await revert()

  // Its receipt tells when it is served: 8 s here, not the 60 s that the zone allows.
  expect(world.clock.now()).toBe(backFrom + 8_000 + 20_000 + 1_000)
  expect(resolver.answer('api.example.com', 'CNAME')?.values).toEqual([aws])
  stop()
})

test('no client reaches the target any more when repoint is undone, whichever second its resolver asked in', async () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const world = fakeWorld({ seed })
    // The slowest server has it as late as the zone allows.
    const { zone, api } = apiZone(world, apiSet(30), { serverDelaysMs: [3_000, 60_000] })
    const resolvers = [inMemoryResolver(world, { zone }), inMemoryResolver(world, { zone, profile: 'bind' })]
    const answers = (): unknown[] => resolvers.map((resolver) => resolver.answer('api.example.com', 'CNAME')?.values[0])
    const stop = world.repeat(70, () => void answers(), seed * 131)
    const { revert } = await apply(repoint(api, { to: azure }), world)
    await world.clock.sleep(100_000 + seed * 777)

    await revert()

    expect(answers()).toEqual([aws, aws])
    stop()
  }
})

test('repoint that is so already writes nothing, waits for nothing and is not undone', async () => {
  const world = fakeWorld()
  const startedAt = world.clock.now()
  const { zone, api } = apiZone(world, apiSet(300, azure))

  const { changed, result, revert } = await apply(repoint(api, { to: azure }), world)
  await revert()

  expect(changed).toBe(false)
  expect(result).toEqual({ allMovedBy: startedAt + 60_000 + 301_000 })
  expect(zone.writes).toEqual([])
  expect(world.clock.now()).toBe(startedAt)
})

test('repoint with the right value and another TTL is not there yet', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(300, azure))

  const { changed } = await apply(repoint(api, { to: azure, ttlSeconds: 30 }), world)

  expect(changed).toBe(true)
  expect(zone.records).toEqual([apiSet(30, azure)])
})

test('repoint is refused before notBefore, says for how long, and may be tried again', async () => {
  const world = fakeWorld()
  const { api } = apiZone(world)
  const change = repoint(api, { to: azure, notBefore: world.clock.now() + 90_000 })

  const error = await rejection(apply(change, world))

  expect(error).toMatchObject({ code: 'DNS_NOT_SAFE_YET', retryable: true, next: 'Wait 1m30s, then run it again.' })
  expect(error.message).toBe(
    'api.example.com: resolvers may remember the former TTL until 20 Nov 2026, 02:01:30 UTC, for another 1m30s; nothing was written',
  )
  expect(world.effects).toEqual([])
  await world.clock.sleep(90_000)
  await apply(change, world)
})

test('repoint refuses an rto that going back may exceed, with the terms and the TTL that fits', async () => {
  const world = fakeWorld()
  const { api } = apiZone(world, apiSet(3_600))

  const error = await rejection(apply(repoint(api, { to: azure, rto: '5m' }), world))

  expect(error.code).toBe('DNS_RTO_UNREACHABLE')
  expect(error.message).toBe(
    'going back from api.example.com could take 1h01m, the rto is 5m: 1h for the TTL of the new record (3600 s), ' +
      '1m until all name servers of example.com have it, 1s for rounding. A TTL of 239 s or less fits.',
  )
  expect(error).toMatchObject({ next: 'First: lowerTtl(record, { ttlSeconds: 239 })' })
  expect(world.effects).toEqual([])
})

test('repoint accepts the TTL that it says fits, and not one second more', async () => {
  for (const [ttlSeconds, accepted] of [
    [239, true],
    [240, false],
  ] as const) {
    const world = fakeWorld()
    const { api } = apiZone(world, apiSet(3_600))

    const error = await rejection(apply(repoint(api, { to: azure, rto: '5m', ttlSeconds }), world))

    expect(isCutoverError(error, 'DNS_RTO_UNREACHABLE')).toBe(!accepted)
  }
})

test('repoint says so when no TTL fits the rto', async () => {
  const world = fakeWorld()
  const { api } = apiZone(world)

  const error = await rejection(apply(repoint(api, { to: azure, rto: '1m' }), world))

  expect(error).toMatchObject({ code: 'DNS_RTO_UNREACHABLE', next: 'Allow 1m02s or more.' })
  expect(error.message).toMatch(/No TTL fits/)
})

test('repoint begins only where it is told that the record is', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(300, 'theirs.example.net'))

  const error = await rejection(apply(repoint(api, { from: aws, to: azure }), world))

  expect(error).toMatchObject({
    code: 'DNS_RECORD_FOREIGN',
    message: `api.example.com is not where this move begins; found CNAME theirs.example.net, TTL 300, wanted ${aws}`,
  })
  expect(zone.writes).toEqual([])
})

test('repoint refuses a name that has no such record', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  zone.removeBehind('api.example.com', 'CNAME')

  const error = await rejection(apply(repoint(api, { to: azure }), world))

  expect(error).toMatchObject({ code: 'DNS_RECORD_NOT_FOUND' })
})

test('repoint does not undo what somebody else has changed since', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  const { revert } = await apply(repoint(api, { to: azure }), world)
  zone.editBehind(apiSet(60, azure))

  const error = await rejection(revert())

  expect(error).toMatchObject({ code: 'CHANGE_FOREIGN' })
  expect(zone.records).toEqual([apiSet(60, azure)])
})

test('repoint does not put back a record that somebody else has deleted', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  const change = repoint(api, { to: azure })
  await apply(change, world)
  zone.removeBehind('api.example.com', 'CNAME')
  const context = { clock: world.clock, signal: world.signal, key: 'k', fence() {}, report() {} }

  const error = await rejection(change.revert(apiSet(), context))

  expect(error.code).toBe('DNS_RECORD_FOREIGN')
  expect(error.message).toMatch(/found no such record/)
  expect(zone.records).toEqual([])
})

test('an edit between our read and our write wins', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  const racing = {
    ...zone,
    async replace(...call: Parameters<typeof zone.replace>) {
      zone.editBehind(apiSet(77))
      return zone.replace(...call)
    },
  }

  const error = await rejection(apply(repoint({ ...api, zone: racing }, { to: azure }), world))

  expect(error).toMatchObject({ code: 'CHANGE_IN_DOUBT', cause: { code: 'DNS_CONFLICT' } })
  expect(zone.records).toEqual([apiSet(77)])
})

test('repoint tells how to do it by hand, and never to ask a resolver', () => {
  const { api } = apiZone(fakeWorld())

  expect(repoint(api, { to: azure }).byHand?.(apiSet())).toEqual({
    apply: [`In the zone example.com: set api.example.com to CNAME ${azure}, TTL 300`],
    revert: [`In the zone example.com: set api.example.com to CNAME ${aws}, TTL 300`],
    look: ['dig +norecurse +noall +answer api.example.com CNAME @$(dig +short NS example.com | head -1)'],
  })
})

test('repoint estimates the wait of its way back', () => {
  const { api } = apiZone(fakeWorld())

  expect(repoint(api, { to: azure }).estimate?.(apiSet(30))).toEqual({ applyMs: 60_000, revertMs: 91_000 })
  expect(repoint(api, { to: azure, rto: '10m' }).estimate?.()).toEqual({ applyMs: 60_000, revertMs: 600_000 })
})

test('repoint has an id and a subject that say what it does to what', () => {
  const { api } = apiZone(fakeWorld())

  expect(repoint(api, { to: azure, ttlSeconds: 30 })).toMatchObject({
    id: `dns:repoint:api.example.com/CNAME:${azure}:30`,
    subject: 'dns:api.example.com/CNAME',
    title: `Point api.example.com at ${azure}`,
  })
})

const mistakes: readonly [RepointOptions<'CNAME'>, string, RegExp][] = [
  [{ to: undefined as unknown as string }, 'DNS_RECORD_INVALID', /^to is undefined; wanted a text/],
  [{ to: [] as unknown as string }, 'DNS_RECORD_INVALID', /^to is \[\]; wanted at least one value/],
  [{ to: ['a.example.net', 'b.example.net'] as unknown as string }, 'DNS_RECORD_INVALID', /a CNAME has one value/],
  [{ to: 'API.example.com' }, 'DNS_RECORD_INVALID', /another name than its own/],
  [{ to: 'api.example.com.' }, 'DNS_RECORD_INVALID', /another name than its own/],
  [
    { to: '192.0.2.1' },
    'DNS_RECORD_INVALID',
    /^to is "192\.0\.2\.1"; wanted a host name, since a CNAME cannot hold an address$/,
  ],
  [{ to: '192.0.2.1.' }, 'DNS_RECORD_INVALID', /^to is "192\.0\.2\.1\."; wanted a host name/],
  [{ to: '192.0.2.256' }, 'DNS_RECORD_INVALID', /wanted a host name/],
  [{ to: '2001:db8::1' }, 'DNS_RECORD_INVALID', /^to is "2001:db8::1"; wanted a host name, since a CNAME/],
  [{ to: '[2001:db8::1]' }, 'DNS_RECORD_INVALID', /wanted a host name, since a CNAME/],
  [{ to: 'orders' }, 'DNS_NAME_INVALID', /^to is "orders"; wanted an absolute name/],
  [{ to: 'https://orders.azurewebsites.net' }, 'DNS_NAME_INVALID', /letters, digits, hyphens/],
  [{ to: azure, from: '' }, 'DNS_NAME_INVALID', /^from is ""/],
  [{ to: azure, notBefore: Number.NaN }, 'DNS_OPTION_INVALID', /^notBefore is NaN; wanted epoch milliseconds/],
  [
    { to: azure, notBefore: 1_763_607_600 },
    'DNS_OPTION_INVALID',
    /^notBefore is 1763607600; wanted epoch milliseconds, not seconds: perhaps 1763607600000$/,
  ],
  [{ to: azure, notBefore: 0 }, 'DNS_OPTION_INVALID', /^notBefore is 0; wanted epoch milliseconds/],
  [
    { to: azure, notBefore: '2026-11-20T03:00:00Z' as unknown as number },
    'DNS_OPTION_INVALID',
    /^notBefore is "2026-11-20T03:00:00Z"; wanted epoch milliseconds/,
  ],
  [
    { to: azure, rtoMs: 5 } as RepointOptions<'CNAME'>,
    'DNS_OPTION_INVALID',
    /rtoMs.*to, from, notBefore, rto, ttlSeconds, plan/,
  ],
  [undefined as unknown as RepointOptions<'CNAME'>, 'DNS_OPTION_INVALID', /options/],
  [{ to: azure, rto: '5 minutes' as '5m' }, 'DURATION_INVALID', /^rto is "5 minutes"/],
  [{ to: azure, ttlSeconds: 0.5 }, 'DNS_TTL_INVALID', /^ttlSeconds is 0.5/],
]
for (const [options, code, message] of mistakes) {
  test(`repoint refuses ${JSON.stringify(options)} at once with ${code}`, () => {
    const { api } = apiZone(fakeWorld())

    const error = thrown(() => void repoint(api, options))

    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
  })
}

test('repoint keeps to a plan: what it saw must still be so, and a TTL lowered as planned is', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  const plan = await planRepoint(api, { to: azure, validFor: '1d' }, world)
  await apply(lowerTtl(api, { ttlSeconds: 60 }), world)
  zone.editBehind({ name: 'api.example.com', type: 'CNAME', ttlSeconds: 60, values: ['theirs.example.net'] })

  const drifted = await rejection(apply(repoint(api, { to: azure, plan }), world))
  zone.editBehind(apiSet(60))
  const { revert } = await apply(repoint(api, { to: azure, plan }), world)
  await revert()
  await world.clock.sleep(86_400_000)
  const expired = await rejection(apply(repoint(api, { to: azure, plan }), world))

  expect([drifted.code, expired.code]).toEqual(['DNS_PLAN_DRIFTED', 'DNS_PLAN_EXPIRED'])
  expect(thrown(() => void repoint(api, { to: 'other.example.net', plan })).message).toMatch(
    /^plan is \[.*wanted one for other/,
  )
})

test('repoint mends a CNAME that holds an address', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(300, '192.0.2.1'))

  const { revert } = await apply(repoint(api, { to: azure, from: '192.0.2.1' }), world)
  expect(zone.records).toEqual([apiSet(300, azure)])
  await revert()

  expect(zone.records).toEqual([apiSet(300, '192.0.2.1')])
})
