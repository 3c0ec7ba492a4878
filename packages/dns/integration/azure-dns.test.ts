// The real SDK over HTTP to the strict Azure DNS machine behind a local Resource Manager; what both say is held to the official
// description where that is present.
import { inspect } from 'node:util'

import { DnsManagementClient } from '@azure/arm-dns'
import { type AnyRecordSet, apply, type Clock, dnsRecord, isCutoverError, repoint, systemClock } from '@cutover/dns'
import { azureDnsZone } from '@cutover/dns/azure-dns'
import { azureDnsMachine, dnsZoneConformance } from '@cutover/dns/testing'
import { dnsZones, type Fault, type LocalAzure, localAzure } from '@cutover/local-azure'
import { afterEach, expect, test } from 'vitest'

import { azRest } from './az-rest.ts'
import { officialDescriptions } from './official-descriptions.ts'

const descriptions = await officialDescriptions('dns')
const set = { name: 'api.example.com', type: 'CNAME', ttlSeconds: 300, values: ['source.example.net'] } as const
const profileId =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/trafficManagerProfiles/Orders'
const next = { ...set, values: ['orders.azurewebsites.net'] }

const opened: LocalAzure[] = []
const requested = { total: 0 }
afterEach(async () => {
  for (const server of opened.splice(0)) {
    requested.total += server.requests.length
    await server.close()
    if (server.complaints.length > 0) throw new Error(JSON.stringify(server.complaints))
  }
})
async function setUp({ maxRetries = 0, pageSize = 100 } = {}) {
  const machine = azureDnsMachine({ now: systemClock.now, name: 'example.com' })
  machine.put('api', 'CNAME', { ttl: 300, cnameRecord: { cname: 'source.example.net' } })
  const server = await localAzure({
    providers: [dnsZones({ machines: [machine], pageSize })],
    retryAfterSeconds: maxRetries === 0 ? 7 : 0,
    ...(descriptions ? { descriptions } : {}),
  })
  opened.push(server)
  const client = new DnsManagementClient(server.credential(), server.subscriptionId, {
    additionalPolicies: [server.policy()],
    retryOptions: { maxRetries, retryDelayInMs: 1, maxRetryDelayInMs: 1 },
  })
  const zone = azureDnsZone({ client, resourceGroup: 'local', zone: 'example.com', propagationMs: 0 })
  const written = (): readonly string[] =>
    server.requests.filter(({ method }) => method !== 'GET').map(({ method, status }) => `${method} ${status ?? 'cut'}`)
  return { machine, server, client, zone, written }
}

const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )

for (const maxRetries of [0, 3]) {
  for (const { name, run } of dnsZoneConformance({
    emptyZone: async () => (await setUp({ maxRetries })).zone,
    suffix: 'suite.example.com',
    aliasOf: { target: profileId },
  })) {
    test(`the SDK with ${maxRetries} retries: a zone of Azure DNS ${name}`, run)
  }
}

test('the cases above have sent requests over HTTP', () => {
  expect(requested.total).toBeGreaterThan(100)
})

test('a lost reply that the SDK retries is a conflict, and the record is changed once', async () => {
  const { server, zone, written } = await setUp({ maxRetries: 3 })
  const found = await zone.find(set.name, set.type)
  server.failNext('RecordSets_CreateOrUpdate', 'reply-lost')

  const error = await rejection(zone.replace(found, next))

  expect(error).toMatchObject({ code: 'DNS_CONFLICT' })
  expect(written()).toEqual(['PUT cut', 'PUT 412'])
  expect((await zone.find(set.name, set.type))?.set).toEqual(next)
})

test.each<[string, Fault]>([
  ['whose reply is lost', 'reply-lost'],
  ['that is refused though it is done', 'refused-though-done'],
])('a write %s is not repeated: the outcome is what is read, and it is undone', async (_what, fault) => {
  const { server, zone, written } = await setUp()
  server.failNext('RecordSets_CreateOrUpdate', fault)

  const change = repoint(dnsRecord(zone, set.name, 'CNAME'), { to: 'orders.azurewebsites.net' })
  const { revert } = await apply(change, { clock: skippingClock() })

  expect((await zone.find(set.name, set.type))?.set).toEqual(next)
  expect(written()).toHaveLength(1)
  server.failNext('RecordSets_CreateOrUpdate', fault)
  await rejection(revert())
  await revert()
  expect((await zone.find(set.name, set.type))?.set).toEqual(set)
  expect(written()).toHaveLength(2)
})

