import { lambdaMachine, siteMachine } from '@cutover/triggers/testing'
import { expect, test } from 'vitest'

const mapping = { uuid: 'u1', eventSourceArn: 'arn:aws:sqs:us-east-1:1:orders' }

function lambda(options: Partial<Parameters<typeof lambdaMachine>[0]> = {}) {
  const time = { now: 1_000 }
  const machine = lambdaMachine({ now: () => time.now, functionName: 'orders', mappings: [mapping], ...options })
  return { time, machine }
}

function site(appSettings: Record<string, string> = {}) {
  const time = { now: 1_000 }
  const machine = siteMachine({ now: () => time.now, name: 'orders', functions: ['a'], appSettings })
  return { time, machine }
}

test('a mapping is Disabling for 45 s, takes messages as long, and is Disabled then', () => {
  const { time, machine } = lambda()

  expect(machine.updateMapping('u1', { enabled: false }).state).toBe('Disabling')
  time.now += 44_999
  expect([machine.mapping('u1').state, machine.polls('u1')]).toEqual(['Disabling', true])
  time.now += 1
  expect([machine.mapping('u1').state, machine.polls('u1')]).toEqual(['Disabled', false])
  expect(machine.mapping('u1').lastModifiedAt).toBe(46_000)
})

test('a mapping takes messages as soon as it is Enabling', () => {
  const { machine } = lambda({ mappings: [{ ...mapping, enabled: false }] })

  machine.updateMapping('u1', { enabled: true })

  expect([machine.mapping('u1').state, machine.polls('u1')]).toEqual(['Enabling', true])
})

test('a mapping in transition takes no write', () => {
  const { machine } = lambda()
  machine.updateMapping('u1', { enabled: false })

  expect(() => machine.updateMapping('u1', { enabled: true })).toThrow(
    expect.objectContaining({ name: 'ResourceInUseException' }),
  )
})

test('a mapping that is made again has another UUID, and one at a time', () => {
  const { time, machine } = lambda()
  machine.deleteMapping('u1')
  expect(() => machine.createMapping({ ...mapping, uuid: 'u2' })).toThrow(
    expect.objectContaining({ name: 'ResourceConflictException' }),
  )
  time.now += 30_000

  expect(() => machine.mapping('u1')).toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }))
  expect(machine.createMapping({ ...mapping, uuid: 'u2' }).state).toBe('Creating')
})

test('a reserved concurrency is none, zero or a number, and leaves 100 of the account', () => {
  const { machine } = lambda()

  expect(machine.reservedConcurrency()).toBe(undefined)
  machine.putReservedConcurrency(0)
  expect([machine.reservedConcurrency(), machine.throttles()]).toEqual([0, true])
  expect(() => machine.putReservedConcurrency(901)).toThrow(/minimum value of \[100\]/)
  machine.deleteReservedConcurrency()
  expect(machine.reservedConcurrency()).toBe(undefined)
})

test('new settings are obeyed, and told by isDisabled, after the restart', () => {
  const { time, machine } = site()
  machine.putAppSettings({ 'AzureWebJobs.a.Disabled': 'true' })

  expect(machine.appSettings()).toEqual({ 'AzureWebJobs.a.Disabled': 'true' })
  time.now += 19_999
  expect([machine.functions()[0]?.isDisabled, machine.listens('a')]).toEqual([false, true])
  time.now += 1
  expect([machine.functions()[0]?.isDisabled, machine.listens('a')]).toEqual([true, false])
})

test('either spelling disables, in any case, by true or 1, and false does not', () => {
  for (const [key, value, is] of [
    ['AzureWebJobs_a_Disabled', '1', true],
    ['azurewebjobs.A.disabled', 'TRUE', true],
    ['AzureWebJobs.a.Disabled', 'false', false],
    ['AzureWebJobs.ab.Disabled', 'true', false],
  ] as const) {
    expect([key, site({ [key]: value }).machine.functions()[0]?.isDisabled]).toEqual([key, is])
  }
})

test('a stopped app goes on for ten minutes, and started again within them never ceased', () => {
  const { time, machine } = site()
  machine.stop()

  expect([machine.site().state, machine.listens('a')]).toEqual(['Stopped', true])
  machine.start()
  expect(machine.listens('a')).toBe(true)
  machine.stop()
  time.now += 600_000
  expect(machine.listens('a')).toBe(false)
  machine.start()
  expect(machine.listens('a')).toBe(false)
  time.now += 20_000
  expect(machine.listens('a')).toBe(true)
})
