import { fakeWorld } from '@cutover/core/testing'
import { type AnyRecordSet, apply, dnsRecord, lowerTtl, shift } from '@cutover/dns'
import {
  type TrafficManagerLike,
  trafficManagerProfile,
  type TrafficManagerProfileOptions,
} from '@cutover/dns/traffic-manager'
import { expect, test } from 'vitest'

import { rejection, thrown } from '../example.ts'
import { aws, azure, found, name, off, profile, weighing } from './example.ts'

test('a profile is one weighted record, and what is disabled has weight 0', async () => {
  const { zone } = profile({ endpoints: [aws, { ...off, alwaysServe: true }] })

  expect(await zone.find('Orders.TrafficManager.net.', 'CNAME')).toEqual({
    set: {
      kind: 'weighted',
      name,
      type: 'CNAME',
      members: [
        { id: 'aws', weight: 95, ttlSeconds: 300, values: [aws.target], extra: { endpointType: 'ExternalEndpoints' } },
        {
          id: 'azure',
          weight: 0,
          ttlSeconds: 300,
          values: [azure.target],
          spelling: { weight: 500 },
          extra: { endpointType: 'ExternalEndpoints', alwaysServe: 'Enabled' },
        },
      ],
    },
  })
})

test('other names and types are not there, and the list has the one record', async () => {
  const { zone } = profile()
  const listed: AnyRecordSet[] = []

  for await (const { set } of zone.list?.() ?? []) listed.push(set)

  expect(listed.map((set) => set.name)).toEqual([name])
  expect(await zone.find('other.trafficmanager.net', 'CNAME')).toBe(undefined)
  expect(await zone.find(name, 'A')).toBe(undefined)
})

test('endpoints that are addresses make an A record', async () => {
  const { zone } = profile({
    endpoints: [
      { ...aws, target: '192.0.2.1' },
      { ...azure, target: '192.0.2.2' },
    ],
  })

  expect((await zone.find(name, 'A'))?.set).toMatchObject({ type: 'A', members: [{ values: ['192.0.2.1'] }, {}] })
})

test.each([
  ['routed by Priority', { trafficRoutingMethod: 'Priority' }],
  ['of names and addresses', { endpoints: [aws, { ...azure, target: '192.0.2.1' }] }],
  ['without endpoints', { endpoints: [] }],
  ['that this version does not read', { endpoints: [aws, { ...azure, target: '' }] }],
])('a profile %s is opaque, and is not written', async (what, options) => {
  const { zone, manager } = profile(options)
  const one = await zone.find(name, 'CNAME')

  expect(one?.set).toMatchObject({ kind: 'opaque', what: expect.stringMatching(what) })
  expect(await rejection(zone.replace(one, one && { ...one.set, name: 'x' }))).toMatchObject({
    code: 'DNS_CHANGE_REJECTED',
  })
  expect(manager.writes).toEqual([])
})

test('what is enabled comes first, weights then, and what is disabled last', async () => {
  const { zone, manager, world } = profile({
    endpoints: [aws, { ...azure, name: 'blue' }, off, { ...azure, name: 'zone' }],
  })

  await zone.replace(await found(zone), weighing(await found(zone), { aws: 0, azure: 50, blue: 60 }))

  expect(manager.writes).toEqual([
    'azure {"endpointStatus":"Enabled","weight":50}',
    'blue {"weight":60}',
    'aws {"endpointStatus":"Disabled"}',
  ])
  expect(world.events).toEqual([])
})

test('the source stays enabled until the target is Online, not only CheckingEndpoint', async () => {
  const { zone, manager, world, machine } = profile({ endpoints: [aws, off] })
  const before = await found(zone)
  const since = world.clock.now()

  const replacing = zone.replace(before, weighing(before, { aws: 0, azure: 100 }))
  await world.advance(29_000)
  expect(manager.writes).toEqual(['azure {"endpointStatus":"Enabled","weight":100}'])
  expect(machine.profile().endpoints?.[1]?.endpointMonitorStatus).toBe('CheckingEndpoint')
  await world.runUntil(replacing)

  expect(manager.writes[1]).toBe('aws {"endpointStatus":"Disabled"}')
  expect(world.clock.now() - since).toBe(30_000)
})

