// What the whole gate does over many nights; the published figures, over more of them, are those of `npm run bench -- health-checks`.
import { planGate } from '@cutover/health-checks'
import { scriptedTraffic, type ScriptedTrafficOptions } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { ourGate } from '../../../../benchmarks/health-checks/our-gate.ts'

const historyMinutes = 360
const nights = 40
/** Simulations, on a machine that may be busy. */
const timeout = 60_000

async function ends(traffic: ScriptedTrafficOptions, mode: 'watch' | 'decide'): Promise<(number | undefined)[]> {
  const found: (number | undefined)[] = []
  for (let seed = 1; seed <= nights; seed++) {
    const { rolledBackAt, promotedAt } = await ourGate(
      scriptedTraffic({ seed, historyMinutes, ...traffic }),
      historyMinutes,
      { mode },
    )
    found.push(mode === 'watch' ? rolledBackAt : promotedAt)
  }
  return found
}

const median = (values: readonly (number | undefined)[]): number =>
  values.map((value) => value ?? Infinity).sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** With 40 nights at 5 %, five or more false ones come in 5 % of all tries; the seeds are fixed. */
const most = 4

test.each([
  ['steady', {}],
  ['20 requests a minute', { perMinute: 40 }],
  ['shared shocks', { noise: 'shocks' }],
  ['bursty', { noise: 'bursty' }],
] satisfies [string, ScriptedTrafficOptions][])(
  'a target that is as good is rarely rolled back: %s',
  { timeout },
  async (_, traffic) => {
    const fired = (await ends(traffic, 'watch')).filter((at) => at !== undefined)

    expect(fired.length).toBeLessThanOrEqual(most)
  },
)

test('twice the errors are found within ten minutes, in the middle', { timeout }, async () => {
  const at = await ends({ degradations: [{ kind: 'errors', times: 2, fromMinute: 20 }] }, 'watch')

  expect(median(at) - 20).toBeLessThanOrEqual(10)
})

test('no lucky minute promotes: five are judged before', { timeout }, async () => {
  const at = await ends({ perMinute: 6_000 }, 'decide')

  expect(Math.min(...at.map((minute) => minute ?? Infinity))).toBe(5)
})

test('a target at the margin is rarely promoted', { timeout }, async () => {
  const promoted = await ends({ degradations: [{ kind: 'errors', times: 1.5, fromMinute: 0 }] }, 'decide')

  expect(promoted.filter((at) => at !== undefined).length).toBeLessThanOrEqual(most)
})

test.each([
  { perMinute: 1_200, errorRate: 0.01, split: 0.5 },
  { perMinute: 2_400, errorRate: 0.02, split: 0.5 },
  { perMinute: 4_000, errorRate: 0.02, split: 0.9 },
])('the plan comes true within a third, in the middle: %o', { timeout }, async ({ perMinute, errorRate, split }) => {
  const { promoteMs } = planGate({ perMinute, badShare: errorRate, split, burstiness: 0.01 })

  const at = median(await ends({ perMinute, errorRate, split }, 'decide')) * 60_000

  expect(at / promoteMs).toBeGreaterThan(0.66)
  expect(at / promoteMs).toBeLessThan(1.5)
})
