// The mathematics behind α, held by enumeration where that is possible and by simulation where it is not.
import { expect, test } from 'vitest'

import { bettingProcess } from '../../src/gate/betting-process.ts'
import { burstinessOf, neighbours } from '../../src/gate/burstiness.ts'
import { countProcess, type Pair, type Process } from '../../src/gate/count-process.ts'
import { natsPerError } from '../../src/gate/information.ts'
import { rateProcess } from '../../src/gate/rate-process.ts'
import { RestartMixture, restartsOf } from '../../src/gate/restart-mixture.ts'
import { scriptedTraffic, seededRandom } from '../../src/testing/index.ts'

const options = { tolerate: 1, maxRatio: 1.5, restarts: [0] }

function choose(n: number, k: number): number {
  let ways = 1
  for (let i = 1; i <= k; i++) ways *= (n - k + i) / i
  return ways
}

const eOf = (process: Process, pair: Pair): number => {
  process.add(pair)
  return Math.exp(process.logWorse)
}

test.each([
  [5, 100, 100],
  [12, 300, 100],
  [8, 50, 950],
])('with %i errors and exposures %i and %i, e is 1 on average if they are Poisson', (errors, nt, ns) => {
  const share = nt / (nt + ns)
  let mean = 0
  for (let bad = 0; bad <= errors; bad++) {
    const chance = choose(errors, bad) * share ** bad * (1 - share) ** (errors - bad)
    const pair = { interval: 0, source: { bad: errors - bad, total: ns }, target: { bad, total: nt } }
    mean += chance * eOf(countProcess({ ...options, burstiness: 0 }), pair)
  }

  expect(mean).toBeCloseTo(1, 10)
})

test('of independent requests, where the toss is hypergeometric, e is at most 1 on average', () => {
  const [errors, nt, ns] = [10, 20, 30]
  let mean = 0
  for (let bad = 0; bad <= errors; bad++) {
    const chance = (choose(nt, bad) * choose(ns, errors - bad)) / choose(nt + ns, errors)
    const pair = { interval: 0, source: { bad: errors - bad, total: ns }, target: { bad, total: nt } }
    mean += chance * eOf(countProcess({ ...options, burstiness: 0 }), pair)
  }

  expect(mean).toBeLessThan(1)
  expect(mean).toBeGreaterThan(0.5)
})

test('a target at the margin has an e of 1 on average against being as good', () => {
  const [errors, nt, ns] = [9, 100, 100]
  const share = (1.5 * nt) / (1.5 * nt + ns)
  let mean = 0
  for (let bad = 0; bad <= errors; bad++) {
    const process = countProcess({ ...options, burstiness: 0 })
    process.add({ interval: 0, source: { bad: errors - bad, total: ns }, target: { bad, total: nt } })
    mean += choose(errors, bad) * share ** bad * (1 - share) ** (errors - bad) * Math.exp(process.logAsGood)
  }

  expect(mean).toBeCloseTo(1, 10)
})

test('a bet is fair when the sides can be swapped', () => {
  for (const [a, b] of [
    [7, 2],
    [30, 0],
    [1, 1],
  ] as const) {
    const [one, other] = [bettingProcess(options), bettingProcess(options)]
    const pair = (bad: number, good: number): Pair => ({
      interval: 0,
      source: { bad: good, total: 100 },
      target: { bad, total: 100 },
    })

    expect((eOf(one, pair(a, b)) + eOf(other, pair(b, a))) / 2).toBeCloseTo(1, 10)
  }
})

test('a rate at what the SLO allows has an e of 1 on average', () => {
  const [total, rate] = [40, 0.05]
  let mean = 0
  for (let bad = 0; bad <= total; bad++) {
    const process = rateProcess({ ...options, rate, burstiness: 0 })
    const pair = { interval: 0, source: { bad: 0, total: 0 }, target: { bad, total } }
    mean += choose(total, bad) * rate ** bad * (1 - rate) ** (total - bad) * eOf(process, pair)
  }

  expect(mean).toBeCloseTo(1, 10)
})

test.each(['steady', 'shocks', 'bursty'] as const)(
  'the range of ratios holds the true one at every minute: %s',
  (noise) => {
    let missed = 0
    for (let seed = 1; seed <= 60; seed++) {
      const { source, target } = scriptedTraffic({
        seed,
        noise,
        minutes: 60,
        historyMinutes: 120,
        degradations: [{ kind: 'errors', times: 2, fromMinute: 0 }],
      })
      const burstiness = burstinessOf(neighbours(source.slice(0, 120)))?.burstiness ?? 0
      const process = countProcess({ ...options, burstiness })
      let holds = true
      for (let i = 0; i < 60; i++) {
        process.add({ interval: i, source: source[120 + i]!, target: target[120 + i]! })
        const { low, high = Infinity } = process.ratios(0.05)
        holds &&= low <= 2 && high >= 2
      }
      if (!holds) missed += 1
    }

    expect(missed / 60).toBeLessThanOrEqual(0.05)
  },
)

