import { fakeWorld } from '@cutover/core/testing'
import { inMemoryRoute53 } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

const HostedZoneId = 'Z0123456789ABCDEFGHIJ'
const plain = (Name: string, Type: 'A' | 'CNAME' | 'TXT', TTL: number, ...values: string[]) => ({
  Name,
  Type,
  TTL,
  ResourceRecords: values.map((Value) => ({ Value })),
})
const create = (set: ReturnType<typeof plain>) => ({ Action: 'CREATE' as const, ResourceRecordSet: set })
const remove = (set: ReturnType<typeof plain>) => ({ Action: 'DELETE' as const, ResourceRecordSet: set })
const many = (count: number, size: number) =>
  Array.from({ length: count }, (_, place) => `"${String(place).padEnd(size - 2, 'x')}"`)

test('a batch with one bad change makes none of its changes', async () => {
  const route53 = inMemoryRoute53(fakeWorld())
  const Changes = [
    create(plain('a.example.com', 'A', 60, '192.0.2.1')),
    create(plain('b.example.com', 'A', 60, '192.0.2.999')),
  ]

  const batch = route53.changeResourceRecordSets({ HostedZoneId, ChangeBatch: { Changes } })

  await expect(batch).rejects.toMatchObject({ name: 'InvalidChangeBatch', $metadata: { httpStatusCode: 400 } })
  expect(route53.records).toEqual([])
})

test.each([
  ['another TTL', plain('a.example.com', 'A', 61, '192.0.2.1'), /values provided do not match/],
  ['another value', plain('a.example.com', 'A', 60, '192.0.2.2'), /values provided do not match/],
  ['fewer values', plain('a.example.com', 'A', 60), /Expected exactly one of/],
  ['another name', plain('b.example.com', 'A', 60, '192.0.2.1'), /but it was not found/],
])('a DELETE with %s is refused', async (_, set, text) => {
  const route53 = inMemoryRoute53(fakeWorld(), { records: [plain('a.example.com', 'A', 60, '192.0.2.1')] })

  const batch = route53.changeResourceRecordSets({ HostedZoneId, ChangeBatch: { Changes: [remove(set)] } })

  await expect(batch).rejects.toThrow(text)
})

test.each([
  ['more than 1,000 records', [create(plain('a.example.com', 'TXT', 60, ...many(1_001, 8)))], /records limit of 1000/],
  [
    'more than 32,000 characters',
    [create(plain('a.example.com', 'TXT', 60, ...many(161, 200)))],
    /characters limit of 32000/,
  ],
  ['no change', [], /must not be empty/],
  ['a CNAME at the apex', [create(plain('example.com', 'CNAME', 60, 'a.example.net'))], /not permitted at apex/],
  ['an unquoted text', [create(plain('a.example.com', 'TXT', 60, 'text'))], /enclosed in quotation marks/],
  ['a string of 256', [create(plain('a.example.com', 'TXT', 60, `"${'x'.repeat(256)}"`))], /CharacterStringTooLong/],
  ['a value twice', [create(plain('a.example.com', 'A', 60, '192.0.2.1', '192.0.2.1'))], /Duplicate Resource Record/],
  ['a negative TTL', [create(plain('a.example.com', 'A', -1, '192.0.2.1'))], /tTL/],
])('a batch with %s is refused', async (_, Changes, text) => {
  const batch = inMemoryRoute53(fakeWorld()).changeResourceRecordSets({ HostedZoneId, ChangeBatch: { Changes } })

  await expect(batch).rejects.toThrow(text)
})

test('an UPSERT counts twice', () => {
  const route53 = inMemoryRoute53(fakeWorld())
  const set = plain('a.example.com', 'TXT', 60, ...many(501, 8))

  expect(() => route53.editBehind({ Action: 'UPSERT', ResourceRecordSet: set })).toThrow(/records limit of 1000/)
})

test('a second write while one is worked on is a PriorRequestNotComplete', async () => {
  const route53 = inMemoryRoute53(fakeWorld(), { replyMs: 200 })
  const write = (name: string) =>
    route53.changeResourceRecordSets({
      HostedZoneId,
      ChangeBatch: { Changes: [create(plain(name, 'A', 60, '192.0.2.1'))] },
    })

  const ends = await Promise.allSettled([write('a.example.com'), write('b.example.com')])

  expect(ends[1]).toMatchObject({ status: 'rejected', reason: { name: 'PriorRequestNotComplete' } })
})

test('names are listed with their labels reversed, escaped, from the asked one on', async () => {
  const names = ['b.example.com', '*.b.example.com', 'a.b.example.com', 'c.example.com']
  const route53 = inMemoryRoute53(fakeWorld(), { records: names.map((name) => plain(name, 'A', 60, '192.0.2.1')) })

  const { ResourceRecordSets: sets = [] } = await route53.listResourceRecordSets({
    HostedZoneId,
    StartRecordName: 'b.example.com',
    StartRecordType: 'A',
    MaxItems: 3,
  })

  expect(sets.map(({ Name }) => Name)).toEqual(['b.example.com.', String.raw`\052.b.example.com.`, 'a.b.example.com.'])
})

test('a change is PENDING until it is INSYNC', async () => {
  const world = fakeWorld()
  const route53 = inMemoryRoute53(world, { insyncMs: 8_000 })
  const Changes = [create(plain('a.example.com', 'A', 60, '192.0.2.1'))]
  const { ChangeInfo: info } = await route53.changeResourceRecordSets({ HostedZoneId, ChangeBatch: { Changes } })
  const status = async () => (await route53.getChange({ Id: info?.Id ?? '' })).ChangeInfo?.Status

  expect([info?.Status, await status()]).toEqual(['PENDING', 'PENDING'])
  await world.advance(8_000)
  expect(await status()).toBe('INSYNC')
})