test.each<[Fault, string, string | undefined]>([
  ['throttled', 'DNS_UNAVAILABLE', 'Wait 7 s, then run it again.'],
  ['unavailable', 'DNS_UNAVAILABLE', 'Wait 7 s, then run it again.'],
  ['empty-error', 'DNS_UNAVAILABLE', undefined],
  ['reply-lost', 'DNS_UNAVAILABLE', undefined],
  [{ status: 401, code: 'ExpiredAuthenticationToken' }, 'DNS_NOT_AUTHORIZED', 'Check: az account show'],
  [{ status: 403, code: 'AuthorizationFailed' }, 'DNS_NOT_AUTHORIZED', 'Allow Microsoft.Network/dnsZones/CNAME/write'],
  [{ status: 404 }, 'DNS_ZONE_NOT_FOUND', expect.stringMatching(/^Check the names/)],
  [{ status: 409, code: 'ScopeLocked' }, 'DNS_CHANGE_REJECTED', expect.stringMatching(/az lock list/)],
])('the SDK makes of %o what is answered as %s', async (fault, code, advice) => {
  const { server, zone } = await setUp()
  const found = await zone.find(set.name, set.type)
  server.failNext('RecordSets_CreateOrUpdate', fault)

  expect(await rejection(zone.replace(found, next))).toMatchObject({ code, next: advice })
})

test('a throttled service says so in JSON in a text, and how long to wait', async () => {
  const { machine, zone } = await setUp()
  const address = (place: number) => ({ ttl: 60, aRecords: [{ ipv4Address: `192.0.2.${place}` }] })
  const throttle = () => {
    for (let place = 0; place < 250; place += 1) machine.put(`n${place}`, 'A', address(place))
  }
  expect(throttle).toThrow(/throttled/)

  const error = await rejection(
    zone.replace(undefined, { name: 'x.example.com', type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] }),
  )

  expect(error).toMatchObject({ code: 'DNS_UNAVAILABLE', retryable: true, next: 'Wait 10 s, then run it again.' })
})

test('a list is read page by page, with what no verb edits', async () => {
  const { machine, server, zone } = await setUp({ pageSize: 2 })
  machine.put('t', 'TXT', { ttl: 60, txtRecords: [{ value: ['a', 'b'] }], metadata: { owner: 'us' } })
  machine.put('p', 'PTR', { ttl: 60, ptrRecords: [{ ptrdname: 'a.example.net' }] })

  const sets: AnyRecordSet[] = []
  for await (const found of zone.list?.() ?? []) sets.push(found.set)

  expect(sets.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'example.com NS',
    'example.com SOA',
    'api.example.com CNAME',
    'p.example.com PTR',
    't.example.com TXT',
  ])
  expect(server.requests.map(({ operation }) => operation)).toEqual(Array(3).fill('RecordSets_ListByDnsZone'))
  // Over the wire, and restored from what was listed, it is the same.
  const before = machine.get('t', 'TXT')
  await zone.replace({ set: sets[4] as AnyRecordSet }, undefined)
  await zone.replace(undefined, sets[4])
  expect(machine.get('t', 'TXT')).toEqual({ ...before, etag: expect.any(String) })
})

test('an alias comes back with its resource, TTL and metadata', async () => {
  const { machine, zone } = await setUp()
  machine.put('@', 'A', { ttl: 30, targetResource: { id: profileId }, metadata: { owner: 'us' } })
  const before = machine.get('@', 'A')
  const found = await zone.find('example.com', 'A')

  await zone.replace(found, { name: 'example.com', type: 'A', ttlSeconds: 30, values: ['192.0.2.1'] })
  await zone.replace(await zone.find('example.com', 'A'), found?.set)

  expect(machine.get('@', 'A')).toEqual({ ...before, etag: expect.any(String) })
})

