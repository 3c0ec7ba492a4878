// Scripts that are steered from beside: a guard, people, a third party, a page for undoing by hand. Each says how it must end.
import { defineChange, defineCheck } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'
import { rehearse, type RehearsalReport, type RehearseOptions } from '@cutover/rehearsal'
import { approval, approve, type Cutover, rollBack, type runCutover, type RunOptions } from '@cutover/rollback'

import { type Cell, inMemoryCell, set } from './scenario.ts'

const minute = 60_000

interface Steered {
  readonly world: FakeWorld
  readonly a: Cell
  readonly b: Cell
  /** The page for undoing by hand, as it is on the disk. */
  page: string
  /** What was sent without a page that undoes it. */
  readonly unpaged: string[]
}

const setUp = (world: FakeWorld): Steered => ({
  world,
  a: inMemoryCell(world, 'a', 'source'),
  b: inMemoryCell(world, 'b', 'source'),
  page: '',
  unpaged: [],
})

type Scenario = Pick<RehearseOptions<Steered>, 'operate' | 'end' | 'invariants'> & {
  readonly script: (parts: Steered) => (cutover: Cutover) => Promise<void>
  readonly options?: (parts: Steered) => Partial<RunOptions>
}

const inTwo =
  ({ a, b, world }: Steered, begin: (cutover: Cutover) => unknown = () => {}) =>
  async (cutover: Cutover): Promise<void> => {
    await begin(cutover)
    await cutover.apply(set(a, 'a', 'target'))
    await cutover.waitUntil('an hour', () => world.clock.now() + 60 * minute)
    await cutover.apply(set(b, 'b', 'target'))
  }

/** Asks the same service as the first step, so that an outage blinds it; fails from then on. */
const errors = ({ world }: Steered, fromMs: number) =>
  defineCheck({
    id: 'errors',
    title: 'Few errors',
    run: ({ signal }) =>
      world.call('a.errors', { signal }, () =>
        world.clock.monotonic() < fromMs
          ? ({ status: 'pass', text: '1 %' } as const)
          : ({ status: 'fail', text: '9 %' } as const),
      ),
  })

/** The same change; its commands by hand, and whether the page has them when it is sent. */
const paged = (parts: Steered, cell: Cell, id: string) => {
  const change = set(cell, id, 'target')
  return defineChange(
    Object.assign({}, change, {
      byHand: () => ({ apply: [], revert: [`cell set ${id} source`], look: [] }),
      apply: (before: string, context: Parameters<typeof change.apply>[1]) => {
        if (!parts.page.includes(`cell set ${id} source`)) parts.unpaged.push(id)
        return cell.write(before, 'target', { signal: context.signal, fence: context.fence })
      },
    }),
  )
}

export const scenarios = {
  'a guard, well': {
    end: 'completed',
    script: (parts) => inTwo(parts, (cutover) => cutover.guard(errors(parts, 9e9), { then: 'roll-back' })),
  },
  'a guard, sick': {
    end: 'rolled-back',
    script: (parts) => inTwo(parts, (cutover) => cutover.guard(errors(parts, 30 * minute), { then: 'roll-back' })),
  },
  'a person who goes back': {
    end: 'rolled-back',
    operate: (journal, _parts, world) =>
      world.later(30 * minute, () => void rollBack(journal, { who: 'kim', why: 'enough' }).catch(() => {})),
    script: inTwo,
  },
  'a third party': {
    end: 'parked',
    operate: (_journal, { a, world }) =>
      world.later(20 * minute, () => void a.write('target', 'elsewhere').catch(() => {})),
    options: () => ({ drift: { every: '1m' } }),
    script: inTwo,
  },
  'a way back that is lost': {
    end: 'parked',
    script:
      ({ a, b, world }) =>
      async (cutover) => {
        await cutover.apply(
          defineChange(
            Object.assign({}, set(a, 'a', 'target'), {
              revertible: async () => ({
                now: world.clock.monotonic() < 30 * minute,
                because: 'kept for half an hour',
              }),
            }),
          ),
        )
        await cutover.waitUntil('an hour', () => world.clock.now() + 60 * minute)
        await cutover.apply(set(b, 'b', 'target'))
      },
  },
  'one person of two': {
    end: 'parked',
    operate: (journal, _parts, world) => {
      for (const who of ['ana', 'Ana'])
        world.later(minute, () => void approve(journal, { step: 'go', who, why: 'yes' }).catch(() => {}))
    },
    script:
      ({ a, b }) =>
      async (cutover) => {
        await cutover.apply(set(a, 'a', 'target'))
        await cutover.require(approval('Go?', { id: 'go', quorum: 2, expires: '1h' }))
        await cutover.apply(set(b, 'b', 'target'))
      },
  },
  'a page': {
    end: 'completed',
    options: (parts) => ({ sheet: (markdown) => void (parts.page = markdown) }),
    script: (parts) => async (cutover) => {
      await cutover.apply(paged(parts, parts.a, 'a'))
      await cutover.apply(paged(parts, parts.b, 'b'))
    },
    invariants: [
      {
        name: 'the page is there first',
        holds: ({ unpaged }) => (unpaged.length === 0 ? undefined : `not of ${unpaged.join(', ')}`),
      },
    ],
  },
} satisfies Readonly<Record<string, Scenario>>

/** Rehearses an engine with one of them. */
export function rehearseSteered(
  name: keyof typeof scenarios,
  engine: typeof runCutover,
  how: Pick<RehearseOptions<Steered>, 'faults' | 'depth' | 'pairs'>,
): Promise<RehearsalReport> {
  const { script, options = () => ({}), ...rest }: Scenario = scenarios[name]
  return rehearse({
    ...how,
    ...rest,
    world: setUp,
    cutover: (parts, run) => engine({ id: 'move', ...run, ...options(parts) }, script(parts)),
  })
}
