// Operators who speak late, twice, from two machines, or never; guards beside the steps; with every fault at every write and record.
import { defineCheck } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'
import { rehearse, type RehearseOptions } from '@cutover/rehearsal'
import {
  approval,
  approve,
  type Cutover,
  decline,
  type Journal,
  pause,
  resume,
  runCutover,
  type RunOptions,
  skip,
} from '@cutover/rollback'
import { describe, expect, test } from 'vitest'

import { inMemoryCell, set } from './scenario.ts'

const minute = 60_000

function setUp(world: FakeWorld) {
  return { world, a: inMemoryCell(world, 'a', 'source'), b: inMemoryCell(world, 'b', 'source') }
}
type Parts = ReturnType<typeof setUp>

const move = ({ a, b, world }: Parts, run: RunOptions) =>
  runCutover({ id: 'move', drift: { every: '2m' }, ...run }, async (cutover: Cutover) => {
    cutover.guard(
      defineCheck({ id: 'errors', title: 'Few errors', run: async () => ({ status: 'pass', text: 'none' }) }),
      { every: '1m', then: 'roll-back' },
    )
    await cutover.apply(set(a, 'a', 'target'))
    await cutover.require(approval('Go?', { id: 'go', from: ['ana', 'raj'], quorum: 2 }), {})
    await cutover.require(
      defineCheck({
        id: 'settled',
        title: 'The metrics have settled',
        run: async () => ({ status: world.clock.monotonic() > 100 * minute ? 'pass' : 'undecided', text: 'not yet' }),
      }),
      { within: '2h', every: '2m' },
    )
    await cutover.apply(set(b, 'b', 'target', 20_000))
  })

/** Tries again every minute until it is taken: a person at a terminal. */
const insist = (world: FakeWorld, fromMs: number, act: () => Promise<void>): void =>
  world.later(fromMs, () => {
    const stop = world.repeat(minute, () => void act().then(stop, () => {}))
  })

const yes = (journal: Journal, who: string) => (): Promise<void> => approve(journal, { step: 'go', who, why: 'yes' })
const skipped = (journal: Journal) => (): Promise<void> =>
  skip(journal, { step: 'settled', who: 'ana', why: 'looked by hand' })

const operators: Readonly<Record<string, NonNullable<RehearseOptions<Parts>['operate']>>> = {
  'who are late'(journal, _parts, world) {
    insist(world, 20 * minute, yes(journal, 'ana'))
    insist(world, 90 * minute, yes(journal, 'raj'))
    insist(world, 95 * minute, skipped(journal))
  },
  'who speak twice, and from two machines at once'(journal, _parts, world) {
    for (const who of ['ana', 'raj', 'ana', 'raj']) insist(world, 2 * minute, yes(journal, who))
    insist(world, 60 * minute, () => decline(journal, { step: 'go', who: 'ana', why: 'changed my mind' }))
    for (let times = 0; times < 2; times += 1) insist(world, 6 * minute, skipped(journal))
  },
  'who pause, and go on'(journal, _parts, world) {
    const kim = { who: 'kim', why: 'lunch' }
    world.later(10_000, () => void pause(journal, kim).catch(() => {}))
    world.later(30 * minute, () => void resume(journal, kim).catch(() => {}))
    for (const who of ['ana', 'raj']) insist(world, minute, yes(journal, who))
    insist(world, 40 * minute, skipped(journal))
  },
  'of whom one never says anything about the metrics'(journal, _parts, world) {
    for (const who of ['ana', 'raj']) insist(world, minute, yes(journal, who))
  },
}

describe('operators', { timeout: 60_000 }, () => {
  for (const [title, operate] of Object.entries(operators)) {
    test(`${title}: no fault breaks it`, async () => {
      const report = await rehearse({ world: setUp, cutover: move, operate })

      expect(report.end).toBe('completed')
      expect(report.violations.map(({ text }) => text)).toEqual([])
      expect(report.runs).toBeGreaterThan(50)
    })
  }
})
