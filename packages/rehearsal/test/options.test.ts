import { rehearse, type RehearseOptions } from '@cutover/rehearsal'
import { runCutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { cells, setA } from './planted.ts'

const good = {
  world: cells,
  cutover: (p, run) => runCutover({ id: 'one', ...run }, (cutover) => cutover.apply(setA(p))),
} satisfies RehearseOptions<ReturnType<typeof cells>>

test.each([
  ['end is "done"; wanted one of completed, rolled-back, ', { end: 'done' }],
  ['depth is 3; wanted 1 or 2', { depth: 3 }],
  ['depth is "2"; wanted 1 or 2', { depth: '2' }],
  ["pairs is -1; wanted a whole number from 0, or 'all'", { pairs: -1 }],
  ["pairs is 1.5; wanted a whole number from 0, or 'all'", { pairs: 1.5 }],
  ['pairs is "some"; wanted a whole number from 0, or \'all\'', { pairs: 'some' }],
  ['seed is NaN; wanted a number', { seed: Number.NaN }],
  ['lateMs is -5; wanted milliseconds from 0', { lateMs: -5 }],
  ['lateMs is Infinity; wanted milliseconds from 0', { lateMs: Number.POSITIVE_INFINITY }],
  ['faults is ["crash","fire"]; wanted a list of different ones of refused, ', { faults: ['crash', 'fire'] }],
  ['faults is []; wanted a list of different ones', { faults: [] }],
  ['faults is ["crash","crash"]; wanted a list of different ones', { faults: ['crash', 'crash'] }],
  ['invariants is [{"name":"x"}]; wanted a list of { name, holds }', { invariants: [{ name: 'x' }] }],
  ['invariants is [null]; wanted a list of { name, holds }', { invariants: [null] }],
  ['world is undefined; wanted a function that builds the fakes', { world: undefined }],
  ['cutover is "move"; wanted a function that runs your code', { cutover: 'move' }],
  ['load is {}; wanted a function that starts clients', { load: {} }],
  ['onProgress is true; wanted a function', { onProgress: true }],
  ['replay is 7; wanted the replay id of a violation', { replay: 7 }],
  ['there is no option fault; wanted one of world, cutover, load, ', { fault: ['crash'] }],
])('an option that cannot be meant is refused before anything runs: %s', async (message, wrong) => {
  let built = 0
  const options = { ...good, world: (world: never) => ((built += 1), cells(world)), ...wrong }

  await expect(rehearse(options as unknown as typeof good)).rejects.toMatchObject({
    code: 'REHEARSAL_OPTIONS_INVALID',
    message: expect.stringContaining(message),
  })
  expect(built).toBe(0)
})

test('options may be forwarded as undefined', async () => {
  const report = await rehearse({
    ...good,
    faults: undefined,
    depth: undefined,
    pairs: undefined,
    seed: undefined,
    lateMs: undefined,
    replay: undefined,
    invariants: undefined,
    onProgress: undefined,
  })

  report.assertSafe()
})

test('progress counts the plans of faults up to their number', async () => {
  const told: [number, number][] = []

  const report = await rehearse({
    ...good,
    depth: 2,
    pairs: 1_200,
    faults: ['crash', 'refused', 'reply-lost', 'refused-for-ever', 'slow', 'zombie-early', 'zombie-in-lease', 'outage'],
    onProgress: (done, total) => told.push([done, total]),
  })

  const done = told.map(([count]) => count)
  expect(done).toEqual(done.toSorted((a, b) => a - b))
  expect(told.at(-1)).toEqual([report.runs - 1, report.runs - 1])
  expect(told.length).toBeGreaterThan(6)
})

test('a world that is not the same every time is refused, and what differed is named', async () => {
  let built = 0

  await expect(
    rehearse({
      ...good,
      world: (world) => ((built += 1), cells(world)),
      cutover: ({ a, b }) => (built % 2 === 1 ? a : b).write('source', 'target'),
    }),
  ).rejects.toMatchObject({
    code: 'REHEARSAL_NOT_DETERMINISTIC',
    message: 'write 1 was a.write in the run without a fault, and b.write in another, before any fault',
  })
})
