// What JavaScript, `any` and a file run without its types being checked can hand over.
import { apply, ask, type ChangeSpec, defineChange, defineCheck, defineProcedure, waitFor } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { expect, test } from 'vitest'

import { inMemoryFlags, setFlag } from './flag.ts'

const well = defineCheck({ id: 'a', title: 'a is well', run: async () => ({ status: 'pass', text: 'ok' }) })

function setting() {
  const world = fakeWorld()
  const change = setFlag(inMemoryFlags(world, { color: 'blue' }), 'color', 'green')
  return { world, change, context: { ...world, key: '', fence() {}, report() {} } }
}

/** What a user writes who does not call `defineChange`. */
const specOf = (change: ChangeSpec, wrong: object = {}): ChangeSpec =>
  Object.fromEntries(
    [...Object.entries(change), ...Object.entries(wrong)].filter(([name]) => name !== 'then'),
  ) as unknown as ChangeSpec

const codeAndMessage = (work: () => unknown): Promise<unknown> =>
  Promise.resolve()
    .then(work)
    .then(
      () => 'it was taken',
      (error: { code: string; message: string }) => `${error.code} ${error.message}`,
    )

test('an option that there is not is refused by its name, before anything is done', async () => {
  const { world, change, context } = setting()
  const wrong = { Clock: world.clock } as object

  expect(await codeAndMessage(() => apply(change, wrong))).toBe(
    'CHANGE_INVALID apply: there is no option Clock; wanted one of clock, signal, onEvent',
  )
  expect(await codeAndMessage(() => waitFor(well, { clock: world.clock, wihtin: '5m' } as object))).toBe(
    'CHECK_INVALID waitFor: there is no option wihtin; wanted one of within, every, consecutive, patience, clock, signal, onEvent',
  )
  expect(await codeAndMessage(() => ask(well, context, { timeout: '5m' } as object))).toContain('no option timeout')
  expect(await codeAndMessage(() => apply(change, null as unknown as object))).toContain('apply was given null')
  await expect(apply(change, wrong)).rejects.toMatchObject({ next: 'Write: clock' })
  expect(world.effects).toEqual([])
})

test('a fake world fits as options, as it is and spread', async () => {
  const { world, change } = setting()

  await apply(change, world)
  await waitFor(well, { ...world, within: '1m' })

  expect(Object.keys({ ...world }).toSorted()).toEqual(['clock', 'onEvent', 'signal'])
})

test.each<[string, object]>([
  ['lateMs of the change `flag:set:color:green` is "40s"; wanted milliseconds from 0', { lateMs: '40s' }],
  ['lateMs of the change `flag:set:color:green` is undefined; wanted milliseconds from 0', { lateMs: undefined }],
  ['lateMs of the change `flag:set:color:green` is NaN', { lateMs: Number.NaN }],
  ['lateMs of the change `flag:set:color:green` is -1', { lateMs: -1 }],
  ['id of a change is undefined; wanted a text', { id: undefined }],
  ['title of the change `flag:set:color:green` is ""; wanted a text', { title: '' }],
  ['subject of the change `flag:set:color:green` is 5', { subject: 5 }],
  ['probe of the change `flag:set:color:green` is undefined; wanted a function', { probe: undefined }],
  ['apply of the change `flag:set:color:green` is an object', { apply: {} }],
  ['revert of the change `flag:set:color:green` is undefined', { revert: undefined }],
  ['capture of the change `flag:set:color:green` is undefined', { capture: undefined }],
])(
  'a change with a wrong field is refused, where it is made and where a plain one is applied: %s',
  async (says, wrong) => {
    const { world, change } = setting()
    const plain = specOf(change, wrong)

    expect(await codeAndMessage(() => [defineChange(plain)].length)).toContain(`CHANGE_INVALID defineChange: ${says}`)
    expect(await codeAndMessage(() => apply(plain, world))).toContain(`CHANGE_INVALID apply: ${says}`)
    expect(world.effects).toEqual([])
  },
)

test('what is of another kind is refused with what came, and what to write', async () => {
  const { world, change } = setting()
  const procedure = defineProcedure({ id: 'p', title: 'p', steps: async () => {} })
  const given = (subject: unknown) => codeAndMessage(() => apply(subject as ChangeSpec, world))

  expect(await given(well)).toBe('CHANGE_INVALID apply was given the check `a`; write: await waitFor(check)')
  expect(await given(procedure)).toContain('the procedure `p`; write: await cutover.run(procedure)')
  expect(await given(Promise.resolve(specOf(change)))).toContain('apply was given a promise; await it first')
  expect(await given(() => change)).toContain('apply was given a function; call it')
  expect(await given(undefined)).toContain('apply was given undefined')
  expect(await codeAndMessage(() => waitFor(change as never, world))).toBe(
    'CHECK_INVALID waitFor was given the change `flag:set:color:green`; write: await apply(change)',
  )
  expect(await codeAndMessage(() => defineCheck({ id: 'a', title: 'a' } as never))).toContain('run of the check `a`')
  expect(await codeAndMessage(() => defineProcedure({ id: 'p', title: 'p' } as never))).toContain(
    'steps of the procedure',
  )
})

test.each([
  ['undefined', undefined],
  ['true', true],
  ['status "ok", text "well"', { status: 'ok', text: 'well' }],
  ['status "pass", text undefined', { status: 'pass' }],
])('a check that answers %s is refused at once, and is never a pass', async (came, answer) => {
  const { world } = setting()
  const check = defineCheck({ id: 'a', title: 'a', run: async () => answer as never })

  expect(await codeAndMessage(() => waitFor(check, { ...world, within: '1h' }))).toBe(
    `CHECK_INVALID the check \`a\` answered ${came}; wanted { status: 'pass' | 'fail' | 'undecided', text: '…' }`,
  )
  expect(world.clock.monotonic()).toBe(0)
})
