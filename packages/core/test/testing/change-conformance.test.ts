import { type ChangeSpec, type Context } from '@cutover/core'
import { changeConformance, type ChangeUnderTest, type FakeWorld } from '@cutover/core/testing'
import { describe, expect, test } from 'vitest'

import { type Flag, type Flags, inMemoryFlags, type InMemoryFlags, setFlag } from '../flag.ts'

const secret = 'hunter"2'

/** A sound change that has every part: it sets a flag, waits for caches, and keeps a watcher alive. */
function soundChange(flags: Flags): ChangeSpec<Flag, unknown, unknown> {
  return {
    ...(setFlag(flags, 'orders', 'azure') as ChangeSpec<Flag>),
    async settle(_before, _seen, { clock, signal }, { since }) {
      await clock.sleep(since + 30_000 - clock.now(), { signal })
      return { safeAt: since + 30_000 }
    },
    async attach(_before, _after, { clock }) {
      const stop = new AbortController()
      const watching = watch(flags, { clock, signal: stop.signal }).catch(() => {})
      return {
        async [Symbol.asyncDispose]() {
          stop.abort()
          await watching
        },
      }
    },
    estimate: (before) => ({ applyMs: 30_000, revertMs: before ? 30_000 : 60_000 }),
    revertible: async () => ({ now: true, because: 'the flag keeps its history' }),
    permissions: ['flags:Write'],
  }
}

async function watch(flags: Flags, { clock, signal }: Pick<Context, 'clock' | 'signal'>): Promise<never> {
  for (;;) {
    await clock.sleep(5_000, { signal })
    await flags.read('orders', { signal })
  }
}

/** Two flags in one change: what happens between its two writes? */
function soundPair(flags: Flags): ChangeSpec<readonly string[], void> {
  const names = ['orders', 'prices']
  const values = (): Promise<readonly Flag[]> => Promise.all(names.map((name) => flags.read(name)))
  const setAll = async (
    from: (i: number) => unknown,
    to: (i: number) => string,
    { signal, fence }: Context,
  ): Promise<void> => {
    const now = await values()
    if (now.some(({ value }, i) => value !== from(i) && value !== to(i))) throw new Error('somebody else was here')
    for (const [i, { value, version }] of now.entries())
      if (value !== to(i)) await flags.write(names[i] ?? '', to(i), version, { signal, fence })
  }
  return {
    id: 'flags:set:azure',
    subject: 'flags',
    title: 'Set both flags to azure',
    intent: 'azure',
    lateMs: 45_000,
    capture: async () => (await values()).map(({ value }) => value),
    async probe(before) {
      const now = (await values()).map(({ value }) => value)
      if (now.every((value) => value === 'azure')) return { is: 'applied', seen: undefined }
      if (now.every((value, i) => value === before[i])) return { is: 'absent' }
      const isOurs = now.every((value, i) => value === 'azure' || value === before[i])
      return isOurs ? { is: 'partial' } : { is: 'foreign', found: now }
    },
    apply: (before, context) =>
      setAll(
        (i) => before[i],
        () => 'azure',
        context,
      ),
    revert: (before, context) =>
      setAll(
        () => 'azure',
        (i) => before[i] ?? '',
        context,
      ),
  }
}

type Make = (flags: InMemoryFlags, world: FakeWorld) => ChangeSpec
interface Suite {
  readonly cas?: boolean
  readonly editBehind?: false
}

const setUp =
  (make: Make, suite: Suite = {}) =>
  (world: FakeWorld): ChangeUnderTest => {
    const flags = inMemoryFlags(world, { orders: 'aws', prices: 'aws' })
    return {
      change: () => make(flags, world),
      ...(suite.editBehind !== false && { editBehind: () => flags.edit('orders', 'theirs') }),
      ...(suite.cas !== undefined && { cas: suite.cas }),
    }
  }

