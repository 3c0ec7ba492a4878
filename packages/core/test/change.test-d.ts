import {
  apply,
  type Applied,
  type Change,
  type ChangeSpec,
  type CutoverError,
  defineChange,
  defineCheck,
  defineProcedure,
  type Duration,
  isCutoverError,
  type NotJson,
  type Procedure,
  type Steps,
  waitFor,
} from '@cutover/core'
import { type FakeWorld, fakeWorld } from '@cutover/core/testing'
import { expectTypeOf, test } from 'vitest'

const common = { id: 'x', subject: 'x', title: 'X', intent: 0, lateMs: 0 } as const
const nothing = async (): Promise<void> => {}

const plain = defineChange({
  ...common,
  capture: async () => ({ ttl: 300 }),
  probe: async (before) => ({ is: 'applied', seen: { version: before.ttl } }),
  apply: nothing,
  revert: nothing,
})

const settling = defineChange({
  ...common,
  capture: async () => ({ ttl: 300 }),
  probe: async () => ({ is: 'applied', seen: { version: 1 } }),
  apply: async () => 'change-7',
  revert: nothing,
  async settle(before, seen, _context, { hint, since }) {
    expectTypeOf(before).toEqualTypeOf<{ ttl: number }>()
    expectTypeOf(seen).toEqualTypeOf<{ version: number } | undefined>()
    expectTypeOf(hint).toBeUnknown()
    return { safeAt: since + before.ttl }
  },
  async attach(before, after) {
    expectTypeOf(before).toEqualTypeOf<{ ttl: number }>()
    expectTypeOf(after).toEqualTypeOf<{ safeAt: number }>()
    return { async [Symbol.asyncDispose]() {} }
  },
  estimate(before) {
    expectTypeOf(before).toEqualTypeOf<{ ttl: number } | undefined>()
    return { applyMs: 0, revertMs: 0 }
  },
})

test('before follows from capture, seen from probe, and after is seen unless settle answers something else', () => {
  expectTypeOf(plain).toEqualTypeOf<Change<{ ttl: number }, { version: number }, { version: number }>>()
  expectTypeOf(settling).toEqualTypeOf<Change<{ ttl: number }, { safeAt: number }, { version: number }>>()
})

test('a change that sees nothing has no result', () => {
  const quiet = defineChange({
    ...common,
    capture: async () => {},
    probe: async () => ({ is: 'absent' }),
    apply: nothing,
    revert: nothing,
  })

  expectTypeOf(apply(quiet)).resolves.toEqualTypeOf<Applied<void>>()
})

test('apply answers what is true afterwards', () => {
  expectTypeOf(apply(plain)).resolves.toEqualTypeOf<Applied<{ version: number }>>()
  expectTypeOf(apply(settling)).resolves.toEqualTypeOf<Applied<{ safeAt: number }>>()
  expectTypeOf<Steps['apply']>().toBeCallableWith(settling)
})

test('every change is a spec, and a spec without a net can be applied', () => {
  expectTypeOf(settling).toExtend<ChangeSpec<{ ttl: number }, { safeAt: number }, { version: number }>>()
  expectTypeOf<Change<{ ttl: number }, { safeAt: number }>>().toExtend<
    ChangeSpec<unknown, { safeAt: number }, unknown>
  >()
})

test('a change that is awaited does not compile, and neither does a procedure', async () => {
  const procedure = defineProcedure({ id: 'p', title: 'P', steps: async () => 7 })
  expectTypeOf(procedure).toEqualTypeOf<Procedure<number>>()

  // @ts-expect-error The 'this' context … not assignable to 'A Change does nothing until it is applied. Write: await cutover.apply(change)'
  await plain
  // @ts-expect-error The 'this' context … not assignable to 'A Procedure does nothing until it is run. Write: await cutover.run(procedure)'
  await procedure
  // @ts-expect-error nobody returns one from an async function either
  const forget = async () => plain
  void forget
})

test('the compiler says the sentence', () => {
  type This<T extends { then: unknown }> = ThisParameterType<T['then']>

  expectTypeOf<
    This<typeof plain>
  >().toEqualTypeOf<'A Change does nothing until it is applied. Write: await cutover.apply(change)'>()
  expectTypeOf<
    This<Procedure>
  >().toEqualTypeOf<'A Procedure does nothing until it is run. Write: await cutover.run(procedure)'>()
})

