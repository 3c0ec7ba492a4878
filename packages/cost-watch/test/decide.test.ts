import {
  compareRunRate,
  decimal,
  decommissionSavings,
  doubleRunning,
  estimate,
  flexShapePreflight,
  type Invocation,
  type LambdaShape,
  money,
  priceBook,
  priceTable,
  runRate,
} from '@cutover/cost-watch'
import { assert, array, integer, property, record } from 'fast-check'
import { describe, expect, test } from 'vitest'

import { busyTime } from '../src/decide/busy-time.ts'
import { azureUsage, day, dayMs, hourMs, usage } from './usage.ts'

const prices = priceTable()
const window = { from: day, to: day + dayMs }
/** 2.40 USD in the first two hours of a day. */
const source = () =>
  runRate(estimate([usage('s3/requests/write', 480_000, { to: day + 2 * hourMs })], { prices }), window)
const target = (quantity = 30_000) =>
  runRate(estimate([azureUsage('flex/always-ready/gb-seconds', quantity)], { prices }), window)

describe('a run rate', () => {
  test('is over the whole window, idle hours too', () => {
    const rate = source()
    expect([rate.perHour, rate.perDay, rate.perMonth].map(({ amount }) => amount)).toEqual(['0.1', '2.4', '73'])
    expect(rate.overMs).toBe(dayMs)
  })

  test('ends where the usage is no longer settled, in money and in hours', () => {
    const rows = [
      usage('s3/requests/write', 20_000),
      usage('s3/requests/write', 1, { from: day + hourMs, to: day + 2 * hourMs, complete: false }),
    ]
    const rate = runRate(estimate(rows, { prices }), window)
    expect([rate.perHour.amount, rate.overMs]).toEqual(['0.1', hourMs])
  })

  test('leaves out a time of which something is missing, in money and in hours', () => {
    const rows = [0, 1, 2].map((at) =>
      usage('s3/requests/write', 20_000, { from: day + at * hourMs, to: day + (at + 1) * hourMs }),
    )
    const gap = {
      cloud: 'aws',
      resourceId: 'b',
      meter: 'x',
      from: day + hourMs,
      to: day + 2 * hourMs,
      why: 'gone',
    } as const
    const rate = runRate(estimate({ rows, missing: [gap] }, { prices }), { from: day, to: day + 4 * hourMs })
    // 0.2 USD in the three hours that are known; taken for zero, the gap would make it 0.2 in four.
    expect([decimal(rate.perHour.amount).toFixed(6), rate.overMs]).toEqual(['0.066667', 3 * hourMs])
    // A row of all the day cannot be told apart from the gap.
    const whole = usage('s3/requests/read', 1, { to: day + 4 * hourMs })
    expect(() => runRate(estimate({ rows: [whole], missing: [gap] }, { prices }))).toThrow(/no settled usage/)
  })

  test('of which something is missing all along is a rate with a hole, which it says', () => {
    const gap = { cloud: 'aws', resourceId: 'b', meter: 'x', from: day, to: day + dayMs, why: 'gone' } as const
    const rate = runRate(estimate({ rows: [usage('s3/requests/write', 20_000)], missing: [gap] }, { prices }), window)
    expect([rate.missing, rate.overMs]).toEqual([[gap], dayMs])
  })

  test('of nothing settled is none, and no zero', () => {
    expect(() => runRate(estimate([], { prices }))).toThrow(/no settled usage/)
    const growing = estimate([usage('s3/requests/write', 1, { complete: false })], { prices })
    expect(() => runRate(growing, window)).toThrow(/no settled usage/)
  })

  test('that would count money outside its hours is refused', () => {
    const rows = [
      usage('s3/requests/write', 1, { to: day + 2 * hourMs }),
      usage('s3/requests/read', 1, { from: day + hourMs, to: day + 2 * hourMs, complete: false }),
    ]
    expect(() => runRate(estimate(rows, { prices }))).toThrow(/outside the settled time/)
  })
})

describe('run rates side by side', () => {
  test('say which is dearer, and by how much', () => {
    expect(compareRunRate(source(), target())).toMatchObject({
      ratio: '0.2',
      isCertain: true,
      text: 'source $2.40 a day, target $0.48 a day: $1.92 less',
    })
  })

  test('are not certain while their bounds overlap', () => {
    const bounded = runRate(
      estimate([usage('s3/requests/write', 480_000, { range: { low: 10_000, high: 900_000 } })], { prices }),
      window,
    )
    expect(compareRunRate(bounded, target())).toMatchObject({
      isCertain: false,
      text: expect.stringMatching(/not certain/),
    })
  })

  test('are not certain with a hole on one side', () => {
    const holed = runRate(
      estimate([azureUsage('flex/always-ready/gb-seconds', 30_000), azureUsage('azure/something-new', 1)], { prices }),
      window,
    )
    expect(compareRunRate(source(), holed)).toMatchObject({
      isCertain: false,
      text: expect.stringMatching(/1 unpriced or missing/),
    })
  })

  test('of two currencies are not compared', () => {
    const entry = { meter: 'flex/always-ready/gb-seconds', region: 'eastus', source: 'agreement', asOf: '2026-11-01' }
    const euro = priceBook('EUR', [{ ...entry, tiers: [{ above: '0', price: '1' }] }])
    const rate = runRate(estimate([azureUsage('flex/always-ready/gb-seconds', 1)], { prices: euro }), window)
    expect(() => compareRunRate(source(), rate)).toThrow(/USD, the target in EUR/)
  })
})