/** Which cases fail, and what they say. */
async function failures(make: Make, suite?: Suite): Promise<Readonly<Record<string, string>>> {
  const failed: Record<string, string> = {}
  for (const { name, run } of changeConformance({ setUp: setUp(make, suite), secrets: [secret] }))
    await run().catch((error: unknown) => void (failed[name] = String(error)))
  return failed
}

describe.each<[string, Make]>([
  ['a sound change', soundChange],
  ['a sound change of two writes', soundPair],
])('%s', (_, make) => {
  for (const { name, run } of changeConformance({ setUp: setUp(make), secrets: [secret] })) test(`it ${name}`, run)
})

const names = (make: Make, suite?: Suite): readonly string[] =>
  changeConformance({ setUp: setUp(make, suite) }).map(({ name }) => name)

test('cases that a change cannot have are left out', () => {
  const all = names(soundChange)
  expect(all.filter((name) => !names(soundPair).includes(name))).toEqual([
    'waits abortably, and writes nothing while it waits',
    'ends what it attached',
  ])
  expect(all.filter((name) => !names(soundChange, { cas: false }).includes(name))).toEqual([
    'sees an edit made between its read and its write',
  ])
  expect(all.filter((name) => !names(soundChange, { editBehind: false }).includes(name))).toEqual([
    "never applies over somebody else's edit",
    'does not revert what somebody else has edited since',
    'sees an edit made between its read and its write',
  ])
})

test('a fake that tells no state to the world is refused: nothing could be compared', () => {
  expect(() => changeConformance({ setUp: () => ({ change: () => soundChange({} as Flags) }) })).toThrow(
    'tells no state to world.watch',
  )
})

/** The sound change, and what its author got wrong. */
type Mutant = (
  change: ReturnType<typeof soundChange>,
  flags: InMemoryFlags,
  world: FakeWorld,
) => Partial<ChangeSpec<Flag, unknown, unknown>>
let made = 0

