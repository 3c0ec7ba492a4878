// What JavaScript, `any` and a file run without its types being checked can hand over: refused by name, before any effect.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { defineProcedure } from '@cutover/core'
import { answer, type Cutover, fileJournal, memoryJournal, runCutover, type RunOptions } from '@cutover/rollback'
import { terminal } from '@cutover/rollback/terminal'
import { expect, test } from 'vitest'

import { errorOf, setting } from './setting.ts'
import { saying, turn } from './switches.ts'

test('a misspelt rollBack does not go forward', async () => {
  const { run, switches, writes, records } = setting()
  const script = (cutover: Cutover) => cutover.apply(turn(switches, 'a', 'target'))
  await run(script)
  const before = records()

  const error = await errorOf(run(script, { rollback: true } as Partial<RunOptions>))

  expect(error.code).toBe('CUTOVER_OPTIONS_INVALID')
  expect(error.message).toBe(
    'runCutover: there is no option rollback; wanted one of id, journal, clock, signal, onEvent, rollBack, adopt, outline, windowEndsAt, patience, interruptible, sheet, limits, criteria, operators, drift, notify, secrets',
  )
  expect(error.next).toBe('Write: rollBack')
  expect([records(), writes()]).toEqual([before, ['a']])
})

test.each<[string, string | undefined, object]>([
  ['journal is undefined; wanted a journal', "Write: journal: fileJournal('move.jsonl')", { journal: undefined }],
  ['journal is "a.jsonl"; wanted a journal', 'Write: journal: fileJournal("a.jsonl")', { journal: 'a.jsonl' }],
  ['journal is of another kind; wanted a journal', "Write: journal: fileJournal('move.jsonl')", { journal: {} }],
  ['id is ""; wanted a name', undefined, { id: '' }],
  [
    'sheet is "undo.md"; wanted a function that takes the page',
    'Write: sheet: fileSheet("undo.md")',
    { sheet: 'undo.md' },
  ],
  ['rollBack is "yes"; wanted true or false', undefined, { rollBack: 'yes' }],
])('runCutover refuses what cannot be meant: %s', async (message, next, wrong) => {
  const { run } = setting()

  const error = await errorOf(run(async () => {}, wrong))

  expect([error.code, error.message, error.next]).toEqual(['CUTOVER_OPTIONS_INVALID', message, next])
})

test('runCutover without a script says how it is called', async () => {
  const journal = memoryJournal()
  const call = runCutover as (...given: unknown[]) => Promise<never>

  const missing = await errorOf(call({ id: 'move', journal }))
  const swapped = await errorOf(call(async () => {}, { id: 'move', journal }))
  const nothing = await errorOf(call())

  expect(missing.message).toBe('the script is undefined; wanted a function')
  expect(missing.next).toContain('async (cutover) => {')
  expect(swapped.message).toBe('runCutover takes its options first, then the script')
  expect(nothing.message).toContain('runCutover was given undefined; wanted options: id, journal')
})

const procedure = defineProcedure({ id: 'p', title: 'p', steps: async () => {} })
type Any = Record<string, (...given: unknown[]) => Promise<unknown>>

