// What stands beside the steps and decides there, and days of waiting: with every fault at every write and record.
import { defineCheck } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'
import { rehearse, type RehearseOptions } from '@cutover/rehearsal'
import { type Cutover, resume, rollBack, runCutover, type RunOptions } from '@cutover/rollback'
import { describe, expect, test } from 'vitest'

import { inMemoryCell, set } from './scenario.ts'

const minute = 60_000

function setUp(world: FakeWorld) {
  return { world, a: inMemoryCell(world, 'a', 'source'), b: inMemoryCell(world, 'b', 'source') }
}
type Parts = ReturnType<typeof setUp>

/** Fails from then on. */
const sick = (world: FakeWorld, fromMs: number) =>
  defineCheck({
    id: 'errors',
    title: 'Few errors',
    run: async () =>
      world.clock.monotonic() < fromMs ? { status: 'pass', text: '1 %' } : { status: 'fail', text: '9 %' },
  })

/** One step, a wait of an hour, another step. */
const script =
  ({ a, b, world }: Parts, before: (cutover: Cutover) => void = () => {}) =>
  async (cutover: Cutover): Promise<void> => {
    before(cutover)
    await cutover.apply(set(a, 'a', 'target'))
    await cutover.waitUntil('an hour', () => world.clock.now() + 60 * minute)
    await cutover.apply(set(b, 'b', 'target', 20_000))
  }

const run = (options: Partial<RunOptions> = {}, before?: (parts: Parts) => (cutover: Cutover) => void) =>
  ((parts, given) =>
    runCutover(
      { id: 'move', ...given, ...options },
      script(parts, before?.(parts)),
    )) satisfies RehearseOptions<Parts>['cutover']

const cases: Readonly<
  Record<string, Pick<RehearseOptions<Parts>, 'cutover' | 'operate'> & { end: 'completed' | 'rolled-back' }>
> = {
  'a guard that goes back in the middle of a wait': {
    end: 'rolled-back',
    cutover: run(
      {},
      ({ world }) =>
        (cutover) =>
          cutover.guard(sick(world, 30 * minute), { then: 'roll-back' }),
    ),
  },
  'a guard that pauses, and a person who resumes': {
    end: 'completed',
    cutover: run(
      {},
      ({ world }) =>
        (cutover) =>
          cutover.guard(sick(world, 30 * minute), { then: 'pause' }),
    ),
    operate: (journal, _parts, world) => {
      const stop = world.repeat(20 * minute, () => {
        if (world.clock.monotonic() < 120 * minute) return
        void resume(journal, { who: 'kim', why: 'looked' }).catch(stop)
      })
    },
  },
  'a criterion that is not resolved': {
    end: 'rolled-back',
    cutover: (parts, given) =>
      runCutover(
        {
          id: 'move',
          ...given,
          criteria: [
            {
              id: 'errors',
              check: sick(parts.world, 20 * minute),
              toleratedForMs: minute,
              resolveWithinMs: 10 * minute,
              everyMs: minute,
              then: 'roll-back',
              owner: 'ana',
            },
          ],
        },
        script(parts),
      ),
  },
  'a limit that is exceeded': {
    end: 'rolled-back',
    cutover: (parts, given) =>
      runCutover(
        {
          id: 'move',
          ...given,
          limits: {
            maxDowntimeMs: 20 * minute,
            maxDataLoss: 0,
            agreedBy: 'ana',
            everyMs: minute,
            then: 'roll-back',
            measure: async () => ({ downtimeMs: parts.world.clock.monotonic(), dataLoss: 0 }),
          },
        },
        script(parts),
      ),
  },
  'an operator who goes back': {
    end: 'rolled-back',
    cutover: run(),
    operate: (journal, _parts, world) => {
      const stop = world.repeat(20 * minute, () => {
        void rollBack(journal, { who: 'kim', why: 'enough' }).catch((error: { code: string }) => {
          // Nothing had begun, or it has been heard.
          if (error.code !== 'CUTOVER_NOTHING_BEGUN') stop()
        })
      })
    },
  },
  'days of waiting': {
    end: 'completed',
    cutover: ({ a, b, world }, given) =>
      runCutover({ id: 'move', ...given }, async (cutover) => {
        await cutover.apply(set(a, 'a', 'target'))
        await cutover.until('three days', () => world.clock.now() + 72 * 60 * minute)
        await cutover.apply(set(b, 'b', 'target', 20_000))
      }),
  },
  'days of waiting for a check': {
    end: 'completed',
    cutover: ({ a, b, world }, given) =>
      runCutover({ id: 'move', ...given }, async (cutover) => {
        await cutover.apply(set(a, 'a', 'target'))
        const cheap = defineCheck({
          id: 'cheap',
          title: 'It is as cheap',
          run: async () => ({ status: world.clock.monotonic() < 48 * 60 * minute ? 'undecided' : 'pass', text: '' }),
        })
        await cutover.until('it is as cheap', cheap, { every: '1h' })
        await cutover.apply(set(b, 'b', 'target', 20_000))
      }),
  },
}

describe('beside the steps', { timeout: 120_000 }, () => {
  for (const [title, { end, ...options }] of Object.entries(cases)) {
    test(`${title}: no fault breaks it`, async () => {
      // The first is the run without a fault.
      const worlds: Parts[] = []
      const report = await rehearse({
        world: (world) => {
          worlds.push(setUp(world))
          return worlds.at(-1) as Parts
        },
        ...options,
        end,
      })

      const wanted = end === 'completed' ? 'target' : 'source'
      expect([worlds[0]?.a.value, worlds[0]?.b.value]).toEqual([wanted, wanted])
      expect(report.violations.map(({ text }) => text)).toEqual([])
      expect(report.end).toBe(end)
      expect(report.runs).toBeGreaterThan(20)
    })
  }
})
