import { fakeWorld } from '@cutover/core/testing'
import { dataAsOf } from '@cutover/health-checks'
import { azureMetricCounts, functionErrors } from '@cutover/health-checks/azure-monitor'
import { inMemoryAzureMonitor, type InMemoryAzureMonitorOptions } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

const minute = 60_000

/** An app with a request a second and an error in every tenth, for twenty minutes around now. */
function orders(options: InMemoryAzureMonitorOptions = {}) {
  const world = fakeWorld()
  const { clock } = world
  const machine = inMemoryAzureMonitor(world, options)
  const start = clock.now() - 10 * minute
  const { metricsQueryClient: client, metricMachine } = machine
  const counts = functionErrors({ client, resourceId: metricMachine.resourceId, clock })
  const record = (from: number, to: number) =>
    machine.recordRequests(
      Array.from({ length: to - from }, (_, i) => ({
        from: start + (from + i) * minute,
        to: start + (from + i + 1) * minute,
        total: 60,
        bad: 6,
      })),
    )
  return { world, clock, machine, client, start, counts, record, window: { from: start, to: start + 10 * minute } }
}

test('minutes that are not taken in come as 0, and decide nothing', async () => {
  const { counts, window, record, start } = orders({ lagMs: [180_000, 240_000] })
  record(0, 10)

  const buckets = await counts.counts(window)

  const zeros = buckets.filter(({ total }) => total === 0)
  expect(zeros.length).toBeGreaterThan(0)
  expect(zeros.some(({ complete }) => complete)).toBe(false)
  expect(dataAsOf(buckets)).toBe(start + 5 * minute)
  expect(buckets.filter(({ complete }) => complete).every(({ total, bad }) => total === 60 && bad === 6)).toBe(true)
})

test('zeros at the end are not complete however old they are: no traffic and no data look the same', async () => {
  const { counts, machine, record, start, world } = orders()
  record(0, 3)
  for (let i = 3; i < 8; i++) machine.correct('Requests', start + i * minute, 0, 0)
  for (let i = 3; i < 8; i++) machine.correct('Http5xx', start + i * minute, 0, 0)
  await world.advance(60 * minute)

  const buckets = await counts.counts({ from: start, to: start + 8 * minute })

  expect(buckets.map(({ total, complete }) => [total, complete])).toEqual([
    ...Array.from({ length: 3 }, () => [60, true]),
    ...Array.from({ length: 5 }, () => [0, false]),
  ])
})

test('a zero with traffic behind it is a quiet minute', async () => {
  const { counts, machine, record, start, world } = orders()
  record(0, 1)
  record(2, 3)
  machine.correct('Requests', start + minute, 0, 0)
  machine.correct('Http5xx', start + minute, 0, 0)
  await world.advance(60 * minute)

  const buckets = await counts.counts({ from: start, to: start + 3 * minute })

  expect(buckets.map(({ total, complete }) => [total, complete])).toEqual([
    [60, true],
    [0, true],
    [60, true],
  ])
})

test('a minute that was never measured is missing', async () => {
  const { counts, record, machine, start, world } = orders({ notYet: 'absent' })
  record(0, 10)
  machine.lose(start + 2 * minute, start + 3 * minute)
  await world.advance(60 * minute)

  const buckets = await counts.counts({ from: start, to: start + 10 * minute })

  expect(buckets.map(({ from }) => (from - start) / minute)).toEqual([0, 1, 3, 4, 5, 6, 7, 8, 9])
})

test('a point that is null is missing', async () => {
  const { clock, start, machine } = orders()
  const data = [
    { timeStamp: new Date(start), total: 5 },
    { timeStamp: new Date(start + minute), total: null as unknown as number },
    { timeStamp: new Date(start + 2 * minute), total: 5 },
  ]
  const client = {
    queryResource: (_: string, names: string[]) =>
      Promise.resolve({ metrics: names.map((name) => ({ name, errorCode: 'Success', timeseries: [{ data }] })) }),
  }

  const counts = functionErrors({ client, resourceId: machine.metricMachine.resourceId, clock })

  expect(await counts.counts({ from: start, to: start + 3 * minute })).toMatchObject([
    { from: start, total: 5 },
    { from: start + 2 * minute, total: 5 },
  ])
})

