// The real SDK over HTTP to the strict Traffic Manager machine behind a local Resource Manager; what both say is held to the
// official description where that is present. Machine and adapter share a clock that jumps.
import { TrafficManagerManagementClient } from '@azure/arm-trafficmanager'
import { apply, type Clock, dnsRecord, type Found, lowerTtl, shift, type WeightedRecordSet } from '@cutover/dns'
import { dnsZoneConformance, type NewEndpoint, trafficManagerMachine } from '@cutover/dns/testing'
import { trafficManagerProfile } from '@cutover/dns/traffic-manager'
import { type Fault, type LocalAzure, localAzure, trafficManagerProfiles } from '@cutover/local-azure'
import { afterEach, expect, test } from 'vitest'

import { azRest } from './az-rest.ts'
import { officialDescriptions } from './official-descriptions.ts'

const descriptions = await officialDescriptions('trafficManager')
const name = 'orders.trafficmanager.net'
const aws = { name: 'aws', target: 'd-1.execute-api.us-east-1.amazonaws.com', weight: 100 }
const azure = { name: 'azure', target: 'orders.azurewebsites.net', weight: 500, enabled: false }

const opened: LocalAzure[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) {
    await server.close()
    if (server.complaints.length > 0) throw new Error(JSON.stringify(server.complaints))
  }
})
async function setUp(options: { maxRetries?: number; endpoints?: readonly NewEndpoint[]; clock?: Clock } = {}) {
  const { maxRetries = 0, endpoints = [aws, azure], clock = jumpingClock() } = options
  const machine = trafficManagerMachine({ now: clock.now, name: 'orders', endpoints, ttlSeconds: 300 })
  const server = await localAzure({
    providers: [trafficManagerProfiles([machine])],
    retryAfterSeconds: maxRetries === 0 ? 7 : 0,
    ...(descriptions ? { descriptions } : {}),
  })
  opened.push(server)
  const client = new TrafficManagerManagementClient(server.credential(), server.subscriptionId, {
    additionalPolicies: [server.policy()],
    retryOptions: { maxRetries, retryDelayInMs: 1, maxRetryDelayInMs: 1 },
  })
  const zone = trafficManagerProfile({ client, resourceGroup: 'local', profile: 'orders', lateMs: 0, clock })
  const written = (): readonly string[] =>
    server.requests
      .filter(({ method }) => method !== 'GET')
      .map(({ operation, path, status }) => `${operation} ${path.split('/').at(-1)} ${status ?? 'cut'}`)
  return { clock, machine, server, client, zone, written, record: dnsRecord(zone, name, 'CNAME') }
}

const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )

const configured = (machine: ReturnType<typeof trafficManagerMachine>): unknown =>
  machine.profile().endpoints?.map(({ endpointMonitorStatus: _status, ...one }) => one)

const suiteClock = jumpingClock()
for (const maxRetries of [0, 3]) {
  for (const { name: title, run } of dnsZoneConformance({
    emptyZone: async () =>
      (await setUp({ maxRetries, clock: suiteClock, endpoints: [aws, { ...azure, weight: 5, enabled: true }] })).zone,
    suffix: 'trafficmanager.net',
    weighted: { name, type: 'CNAME' },
    clock: suiteClock,
  })) {
    test(`the SDK with ${maxRetries} retries: a Traffic Manager profile ${title}`, run)
  }
}

test('a profile is read as one weighted record', async () => {
  const { zone } = await setUp()

  expect((await zone.find(name, 'CNAME'))?.set).toMatchObject({
    kind: 'weighted',
    members: [
      { id: 'aws', weight: 100, ttlSeconds: 300, values: [aws.target] },
      { id: 'azure', weight: 0, ttlSeconds: 300, values: [azure.target], spelling: { weight: 500 } },
    ],
  })
})

test('a ramp over HTTP: TTL lowered, enabled and waited for, switched, and back to exactly what was found', async () => {
  const { clock, machine, record, server, written } = await setUp()
  const asFound = [configured(machine), machine.profile().dnsConfig]

  const lowered = await apply(lowerTtl(record, { ttlSeconds: 20 }), { clock })
  const first = await apply(shift(record, { to: 'azure', percent: 5 }), { clock })
  expect(machine.profile().endpoints?.map((one) => one.endpointMonitorStatus)).toEqual(['Online', 'Online'])
  const last = await apply(shift(record, { to: 'azure', percent: 100, origin: first.result.origin }), { clock })
  expect(machine.served()).toMatchObject({ ttlSeconds: 20, endpoints: [{ name: 'azure' }] })

  await last.revert()
  expect(machine.served().endpoints.map((one) => one.name)).toEqual(['aws'])
  await first.revert()
  await lowered.revert()
  expect(written()).toEqual(
    [
      ['Profiles_Update orders', 'Endpoints_Update azure', 'Endpoints_Update aws'],
      ['Endpoints_Update azure', 'Endpoints_Update aws'],
      // On the way back the source is enabled, and Online, before the target is disabled.
      ['Endpoints_Update aws', 'Endpoints_Update azure'],
      // The weight that the target had while it was disabled has come back with that: the ramp's origin knows it.
      ['Profiles_Update orders'],
    ]
      .flat()
      .map((line) => `${line} 200`),
  )
  expect(server.complaints).toEqual([])
  expect(asFound).toEqual([configured(machine), machine.profile().dnsConfig])
})