test('a target whose probes fail never takes the source out: it is not safe yet, and both stay enabled', async () => {
  const { zone, manager, world, machine } = profile({
    endpoints: [aws, { ...off, healthy: false }],
    toleratedFailures: 0,
  })
  const before = await found(zone)

  const error = await rejection(world.runUntil(zone.replace(before, weighing(before, { aws: 0, azure: 100 }))))

  expect(error).toMatchObject({
    code: 'DNS_NOT_SAFE_YET',
    retryable: true,
    message: expect.stringMatching(/azure Degraded/),
  })
  expect(manager.writes).toEqual(['azure {"endpointStatus":"Enabled","weight":100}'])
  await world.advance(10_000)
  expect(machine.served().endpoints.map((one) => one.name)).toEqual(['aws'])
})

test('a target that is degraded already is found out before anything is written', async () => {
  const { zone, manager, world } = profile({ endpoints: [aws, { ...azure, healthy: false }] })
  const before = await found(zone)
  const since = world.clock.now()

  expect(await rejection(zone.replace(before, weighing(before, { aws: 0 })))).toMatchObject({
    code: 'DNS_NOT_SAFE_YET',
  })
  expect([manager.writes, world.clock.now() - since]).toEqual([[], 0])
})

test('one that never becomes Online is given up after onlineWithinMs', async () => {
  const { manager, world } = profile({ endpoints: [aws, { ...off, healthy: false }], toleratedFailures: 9 })
  const zone = manager.zone({ onlineWithinMs: 40_000 })
  const before = await found(zone)
  const since = world.clock.now()

  const error = await rejection(world.runUntil(zone.replace(before, weighing(before, { aws: 0, azure: 100 }))))

  expect(error).toMatchObject({ code: 'DNS_NOT_SAFE_YET', message: expect.stringMatching(/azure CheckingEndpoint/) })
  expect(world.clock.now() - since).toBe(40_000)
})

test('a status that lags behind what was enabled just now is waited for as well', async () => {
  const { manager, world } = profile({ endpoints: [aws, off] })
  let reads = 0
  const client: TrafficManagerLike = {
    ...manager,
    profiles: {
      ...manager.profiles,
      async get(...call) {
        const got = await manager.profiles.get(...call)
        reads += 1
        if (reads < 4)
          for (const one of got.endpoints ?? []) if (one.name === 'azure') one.endpointMonitorStatus = 'Disabled'
        return got
      },
    },
  }
  const zone = trafficManagerProfile({ client, resourceGroup: 'local', profile: 'orders', clock: world.clock })
  const before = await found(zone)

  await world.runUntil(zone.replace(before, weighing(before, { aws: 0, azure: 100 })))

  expect(manager.writes.at(-1)).toBe('aws {"endpointStatus":"Disabled"}')
})

test('what is served without probes counts as Online', async () => {
  const { zone, manager } = profile({ endpoints: [aws, { ...azure, alwaysServe: true, healthy: false }] })
  const before = await found(zone)

  await zone.replace(before, weighing(before, { aws: 0 }))

  expect(manager.writes).toEqual(['aws {"endpointStatus":"Disabled"}'])
})

test.each<[string, (set: Awaited<ReturnType<typeof found>>) => AnyRecordSet | undefined]>([
  ['the last endpoint disabled', (one) => weighing(one, { aws: 0, azure: 0 })],
  ['a weight of 1,001', (one) => weighing(one, { aws: 1_001 })],
  ['a weight of half', (one) => weighing(one, { aws: 0.5 })],
  [
    'two TTLs',
    ({ set }) => ({ ...set, members: set.members.map((one, place) => ({ ...one, ttlSeconds: 30 + place })) }),
  ],
  [
    'TTL and weight at once',
    ({ set }) => ({ ...set, members: set.members.map((one) => ({ ...one, ttlSeconds: 30, weight: 7 })) }),
  ],
  [
    'another target',
    ({ set }) => ({ ...set, members: set.members.map((one) => ({ ...one, values: ['x.example.net'] })) }),
  ],
  ['an endpoint less', ({ set }) => ({ ...set, members: set.members.slice(1) })],
  ['a plain record', () => ({ name, type: 'CNAME', ttlSeconds: 60, values: [azure.target] })],
  ['no record', () => undefined],
])('%s is refused before anything is sent', async (_what, next) => {
  const { zone, manager } = profile()
  const before = await found(zone)
  manager.failNext('endpoints.update', new Error('sent'))
  manager.failNext('profiles.update', new Error('sent'))

  expect(await rejection(zone.replace(before, next(before)))).toMatchObject({ code: 'DNS_CHANGE_REJECTED' })
  expect(manager.writes).toEqual([])
})