test.each<[string, string, (cutover: Any, change: unknown) => unknown]>([
  ['CUTOVER_OPTIONS_INVALID', 'cutover.apply: there is no option name', (c, x) => c['apply']?.(x, { name: 'b' })],
  [
    'CUTOVER_OPTIONS_INVALID',
    'cutover.require: there is no option timeout; wanted one of as, within, every, consecutive, patience, onFail',
    (c) => c['require']?.(saying('x'), { timeout: '5m' }),
  ],
  [
    'CUTOVER_OPTIONS_INVALID',
    'cutover.check: there is no option onFail',
    (c) => c['check']?.(saying('x'), { onFail: 'park' }),
  ],
  ['CUTOVER_OPTIONS_INVALID', 'cutover.run: there is no option within', (c) => c['run']?.(procedure, { within: '1m' })],
  [
    'CUTOVER_OPTIONS_INVALID',
    "onFail is \"ask\"; wanted 'roll-back' or 'park'",
    (c) => c['require']?.(saying('x'), { onFail: 'ask' }),
  ],
  ['CUTOVER_STEP_NAME', 'a step is named ""; wanted a text of one line', (c, x) => c['apply']?.(x, { as: '' })],
  [
    'CUTOVER_STEP_NAME',
    'a step is named "a\\nb"; wanted a text of one line',
    (c) => c['require']?.(saying('x'), { as: 'a\nb' }),
  ],
  ['CUTOVER_STEP_NAME', 'a step is named " "', (c) => c['value']?.(' ', () => 1)],
  [
    'CHECK_INVALID',
    'cutover.require was given the change `turn:a:target`; write: await cutover.apply(change)',
    (c, x) => c['require']?.(x),
  ],
  [
    'CHANGE_INVALID',
    'cutover.apply was given the check `x`; write: await cutover.require(check)',
    (c) => c['apply']?.(saying('x')),
  ],
  [
    'PROCEDURE_INVALID',
    'cutover.run was given the change `turn:a:target`; write: await cutover.apply(change)',
    (c, x) => c['run']?.(x),
  ],
  ['CHANGE_INVALID', 'cutover.apply was given undefined', (c) => c['apply']?.(undefined)],
  [
    'CHANGE_INVALID',
    'cutover.apply: lateMs of the change `y` is undefined',
    (c) =>
      c['apply']?.({ id: 'y', title: 'y', subject: 'y', intent: 1, capture() {}, probe() {}, apply() {}, revert() {} }),
  ],
  [
    'CHECK_INVALID',
    'the check `x` answered true; wanted',
    (c) => c['require']?.({ id: 'x', title: 'x', run: async () => true }),
  ],
  ['CUTOVER_OPTIONS_INVALID', 'cutover.waitUntil: "x" was given 5; wanted a function', (c) => c['waitUntil']?.('x', 5)],
  ['CUTOVER_OPTIONS_INVALID', 'cutover.value: "x" was given undefined; wanted a function', (c) => c['value']?.('x')],
  [
    'CUTOVER_OPTIONS_INVALID',
    'waitUntil: "x" is 1795140000; wanted an instant in epoch milliseconds',
    (c) => c['waitUntil']?.('x', () => 1_795_140_000),
  ],
  ['CUTOVER_OPTIONS_INVALID', 'waitUntil: "x" is NaN', (c) => c['waitUntil']?.('x', () => Number.NaN)],
  ['CUTOVER_OPTIONS_INVALID', 'waitUntil: "x" is undefined', (c) => c['waitUntil']?.('x', () => undefined)],
])('a step that cannot be meant stops the script, also one that goes on: %s, %s', async (code, message, wrong) => {
  const { run, switches, writes, records } = setting()

  const error = await errorOf(
    run(async (cutover) => {
      const change = turn(switches, 'a', 'target')
      await Promise.resolve(wrong(cutover as unknown as Any, change)).catch(() => {})
      await cutover.apply(change).catch(() => {})
    }),
  )

  expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)])
  expect([writes(), records()]).toEqual([[], ['opened']])
})

test('seconds taken for milliseconds are told from an instant; a clock that counts from zero is left alone', async () => {
  const { world, run } = setting()
  const error = await errorOf(run((cutover) => cutover.waitUntil('soak', () => Math.floor(world.clock.now() / 1_000))))
  const clock = { ...world.clock, now: () => world.clock.monotonic() }
  const report = await run((cutover) => cutover.waitUntil('soak', () => 1_000), { clock, journal: memoryJournal() })

  expect(error.next).toBe('These may be seconds: multiply them by 1_000.')
  expect(report.end).toBe('completed')
})

test('until is told how it is called when it is given neither a function nor a check', async () => {
  const { run } = setting()

  const error = await errorOf(run((cutover) => cutover.until('soak', '2d' as never)))

  expect([error.code, error.message]).toEqual([
    'CUTOVER_OPTIONS_INVALID',
    'cutover.until: "soak" was given "2d"; wanted a function',
  ])
  expect(error.next).toContain('cutover.until("soak", () => …)')
})

test('journals, the terminal and answer refuse an option that there is not', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'options-'))
  const path = join(directory, 'a.jsonl')

  expect(() => memoryJournal({ lease: 5 } as object)).toThrow(
    'memoryJournal: there is no option lease; wanted one of world',
  )
  expect(() => fileJournal(path, { leaseMS: 5 } as object)).toThrow('fileJournal: there is no option leaseMS')
  expect(() => fileJournal(undefined as unknown as string)).toThrow('fileJournal was given undefined; wanted a path')
  expect(() => terminal({ colour: true } as object)).toThrow(
    'terminal: there is no option colour; wanted one of stream',
  )
  await expect(
    answer(fileJournal(path), { answer: 'pass', who: 'ada', why: 'seen', stp: 2 } as never),
  ).rejects.toMatchObject({ message: expect.stringContaining('answer: there is no option stp; wanted one of step') })
  expect(await readdir(directory)).toEqual([])
  await rm(directory, { recursive: true })
})
