import { waitFor } from '@cutover/health-checks'
import { expect, test } from 'vitest'

import { gateWorld } from './gate-world.ts'

test('a target that is as good is promoted in minutes', async () => {
  const { looks, gate } = gateWorld()

  const verdicts = await looks()

  expect(verdicts.at(-1)).toMatchObject({
    kind: 'promote',
    alpha: 0.05,
    beta: 0.05,
    guarantee: 'dispersion-calibrated',
  })
  expect(verdicts.length).toBeLessThan(45)
  expect(gate.snapshot()?.rules.metrics[0]?.method).toMatchObject({ kind: 'counts' })
})

test('a target that is twice as bad from minute 20 is rolled back within minutes', async () => {
  const { looks } = gateWorld({
    traffic: { degradations: [{ kind: 'errors', times: 2, fromMinute: 20 }] },
    gate: { mode: 'watch' },
  })

  const verdicts = await looks()

  const last = verdicts.at(-1)
  expect(last).toMatchObject({ kind: 'rollback', by: 'evidence', guarantee: 'dispersion-calibrated' })
  expect(last?.e).toBeGreaterThanOrEqual(20)
  expect(verdicts.length).toBeGreaterThan(20)
  expect(verdicts.length).toBeLessThan(45)
})

test('it is a check: promote passes, rollback fails, everything else is undecided', async () => {
  const good = gateWorld()
  const bad = gateWorld({ traffic: { degradations: [{ kind: 'errors', times: 5, fromMinute: 0 }] } })
  const { clock } = good.world

  const early = await waitFor(good.gate, { clock }).catch((error: unknown) => error)
  const passed = await waitFor(good.gate, { clock, within: '2h', every: '30s' })
  const failed = waitFor(bad.gate, { clock: bad.world.clock, within: '2h', every: '30s' })

  expect(early).toMatchObject({ code: 'CHECK_UNDECIDED' })
  expect(passed).toMatchObject({ status: 'pass', evidence: { kind: 'promote' } })
  await expect(failed).rejects.toMatchObject({ code: 'CHECK_FAILED' })
})