test('a profile that is disabled answers NXDOMAIN, and its endpoints are not touched', async () => {
  const { zone, machine, manager } = profile()
  machine.updateProfile({ profileStatus: 'Disabled' })
  const before = await found(zone)

  expect(before.set.extra).toEqual({ profileStatus: 'Disabled' })
  expect(await rejection(zone.replace(before, weighing(before, { aws: 1 })))).toMatchObject({
    code: 'DNS_CHANGE_REJECTED',
  })
  expect(manager.writes).toEqual([])
})

test.each<[string, (machine: ReturnType<typeof profile>['machine']) => void]>([
  ['a weight', (machine) => machine.updateEndpoint('ExternalEndpoints', 'aws', { weight: 96 })],
  ['a status', (machine) => machine.updateEndpoint('ExternalEndpoints', 'aws', { endpointStatus: 'Disabled' })],
  ['the TTL alone', (machine) => machine.updateProfile({ dnsConfig: { ttl: 299 } })],
  ['the status of the profile', (machine) => machine.updateProfile({ profileStatus: 'Disabled' })],
])('an edit of %s between read and write is seen', async (_what, edit) => {
  const { zone, machine, manager } = profile()
  const stale = await found(zone)
  edit(machine)

  expect(await rejection(zone.replace(stale, weighing(stale, { aws: 50 })))).toMatchObject({ code: 'DNS_CONFLICT' })
  expect(manager.writes).toEqual([])
})

test('an edit while it is written is seen afterwards, and what was overwritten is not', async () => {
  const { zone, machine, world } = profile()
  const before = await found(zone)
  const calls: string[] = []
  const call = world.call.bind(world)
  world.call = (operation, how, body) => {
    calls.push(operation)
    // Between the first PATCH and the second: one endpoint that is written next, and one that was.
    if (operation === 'trafficManager.endpoints.update azure') {
      machine.updateEndpoint('ExternalEndpoints', 'azure', { weight: 777 })
      machine.updateEndpoint('ExternalEndpoints', 'aws', { weight: 778 })
    }
    return call(operation, how, body)
  }

  const error = await rejection(zone.replace(before, weighing(before, { aws: 50, azure: 50 })))

  expect(error).toMatchObject({ code: 'DNS_CONFLICT' })
  expect(machine.profile().endpoints?.map(({ weight }) => weight)).toEqual([778, 50])
})

test('another TTL is one PATCH of the profile, and leaves its endpoints alone', async () => {
  const { world, zone, manager } = profile()

  const { result } = await apply(
    lowerTtl(dnsRecord(zone, name, 'CNAME'), { ttlSeconds: 20, until: 'authoritative' }),
    world,
  )

  expect(manager.writes).toEqual(['{"dnsConfig":{"relativeName":"orders","ttl":20}}'])
  expect(result.safeAt - world.clock.now()).toBe(301_000)
})

test('served means Online: a ramp waits for the first probe of what it enabled', async () => {
  const { world, zone, machine } = profile({ endpoints: [aws, off], intervalSeconds: 30 })
  const since = world.clock.now()
  const before = await found(zone)

  const receipt = await zone.replace(before, weighing(before, { azure: 5 }))
  await zone.waitUntilServed(JSON.parse(JSON.stringify(receipt)), { since: since - 60_000, clock: world.clock })

  expect(world.clock.now() - since).toBe(30_000)
  expect(machine.profile().endpoints?.map((one) => one.endpointMonitorStatus)).toEqual(['Online', 'Online'])
})

test('served means Online: one whose probes fail is waited for until the signal says stop', async () => {
  const { world, zone } = profile({ endpoints: [aws, { ...off, healthy: false }] })
  const before = await found(zone)
  const receipt = await zone.replace(before, weighing(before, { azure: 5 }))
  const stop = new AbortController()
  const reason = new Error('stopped')

  const waiting = rejection(
    zone.waitUntilServed(receipt, { since: world.clock.now(), clock: world.clock, signal: stop.signal }),
  )
  await world.advance(3_600_000)
  stop.abort(reason)

  expect(await waiting).toBe(reason)
})

