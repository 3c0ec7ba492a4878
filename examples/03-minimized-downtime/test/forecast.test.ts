// What the engine says going back would take, against the virtual time that it takes, at every boundary of the move.
import { fakeWorld } from '@cutover/core/testing'
import { type JournalEntry, memoryJournal, rollBack } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { fake, load } from '../fakes.ts'
import { moveOrders } from '../move-orders.ts'

/** Lambda takes 45.75 s to disable the mapping of a queue and 21.75 s to enable it: how long the one took is taken for the other. */
const unequalMs = 24_000

async function moved(backAfterMs?: number): Promise<readonly JournalEntry[]> {
  const world = fakeWorld()
  const orders = fake(world, { fate: 'well' })
  const stop = load(orders, world)
  const journal = memoryJournal({ operators: true })
  if (backAfterMs !== undefined) world.later(backAfterMs, () => void rollBack(journal, { who: 'kim', why: 'enough' }))
  await moveOrders(orders, { journal, clock: world.clock }).catch(() => {})
  stop()
  return journal.entries
}

/** Steps that are begun and not felt yet: how long these took nobody knows. */
function underWay(entries: readonly JournalEntry[]): number {
  const count = (is: (entry: JournalEntry) => boolean): number => entries.filter(is).length
  return (
    count(({ t }) => t === 'intent') -
    count((entry) => entry.t === 'settled' || (entry.t === 'outcome' && !entry.settles))
  )
}

test('going back takes as long as was said, and is never said to be shorter', async () => {
  const whole = await moved()
  const startedAt = whole[0]?.at ?? Number.NaN
  const boundaries = new Set(
    whole.filter(({ t }) => ['settled', 'check', 'value'].includes(t)).map(({ at }) => at - startedAt),
  )
  const tooLong: (readonly [known: boolean, ms: number])[] = []

  for (const boundary of boundaries) {
    const entries = await moved(boundary + 1)
    const place = entries.findIndex(({ t }) => t === 'asked')
    const asked = entries[place]
    const closed = entries.findLast(({ t }) => t === 'closed')
    if (asked?.t !== 'asked' || !closed) continue
    const known = underWay(entries.slice(0, place)) === 0
    tooLong.push([known, (asked.forecastMs ?? Number.NaN) - (closed.at - asked.at)])
  }

  expect(tooLong.map(([, ms]) => ms).every((ms) => ms >= 0)).toBe(true)
  expect(tooLong.flatMap(([known, ms]) => (known ? [ms] : []))).toEqual([0, unequalMs, unequalMs, unequalMs])
})