test.each<[string, Fault]>([
  ['whose reply is lost', 'reply-lost'],
  ['that is refused though it is done', 'refused-though-done'],
])('a write %s is not repeated: the outcome is what is read, and it is undone', async (_what, fault) => {
  const { clock, machine, record, server, written } = await setUp()
  const asFound = configured(machine)
  server.failNext('Endpoints_Update', fault)

  const { revert } = await apply(shift(record, { to: 'azure', percent: 5 }), { clock }).catch((error: unknown) => {
    // One of two requests may not have been sent: then the change is partial, and apply knows how to undo it.
    if (error instanceof Error && 'revert' in error) return error as unknown as { revert(): Promise<void> }
    throw error
  })

  const requests = written()
  expect(new Set(requests.map((line) => line.split(' ')[1])).size).toBe(requests.length)
  await revert()
  expect(configured(machine)).toEqual(asFound)
})

test.each<[Fault, string, string | undefined]>([
  ['throttled', 'DNS_UNAVAILABLE', 'Wait 7 s, then run it again.'],
  ['empty-error', 'DNS_UNAVAILABLE', undefined],
  ['reply-lost', 'DNS_UNAVAILABLE', undefined],
  [
    { status: 403, code: 'AuthorizationFailed' },
    'DNS_NOT_AUTHORIZED',
    'Allow Microsoft.Network/trafficManagerProfiles/externalEndpoints/write',
  ],
  [{ status: 404, code: 'ResourceNotFound' }, 'DNS_ZONE_NOT_FOUND', expect.stringMatching(/^Check the names/)],
  [{ status: 400, code: 'BadRequest' }, 'DNS_CHANGE_REJECTED', undefined],
])('the SDK makes of %o what is answered as %s', async (fault, code, advice) => {
  const { server, zone } = await setUp()
  const found = await zone.find(name, 'CNAME')
  const { members, ...set } = (found as Found).set as WeightedRecordSet
  const next = { ...set, members: members.map((member) => ({ ...member, weight: 50 })) }
  server.failNext('Endpoints_Update', fault)

  expect(await rejection(zone.replace(found, next))).toMatchObject({ code, next: advice })
})

test('the commands for a person do the same, and bring back what was found', async () => {
  const { machine, server, zone } = await setUp()
  const asFound = [configured(machine), machine.profile().dnsConfig]
  const { set } = (await zone.find(name, 'CNAME')) as Found
  const { members, ...rest } = set as WeightedRecordSet
  const switched = { ...rest, members: members.map((member) => ({ ...member, weight: member.id === 'azure' ? 7 : 0 })) }
  const lowered = { ...rest, members: switched.members.map((member) => ({ ...member, ttlSeconds: 20 })) }
  const run = (from: WeightedRecordSet, to: WeightedRecordSet) => azRest(server, zone.byHand?.replace([{ from, to }]))

  expect(await run({ ...rest, members }, switched)).toEqual([200, 200])
  expect(await run(switched, lowered)).toEqual([200])
  expect((await zone.find(name, 'CNAME'))?.set).toMatchObject({
    members: [{ weight: 0, ttlSeconds: 20 }, { weight: 7 }],
  })
  await run(lowered, switched)
  await run(switched, { ...rest, members })
  expect([configured(machine), machine.profile().dnsConfig]).toEqual(asFound)
  expect(await azRest(server, [zone.byHand?.look(name, 'CNAME') ?? ''])).toEqual([200])
})

test('a profile that is not there is no absent record', async () => {
  const { client } = await setUp()
  const zone = trafficManagerProfile({ client, resourceGroup: 'local', profile: 'other' })

  expect(await rejection(zone.find(name, 'CNAME'))).toMatchObject({ code: 'DNS_ZONE_NOT_FOUND' })
})

test.skipIf(!descriptions)('the answers above were held to the official description', () => {
  expect([...(descriptions?.checked ?? [])].sort()).toEqual(['Endpoints_Update', 'Profiles_Get', 'Profiles_Update'])
})

/** Whoever sleeps makes it as much later for everybody. */
function jumpingClock(): Clock {
  let now = Date.UTC(2026, 10, 20, 2)
  return { now: () => now, monotonic: () => now, sleep: async (ms) => void (now += Math.max(0, ms)) }
}
