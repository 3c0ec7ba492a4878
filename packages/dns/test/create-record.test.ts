import { changeConformance, fakeWorld } from '@cutover/core/testing'
import { apply, createRecord, dnsRecord, type RecordSet } from '@cutover/dns'
import { inMemoryZone } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { apiSet, apiZone, rejection } from './example.ts'

const asuid: RecordSet = { name: 'asuid.api.example.com', type: 'TXT', ttlSeconds: 300, values: ['ABC123'] }

for (const { name, run } of changeConformance({
  setUp(world) {
    const { zone } = apiZone(world)
    return {
      change: () => createRecord(dnsRecord(zone, asuid.name, 'TXT'), { values: 'ABC123' }),
      editBehind: () => zone.editBehind({ ...asuid, values: ['theirs'] }),
    }
  },
})) {
  test(`createRecord ${name}`, run)
}

test('createRecord creates, takes away what it made, and nothing else', async () => {
  const world = fakeWorld()
  const { zone } = apiZone(world)
  const record = dnsRecord(zone, asuid.name, 'TXT')

  const { revert } = await apply(createRecord(record, { values: 'ABC123' }), world)
  expect(zone.answer(asuid.name, 'TXT')?.values).toEqual(['ABC123'])
  const again = await apply(createRecord(record, { values: 'ABC123' }), world)
  await again.revert()
  expect(zone.records).toHaveLength(2)
  await revert()

  expect(zone.records).toEqual([apiSet()])
})

test('createRecord leaves a record of somebody else alone', async () => {
  const world = fakeWorld()
  const zone = inMemoryZone(world, [{ ...asuid, values: ['theirs'] }])

  const error = await rejection(apply(createRecord(dnsRecord(zone, asuid.name, 'TXT'), { values: 'ABC123' }), world))

  expect(error.code).toBe('DNS_RECORD_FOREIGN')
  expect(zone.writes).toEqual([])
})

const wild: RecordSet = { name: '*.example.com', type: 'CNAME', ttlSeconds: 60, values: ['shop.example.net'] }
const at = (name: string): RecordSet => ({ name, type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] })
test.each([
  ['a name below one that only a wildcard answers', [wild], 'asuid.api.example.com', 'api.example.com'],
  ['a name that only a wildcard answers', [wild], 'api.example.com', 'api.example.com'],
  ['a name two below', [wild], 'a.b.c.example.com', 'c.example.com'],
  ['the wildcard below it', [{ ...wild, name: '*.eu.example.com' }], 'asuid.api.eu.example.com', 'api.eu.example.com'],
])('createRecord refuses to shadow a wildcard: %s', async (_, records, name, loses) => {
  const world = fakeWorld()
  const zone = inMemoryZone(world, records)
  const before = zone.answer(loses, 'CNAME')?.values

  const error = await rejection(apply(createRecord(dnsRecord(zone, name, 'TXT'), { values: 'ABC123' }), world))

  expect(error.code).toBe('DNS_WILDCARD_SHADOWED')
  expect(error.message).toMatch(`answers for ${loses} now`)
  expect(zone.writes).toEqual([])
  expect(before).toEqual(['shop.example.net'])
  // What it would have done: the name has no answer any more, though nobody touched it.
  zone.editBehind({ name, type: 'TXT', ttlSeconds: 60, values: ['ABC123'] })
  await world.clock.sleep(10_000)
  expect(zone.answer(loses, 'CNAME')).toBeUndefined()
})

test.each([
  ['a name that has records of its own', [wild, at('api.example.com')], 'asuid.api.example.com'],
  ['a name with others below it already', [wild, at('x.api.example.com')], 'asuid.api.example.com'],
  ['a wildcard further up than a name that exists', [wild, at('eu.example.com')], 'asuid.eu.example.com'],
  ['no wildcard at all', [at('www.example.com')], 'asuid.api.example.com'],
])('createRecord shadows nothing with %s', async (_, records, name) => {
  const world = fakeWorld()
  const zone = inMemoryZone(world, records)

  await apply(createRecord(dnsRecord(zone, name, 'TXT'), { values: 'ABC123' }), world)

  expect(zone.records).toHaveLength(records.length + 1)
})

test('a zone that lists nothing is asked for each name', async () => {
  const world = fakeWorld()
  const { list: _list, ...zone } = inMemoryZone(world, [wild])

  const error = await rejection(
    apply(createRecord(dnsRecord(zone, 'asuid.api.example.com', 'TXT'), { values: 'ABC123' }), world),
  )

  expect(error.code).toBe('DNS_WILDCARD_SHADOWED')
})
