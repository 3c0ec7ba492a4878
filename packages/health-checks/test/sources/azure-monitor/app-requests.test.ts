import { fakeWorld } from '@cutover/core/testing'
import { appRequests } from '@cutover/health-checks/azure-monitor'
import { inMemoryAzureMonitor } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

const minute = 60_000

/** Two minutes of two apps; the first is sampled, one row for ten requests. */
function logged() {
  const world = fakeWorld()
  const machine = inMemoryAzureMonitor(world)
  const start = world.clock.now() - 60 * minute
  const at = (i: number) => ({ from: start + i * minute, to: start + (i + 1) * minute })
  machine.recordRequests([{ ...at(0), total: 400, bad: 40, slow: 80 }], { itemCount: 10, operation: 'accept' })
  machine.recordRequests([{ ...at(1), total: 7, bad: 1 }], { operation: 'consume "all"' })
  machine.recordRequests([{ ...at(0), total: 1_000, bad: 1_000 }], { app: 'other' })
  const { logsQueryClient: client, logMachine } = machine
  const options = { client, workspaceId: logMachine.workspaceId, clock: world.clock }
  return { world, machine, options, start, window: { from: start, to: start + 2 * minute } }
}

test('sampled rows are counted as what they stand for, and it is said', async () => {
  const { options, window } = logged()

  const [first, second] = await appRequests({ ...options, app: 'orders', slowerThan: '300ms' }).counts(window)

  expect(first).toMatchObject({ total: 400, bad: 40, slow: 80, sampled: 10, complete: true })
  expect(second).toMatchObject({ total: 7, bad: 1, slow: 0 })
  expect(second).not.toHaveProperty('sampled')
})

test('one function is told from the others, whatever its name', async () => {
  const { options, window, start } = logged()

  const buckets = await appRequests({ ...options, operation: 'consume "all"' }).counts(window)

  expect(buckets).toMatchObject([{ from: start + minute, total: 7, bad: 1 }])
})

test('rows that come late leave their minute growing, and incomplete', async () => {
  const { machine, options, world } = logged()
  const from = Math.floor(world.clock.now() / minute) * minute
  machine.recordRequests([{ from, to: from + minute, total: 100, bad: 0 }])
  const source = appRequests({ ...options, app: 'orders' })
  await world.advance(5 * minute)

  const early = await source.counts({ from, to: from + minute })
  await world.advance(10 * minute)
  const late = await source.counts({ from, to: from + minute })

  expect(early.every(({ complete, total }) => !complete && total < 100)).toBe(true)
  expect(late).toMatchObject([{ total: 100, complete: true }])
})

test('an answer in part decides nothing, though it is no error', async () => {
  const { machine, options, window } = logged()
  machine.partNext()

  const buckets = await appRequests(options).counts(window)

  expect(buckets.length).toBeGreaterThan(0)
  expect(buckets.some(({ complete }) => complete)).toBe(false)
})

test('a failure without a table can be asked for again', async () => {
  const { options, window } = logged()
  const client = {
    queryWorkspace: () => Promise.resolve({ status: 'PartialFailure', partialTables: [] }),
    queryResource: () => Promise.reject(new Error('not asked')),
  }

  await expect(appRequests({ ...options, client }).counts(window)).rejects.toMatchObject({
    code: 'HEALTH_SOURCE_UNAVAILABLE',
    retryable: true,
  })
})

test('an app that nobody has heard of has no buckets', async () => {
  const { options, window } = logged()

  expect(await appRequests({ ...options, app: 'none' }).counts(window)).toEqual([])
})

test('a workspace that there is not is not found', async () => {
  const { options, window } = logged()

  await expect(appRequests({ ...options, workspaceId: 'other' }).counts(window)).rejects.toMatchObject({
    code: 'HEALTH_NOT_FOUND',
  })
})

test('options that cannot be meant are refused when it is made', () => {
  const { options, machine } = logged()
  const wrong: readonly (readonly [string, () => unknown])[] = [
    ['client', () => appRequests({ ...options, client: machine.metricsQueryClient as never })],
    ['workspaceId', () => appRequests({ client: options.client } as never)],
    ['workspaceId', () => appRequests({ ...options, resourceId: machine.metricMachine.resourceId } as never)],
    ['resourceId', () => appRequests({ client: options.client, resourceId: 'orders' })],
    ['table', () => appRequests({ ...options, table: 'requests' } as never)],
  ]

  for (const [field, make] of wrong) {
    expect(make).toThrow(
      expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID', message: expect.stringContaining(field) }),
    )
  }
})

test('the fake refuses what it does not understand, as the service does', () => {
  const { machine } = logged()
  const run = (query: string) => () => machine.logMachine.query(query, undefined)

  for (const query of [
    'Nothing',
    'AppRequests | where',
    'AppRequests | join x',
    'AppRequests | where Nope == 1',
    '#',
  ]) {
    expect(run(query)).toThrow(expect.objectContaining({ statusCode: 400, code: 'BadArgumentError' }))
  }
  expect(run('AppRequests | summarize n = count()')().rows).toEqual([[40 + 7 + 1_000]])
})
