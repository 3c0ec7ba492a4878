import { changeConformance, fakeWorld } from '@cutover/core/testing'
import { apply, dnsRecord, shift, toWeighted } from '@cutover/dns'
import { inMemoryZone } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { apiSet, apiZone, aws, azure, rejection, thrown } from './example.ts'
import { aliasSets, name, route53With } from './weighted.ts'

for (const { name: title, run } of changeConformance({
  setUp(world) {
    const { route53, api } = route53With(world, aliasSets)
    return {
      change: () => toWeighted(api, { to: azure }),
      editBehind() {
        const all = route53.records
        const theirs = { Name: name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.66' }] }
        route53.editBehind(...all.map((ResourceRecordSet) => ({ Action: 'DELETE' as const, ResourceRecordSet })), {
          Action: 'CREATE',
          ResourceRecordSet: theirs,
        })
      },
    }
  },
})) {
  test(`toWeighted at Route 53 ${title}`, run)
}

test('toWeighted replaces aliases by weighted CNAMEs in one batch, and puts them back byte for byte', async () => {
  const world = fakeWorld()
  const { route53, api } = route53With(world, aliasSets)
  const before = route53.records

  const { revert } = await apply(toWeighted(api, { to: azure, ids: { from: 'aws', to: 'azure' } }), world)

  expect(route53.writes).toHaveLength(1)
  expect(route53.records).toEqual([
    { Name: `${name}.`, Type: 'CNAME', SetIdentifier: 'aws', Weight: 100, TTL: 60, ResourceRecords: [{ Value: aws }] },
    {
      Name: `${name}.`,
      Type: 'CNAME',
      SetIdentifier: 'azure',
      Weight: 0,
      TTL: 60,
      ResourceRecords: [{ Value: azure }],
    },
  ])
  await revert()

  expect(route53.records).toEqual(before)
  expect(route53.writes).toHaveLength(2)
})

test('nobody is without an answer at any moment', async () => {
  const world = fakeWorld()
  const alias = (type: 'A' | 'AAAA') => ({ kind: 'alias', name, type, alias: { target: aws } }) as const
  const zone = inMemoryZone(world, [alias('A'), alias('AAAA')], { aliases: { [aws]: ['192.0.2.1'] } })
  const api = dnsRecord(zone, name, 'CNAME')
  const seen: string[] = []
  world.repeat(250, () => {
    for (let server = 0; server < zone.servers; server += 1) {
      const answer = zone.answer(name, 'CNAME', server) ?? zone.answer(name, 'A', server)
      seen.push(answer?.values[0] ?? 'nobody')
    }
  })

  const weighted = await apply(toWeighted(api, { to: azure }), world)
  const shifted = await apply(shift(api, { to: azure, percent: 100 }), world)
  await shifted.revert()
  await weighted.revert()

  expect(new Set(seen)).toEqual(new Set(['192.0.2.1', aws, azure]))
})

test('toWeighted makes a plain CNAME weighted, with its TTL', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)

  await apply(toWeighted(api, { to: azure }), world)

  expect(zone.records).toEqual([
    {
      kind: 'weighted',
      name,
      type: 'CNAME',
      members: [
        { id: 'source', weight: 100, ttlSeconds: 300, values: [aws] },
        { id: 'target', weight: 0, ttlSeconds: 300, values: [azure] },
      ],
    },
  ])
})

test('addresses have no name to point at: from says it', async () => {
  const world = fakeWorld()
  const zone = inMemoryZone(world, [{ name, type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] }])
  const api = dnsRecord(zone, name, 'A')

  const error = await rejection(apply(toWeighted(api, { to: azure }), world))
  await apply(toWeighted(api, { to: azure, from: aws }), world)

  expect(error).toMatchObject({ code: 'DNS_RECORD_UNSUPPORTED', next: expect.stringMatching(/from: /) })
  expect(zone.records).toHaveLength(1)
})

test('records of other types at the name stand in the way', async () => {
  const world = fakeWorld()
  const { zone, api } = route53With(world, [
    ...aliasSets,
    { Name: name, Type: 'TXT', TTL: 60, ResourceRecords: [{ Value: '"v=spf1 -all"' }] } as never,
  ])

  const error = await rejection(apply(toWeighted(api, { to: azure }), world))

  expect(error.code).toBe('DNS_RECORD_FOREIGN')
  expect(error.message).toMatch(/has TXT v=spf1 -all, TTL 60; wanted nothing beside/)
  expect(await zone.find(name, 'A')).toBeDefined()
})

test('toWeighted is refused where nothing can be weighted, with the alternative, and at the name of the zone', () => {
  const { api } = apiZone(fakeWorld(), apiSet(), { profile: 'azure-dns' })
  const apex = dnsRecord(inMemoryZone(fakeWorld()), 'example.com', 'A')

  expect(thrown(() => void toWeighted(api, { to: azure }))).toMatchObject({
    code: 'DNS_OPTION_INVALID',
    next: expect.stringMatching(/Traffic Manager profile/),
  })
  expect(thrown(() => void toWeighted(apex, { to: azure })).code).toBe('DNS_RECORD_INVALID')
  expect(thrown(() => void toWeighted(apiZone(fakeWorld()).api, { to: '192.0.2.1' })).code).toBe('DNS_RECORD_INVALID')
})

test('what answers by weight already is moved by shift', async () => {
  const world = fakeWorld()
  const { api } = apiZone(world)
  await apply(toWeighted(api, { to: azure }), world)

  const error = await rejection(apply(toWeighted(api, { to: 'other.example.net' }), world))

  expect(error).toMatchObject({
    code: 'DNS_RECORD_UNSUPPORTED',
    next: expect.stringMatching(/^It answers by weight .* shift\(/),
  })
})

test('a CNAME that is not there may be aliases of API Gateway: shift says what to do first', async () => {
  const world = fakeWorld()
  const { api } = route53With(world, aliasSets)

  const error = await rejection(apply(shift(api, { to: azure, percent: 5 }), world))

  expect(error).toMatchObject({
    code: 'DNS_RECORD_NOT_FOUND',
    next: expect.stringMatching(/toWeighted\(record, …\).* Look: /),
  })
})