describe('double running', () => {
  const kept = () => doubleRunning({ source: source(), switchedAt: day, until: day + 3.5 * dayMs })

  test('day N of the window costs X', () => {
    expect(kept().byDay.map(({ day: n, cost, soFar }) => [n, cost.amount, soFar.amount])).toEqual([
      [1, '2.4', '2.4'],
      [2, '2.4', '4.8'],
      [3, '2.4', '7.2'],
      [4, '1.2', '8.4'],
    ])
    expect(kept().total.amount).toBe('8.4')
  })

  test('at a moment it says what is spent, and what is still to come', () => {
    expect(kept().at(day + 1.5 * dayMs)).toEqual({
      day: 2,
      spent: money('3.6', 'USD'),
      left: money('4.8', 'USD'),
      text: 'day 2 of 4: keeping the source costs $2.40 a day, $3.60 so far, $4.80 until the window ends',
    })
    expect(kept().at(day + 30 * dayMs)).toMatchObject({ day: 4, left: { amount: '0' } })
    expect(kept().at(day - dayMs)).toMatchObject({ day: 1, spent: { amount: '0' } })
  })

  test('a window that does not end is refused', () => {
    expect(() => doubleRunning({ source: source(), switchedAt: day, until: day })).toThrow(/that increase/)
  })
})

test('decommissioning saves what the source costs, less what stays, and pays back', () => {
  const saved = decommissionSavings({ source: source(), stays: target(), once: money(10, 'USD') })
  expect(saved).toMatchObject({
    perDay: { amount: '1.92' },
    perMonth: { amount: '58.4' },
    // 365 × 1.92 − 10
    firstYear: { amount: '690.8' },
    paidBackAfterDays: 6,
  })
  expect(decommissionSavings({ source: target(0), once: money(1, 'USD') }).paidBackAfterDays).toBeUndefined()
})

describe('the Flex billing shape', () => {
  const shape: LambdaShape = { functionName: 'orders', account: '1', region: 'us-east-1', memoryMb: 128 }
  const runs = (count: number, everyMs: number, durationMs = 50, maxMemoryUsedMb = 71): readonly Invocation[] =>
    Array.from({ length: count }, (_, at) => ({
      requestId: String(at),
      startedAt: day + at * everyMs,
      durationMs,
      billedMs: durationMs,
      memoryMb: 128,
      maxMemoryUsedMb,
    }))
  const preflight = (invocations: readonly Invocation[], other: object = {}) =>
    flexShapePreflight(invocations, { source: shape, window, prices, region: 'eastus', ...other })

  test('a sparse call of 50 ms at 128 MB is 320 times the GB-seconds', () => {
    const found = preflight(runs(100, 60_000))
    expect(found).toMatchObject({
      source: { gbSeconds: '0.625' },
      target: { gbSeconds: { low: '200', high: '200' }, instances: 1 },
      gbSecondsRatio: '320',
      // 100 × (2 × 0.000026 + 0.0000004) over 100 × (0.00625 × 0.0000166667 + 0.0000002)
      costRatio: '172.27',
    })
    expect(found.text).toMatch(/100 runs cost .* 172.27 times as much/)
  })

  test('dense calls share the instance, and cost less', () => {
    // Sixteen at a time, back to back: one busy instance for 10 s.
    const dense = Array.from({ length: 16 }, () => runs(100, 100, 100)).flat()
    const found = preflight(dense)
    expect(found.target.gbSeconds).toEqual({ low: '20', mid: '20', high: '20' })
    expect(found.target.instances).toBe(1)
  })

  test('whether a period may begin within the last one’s minimum is not documented, so there are two answers', () => {
    // Two runs of 50 ms, half a second apart: one billed second, or two.
    expect(preflight(runs(2, 500)).target.gbSeconds).toEqual({ low: '2', mid: '2', high: '4' })
  })

  test('one run on each instance is the other extreme', () => {
    const together = Array.from({ length: 8 }, () => runs(1, 1, 400)).flat()
    expect(preflight(together, { perInstanceConcurrency: 1 }).target).toMatchObject({
      instances: 8,
      gbSeconds: { low: '16' },
    })
  })

  test('a function that has used more than the instance has would not fit', () => {
    const found = preflight(runs(1, 1, 50, 900), { instanceMb: 512 })
    expect(found.tooSmallFor).toBe(900)
    expect(found.text).toMatch(/have used 900 MB, and would not fit/)
  })

  test('without a log, or without a price, nothing is said', () => {
    expect(() => preflight([])).toThrow(/without a log nothing can be said/)
    expect(() => preflight(runs(1, 1), { region: 'eu-south-1' })).toThrow(/no flex\/executions in eu-south-1/)
  })

  test('busy time is never more than all runs, never less than the longest, and billed at least as much', () => {
    const run = record({ startedAt: integer({ min: 0, max: 60_000 }), durationMs: integer({ min: 1, max: 5_000 }) })
    assert(
      property(array(run, { minLength: 1, maxLength: 60 }), integer({ min: 1, max: 16 }), (given, concurrency) => {
        const { busyMs, leastBilledMs, mostBilledMs, instances } = busyTime(given, concurrency)
        const sum = given.reduce((total, { durationMs }) => total + durationMs, 0)
        expect(busyMs).toBeLessThanOrEqual(sum)
        expect(busyMs).toBeGreaterThanOrEqual(Math.max(...given.map(({ durationMs }) => durationMs)))
        expect(leastBilledMs).toBeGreaterThanOrEqual(1_000 * instances)
        expect(mostBilledMs).toBeGreaterThanOrEqual(busyMs)
        expect(leastBilledMs).toBeLessThanOrEqual(mostBilledMs + 100 * given.length)
        expect(busyTime(given, 1).busyMs).toBeLessThanOrEqual(sum)
      }),
    )
  })
})
