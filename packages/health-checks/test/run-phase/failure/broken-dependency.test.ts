import { fakeWorld, type FakeWorld } from '@cutover/core/testing'
import { dependencyRefused, httpProbe, isCutoverError, slowDependency } from '@cutover/health-checks'
import { inMemoryHosts, inMemorySettings } from '@cutover/health-checks/testing'
import { rehearse } from '@cutover/rehearsal'
import { memoryJournal, runCutover, type RunOptions } from '@cutover/rollback'
import { describe, expect, test } from 'vitest'

const host = 'orders.azurewebsites.net'
const url = `https://${host}/stock`
const found = 'https://inventory.example.com'
const values = { INVENTORY_URL: found, LOG: 'warn' }

/** An app that takes a new setting 40 s later, and says 503 at once when its inventory refuses; or does as it is told. */
function parts(world: FakeWorld, behaves: 'well' | 'hides' | 'stuck' = 'well') {
  const hosts = inMemoryHosts(world)
  const settings = inMemorySettings(world, { name: 'functions:orders', host, values })
  let reads = found
  let stuck = false
  world.repeat(40_000, () => {
    reads = settings.values['INVENTORY_URL'] ?? ''
  })
  hosts.serve(host, () => {
    if (reads === found && !stuck) return { body: 'stock: 3' }
    stuck = behaves === 'stuck'
    return behaves === 'hides' ? { body: 'stock: 0' } : { status: 503, headers: { 'retry-after': '5' } }
  })
  const { transport } = hosts
  const during = httpProbe({
    id: 'says so',
    url,
    status: 503,
    responseHeaders: { 'retry-after': /^\d+$/ },
    within: '2s',
    transport,
  })
  const well = httpProbe({ id: 'well', url, body: /stock: 3/, transport })
  return { world, settings, options: { name: 'INVENTORY_URL', during, well, hosts: [host] } }
}

async function run(behaves: 'well' | 'hides' | 'stuck') {
  const { world, settings, options } = parts(fakeWorld(), behaves)
  const journal = memoryJournal()
  const running = runCutover({ id: 'night', journal, ...world }, (cutover) =>
    cutover.run(dependencyRefused(settings, options)),
  )
  const ended: unknown = await world.runUntil(running).catch((error: unknown) => error)
  return { ended, settings, world, journal }
}

test('a target that says so when its dependency refuses passes, and the setting is as it was found', async () => {
  const { ended, settings, world } = await run('well')

  expect(ended).toMatchObject({ end: 'completed' })
  expect(settings.values).toEqual(values)
  expect(world.effects.map(({ operation }) => operation)).toEqual([
    'settings.write functions:orders',
    'settings.write functions:orders',
  ])
})

test('a target that hides it goes back, after the setting was put back', async () => {
  const { ended, settings } = await run('hides')

  expect(ended).toMatchObject({ code: 'CUTOVER_ROLLED_BACK' })
  expect((ended as Error).cause).toMatchObject({ message: expect.stringMatching(/answered 200 in 0 ms; wanted 503/) })
  expect(settings.values).toEqual(values)
})

test('a target that does not recover goes back', async () => {
  const { ended, settings } = await run('stuck')

  expect(ended).toMatchObject({ code: 'CUTOVER_ROLLED_BACK' })
  expect((ended as Error).cause).toMatchObject({ message: expect.stringMatching(/answers 200–299.*answered 503/) })
  expect(settings.values).toEqual(values)
})

test('the kept value, which may be a secret, is in no journal and no event', async () => {
  const { world, journal } = await run('well')

  expect(JSON.stringify([world.events, await journal.read()])).not.toContain('inventory.example.com')
})

describe('rehearsed with every fault at every write', { timeout: 120_000 }, () => {
  test('whatever fails, the setting is as it was found', async () => {
    const report = await rehearse({
      world: (world) => parts(world),
      cutover: ({ settings, options }, given: RunOptions) =>
        runCutover({ id: 'night', ...given }, (cutover) => cutover.run(dependencyRefused(settings, options))),
    })

    expect(report.end).toBe('completed')
    expect(report.violations.map(({ text }) => text)).toEqual([])
    expect(report.runs).toBeGreaterThan(10)
  })
})

test('an app that the plan does not name is left alone', () => {
  const { settings, options } = parts(fakeWorld())
  const codeOf = (make: () => unknown): unknown => {
    try {
      return make()
    } catch (error) {
      return isCutoverError(error) && error.code
    }
  }

  expect(codeOf(() => dependencyRefused(settings, { ...options, hosts: ['other.azurewebsites.net'] }))).toBe(
    'HEALTH_HOST_NOT_NAMED',
  )
  expect(codeOf(() => slowDependency(settings, { ...options, to: '' }))).toBe('HEALTH_OPTIONS_INVALID')
  expect(codeOf(() => slowDependency(settings, { ...options, to: 'x', during: undefined as never }))).toBe(
    'HEALTH_OPTIONS_INVALID',
  )
})
