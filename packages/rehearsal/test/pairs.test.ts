import { everyFault, type Fault } from '@cutover/core/testing'
import { rehearse } from '@cutover/rehearsal'
import { runCutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { cells, type Cells } from './planted.ts'

/** Three writes, whatever they meet. */
const threeWrites = async ({ a, b, c }: Cells): Promise<void> => {
  for (const cell of [a, b, c]) await cell.write('source', 'target').catch(() => {})
}

/** Rehearses, and answers the plans that were run, from what the writes met. */
async function plans(options: {
  readonly faults: readonly Fault[]
  readonly pairs?: number | 'all'
  readonly seed?: number
}): Promise<string[]> {
  const run: string[] = []
  await rehearse({
    world: cells,
    cutover: threeWrites,
    depth: 2,
    ...options,
    invariants: [
      {
        name: 'remember',
        holds(_parts, { effects }) {
          const met = effects.flatMap(({ number, fault }) => (fault ? [`${number}:${fault}`] : []))
          run.push(met.join('+'))
          return undefined
        },
      },
    ],
  }).catch(() => {})
  return run
}

const isPair = (plan: string): boolean => plan.includes('+')

test("with 'all', every later write of every run with one fault meets every fault", async () => {
  const run = await plans({ faults: ['slow', 'zombie-early'], pairs: 'all' })

  // Three writes, two faults: 3 × 2 singles; of pairs (2 + 1) × 2 × 2.
  expect(run.filter((plan) => plan !== '' && !isPair(plan))).toHaveLength(6)
  expect(run.filter(isPair)).toHaveLength(12)
  expect(new Set(run).size).toBe(1 + 6 + 12)
})

test('a lasting fault meets no record of the journal, and what is unsafe alone begins no pair', async () => {
  const report = await rehearse({
    world: cells,
    cutover: ({ a }, run) =>
      runCutover({ id: 'values', ...run }, async (cutover) => {
        await cutover.value('one', () => 1)
        await a.write('source', 'target').catch(() => {})
      }),
    faults: ['slow', 'refused-for-ever'],
    depth: 2,
    pairs: 'all',
  })

  // The writes: opened, value, a.write, closed. Slow at each, and a.write refused for ever, which is unsafe.
  const singles = 4 + 1
  // After slow at 1, 2, 3: each later one slow, and a.write refused for ever where it is later.
  const pairs = 3 + 1 + (2 + 1) + 1
  expect(report.matrix.map(({ operation }) => operation)).toHaveLength(4)
  expect(report.runs).toBe(1 + singles + pairs)
})

test('a sample has as many pairs as are wanted, none twice, and every fault second', async () => {
  const faults = everyFault.filter((fault) => !['crash', 'crash-late', 'late', 'refused-for-ever'].includes(fault))
  const run = await plans({ faults, pairs: 96 })

  const pairs = run.filter(isPair)
  expect(pairs).toHaveLength(96)
  expect(new Set(pairs).size).toBe(96)
  expect(new Set(pairs.map((plan) => plan.split('+')[1]?.split(':')[1]))).toEqual(new Set(faults))
})

test('the same seed chooses the same pairs, another one others', async () => {
  const faults = ['slow', 'reply-lost', 'zombie-early', 'refused-though-done'] as const

  const [one, again, other] = [
    await plans({ faults, pairs: 12, seed: 1 }),
    await plans({ faults, pairs: 12, seed: 1 }),
    await plans({ faults, pairs: 12, seed: 2 }),
  ]

  expect(again).toEqual(one)
  expect(other).not.toEqual(one)
  expect(other).toHaveLength(one.length)
})

test('with more pairs wanted than there are, or none, all or none are run', async () => {
  const many = await plans({ faults: ['slow'], pairs: 1_000 })
  const none = await plans({ faults: ['slow'], pairs: 0 })

  expect(many.filter(isPair)).toEqual(['1:slow+2:slow', '1:slow+3:slow', '2:slow+3:slow'])
  expect(none.filter(isPair)).toEqual([])
})