test('an outage of Azure is waited out, and a missing permission is not', async () => {
  const { world, zone, manager } = profile()
  const since = world.clock.now()
  const refusal = (statusCode: number): Error =>
    Object.assign(new Error('no'), { name: 'RestError', statusCode, code: 'x' })
  manager.failNext('profiles.get', refusal(503))
  manager.failNext('profiles.get', refusal(429))

  await zone.waitUntilServed(undefined, { since, clock: world.clock })
  expect(world.clock.now() - since).toBe(60_000 + 2 * 5_000)
  manager.failNext('profiles.get', refusal(403))
  expect(await rejection(zone.waitUntilServed(undefined, { since, clock: world.clock }))).toMatchObject({
    code: 'DNS_NOT_AUTHORIZED',
  })
})

test('where no endpoint is healthy all are answered, so nothing more is waited for', async () => {
  const endpoints = [aws, off].map((one) => ({ ...one, healthy: false }))
  const { world, zone, machine } = profile({ endpoints, toleratedFailures: 0 })
  const before = await found(zone)
  const since = world.clock.now()

  const receipt = await zone.replace(before, weighing(before, { azure: 50 }))
  await world.runUntil(zone.waitUntilServed(receipt, { since: since - 60_000, clock: world.clock }), 3_600_000)

  expect(world.clock.now() - since).toBe(30_000)
  expect(machine.served().endpoints).toHaveLength(2)
})

test('without a receipt only what is not probed yet is waited for', async () => {
  const { world, manager, zone } = profile({ endpoints: [aws, { ...off, healthy: false }], toleratedFailures: 0 })
  const before = await found(zone)
  await zone.replace(before, weighing(before, { azure: 5 }))
  const since = world.clock.now()

  await manager.zone({ propagationMs: 0 }).waitUntilServed(undefined, { since, clock: world.clock })

  expect(world.clock.now() - since).toBe(30_000)
})

test('there and back by shift, through a switch that disables each in turn, and all is as found', async () => {
  const { world, zone, machine } = profile({ endpoints: [aws, off] })
  const configured = (): unknown =>
    machine.profile().endpoints?.map(({ endpointMonitorStatus: _status, ...one }) => one)
  const asFound = configured()
  const record = dnsRecord(zone, name, 'CNAME')

  const { revert } = await apply(shift(record, { to: 'azure', percent: 100 }), world)
  expect(machine.served().endpoints.map((one) => one.name)).toEqual(['azure'])
  await revert()

  expect(machine.served().endpoints.map((one) => one.name)).toEqual(['aws'])
  expect(configured()).toEqual(asFound)
})

test('the way back is possible although the target has failed', async () => {
  const { world, zone, machine } = profile({ endpoints: [aws, off] })
  const { revert } = await apply(shift(dnsRecord(zone, name, 'CNAME'), { to: 'azure', percent: 100 }), world)
  machine.setHealthy('azure', false)
  await world.advance(600_000)

  await revert()

  expect(machine.served().endpoints.map((one) => one.name)).toEqual(['aws'])
})

test.each<[Readonly<Record<string, unknown>>, RegExp]>([
  [{ client: {} }, /client has no profiles\.get, profiles\.update, endpoints\.update/],
  [{ client: undefined }, /client has no profiles\.get/],
  [{ resourceGroup: '' }, /resourceGroup is ""/],
  [{ profile: 7 }, /profile is 7/],
  [{ domain: 'net' }, /domain is "net"/],
  [{ pollMs: 0 }, /pollMs is 0/],
  [{ onlineWithinMs: -1 }, /onlineWithinMs is -1/],
  [{ profileName: 'orders' }, /profileName/],
])('a bad option is refused at once: %o', (bad, message) => {
  const { manager } = profile({}, fakeWorld())
  const options = { client: manager, resourceGroup: 'local', profile: 'orders', ...bad } as TrafficManagerProfileOptions

  expect(thrown(() => trafficManagerProfile(options))).toMatchObject({
    code: expect.stringMatching(/^DNS_(OPTION|NAME)_INVALID$/),
    message: expect.stringMatching(message),
  })
})
