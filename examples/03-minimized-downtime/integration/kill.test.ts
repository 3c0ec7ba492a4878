import { expect, test } from 'vitest'

import { liveMove, type Told } from '../live-move.ts'

/** Seconds of a whole move, starts not counted: kills are spread over it, so that they hit copies, calls, branches and the way back. */
const kills = 5
const moves = 5
const atOnce = 2

/** Kills each of the first starts after a while of its own; what it has done by then differs from start to start. */
function atRandom(): (entries: readonly unknown[], start: number, runningMs: number) => boolean {
  const afterMs = Array.from({ length: kills }, () => 900 + Math.random() * 5_000)
  return (_entries, start, runningMs) => runningMs > (afterMs[start - 1] ?? Number.POSITIVE_INFINITY)
}

test(
  'killed at 20 random moments, no order is lost and none is handled by both clouds',
  { timeout: 420_000 },
  async () => {
    const left: ('well' | 'ill')[] = Array.from({ length: moves }, (_, i) => (i % 2 === 0 ? 'well' : 'ill'))
    const told: { readonly fate: string; readonly told: Told }[] = []

    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let fate = left.shift(); fate !== undefined; fate = left.shift()) {
          told.push({ fate, told: await liveMove({ fate, killWhen: atRandom(), stdio: 'ignore' }) })
        }
      }),
    )

    for (const { fate, told: one } of told) {
      expect({ fate, ...one }).toMatchObject({
        end: fate === 'well' ? 'completed' : 'rolled-back',
        lost: 0,
        handledByBoth: 0,
      })
      expect(one.accepted).toBeGreaterThan(50)
    }
    expect(told.reduce((sum, one) => sum + one.told.kills, 0)).toBeGreaterThanOrEqual(20)
  },
)
