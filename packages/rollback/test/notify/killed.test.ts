// Killed before each record of a run, and run again: nobody misses a message, and nobody gets one twice, but for the one that was
// on its way when the process died.
import { fakeWorld } from '@cutover/core/testing'
import { type MemoryJournal, memoryJournal, runCutover } from '@cutover/rollback'
import type { Notifier } from '@cutover/rollback/notify'
import { expect, test } from 'vitest'

import { errorOf } from '../setting.ts'
import { inMemorySwitches, is, turn } from '../switches.ts'

function night() {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source', b: 'source' })
  const journal: MemoryJournal = memoryJournal({ world })
  const told: string[] = []
  const pager: Notifier = { name: 'pager', send: async ({ kind }) => void told.push(kind) }
  const run = () =>
    runCutover(
      { id: 'move', journal, clock: world.clock, onEvent: world.onEvent, notify: [pager] },
      async (cutover) => {
        await cutover.apply(turn(switches, 'a', 'target', { settleMs: 5_000 }))
        await cutover.apply(turn(switches, 'b', 'target', { settleMs: 5_000 }))
        await cutover.require(is(switches, 'a', 'elsewhere'))
      },
    )
  const runAndDie = async (): Promise<void> => {
    const runner = world.spawn('runner')
    const died = new Promise<void>((resolve) => (runner.onStop = resolve))
    await Promise.race([died, errorOf(world.runAs(runner, run))])
    if (runner.state === 'dead') journal.holderDied()
  }
  return { world, journal, told, run, runAndDie }
}

const recorded = ({ entries }: MemoryJournal): string[] =>
  entries.flatMap((entry) => (entry.t === 'notified' ? [entry.fact.split(' ')[1] ?? ''] : []))

const golden = night()
await errorOf(golden.run())
const records = golden.journal.entries.map((entry) => ('step' in entry ? `${entry.t} ${entry.step}` : entry.t))

test.each([...new Set(records)])('killed before the record %s', async (record) => {
  const { world, run, runAndDie, told, journal } = night()
  world.failNext(`journal.append ${record}`, 'crash')
  await runAndDie()
  const unrecorded = told.filter((kind) => !recorded(journal).includes(kind))

  await errorOf(run())

  const wanted = ['start', 'rollback', 'end']
  expect(told.toSorted()).toEqual([...wanted, ...unrecorded].toSorted())
  expect(unrecorded.length).toBeLessThanOrEqual(1)
  expect(recorded(journal)).toEqual(wanted)
})

test('the run that nobody kills tells each once', () => {
  expect(golden.told).toEqual(['start', 'rollback', 'end'])
  expect(records.length).toBeGreaterThan(12)
})
