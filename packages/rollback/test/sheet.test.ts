// The page with which everything is undone by hand: whole, the newest, never in the way.
import type { Change } from '@cutover/core'
import type { Cutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { reportOf, setting } from './setting.ts'
import { altered, saying, turn } from './switches.ts'

type Turned = Change<string, { readonly to: string }>

const byHand = (change: Turned, name: string, look: string[] = []): Turned =>
  altered(change, { byHand: () => ({ apply: [], revert: [`switch set ${name} source`], look }) })

const toUndo = (sheet = ''): string[] => [...sheet.matchAll(/^switch set (\w) source/gm)].map(([, name = '']) => name)

test('of branches that write it at once, none replaces a later page by an earlier one', async () => {
  const { world, switches, run } = setting()
  const written: string[] = []
  let [page, slowest] = ['', 4_000]
  const seen: Record<string, string[]> = {}
  const step = (name: string) =>
    altered(byHand(turn(switches, name, 'target'), name), {
      async apply(before, { signal, fence }) {
        seen[name] = toUndo(page)
        await switches.write(name, before, 'target', { signal, fence })
      },
    })

  await run(
    (cutover) =>
      cutover.all({
        one: (steps) => steps.apply(step('a')),
        two: (steps) => steps.apply(step('b')),
        three: (steps) => steps.apply(step('c')),
      }),
    {
      async sheet(markdown) {
        // The first takes longest.
        await world.clock.sleep((slowest -= 1_000))
        page = markdown
        written.push(markdown)
      },
    },
  )

  for (const name of ['a', 'b', 'c']) expect(seen[name]).toContain(name)
  expect(written.at(-1)).toBe(page)
  expect(toUndo(page).toSorted()).toEqual(['a', 'b', 'c'])
})

test('a sheet that hangs delays a step by seconds, and never the way back for good', async () => {
  const { world, switches, run } = setting()
  const notes: string[] = []

  const report = await reportOf(
    run(
      async (cutover) => {
        await cutover.apply(turn(switches, 'a', 'target'))
        await cutover.require(saying('x', 'fail'))
      },
      {
        sheet: () => new Promise(() => {}),
        onEvent: ({ kind, text }) => void (kind === 'note' && notes.push(text)),
      },
    ),
  )

  expect(report.end).toBe('rolled-back')
  expect(world.clock.monotonic()).toBeLessThan(60_000)
  expect(notes[0]).toMatch(/the sheet for undoing by hand could not be written: .*no answer within 5s/)
})

test('one step of which no commands can be made costs no other its commands', async () => {
  const { switches, run } = setting()
  const pages: string[] = []
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(byHand(turn(switches, 'a', 'target'), 'a'))
    await cutover.apply(
      altered(turn(switches, 'b', 'target'), {
        byHand: () => {
          throw new Error('a slip of the pen')
        },
      }),
    )
    await cutover.apply(byHand(turn(switches, 'c', 'target'), 'c'))
  }

  await run(script, { sheet: (markdown) => void pages.push(markdown) })

  expect(toUndo(pages.at(-1))).toEqual(['c', 'a'])
  expect(pages.at(-1)).toMatch(/## 2\. Turn b to target\n[^#]*No commands are known/)
})

test('partly undone, the page has what is left; what may be undone already says so', async () => {
  const { switches, run } = setting()
  const pages: string[] = []
  const stuck = altered(byHand(turn(switches, 'b', 'target'), 'b'), {
    revert: () => Promise.reject(new Error('denied')),
  })

  await reportOf(
    run(
      async (cutover) => {
        await cutover.apply(byHand(turn(switches, 'a', 'target'), 'a'))
        await cutover.apply(stuck)
        await cutover.apply(byHand(turn(switches, 'c', 'target'), 'c'))
        await cutover.rollBack('it is enough')
      },
      { patience: '1s', sheet: (markdown) => void pages.push(markdown) },
    ),
  )

  expect(toUndo(pages.at(-1))).toEqual(['b', 'a'])
  expect(pages.at(-1)).toMatch(/1\. Turn b to target\n\nStep 2, switch:b: it may be undone already: look first/)
})
