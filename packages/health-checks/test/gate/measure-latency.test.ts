import { type Duration, durationMs } from '@cutover/core'
import { manualClock } from '@cutover/core/testing'
import { type CountSource, measureLatency } from '@cutover/health-checks'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const clock = manualClock()

/** A source that knows these latencies and counts over any threshold. */
function counting(latencies: readonly number[]) {
  const reads: Duration[] = []
  const at = (slowerThan: Duration): CountSource => ({
    settleMs: 0,
    counts({ to }) {
      reads.push(slowerThan)
      const slow = latencies.filter((ms) => ms > durationMs(slowerThan)).length
      const bucket = { from: to - 60_000, to, total: latencies.length, bad: 0, slow, complete: true }
      return Promise.resolve(latencies.length === 0 ? [] : [bucket])
    },
  })
  return { at, reads }
}

test('the source’s own p95 is found by counting, to two percent, and never too many are slower', async () => {
  const some = fc.array(fc.integer({ min: 1, max: 600_000 }), { minLength: 20, maxLength: 200 })

  await fc.assert(
    fc.asyncProperty(some, fc.constantFrom(0.5, 0.95, 0.99), async (latencies, quantile) => {
      const { at, reads } = counting(latencies)

      const found = await measureLatency(at, { quantile, clock })

      const threshold = durationMs(found?.slowerThan ?? '0s')
      const least = latencies.toSorted((a, b) => a - b)[Math.ceil(latencies.length * quantile - 1e-9) - 1] ?? 0
      expect(found?.share).toBeLessThanOrEqual(1 - quantile)
      expect(threshold).toBeLessThanOrEqual(Math.max(least + 1, least * 1.03))
      expect(reads.length).toBeLessThanOrEqual(32)
    }),
  )
})

test('without a request there is no p95', async () => {
  expect(await measureLatency(counting([]).at, { clock })).toBeUndefined()
})

test('a quantile that cannot be meant is refused', async () => {
  await expect(measureLatency(counting([1]).at, { quantile: 95 })).rejects.toMatchObject({
    code: 'HEALTH_OPTIONS_INVALID',
    message: expect.stringMatching(/quantile is 95/) as unknown,
  })
})