describe('a change that', () => {
  test.each<[mistake: string, Mutant, failing: Readonly<Record<string, string>>]>([
    [
      'counts its ids',
      () => ({ id: `flag:${(made += 1)}` }),
      {
        'is a description: making it calls nothing, and making it twice says the same':
          'id of a second one, made later: found "flag:',
      },
    ],
    [
      'has the time of the world in its intent',
      (_, __, { clock }) => ({ intent: { at: clock.now() } }),
      {
        'is a description: making it calls nothing, and making it twice says the same':
          'intent of a second one, made later',
      },
    ],
    [
      'has the time of the machine in its intent',
      () => ({ intent: { at: Math.floor(performance.now()) } }),
      {
        'is a description: making it calls nothing, and making it twice says the same':
          'intent of a second one, made later',
      },
    ],
    [
      'reads when it is made',
      (_, flags) => (void flags.read('orders'), {}),
      {
        'is a description: making it calls nothing, and making it twice says the same': 'calls when it was made: found',
      },
    ],
    [
      'has no title',
      () => ({ title: '' }),
      { 'is a description: making it calls nothing, and making it twice says the same': 'a text as title' },
    ],
    [
      'keeps a date in before',
      ({ capture }) => ({ capture: async (context) => ({ ...(await capture(context)), at: new Date(0) }) }),
      { 'captures lossless JSON, and reads without writing': 'before.at is a Date, which a journal cannot give back' },
    ],
    [
      'writes when it captures',
      ({ capture }, flags) => ({
        async capture(context) {
          await flags.write('prices', 'aws', '*', context)
          return capture(context)
        },
      }),
      { 'captures lossless JSON, and reads without writing': 'writes by capture and probe: found' },
    ],
    [
      'writes when it probes what is applied',
      ({ probe }, flags) => ({
        async probe(before, context) {
          const standing = await probe(before, context)
          if (standing.is === 'applied') await flags.write('orders', 'azure', '*', context)
          return standing
        },
      }),
      { 'captures lossless JSON, and reads without writing': 'writes with a probe after apply' },
    ],
    [
      'says absent when it is applied',
      ({ probe }) => ({
        async probe(before, context) {
          const standing = await probe(before, context)
          return standing.is === 'applied' ? { is: 'absent' } : standing
        },
      }),
      {
        'is absent, applied, and absent again, exactly as found':
          'standing after apply: found "absent", wanted "applied"',
        'is applied, not absent, when it was so already': 'standing when the intended was captured: found "absent"',
        'is known by what the authority says when a reply is lost':
          'standing after apply met reply-lost at write 1: found "absent"',
        'is known after lateMs when a request was late': 'standing after apply met late at write 1: found "absent"',
      },
    ],
    [
      'asks for absent before applied',
      ({ probe }, flags) => ({
        async probe(before, context) {
          const { value } = await flags.read('orders', context)
          return value === before.value ? { is: 'absent' } : probe(before, context)
        },
      }),
      {
        'is applied, not absent, when it was so already':
          'standing when the intended was captured: found "absent", wanted "applied"',
      },
    ],
    [
      'sees what no journal can keep',
      ({ probe }) => ({
        async probe(before, context) {
          const standing = await probe(before, context)
          return standing.is === 'applied' ? { is: 'applied', seen: { at: new Date(0) } } : standing
        },
      }),
      { 'answers what a journal can keep': 'seen.at is a Date' },
    ],
    [
      'settles with what no journal can keep',
      ({ settle }) => ({
        settle: async (...given) => ({ ...((await settle?.(...given)) as object), tags: new Map() }),
      }),
      { 'answers what a journal can keep': 'after.tags is a Map' },
    ],
    [
      'waits after its write in apply',
      ({ apply }) => ({
        async apply(before, context) {
          await apply(before, context)
          await context.clock.sleep(30_000, context)
        },
      }),
      {
        'only sends: waits stand in settle, judgements in checks':
          'milliseconds that apply waits after a write: found 30000, wanted 0',
      },
    ],
    [
      'waits after its write in revert',
      ({ revert }) => ({
        async revert(before, context) {
          await revert(before, context)
          await context.clock.sleep(30_000, context)
        },
      }),
      {
        'only sends: waits stand in settle, judgements in checks':
          'milliseconds that revert waits after a write: found 30000, wanted 0',
      },
    ],
    [
      'judges in apply what it has done',
      ({ apply }) => ({
        async apply(before, context) {
          await apply(before, context)
          throw new Error('the target is not healthy')
        },
      }),
      {
        'only sends: waits stand in settle, judgements in checks':
          'apply, although nothing failed, rejects: the target is not healthy',
      },
    ],
    [
      'adds on when it is applied again',
      (_, flags) => ({
        async apply({ value: found }, context) {
          const { value, version } = await flags.read('orders', context)
          if (value === found || value === 'azure')
            await flags.write('orders', value === 'azure' ? 'azure,azure' : 'azure', version, context)
        },
      }),
      { 'does not harm when it is applied twice': 'state after applying twice' },
    ],
    [
      'turns the flag over when it is reverted',
      (_, flags) => ({
        async revert(before, context) {
          const { value, version } = await flags.read('orders', context)
          if (value !== 'theirs')
            await flags.write('orders', value === 'azure' ? before.value : 'azure', version, context)
        },
      }),
      {
        'does not harm when it is reverted twice, or without having been applied': 'state after a revert without apply',
        'goes back when a write was refused': 'state after a refusal of write 1, and a revert',
        'is known by what the authority says when a reply is lost':
          'state after a revert that met reply-lost, and another',
        'is known after lateMs when a request was late': 'state after a revert that met late, and another',
      },
    ],
    [
      'captures less than revert needs, and keeps the rest in memory',
      ({ capture, probe, revert }) => {
        let found: Flag | undefined
        return {
          capture: async (context) => ((found = await capture(context)), { value: '', version: found.version }),
          probe: (before, context) => probe(found ?? before, context),
          revert: (before, context) => revert(found ?? before, context),
        }
      },
      { 'is undone by another process from its before alone': 'state after a revert by another process' },
    ],
    [
      'compensates in apply when its reply is lost',
      ({ apply }, flags) => ({
        async apply(before, context) {
          try {
            await apply(before, context)
          } catch (error) {
            const { value, version } = await flags.read('orders', context)
            if (value === 'azure') await flags.write('orders', before.value, version, context)
            throw error
          }
        },
      }),
      {
        'is known by what the authority says when a reply is lost':
          'standing after apply met reply-lost at write 1: found "absent"',
        'does not harm when it is applied twice': 'state after applying twice',
      },
    ],
    [
      'forgets the fence in apply',
      (_, flags) => ({ apply: ({ version }, { signal }) => flags.write('orders', 'azure', version, { signal }) }),
      {
        'writes nothing when it is fenced or aborted':
          'state after a fenced apply: call context.fence() in the same turn as each write',
      },
    ],
    [
      'calls the fence earlier than it writes',
      (_, flags) => ({
        async apply({ version }, { signal, fence }) {
          fence()
          await flags.read('orders', { signal })
          await flags.write('orders', 'azure', version, { signal })
        },
      }),
      {
        'writes nothing when it is fenced or aborted':
          'context.fence in the same turn as flags.write orders: found false',
      },
    ],
    [
      'forgets the fence in revert',
      (_, flags) => ({
        async revert(before, { signal }) {
          const { value, version } = await flags.read('orders', { signal })
          if (value === 'azure') await flags.write('orders', before.value, version, { signal })
        },
      }),
      {
        'writes nothing when it is fenced or aborted':
          'state after a fenced revert: call context.fence() in the same turn as each write',
      },
    ],
    [
      'forgets the signal',
      (_, flags) => ({ apply: ({ version }, { fence }) => flags.write('orders', 'azure', version, { fence }) }),
      {
        'writes nothing when it is fenced or aborted':
          'state after an aborted apply: pass context.signal to each write',
      },
    ],
    [
      'cannot be stopped while it waits',
      () => ({
        async settle(_before, _seen, { clock }, { since }) {
          await clock.sleep(since + 30_000 - clock.now())
        },
      }),
      {
        'waits abortably, and writes nothing while it waits':
          'milliseconds of a wait that was aborted before: found 30000, wanted 0',
      },
    ],
    [
      'looks at the signal only before it waits',
      () => ({
        async settle(_before, _seen, { clock, signal }) {
          signal.throwIfAborted()
          await clock.sleep(30_000)
        },
      }),
      {
        'waits abortably, and writes nothing while it waits':
          'milliseconds of a wait that was aborted after 1 ms: found 30000, wanted 1',
      },
    ],
    [
      'writes while it settles',
      (_, flags) => ({
        async settle(_before, _seen, context, { toward }) {
          if (toward === 'applied') await flags.write('orders', 'azure', '*', context)
        },
      }),
      { 'waits abortably, and writes nothing while it waits': 'writes by settle: found' },
    ],
    [
      'writes while it settles back',
      (_, flags) => ({
        async settle(_before, _seen, context, { toward }) {
          if (toward === 'absent') await flags.write('orders', 'aws', '*', context)
        },
      }),
      { 'waits abortably, and writes nothing while it waits': 'writes by settle toward absent' },
    ],
    [
      'needs the hint',
      () => ({
        async settle(_before, _seen, _context, { toward, hint }) {
          if (toward === 'applied') return { id: (hint as { id: string }).id }
          return {}
        },
      }),
      {
        'answers what a journal can keep': 'settle without a hint rejects: Cannot read properties of undefined',
        'waits abortably, and writes nothing while it waits': 'settle without a hint rejects',
        'ends what it attached': 'settle without a hint rejects',
        'lets no secret out': 'settle without a hint rejects',
      },
    ],
    [
      'does not end its watcher',
      (_, flags) => ({
        async attach(_before, _after, context) {
          void watch(flags, context)
          return { async [Symbol.asyncDispose]() {} }
        },
      }),
      { 'ends what it attached': 'calls in the hour after what was attached has ended: found 14' },
    ],
    [
      'cannot attach a second time',
      ({ attach }) => {
        let isAttached = false
        return {
          attach(...given) {
            if (isAttached) throw new Error('attached already')
            isAttached = true
            return attach?.(...given) as Promise<AsyncDisposable>
          },
        }
      },
      { 'ends what it attached': 'attach on a resume rejects: attached already' },
    ],
    [
      'underestimates in advance',
      () => ({ estimate: (before) => ({ applyMs: before ? 90_000 : 30_000, revertMs: 0 }) }),
      {
        'says in advance how long, how by hand, and whether it can be undone':
          'an estimate of applyMs without before that is an upper bound',
      },
    ],
    [
      'knows no commands before it has captured',
      () => ({ byHand: (before) => ({ apply: [], revert: [(before as Flag).value], look: [] }) }),
      {
        'says in advance how long, how by hand, and whether it can be undone':
          "Cannot read properties of undefined (reading 'value')",
        'lets no secret out': "Cannot read properties of undefined (reading 'value')",
      },
    ],
    [
      'writes to know whether it can be undone',
      (_, flags) => ({
        async revertible(_before, context) {
          await flags.write('orders', 'azure', '*', context)
          return { now: true, because: 'it worked' }
        },
      }),
      {
        'says in advance how long, how by hand, and whether it can be undone':
          'writes by revertible: found 2, wanted 1',
      },
    ],
    [
      "applies over somebody else's edit",
      (_, flags) => ({
        async apply(_before, context) {
          const { version } = await flags.read('orders', context)
          await flags.write('orders', 'azure', version, context)
        },
      }),
      { "never applies over somebody else's edit": "somebody else's state after apply" },
    ],
    [
      "takes somebody else's edit for its own",
      ({ probe }) => ({
        async probe(before, context) {
          const standing = await probe(before, context)
          return standing.is === 'foreign' ? { is: 'partial' } : standing
        },
      }),
      {
        "never applies over somebody else's edit":
          'standing after somebody else\'s edit: found "partial", wanted "foreign"',
        'does not revert what somebody else has edited since':
          'standing after an edit of the applied state: found "partial"',
        'sees an edit made between its read and its write':
          'standing after an edit before call 2 of revert (write conditionally, or say cas: false): found "partial"',
      },
    ],
    [
      'reverts over what somebody else has edited',
      (_, flags) => ({
        async revert(before, context) {
          const { version } = await flags.read('orders', context)
          await flags.write('orders', before.value, version, context)
        },
      }),
      { 'does not revert what somebody else has edited since': "somebody else's state after revert" },
    ],
    [
      'reads, decides, and then overwrites whatever is there',
      (_, flags) => ({
        async apply(before, context) {
          const { value } = await flags.read('orders', context)
          if (value === before.value) await flags.write('orders', 'azure', '*', context)
        },
      }),
      {
        'sees an edit made between its read and its write':
          'standing after an edit before call 2 of apply (write conditionally, or say cas: false): found "applied", wanted "foreign"',
      },
    ],
    [
      'overwrites whatever is there on its way back',
      (_, flags) => ({
        async revert(before, context) {
          const { value } = await flags.read('orders', context)
          if (value === 'azure') await flags.write('orders', before.value, '*', context)
        },
      }),
      { 'sees an edit made between its read and its write': 'standing after an edit before call 2 of revert' },
    ],
    [
      'keeps a secret in before',
      ({ capture }) => ({ capture: async (context) => ({ ...(await capture(context)), password: secret }) }),
      {
        'lets no secret out':
          'secret 1 stands in {"value":"aws","version":1,"password":"…"}: keep a version or a digest',
      },
    ],
    [
      'tells a secret in an error',
      ({ apply }) => ({
        apply: (before, context) =>
          apply(before, context).catch((cause: unknown) => {
            throw new Error('PUT failed', {
              cause: Object.assign(new Error('x'), { request: { token: secret }, cause }),
            })
          }),
      }),
      {
        'lets no secret out':
          'secret 1 stands in {"name":"Error","message":"PUT failed","cause":{"request":{"token":"…"}',
      },
    ],
    [
      'prints a secret in a command by hand',
      () => ({
        byHand: (before) => ({ apply: [], revert: [`curl -u admin:${before ? secret : '<password>'}`], look: [] }),
      }),
      { 'lets no secret out': 'secret 1 stands in' },
    ],
    [
      'reports a secret',
      ({ settle }) => ({
        settle(before, seen, context, options) {
          context.report({ kind: 'waiting', why: `with ${secret}` })
          return settle?.(before, seen, context, options) as Promise<unknown>
        },
      }),
      { 'lets no secret out': 'secret 1 stands in {"kind":"waiting","why":"with …"}' },
    ],
  ])('%s fails just there', async (_, mutant, failing) => {
    const failed = await failures((flags, world) => {
      const sound = soundChange(flags)
      return { ...sound, ...mutant(sound, flags, world) }
    })

    expect(Object.keys(failed).sort()).toEqual(Object.keys(failing).sort())
    for (const [name, message] of Object.entries(failing)) expect(failed[name]).toContain(message)
  })
})