test('more errors than requests is a correction under way: the minute is missing', async () => {
  const { counts, record, machine, start, world } = orders()
  record(0, 2)
  await world.advance(60 * minute)
  machine.correct('Http5xx', start, 1_000, 0)

  const buckets = await counts.counts({ from: start, to: start + 2 * minute })

  expect(buckets.map(({ from }) => from)).toEqual([start + minute])
})

test('the endpoint of another region is refused, with its words', async () => {
  const { machine, clock, window } = orders()
  const source = functionErrors({
    client: machine.metricsClient('eastus'),
    resourceId: machine.metricMachine.resourceId,
    clock,
  })

  await expect(source.counts(window)).rejects.toMatchObject({
    code: 'HEALTH_SOURCE_REJECTED',
    message: expect.stringMatching(/westeurope.*eastus/),
  })
})

test('a metric that there is not is refused, also where the service answers it as data', async () => {
  const { machine, clock, window, client } = orders()
  const { resourceId } = machine.metricMachine
  const options = { resourceId, total: { metric: 'Requests' }, bad: { metric: 'Nonsense' }, clock }

  for (const one of [client, machine.metricsClient('westeurope'), machine.monitorClient]) {
    await expect(azureMetricCounts({ ...options, client: one }).counts(window)).rejects.toMatchObject({
      code: 'HEALTH_SOURCE_REJECTED',
      message: expect.stringMatching(/Nonsense/),
    })
  }
})

test('an answer that the client itself falls over can be asked for again', async () => {
  const { machine, counts, window } = orders()
  machine.failNext(new TypeError("Cannot read properties of undefined (reading 'includes')"))

  await expect(counts.counts(window)).rejects.toMatchObject({ code: 'HEALTH_SOURCE_UNAVAILABLE', retryable: true })
})

test.each([
  [{ 'retry-after': '17' }, 17],
  [{ 'retry-after-ms': '2500' }, 3],
  [{ 'retry-after': '1', 'x-ms-retry-after-ms': '9000' }, 9],
])('when to ask again is said: %j', async (headers: Readonly<Record<string, string>>, seconds) => {
  const { machine, counts, window } = orders()
  const response = { headers: { get: (name: string) => headers[name] } }
  machine.failNext(Object.assign(new Error('slow down'), { name: 'RestError', statusCode: 429, response }))

  await expect(counts.counts(window)).rejects.toMatchObject({ next: `Ask again in ${seconds} s` })
})

test('a client that takes no signal is left when it is aborted', async () => {
  const { clock, window } = orders()
  const reason = new Error('enough')
  const stop = new AbortController()
  const silent = { queryResource: () => new Promise<never>(() => {}) }
  const resourceId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/orders'

  const counting = functionErrors({ client: silent, resourceId, clock }).counts(window, { signal: stop.signal })
  stop.abort(reason)

  await expect(counting).rejects.toBe(reason)
})

test('options that cannot be meant are refused when it is made', () => {
  const { client, machine } = orders()
  const { resourceId } = machine.metricMachine
  const good = { client, resourceId, total: { metric: 'Requests' }, bad: { metric: 'Http5xx' } }
  const wrong: readonly (readonly [string, () => unknown])[] = [
    ['client', () => azureMetricCounts({ ...good, client: machine.logsQueryClient as never })],
    ['client', () => azureMetricCounts({ ...good, client: {} as never })],
    ['resourceId', () => azureMetricCounts({ ...good, resourceId: 'orders' })],
    ['bad.metric', () => azureMetricCounts({ ...good, bad: { metric: '' } })],
    ['period', () => azureMetricCounts({ ...good, period: '2m' as never })],
    ['badMissing', () => azureMetricCounts({ ...good, badMissing: 'zero' as never })],
    ['window', () => azureMetricCounts({ ...good, window: 1 } as never)],
  ]

  for (const [field, make] of wrong) {
    expect(make).toThrow(
      expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID', message: expect.stringContaining(field) }),
    )
  }
})
