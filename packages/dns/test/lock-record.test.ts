import { changeConformance, fakeWorld } from '@cutover/core/testing'
import { apply, lockRecord, repoint } from '@cutover/dns'
import { expect, test } from 'vitest'

import { apiSet, apiZone, aws, azure, rejection, thrown } from './example.ts'
import { route53With } from './weighted.ts'

const plain = { Name: 'api.example.com', Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: aws }] }

for (const { name, run } of changeConformance({
  setUp(world) {
    const { route53, api } = route53With(world, [plain])
    return {
      change: () => lockRecord(api),
      editBehind: () => route53.protect('api.example.com', 'CNAME', 'theirs'),
      cas: false, // a protection is ended by its name and type alone
    }
  },
})) {
  test(`lockRecord at Route 53 ${name}`, run)
}

for (const { name, run } of changeConformance({
  setUp(world) {
    const { api } = apiZone(world)
    return { change: () => lockRecord(api) }
  },
})) {
  test(`lockRecord in memory ${name}`, run)
}

test('a locked record is changed by nobody, and the way back unlocks it first', async () => {
  const world = fakeWorld()
  const { route53, api } = route53With(world, [plain])
  const moved = await apply(repoint(api, { to: azure }), world)
  const locked = await apply(lockRecord(api, { why: 'the move of orders: ask the platform team' }), world)

  const refused = await rejection(apply(repoint(api, { to: 'elsewhere.example.net' }), world))
  expect(refused).toMatchObject({
    code: 'CHANGE_REFUSED',
    next: expect.stringMatching(/^Ask who protected it/),
    cause: { code: 'DNS_RECORD_LOCKED' },
  })
  expect((refused.cause as Error).message).toMatch(/ask the platform team/)
  await locked.revert()
  await moved.revert()

  expect(route53.records.map(({ ResourceRecords: records }) => records)).toEqual([[{ Value: aws }]])
})

test('a lock for another reason is foreign, and one for the same is not taken away', async () => {
  const world = fakeWorld()
  const { route53, api } = route53With(world, [plain])
  route53.protect('api.example.com', 'CNAME', 'theirs')

  expect((await rejection(apply(lockRecord(api), world))).code).toBe('DNS_RECORD_FOREIGN')
  const { revert } = await apply(lockRecord(api, { why: 'theirs' }), world)
  await revert()

  expect(await api.zone.locks?.find(api.name, 'CNAME')).toBe('theirs')
})

test('lockRecord wants a zone that has locks, and a reason', () => {
  const { api } = apiZone(fakeWorld(), apiSet(), { profile: 'rfc2136' })

  expect(thrown(() => void lockRecord(api)).message).toMatch(/a zone with locks/)
  expect(thrown(() => void lockRecord(apiZone(fakeWorld()).api, { why: '' })).code).toBe('DNS_OPTION_INVALID')
})
