import { trafficManagerMachine, type TrafficManagerMachineOptions } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { aws, azure, off } from './example.ts'

function orders(options: Partial<TrafficManagerMachineOptions> = {}) {
  const time = { now: 1_000_000_000 }
  const machine = trafficManagerMachine({ now: () => time.now, name: 'orders', endpoints: [aws, off], ...options })
  const statuses = (): unknown => machine.profile().endpoints?.map((one) => one.endpointMonitorStatus)
  const served = (): readonly string[] => machine.served().endpoints.map((one) => one.name)
  const set = (name: string, change: object): void => machine.updateEndpoint('ExternalEndpoints', name, change)
  return { time, machine, statuses, served, set }
}

const refused = (statusCode: number, code: string): unknown => expect.objectContaining({ statusCode, code })

test('what is enabled is answered as CheckingEndpoint before its first probe', () => {
  const { time, statuses, served, set } = orders()

  set('azure', { endpointStatus: 'Enabled' })
  expect([statuses(), served()]).toEqual([['Online', 'CheckingEndpoint'], ['aws']])
  time.now += 5_000
  expect(served()).toEqual(['aws', 'azure'])
  time.now += 24_999
  expect(statuses()).toEqual(['Online', 'CheckingEndpoint'])
  time.now += 1
  expect(statuses()).toEqual(['Online', 'Online'])
})

test.each([
  [3, 30, 4 * 30_000],
  [0, 10, 10_000],
])(
  'an endpoint with %i failures tolerated, probed every %i s, is degraded at the latest after %i ms',
  (toleratedFailures, intervalSeconds, ms) => {
    const { time, machine, statuses, served, set } = orders({ toleratedFailures, intervalSeconds })
    set('azure', { endpointStatus: 'Enabled' })
    time.now += intervalSeconds * 1_000
    machine.setHealthy('azure', false)

    time.now += ms - 1
    expect(statuses()).toEqual(['Online', 'Online'])
    time.now += 1
    expect([statuses(), served()]).toEqual([['Online', 'Degraded'], ['aws']])
    machine.setHealthy('azure', true)
    expect(statuses()).toEqual(['Online', 'Degraded'])
    time.now += intervalSeconds * 1_000
    expect([statuses(), served()]).toEqual([
      ['Online', 'Online'],
      ['aws', 'azure'],
    ])
  },
)

test('after any time it is what the probes of all that time have found', () => {
  const { time, machine, statuses } = orders({ endpoints: [aws, azure] })
  machine.setHealthy('azure', false)

  time.now += 30 * 86_400_000
  expect(statuses()).toEqual(['Online', 'Degraded'])
  machine.setHealthy('azure', true)
  time.now += 30_000
  expect(statuses()).toEqual(['Online', 'Online'])
})

test('where all are degraded, all are answered', () => {
  const { time, machine, statuses, served } = orders({ endpoints: [aws, azure, { ...off, name: 'off' }] })
  machine.setHealthy('aws', false)
  machine.setHealthy('azure', false)
  time.now += 3_600_000

  expect([statuses(), served()]).toEqual([
    ['Degraded', 'Degraded', 'Disabled'],
    ['aws', 'azure'],
  ])
  expect(machine.profile()).toMatchObject({ monitorConfig: { profileMonitorStatus: 'Degraded' } })
})

test('a disabled profile answers NXDOMAIN, and so does one whose endpoints all are', () => {
  const { time, machine, statuses, served, set } = orders()
  machine.updateProfile({ profileStatus: 'Disabled' })
  time.now += 5_000

  expect([statuses(), served()]).toEqual([['Inactive', 'Disabled'], []])
  machine.updateProfile({ profileStatus: 'Enabled' })
  expect(statuses()).toEqual(['CheckingEndpoint', 'Disabled'])
  set('aws', { endpointStatus: 'Disabled' })
  time.now += 5_000
  expect([served(), machine.profile()]).toMatchObject([[], { monitorConfig: { profileMonitorStatus: 'Inactive' } }])
})

test('what is always served is not probed', () => {
  const { machine, statuses, served, time, set } = orders({ endpoints: [aws, { ...off, healthy: false }] })
  set('azure', { endpointStatus: 'Enabled', alwaysServe: 'Enabled' })
  time.now += 3_600_000

  expect([statuses(), served()]).toEqual([
    ['Online', 'Unmonitored'],
    ['aws', 'azure'],
  ])
  expect(machine.endpoint('ExternalEndpoints', 'AZURE')).toMatchObject({ alwaysServe: 'Enabled', weight: 500 })
})

test('weight and TTL are served later than they are written', () => {
  const { time, machine, set } = orders({ endpoints: [aws, azure], ttlSeconds: 300 })
  set('azure', { weight: 50 })
  machine.updateProfile({ dnsConfig: { ttl: 20 } })

  expect(machine.served()).toMatchObject({ ttlSeconds: 300, endpoints: [{ weight: 95 }, { weight: 5 }] })
  time.now += 5_000
  expect(machine.served()).toMatchObject({ ttlSeconds: 20, endpoints: [{ weight: 95 }, { weight: 50 }] })
})

test.each([0, 1_001, 1.5])('a weight of %d is refused, and nothing is changed', (weight) => {
  const { machine, set } = orders()
  const before = machine.profile()

  expect(() => set('azure', { weight, endpointStatus: 'Enabled' })).toThrow(refused(400, 'BadRequest'))
  expect(machine.profile()).toEqual(before)
})

test('what a PATCH cannot be is refused', () => {
  const { machine, set } = orders()

  expect(() => set('azure', { endpointStatus: 'Off' })).toThrow(refused(400, 'BadRequest'))
  expect(() => set('other', { weight: 1 })).toThrow(refused(404, 'NotFound'))
  expect(() => set('azure', { geoMapping: ['DE'] })).toThrow(refused(501, 'NotImplemented'))
  expect(() => machine.updateEndpoint('AzureEndpoints', 'azure', { weight: 1 })).toThrow(refused(404, 'NotFound'))
  expect(() => machine.updateProfile({ dnsConfig: { ttl: -1 } })).toThrow(refused(400, 'BadRequest'))
  expect(() => machine.updateProfile({ dnsConfig: { relativeName: 'other' } })).toThrow(refused(400, 'BadRequest'))
  expect(() => machine.updateProfile({ endpoints: [] })).toThrow(refused(501, 'NotImplemented'))
})

test('the service lets the last endpoint be disabled', () => {
  const { machine, set } = orders()

  set('aws', { endpointStatus: 'Disabled' })

  expect(machine.profile().endpoints?.map((one) => one.endpointStatus)).toEqual(['Disabled', 'Disabled'])
})