test('a before, seen or after that no journal can keep is refused where it is made', () => {
  const rest = { ...common, probe: async () => ({ is: 'absent' }) as const, apply: nothing, revert: nothing }
  // @ts-expect-error before.at is a Date, which comes back as a string: keep epoch milliseconds
  void defineChange({ ...rest, capture: async () => ({ at: new Date() }) })
  // @ts-expect-error before.tags is a Map or Set, which becomes {}: keep an array
  void defineChange({ ...rest, capture: async () => ({ tags: new Map<string, string>() }) })
  // @ts-expect-error before.size is a bigint: keep a string
  void defineChange({ ...rest, capture: async () => ({ size: 1n }) })
  // @ts-expect-error before.undo is a function: keep what it needs
  void defineChange({ ...rest, capture: async () => ({ undo: () => {} }) })
  // @ts-expect-error before.body is bytes: keep base64 or a digest
  void defineChange({ ...rest, capture: async () => ({ body: new Uint8Array() }) })

  void defineChange({
    ...common,
    capture: async () => 1,
    // @ts-expect-error seen.at is a Date, which comes back as a string: keep epoch milliseconds
    probe: async () => ({ is: 'applied', seen: { at: new Date() } }),
    apply: nothing,
    revert: nothing,
  })
  void defineChange({
    ...common,
    capture: async () => 1,
    probe: async () => ({ is: 'applied', seen: 1 }),
    apply: nothing,
    revert: nothing,
    // @ts-expect-error after.at is a Date, which comes back as a string: keep epoch milliseconds
    settle: async () => ({ at: new Date() }),
  })
})

test('the path and the remedy stand in the message, however deep', () => {
  expectTypeOf<
    NotJson<{ a: readonly { b: Date }[] }>
  >().toEqualTypeOf<'before.a[].b is a Date, which comes back as a string: keep epoch milliseconds'>()
  expectTypeOf<NotJson<{ a?: bigint }, 'seen'>>().toEqualTypeOf<'seen.a is a bigint: keep a string'>()
  expectTypeOf<
    NotJson<string | { at: Date }>
  >().toEqualTypeOf<'before.at is a Date, which comes back as a string: keep epoch milliseconds'>()
})

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
interface Tree {
  readonly name: string
  readonly children: readonly Tree[]
}

test('plain data is fine: optional, nullable, union, tuple, recursive, unknown', () => {
  interface Record {
    readonly name: string
    readonly ttl?: number | undefined
    readonly owner: string | null
    readonly kind: 'a' | 'b'
    readonly pair: readonly [string, number]
  }

  expectTypeOf<NotJson<Record>>().toBeNever()
  expectTypeOf<NotJson<Record[]>>().toBeNever()
  expectTypeOf<NotJson<{ readonly [key: string]: number }>>().toBeNever()
  expectTypeOf<NotJson<unknown>>().toBeNever()
  expectTypeOf<NotJson<Json>>().toBeNever()
  expectTypeOf<NotJson<Tree>>().toBeNever()
  expectTypeOf<typeof defineChange<Json, Tree>>().toBeFunction()
})

test('written before capture, the others are told to come after it', () => {
  void defineChange({
    ...common,
    // @ts-expect-error Property 'ttl' does not exist on type '"Write `capture` first: the type of `before` follows from it"'
    probe: async (before) => ({ is: 'applied', seen: before.ttl }),
    apply: nothing,
    revert: nothing,
    // @ts-expect-error … is not assignable to type 'Promise<"Write `capture` first: the type of `before` follows from it">'
    capture: async ({ clock }) => ({ ttl: clock.now() }),
  })
})

test('a standing must be one of the five', () => {
  void defineChange({
    ...common,
    capture: async () => 1,
    // @ts-expect-error 'done' is none
    probe: async () => ({ is: 'done' }),
    apply: nothing,
    revert: nothing,
  })
})

test('an error in doubt carries revert, and others do not', () => {
  const error: unknown = 0
  if (isCutoverError(error, 'CHANGE_IN_DOUBT')) expectTypeOf(error.revert).returns.resolves.toBeVoid()
  else if (isCutoverError(error, 'DNS_REFUSED')) expectTypeOf(error).toEqualTypeOf<CutoverError<'DNS_REFUSED'>>()
})

test('a check hands its evidence on', () => {
  const check = defineCheck({
    id: 'c',
    title: 'C',
    run: async () => ({ status: 'pass', text: '', evidence: { depth: 0 } }),
  })

  expectTypeOf(waitFor(check)).resolves.toHaveProperty('evidence').toEqualTypeOf<{ depth: number } | undefined>()
  // @ts-expect-error 'ok' is no status
  void defineCheck({ id: 'c', title: 'C', run: async () => ({ status: 'ok', text: '' }) })
})

test('durations are typed', () => {
  expectTypeOf<'15m'>().toExtend<Duration>()
  expectTypeOf<'15'>().not.toExtend<Duration>()
  expectTypeOf<'15 min'>().not.toExtend<Duration>()
  expectTypeOf<number>().not.toExtend<Duration>()
})

test('a fake world fits wherever clock, signal and onEvent are taken', () => {
  expectTypeOf<FakeWorld>().toExtend<NonNullable<Parameters<typeof apply>[1]>>()
  expectTypeOf<FakeWorld>().toExtend<NonNullable<Parameters<typeof waitFor>[1]>>()
  expectTypeOf(fakeWorld()).toEqualTypeOf<FakeWorld>()
})
