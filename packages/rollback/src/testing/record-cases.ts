import { systemClock } from '@cutover/core'

import { runCutover } from '../run-cutover.ts'
import type { AddCase } from './journal-conformance.ts'
import { equal, failed, items, opening, rejects, value, writer } from './journal-trial.ts'

const texts = ['läuft → ok', 'a\nb\r\n\u2028', '\0', '\ud800', `"'\\`, '</script>', 'x'.repeat(200_000)]

/** What is written is there: for the next process, in its order, once. */
export function recordCases(add: AddCase): void {
  add('reads as empty before anything is written, and leaves nothing behind by it', async ({ journal }) => {
    equal([...(await journal().read())], [], 'the records')

    const { opened } = await writer(journal())
    equal([...opened.entries], [], 'what was there')
    await opened.close()
    equal([...(await journal().read())], [], 'the records of one that was opened and closed')
  })

  add(
    'gives back every record as it was written, to others while it is held, and to its successor',
    async ({ journal }) => {
      const all = [opening, ...texts.map((text, i) => value(`text ${i}`, { text, deep: [1.5, null, true, { text }] }))]
      const { opened, write } = await writer(journal())
      await write(...all)

      equal(items(await journal().read()), all, 'the records while it is held')
      await opened.close()
      const next = await writer(journal())
      equal(items(next.opened.entries), all, 'what the successor finds')
      equal(
        next.opened.entries.map(({ seq }) => seq),
        all.map((_, seq) => seq),
        'their numbers',
      )
      await next.opened.close()
    },
  )

  add('gives every holder a higher fence', async ({ journal }) => {
    let last = 0
    for (let i = 0; i < 4; i++) {
      const { opened, write } = await writer(journal())
      if (opened.fence <= last) failed(`holder ${i + 1} has the fence ${opened.fence}, after ${last}`)
      last = opened.fence
      await write(i === 0 ? opening : value(`step ${i}`))
      await opened.close()
    }
    const fences = (await journal().read()).map(({ fence }) => fence)
    equal(new Set(fences).size, 4, 'the fences on the records')
  })

  add('refuses a record that leaves a gap, or has the number of another; nothing is written', async ({ journal }) => {
    const { opened, write } = await writer(journal())
    await write(opening, value('a'))
    for (const seq of [0, 1, 3, -1]) {
      const entry = { ...value('wrong'), seq, fence: opened.fence, at: 0 }
      await rejects(opened.append(entry), 'CUTOVER_JOURNAL_FAILED', `record ${seq} after record 1`)
    }

    await write(value('b'))
    equal(items(await journal().read()), [opening, value('a'), value('b')], 'the records')
    await opened.close()
  })

  add('may be closed twice', async ({ journal }) => {
    const { opened } = await writer(journal())
    await opened.close()
    await opened.close()
    await (await writer(journal())).opened.close()
  })

  add('lets a cutover go on that was interrupted between two steps', async ({ journal }) => {
    const made: string[] = []
    const options = { id: 'move', interruptible: false, operators: false, drift: false } as const
    const run = (dies: boolean) =>
      runCutover({ ...options, journal: journal() }, async (cutover) => {
        await cutover.value('a', () => made.push('a'))
        if (dies) throw new Error('power cut')
        await cutover.value('b', () => made.push('b'))
      })
    const first: unknown = await run(true).catch((error: unknown) => error)
    equal(first instanceof Error && first.message, 'power cut', 'the first end')

    const report = await run(false)
    equal([report.end, ...made], ['completed', 'a', 'b'], 'the second end, and what was made')
  })

  add('goes on with a journal of format 1, which then says that it is of the present one', async ({ journal }) => {
    const { opened, write } = await writer(journal())
    await write({ ...opening, t: 'opened', id: 'move', format: 1 }, value('a', 1))
    await opened.close()

    const report = await runCutover({ id: 'move', journal: journal(), interruptible: false }, async (cutover) => {
      await cutover.value('a', () => 2)
      await cutover.value('b', () => 2)
    })

    equal(report.end, 'completed', 'the end')
    const kinds = (await journal().read()).map((entry) => (entry.t === 'opened' ? entry.format : entry.t))
    equal(kinds, [1, 'value', 2, 'value', 'closed'], 'the records')
  })

  add('refuses a journal of a later format by name, and leaves it as it is', async ({ journal }) => {
    const { opened, write } = await writer(journal())
    await write({ t: 'opened', id: 'move', format: 99 })
    await opened.close()

    for (const attempt of [() => journal().read(), () => journal().open({ clock: systemClock })]) {
      const error = await rejects(attempt(), 'CUTOVER_JOURNAL_FORMAT', 'a journal of format 99')
      if (!error.message.includes('format 99')) failed(`it does not name the format: ${error.message}`)
    }
  })

  add(
    'keeps requests of operators: each once, in one order for everybody, also while it is held',
    async ({ journal }) => {
      const { requests } = journal()
      if (!requests) return
      const { opened, write } = await writer(journal())
      await write(opening)
      const ask = async (who: string): Promise<void> =>
        journal().requests?.send({ do: 'skip', step: 'queue/ä', who, why: 'läuft\n"x"' })
      const names = Array.from({ length: 12 }, (_, i) => `ana ${i}`)
      await ask('first')
      await Promise.all(names.map(ask))
      await write(value('a'))
      await opened.close()
      await ask('last')

      const all = await requests.since(0)
      equal(all.map(({ who }) => who).toSorted(), ['first', 'last', ...names].toSorted(), 'who has asked')
      equal(all[0], { do: 'skip', step: 'queue/ä', who: 'first', why: 'läuft\n"x"' }, 'the first request')
      equal([...(await (journal().requests?.since(3) ?? []))], all.slice(3), 'those from 3 on')
      equal([...(await requests.since(all.length))], [], 'those behind the last')
    },
  )
}