type PairMutant = (change: ReturnType<typeof soundPair>, flags: InMemoryFlags) => Partial<ReturnType<typeof soundPair>>

describe('a change of two writes that', () => {
  test.each<[mistake: string, PairMutant, failing: Readonly<Record<string, string>>]>([
    [
      'takes its own half for a foreign edit',
      ({ probe }) => ({
        async probe(before, context) {
          const standing = await probe(before, context)
          return standing.is === 'partial' ? { is: 'foreign', found: 'half' } : standing
        },
      }),
      {
        'goes on, or back, when it has died between two writes':
          'standing after dying before write 2: what it did itself: found "foreign"',
        'goes back when a write was refused': 'standing after a refusal of write 2: found "foreign"',
      },
    ],
    [
      'does not go on from its half',
      ({ probe, apply }) => ({
        async apply(before, context) {
          if ((await probe(before, context)).is === 'absent') await apply(before, context)
        },
      }),
      {
        'goes on, or back, when it has died between two writes':
          'standing after dying before write 2, and going on: found "partial"',
        'is known by what the authority says when a reply is lost':
          'standing after apply met reply-lost at write 1: found "partial"',
        'is known after lateMs when a request was late': 'standing after apply met late at write 1: found "partial"',
      },
    ],
    [
      'goes back only from the whole',
      ({ probe, revert }) => ({
        async revert(before, context) {
          if ((await probe(before, context)).is === 'applied') await revert(before, context)
        },
      }),
      {
        'goes on, or back, when it has died between two writes': 'state after dying before write 2, and a revert',
        'goes back when a write was refused': 'state after a refusal of write 2, and a revert',
        'is known by what the authority says when a reply is lost':
          'state after a revert that met reply-lost, and another',
        'is known after lateMs when a request was late': 'state after a revert that met late, and another',
      },
    ],
  ])('%s fails just there', async (_, mutant, failing) => {
    const failed = await failures((flags) => {
      const sound = soundPair(flags)
      return { ...sound, ...mutant(sound, flags) }
    })

    expect(Object.keys(failed).sort()).toEqual(Object.keys(failing).sort())
    for (const [name, message] of Object.entries(failing)) expect(failed[name]).toContain(message)
  })
})

const runOnce: Make = (flags) => ({ ...soundPair(flags), rerun: 'never' })

test('a change that may not be run again need not go on from its half, but must go back', async () => {
  expect(await failures(runOnce)).toEqual({})
})

const choosy: Make = (flags) => {
  const sound = soundChange(flags)
  return {
    ...sound,
    async capture(context) {
      const before = await sound.capture(context)
      if (before.value === 'azure') throw new Error('it is there already')
      return before
    },
  }
}

test('a change that takes a start may refuse to capture what is so already', async () => {
  expect(await failures(choosy)).toEqual({})
})