test('somebody else, with a client of their own, wins: value, TTL alone, deletion', async () => {
  for (const edit of [
    { ttl: 300, cnameRecord: { cname: 'theirs.example.net' } },
    { ttl: 60, cnameRecord: { cname: 'source.example.net' } },
    undefined,
  ]) {
    const { client, machine, zone } = await setUp()
    const stale = await zone.find(set.name, set.type)
    if (edit) await client.recordSets.createOrUpdate('local', 'example.com', 'api', 'CNAME', edit)
    else await client.recordSets.delete('local', 'example.com', 'api', 'CNAME')
    const theirs = machine.peek()

    for (const to of [next, undefined]) {
      expect(isCutoverError(await rejection(zone.replace(stale, to)), 'DNS_CONFLICT')).toBe(true)
    }
    expect(machine.peek()).toEqual(theirs)
  }
})

test('the commands for a person do the same, and no more', async () => {
  const { machine, server, zone } = await setUp()
  machine.put('t', 'TXT', { ttl: 60, txtRecords: [{ value: ["it's", ' split'] }], metadata: { owner: 'us' } })
  const before = [machine.get('api', 'CNAME'), machine.get('t', 'TXT')]
  const [cname, text] = [await zone.find(set.name, set.type), await zone.find('t.example.com', 'TXT')]
  const { byHand } = zone
  const run = (edits: Parameters<NonNullable<typeof byHand>['replace']>[0]) => azRest(server, byHand?.replace(edits))

  expect(await run([{ from: undefined, to: next }])).toEqual([412])
  expect(
    await run([
      { from: set, to: next },
      { from: text?.set, to: undefined },
    ]),
  ).toEqual([200, 200])
  expect((await zone.find(set.name, set.type))?.set).toEqual(next)
  expect(await zone.find('t.example.com', 'TXT')).toBe(undefined)
  expect(
    await run([
      { from: next, to: cname?.set },
      { from: undefined, to: text?.set },
    ]),
  ).toEqual([200, 201])
  expect(
    await run([
      { from: text?.set, to: undefined },
      { from: text?.set, to: text?.set },
    ]),
  ).toEqual([200, 412])
  expect(await run([{ from: undefined, to: text?.set }])).toEqual([201])
  expect([machine.get('api', 'CNAME'), machine.get('t', 'TXT')]).toMatchObject(
    before.map(({ etag: _etag, ...kept }) => kept),
  )
  expect(await azRest(server, [byHand?.look('api.example.com', 'CNAME') ?? ''])).toEqual([200])
})

test('a zone or a resource group that is not there is no absent record', async () => {
  const { client } = await setUp()

  for (const place of [
    { resourceGroup: 'local', zone: 'example.org' },
    { resourceGroup: 'other', zone: 'example.com' },
  ]) {
    const zone = azureDnsZone({ client, ...place })
    const name = `api.${place.zone}`
    expect(await rejection(zone.find(name, 'CNAME'))).toMatchObject({ code: 'DNS_ZONE_NOT_FOUND' })
    expect(await rejection(zone.replace(undefined, { ...next, name }))).toMatchObject({ code: 'DNS_ZONE_NOT_FOUND' })
  }
})

test("an abort ends a request that hangs, with the signal's own reason, and no token is in any error", async () => {
  const { server, zone } = await setUp()
  const stop = new AbortController()
  const reason = new Error('stopped')
  server.failNext('RecordSets_Get', 'slow')

  const find = rejection(zone.find(set.name, set.type, { signal: stop.signal }))
  while (server.requests.length === 0) await new Promise((resolve) => void setImmediate(resolve))
  stop.abort(reason)

  expect(await find).toBe(reason)
  const { token } = await server.credential().getToken('https://management.azure.com/.default')
  server.failNext('RecordSets_Get', { status: 403, code: 'AuthorizationFailed' })
  expect(inspect(await rejection(zone.find(set.name, set.type)), { depth: 9, showHidden: true })).not.toContain(token)
})

test.skipIf(!descriptions)('the answers above were held to the official description', () => {
  const wanted = ['RecordSets_CreateOrUpdate', 'RecordSets_Delete', 'RecordSets_Get', 'RecordSets_ListByDnsZone']
  expect([...(descriptions?.checked ?? [])].sort()).toEqual(wanted)
})

/** Nobody waits: whoever sleeps is where it wanted to be at once. */
function skippingClock(): Clock {
  let skippedMs = 0
  return {
    now: () => systemClock.now() + skippedMs,
    monotonic: () => systemClock.monotonic() + skippedMs,
    sleep: async (ms) => void (skippedMs += Math.max(0, ms)),
  }
}
