import { type GateSnapshot, healthGate, type HealthGateOptions, replayGate, type Verdict } from '@cutover/health-checks'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { gateWorld, minuteMs } from './gate-world.ts'

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

test('every verdict comes out the same when its snapshot is replayed', async () => {
  const { gate, looks } = gateWorld({
    traffic: { degradations: [{ kind: 'errors', times: 2, fromMinute: 15 }], noise: 'bursty' },
    gate: { mode: 'watch' },
  })

  const said = await looks()
  const replayed = replayGate(throughJson(gate.snapshot() as GateSnapshot))

  // The first look brought nothing, and so gave way to the next.
  expect(throughJson(replayed)).toEqual(throughJson(said.slice(1)))
})

test('another process goes on from a snapshot as if nothing had been', { timeout: 60_000 }, async () => {
  const options = fc.record({
    seed: fc.integer({ min: 1, max: 1_000 }),
    stopAt: fc.integer({ min: 0, max: 50 }),
    dispersion: fc.constantFrom<HealthGateOptions['dispersion'][]>('measure', 'betting', 'exact'),
  })

  await fc.assert(
    fc.asyncProperty(options, async ({ seed, stopAt, dispersion }) => {
      const common = { traffic: { seed }, gate: { dispersion } }
      const whole = await gateWorld(common).looks(60)
      const first = gateWorld(common)
      const before = await first.looks(stopAt)
      const { source, target, world } = first
      const snapshot = throughJson(first.gate.snapshot() as GateSnapshot)
      const second = healthGate({ source, target, dispersion, snapshot })
      const after: Verdict[] = []
      for (let i = before.length; i < whole.length; i++) {
        after.push(await second.look(world))
        await world.clock.sleep(minuteMs)
      }

      expect(throughJson(replayGate(second.snapshot() as GateSnapshot).at(-1))).toEqual(throughJson(whole.at(-1)))
      expect(throughJson([...before, ...after].at(-1))).toEqual(throughJson(whole.at(-1)))
    }),
    { numRuns: 25 },
  )
})

test('a snapshot is bounded: looks that bring nothing leave one trace', async () => {
  const { world, gate } = gateWorld({ gate: { mode: 'watch' } })

  for (let i = 0; i < 600; i++) {
    await gate.look(world)
    await world.clock.sleep(1_000)
  }

  expect(gate.snapshot()?.looks.length).toBeLessThan(25)
})

test.each([
  [{ version: 2 }, /version is 2; wanted 1/],
  [{}, /version is undefined/],
  [{ version: 1 }, /rules or looks are missing/],
])('%o is no snapshot', (snapshot, message) => {
  expect(() => replayGate(snapshot as unknown as GateSnapshot)).toThrow(
    expect.objectContaining({ code: 'HEALTH_SNAPSHOT_INVALID', message: expect.stringMatching(message) as unknown }),
  )
})

test('the source is measured up to the start, whenever the first look is', async () => {
  const { world, source, target } = gateWorld()
  const since = world.clock.now()
  const [now, later] = [healthGate({ source, target, since }), healthGate({ source, target, since })]
  await now.look(world)
  source.buckets = source.buckets.map((bucket, i) =>
    bucket.from >= since && i % 2 === 0 ? { ...bucket, bad: bucket.bad * 5 } : bucket,
  )
  await world.clock.sleep(60 * minuteMs)

  await later.look(world)

  expect(later.snapshot()?.rules).toEqual(now.snapshot()?.rules)
})

test('a gate does not go on by other rules than it began with', async () => {
  const { gate, looks, source, target } = gateWorld()
  await looks(3)
  const snapshot = gate.snapshot() as GateSnapshot

  expect(() => healthGate({ source, target, snapshot, alpha: 0.2 })).toThrow(
    expect.objectContaining({
      code: 'HEALTH_SNAPSHOT_INVALID',
      message: expect.stringMatching(/alpha is 0.05 in it and 0.2 in the options/) as unknown,
    }),
  )
})

test(
  'how often and when it is looked at changes no evidence, also when numbers come late and out of order',
  { timeout: 60_000 },
  async () => {
    const plan = fc.record({
      seed: fc.integer({ min: 1, max: 1_000 }),
      pauses: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 3, maxLength: 12 }),
      late: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }),
    })

    await fc.assert(
      fc.asyncProperty(plan, async ({ seed, pauses, late }) => {
        const common = { traffic: { seed }, gate: { mode: 'watch', alpha: 1e-9, guards: [] } } as const
        const often = gateWorld(common)
        const whole = [...often.target.buckets]
        await often.gate.look(often.world)
        for (const pause of pauses) {
          // What is late now is there at the next look, within the ten intervals that are read again.
          const now = often.world.clock.now()
          often.target.buckets = whole.filter(
            ({ from }) => !late.some((minute) => from === now + (minute % 3) * minuteMs),
          )
          await often.world.clock.sleep(pause * minuteMs)
          await often.gate.look(often.world)
          often.target.buckets = whole
          await often.gate.look(often.world)
        }
        const last = await often.gate.look(often.world)
        const once = gateWorld(common)
        await once.gate.look(once.world)
        await once.world.clock.sleep(pauses.reduce((sum, pause) => sum + pause, 0) * minuteMs)
        const all = await once.gate.look(once.world)

        const { restated: _, e, eAsGood, ...rest } = last.evidence[0]!
        const { restated: __, e: eOnce, eAsGood: eAsGoodOnce, ...restOnce } = all.evidence[0]!
        expect(rest).toEqual(restOnce)
        expect([e, eAsGood]).toEqual([eOnce, eAsGoodOnce])
      }),
      { numRuns: 25 },
    )
  },
)
