import { isCutoverError, systemClock } from '@cutover/core'

import type { Journal, JournalItem } from '../journal.ts'
import type { AddCase } from './journal-conformance.ts'
import type { JournalKind } from './journal-kind.ts'
import { equal, failed, items, opening, rejects, value, writer } from './journal-trial.ts'

const kept: readonly JournalItem[] = [opening, value('a', 'läuft'), value('b'), value('c'), value('d')]

/** Text that no database can make smaller; the same every time. */
function noise(length: number): string {
  let text = ''
  // A linear congruential generator, with the constants of Numerical Recipes.
  for (let x = 1; text.length < length; x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0) text += x.toString(36)
  return text
}

/** Somebody has written five records, and has given the journal back. */
async function written(journal: () => Journal): Promise<void> {
  const { opened, write } = await writer(journal())
  await write(...kept)
  await opened.close()
}

async function refuses(journal: () => Journal, codes: string | readonly string[], what: string): Promise<void> {
  await rejects(journal().open({ clock: systemClock }), codes, `opening ${what}`)
  // Refused again: nothing was mended, and no lease was left.
  await rejects(journal().open({ clock: systemClock }), codes, `opening ${what} again`)
}

/** What is altered or gone is noticed; what was never acknowledged is not missed; what does not fit stops. */
export function damageCases(add: AddCase, { alter, remove, lose, tear, full, cut }: JournalKind): void {
  if (alter) {
    for (const seq of kept.keys()) {
      add(`refuses a journal whose record ${seq} was altered`, async ({ journal, place }) => {
        await written(journal)
        await alter(place, seq)

        await rejects(journal().read(), 'CUTOVER_JOURNAL_BROKEN', 'reading it')
        await refuses(journal, 'CUTOVER_JOURNAL_BROKEN', 'it')
      })
    }
  }
  if (remove) {
    for (const seq of [0, 1, 3]) {
      add(`refuses a journal whose record ${seq} is missing`, async ({ journal, place }) => {
        await written(journal)
        await remove(place, seq)

        await rejects(journal().read(), ['CUTOVER_JOURNAL_BROKEN', 'CUTOVER_JOURNAL_TRUNCATED'], 'reading it')
        await refuses(journal, ['CUTOVER_JOURNAL_BROKEN', 'CUTOVER_JOURNAL_TRUNCATED'], 'it')
      })
    }
  }
  if (lose) {
    for (const count of [1, 3, 5]) {
      add(`refuses a journal that has lost its last ${count} acknowledged records`, async ({ journal, place }) => {
        await written(journal)
        await lose(place, count)

        await refuses(journal, 'CUTOVER_JOURNAL_TRUNCATED', 'it')
      })
    }
  }
  if (tear) {
    add('drops a record that a crash tore, and goes on behind the last whole one', async ({ journal, place }) => {
      await written(journal)
      await tear(place)
      equal(items(await journal().read()), kept, 'the records')

      const next = await writer(journal())
      equal(items(next.opened.entries), kept, 'what the successor finds')
      await next.write(value('e'))
      await next.opened.close()
      equal(items(await journal().read()), [...kept, value('e')], 'the records in the end')
    })
  }
  if (full) {
    add(
      'fails when nothing more fits, keeps what was acknowledged, and goes on when there is room',
      async ({ journal, place, kind }) => {
        const { opened, write } = await writer(journal())
        await write(...kept)
        const large = value('large', noise(64_000))
        const disk = await full(place)
        try {
          const error = await rejects(write(large), 'CUTOVER_JOURNAL_FAILED', 'a record that does not fit')
          equal(error.retryable, true, 'retryable')
          await opened.close().catch(() => {})
          equal(items(await journal().read()), kept, 'the records')
        } finally {
          await disk[Symbol.asyncDispose]()
        }

        // A process that could not give its lease back, as there was no room, ends.
        await kind.holder(place, { is: 'dead', endsInMs: 0 })
        const next = await writer(journal())
        equal(items(next.opened.entries), kept, 'what the successor finds')
        await next.write(large)
        await next.opened.close()
        equal(items(await journal().read()), [...kept, large], 'the records in the end')
      },
    )
  }
  if (cut) {
    for (const when of ['request', 'answer'] as const) {
      add(
        `knows what became of a record when the connection is cut before the ${when} arrives`,
        async ({ journal, place }) => {
          const { opened, write } = await writer(journal())
          await write(...kept)
          await cut(place, when)

          const outcome: unknown = await write(value('in doubt')).then(
            () => 'acknowledged',
            (error: unknown) => error,
          )
          if (outcome === 'acknowledged') await write(value('behind it'))
          else if (!isCutoverError(outcome, 'CUTOVER_JOURNAL_FAILED') || !outcome.retryable)
            failed(`it ended with ${String(outcome)}`, outcome)
          await opened.close()

          const next = await writer(journal())
          const found = items(next.opened.entries).slice(kept.length)
          await next.opened.close()
          const wanted =
            outcome === 'acknowledged' ? [[value('in doubt'), value('behind it')]] : [[], [value('in doubt')]]
          if (!wanted.some((each) => JSON.stringify(each) === JSON.stringify(found)))
            failed(`${String(outcome)}, and then there was ${JSON.stringify(found)}`)
        },
      )
    }
  }
}