test('the range narrows, and what bets says the same more slowly', () => {
  const [counts, bets] = [countProcess({ ...options, burstiness: 0 }), bettingProcess(options)]
  const { source, target } = scriptedTraffic({ minutes: 120 })
  const widths: number[] = []
  for (let i = 0; i < 120; i++) {
    for (const process of [counts, bets]) process.add({ interval: i, source: source[i]!, target: target[i]! })
    const { low, high = Infinity } = counts.ratios(0.05)
    widths.push(high - low)
  }

  expect(widths[119]).toBeLessThan(widths[30] ?? 0)
  const [a, b] = [counts.ratios(0.05), bets.ratios(0.05)]
  expect(a.low).toBeGreaterThan(0.6)
  expect(a.high).toBeLessThan(1.6)
  expect(b.low).toBeLessThanOrEqual(a.low)
  expect(b.high).toBeGreaterThanOrEqual(a.high ?? Infinity)
})

test('an outage overflows nothing', () => {
  const process = countProcess({ ...options, burstiness: 0 })

  for (let i = 0; i < 50; i++)
    process.add({ interval: i, source: { bad: 0, total: 1e6 }, target: { bad: 1e6, total: 1e6 } })

  expect(process.logWorse).toBeGreaterThan(1e6)
  expect(Number.isFinite(process.logWorse)).toBe(true)
  expect(process.ratios(0.05).low).toBeGreaterThan(40)
})

test('a process that begins late counts what came after it, and those not begun stand at 1', () => {
  const mixture = new RestartMixture(1, [0, 2, 9])
  mixture.add(0, [-3])
  mixture.add(1, [-3])
  mixture.add(2, [5])

  expect(Math.exp(mixture.logE)).toBeCloseTo((Math.exp(-1) + Math.exp(5) + 1) / 3, 8)
  expect(restartsOf(120)).toHaveLength(24)
  expect(restartsOf(7_200).length).toBeLessThanOrEqual(25)
})

test.each([
  ['steady', 1_200, 0, 0.03],
  ['shocks', 1_200, 0, 0.12],
  ['bursty', 1_200, 0.48, 0.9],
] as const)('burstiness that is measured on the source alone, %s', (noise, perMinute, low, high) => {
  const found = Array.from({ length: 20 }, (_, seed) => {
    const { source } = scriptedTraffic({ seed, noise, perMinute, minutes: 0, historyMinutes: 360 })
    return burstinessOf(neighbours(source))?.burstiness ?? Number.NaN
  }).sort((a, b) => a - b)

  expect(found[10]).toBeGreaterThanOrEqual(low)
  expect(found[10]).toBeLessThanOrEqual(high)
})

test('a short look at the source is a careful one', () => {
  const median = (historyMinutes: number): number => {
    const found = Array.from({ length: 40 }, (_, seed) => {
      const { source } = scriptedTraffic({ seed, minutes: 0, historyMinutes })
      return burstinessOf(neighbours(source))?.burstiness ?? Number.NaN
    })
    return found.sort((a, b) => a - b)[20] ?? Number.NaN
  }

  expect(median(30)).toBeGreaterThan(2 * median(360))
})

test('one minute says no more than bursts allow, however many errors it has', () => {
  const process = countProcess({ ...options, burstiness: 0.5 })
  const usual = { bad: 6, total: 600 }
  for (let i = 0; i < 20; i++) process.add({ interval: i, source: usual, target: usual })

  process.add({ interval: 20, source: usual, target: { bad: 60_000, total: 60_000 } })

  expect(process.logWorse).toBeLessThan(20)
})

test('too few errors say nothing about bursts', () => {
  const { source } = scriptedTraffic({ errorRate: 0.0001, minutes: 60 })

  expect(burstinessOf(neighbours(source))).toBeUndefined()
})

test('one error says what the plan says: 147 for 1.5, 51 for 2, 21 for 3', () => {
  const needed = [1.5, 2, 3].map((margin) => Math.ceil(Math.log(20) / natsPerError(0.5, 1, margin)))

  expect(needed).toEqual([147, 51, 21])
})

test('the scripted noise has the moments that it says', () => {
  const random = seededRandom(7)
  const draws = (draw: () => number): { mean: number; variance: number } => {
    const values = Array.from({ length: 20_000 }, draw)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length }
  }
  const [gamma, poisson, binomial] = [
    draws(() => random.gamma(2) / 2),
    draws(() => random.poisson(600)),
    draws(() => random.binomial(600, 0.01)),
  ]

  expect(gamma.mean).toBeCloseTo(1, 1)
  expect(gamma.variance).toBeCloseTo(0.5, 1)
  expect(poisson.mean / 600).toBeCloseTo(1, 2)
  expect(poisson.variance / 600).toBeCloseTo(1, 1)
  expect(binomial.mean).toBeCloseTo(6, 1)
  expect(binomial.variance / 5.94).toBeCloseTo(1, 1)
})
