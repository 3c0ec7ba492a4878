import { systemClock } from '@cutover/core'

import type { AddCase } from './journal-conformance.ts'
import { equal, failed, items, opening, rejects, renewedDuring, throws, value, writer } from './journal-trial.ts'

/** One writes at a time, and one that was followed writes nothing any more. */
export function holderCases(add: AddCase): void {
  add('refuses a second writer while the first one lives', async ({ journal }) => {
    const first = await writer(journal())
    await first.write(opening)

    const second = journal().open({ clock: systemClock })
    const error = await rejects(renewedDuring(first.opened, second), 'CUTOVER_JOURNAL_IN_USE', 'a second writer')

    equal(error.retryable, true, 'retryable')
    await first.write(value('a'))
    await first.opened.close()
    equal(items(await journal().read()), [opening, value('a')], 'the records')
  })

  add('is held by one of several that open it at once', async ({ journal }) => {
    const attempts = [0, 1, 2].map(() => journal().open({ clock: systemClock }))
    const winner = await Promise.any(attempts)
    const outcomes = await renewedDuring(winner, Promise.allSettled(attempts))

    equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1, 'how many hold it')
    for (const attempt of attempts) {
      const opened = await attempt.catch(() => undefined)
      if (opened) await opened.close()
      else await rejects(attempt, 'CUTOVER_JOURNAL_IN_USE', 'the other one')
    }
  })

  add('follows a holder of this machine that is dead at once', async ({ journal, place, kind }) => {
    const first = await writer(journal())
    await first.write(opening, value('a'))
    await kind.holder(place, { is: 'dead', endsInMs: 20_000 })
    const waits: string[] = []

    const second = await writer(journal(), { onWaiting: (holder) => waits.push(holder) })

    equal(waits, [], 'waits')
    equal(items(second.opened.entries), [opening, value('a')], 'what it finds')
    await second.write(value('b'))
    await second.opened.close()
    await first.opened.close().catch(() => {})
  })

  add(
    'refuses the next record of a holder that was followed, and every one after it',
    async ({ journal, place, kind }) => {
      const zombie = await writer(journal())
      await zombie.write(opening)
      await kind.holder(place, { is: 'dead', endsInMs: 20_000 })
      const successor = await writer(journal())

      await rejects(zombie.write(value('late')), 'CUTOVER_FENCED', 'the old fence, before its successor has written')
      await successor.write(value('a'))
      await rejects(zombie.write(value('late')), 'CUTOVER_FENCED', 'the old fence')
      await rejects(zombie.opened.renew(), 'CUTOVER_FENCED', 'renewing it')
      throws(() => zombie.opened.hold(), 'CUTOVER_FENCED', 'holding it')
      await zombie.opened.close().catch(() => {})
      await successor.write(value('b'))
      await successor.opened.close()

      equal(items(await journal().read()), [opening, value('a'), value('b')], 'the records')
    },
  )

  add('refuses one that was followed by several, and its closing disturbs nobody', async ({ journal, place, kind }) => {
    const zombie = await writer(journal())
    await zombie.write(opening)
    await kind.holder(place, { is: 'dead', endsInMs: 20_000 })
    await (await writer(journal())).opened.close()
    const third = await writer(journal())

    await zombie.opened.close().catch(() => {})

    await rejects(zombie.write(value('late')), ['CUTOVER_FENCED', 'CUTOVER_JOURNAL_FAILED'], 'the old fence')
    const fourth = journal().open({ clock: systemClock })
    await rejects(renewedDuring(third.opened, fourth), 'CUTOVER_JOURNAL_IN_USE', 'one more')
    await third.write(value('a'))
    await third.opened.close()
    equal(items(await journal().read()), [opening, value('a')], 'the records')
  })

  add(
    'waits for the end of the lease of a holder that cannot be seen, and tells it',
    async ({ journal, place, kind }) => {
      const zombie = await writer(journal())
      await zombie.write(opening)
      await kind.holder(place, { is: 'elsewhere', endsInMs: 300 })
      const waits: { readonly holder: string; readonly until: number }[] = []

      const successor = await writer(journal(), { onWaiting: (holder, until) => waits.push({ holder, until }) })

      equal(waits.length, 1, 'how often it was told')
      const [told] = waits
      if (told && (told.holder === '' || told.until > systemClock.now() + 50))
        failed(`it was taken before ${told.until}, until when ${told.holder} had it`)
      await rejects(zombie.write(value('late')), 'CUTOVER_FENCED', 'the old fence')
      await zombie.opened.close().catch(() => {})
      await successor.write(value('a'))
      await successor.opened.close()
      equal(items(await journal().read()), [opening, value('a')], 'the records')
    },
  )

  add('respects a lease that is renewed while it is waited for', async ({ journal, place, kind }) => {
    const first = await writer(journal())
    await first.write(opening)
    await kind.holder(place, { is: 'elsewhere', endsInMs: 300 })

    const second = journal().open({ clock: systemClock })
    await rejects(renewedDuring(first.opened, second), 'CUTOVER_JOURNAL_IN_USE', 'a second writer')

    await first.write(value('a'))
    await first.opened.close()
  })

  add('stops waiting for a lease when it is told to, with that reason', async ({ journal, place, kind }) => {
    const first = await writer(journal())
    await first.write(opening)
    await kind.holder(place, { is: 'elsewhere', endsInMs: 20_000 })
    const stop = new AbortController()
    const reason = new Error('enough')

    const second = journal().open({ clock: systemClock, signal: stop.signal, onWaiting: () => stop.abort(reason) })
    const outcome: unknown = await second.catch((error: unknown) => error)

    if (outcome !== reason) failed(`it ended with ${String(outcome)}`, outcome)
    await first.opened.close().catch(() => {})
  })
}
