import type { ChangeSpec, Context, Standing } from '../change.ts'
import { CutoverError } from '../cutover-error.ts'
import type { Report } from '../event.ts'
import { journalCopy, sameJson } from '../json.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { FakeWorld } from './fake-world.ts'

/** What one case holds to the contract. */
export interface ChangeUnderTest {
  /** Makes the change anew, as another process would. */
  change(): ChangeSpec
  /** Somebody else alters what the change owns. Without it, the cases about foreign edits are left out. */
  editBehind?(): void
}

export interface ChangeConformanceOptions {
  /** Puts fakes into a fresh world. Their state must be told to `world.watch`: it is what the cases compare. */
  setUp(world: FakeWorld): ChangeUnderTest
  /** Texts that may appear in no `before`, intent, event, hint or error. */
  readonly secrets?: readonly string[] | undefined
}

/** Holds a change to the contract of `ChangeSpec`: ours and users' own alike. Each case runs in a world of its own. */
export function changeConformance(options: ChangeConformanceOptions): readonly ConformanceCase[] {
  const cases: ConformanceCase[] = []
  const add = (name: string, body: (trial: Trial) => Promise<void>): void =>
    void cases.push({ name, run: () => runTrial(options, body) })

  add('is a description: making it calls nothing, and making it twice says the same', async ({ world, under }) => {
    const [first, second] = [under.change(), under.change()]
    equal(world.effects.length, 0, 'writes when it was made')
    equal(second.id, first.id, 'id of a second one')
    equal(second.intent, first.intent, 'intent of a second one')
    equal(journalCopy(first.intent, 'intent'), first.intent, 'intent after a journal')
    for (const field of ['id', 'title', 'subject'] as const)
      equal(typeof first[field] === 'string' && first[field] !== '', true, `a text as ${field}`)
    equal(Number.isFinite(first.lateMs) && first.lateMs >= 0, true, 'lateMs of 0 or more')
  })

  add('captures lossless JSON, and reads without writing', async (trial) => {
    const before = await trial.change.capture(trial.context)
    equal(JSON.parse(JSON.stringify(before)), before, 'before after a journal')
    equal((await trial.probe(before)).is, 'absent', 'standing before apply')
    equal(trial.world.effects.length, 0, 'writes by capture and probe')
  })

  add('is absent, applied, and absent again, exactly as found', async (trial) => {
    const before = await trial.applied()
    equal((await trial.probe(before)).is, 'applied', 'standing after apply')
    await trial.change.revert(before, trial.context)
    equal((await trial.probe(before)).is, 'absent', 'standing after revert')
    trial.isAsFound('after revert')
  })

  add('does not harm when it is applied twice', async (trial) => {
    const before = await trial.applied()
    const once = trial.state()
    if (trial.change.rerun !== 'never') await settled(trial.change.apply(before, trial.context))
    equal(trial.state(), once, 'state after applying twice')
    equal((await trial.probe(before)).is, 'applied', 'standing after applying twice')
  })

  add('does not harm when it is reverted twice, or without having been applied', async (trial) => {
    const before = trial.copy(await trial.change.capture(trial.context))
    await trial.change.revert(before, trial.context)
    trial.isAsFound('after a revert without apply')
    await trial.change.apply(before, trial.context)
    await trial.change.revert(before, trial.context)
    await trial.change.revert(before, trial.context)
    trial.isAsFound('after reverting twice')
  })

  add('is undone by another process from its before alone', async (trial) => {
    const before = await trial.applied()
    const successor = trial.under.change()
    equal((await successor.probe(before, trial.context)).is, 'applied', 'standing in another process')
    await successor.revert(trial.copy(before), trial.context)
    trial.isAsFound('after a revert by another process')
  })

  add('is known by what the authority says when the reply is lost', async (trial) => {
    const before = trial.copy(await trial.change.capture(trial.context))
    trial.world.failNext('', 'reply-lost')
    await settled(trial.change.apply(before, trial.context))
    await trial.finish(before)
    equal((await trial.probe(before)).is, 'applied', 'standing after a lost reply')
    trial.world.failNext('', 'reply-lost')
    await settled(trial.change.revert(before, trial.context))
    await trial.change.revert(before, trial.context)
    trial.isAsFound('after a revert whose reply was lost')
  })

  add('is known after lateMs when the request was late', async (trial) => {
    const before = trial.copy(await trial.change.capture(trial.context))
    trial.world.failNext('', 'late')
    await settled(trial.change.apply(before, trial.context))
    await trial.world.clock.sleep(trial.change.lateMs)
    await trial.finish(before)
    equal((await trial.probe(before)).is, 'applied', 'standing after lateMs')
    await trial.change.revert(before, trial.context)
    trial.isAsFound('after reverting a late effect')
  })

  add('writes nothing when it is refused, or fenced', async (trial) => {
    const before = trial.copy(await trial.change.capture(trial.context))
    const fenced: Context = {
      ...trial.context,
      fence() {
        throw new CutoverError('CUTOVER_FENCED', 'another runner has taken over')
      },
    }
    await settled(trial.change.apply(before, fenced))
    trial.isAsFound('after a fenced apply: call context.fence() in the same turn as each write')
    trial.world.failNext('', 'refused')
    await settled(trial.change.apply(before, trial.context))
    equal(['absent', 'partial', 'applied'].includes((await trial.probe(before)).is), true, 'a standing after a refusal')
    equal(
      trial.world.effects.every((effect) => effect.fenced),
      true,
      'every write fenced',
    )
  })

  add('waits abortably, and writes nothing while it waits', async (trial) => {
    if (!trial.change.settle) return
    const before = await trial.applied()
    const standing = await trial.probe(before)
    const seen: unknown = standing.is === 'applied' ? standing.seen : undefined
    const since = trial.world.clock.now()
    const writes = trial.world.effects.length
    const stop = new AbortController()
    stop.abort(new Error('stopped'))
    await settled(
      trial.change.settle(before, seen, { ...trial.context, signal: stop.signal }, { toward: 'applied', since }),
    )
    equal(trial.world.clock.now(), since, 'time of an aborted wait')
    const after: unknown = await trial.change.settle(before, seen, trial.context, { toward: 'applied', since })
    equal(journalCopy(after, 'after'), after, 'after that survives a journal')
    await trial.change.settle(before, undefined, trial.context, { toward: 'absent', since })
    equal(trial.world.effects.length, writes, 'writes by settle')
  })

  if (setsBehind(options)) {
    add("never overwrites somebody else's edit", async (trial) => {
      const before = trial.copy(await trial.change.capture(trial.context))
      trial.editBehind()
      const theirs = trial.state()
      equal((await trial.probe(before)).is, 'foreign', "standing after somebody else's edit")
      await settled(trial.change.apply(before, trial.context))
      equal(trial.state(), theirs, "somebody else's state after apply")
      await settled(trial.change.revert(before, trial.context))
      equal(trial.state(), theirs, "somebody else's state after revert")
    })

    add('does not revert what somebody else has edited since', async (trial) => {
      const before = await trial.applied()
      trial.editBehind()
      const theirs = trial.state()
      equal((await trial.probe(before)).is, 'foreign', 'standing after an edit of the applied state')
      await settled(trial.change.revert(before, trial.context))
      equal(trial.state(), theirs, "somebody else's state after revert")
    })
  }
  return cases
}

/** A change under test, in its world. */
interface Trial {
  readonly world: FakeWorld
  readonly under: ChangeUnderTest
  readonly change: ChangeSpec
  readonly context: Context
  probe(before: unknown): Promise<Standing<unknown>>
  /** Captures and applies; answers `before` as a journal gives it back. */
  applied(): Promise<unknown>
  /** Applies again if only a part was done. */
  finish(before: unknown): Promise<void>
  copy<T>(value: T): T
  state(): unknown
  isAsFound(when: string): void
  editBehind(): void
}

async function runTrial(options: ChangeConformanceOptions, body: (trial: Trial) => Promise<void>): Promise<void> {
  const { secrets = [] } = options
  const lateMs = options.setUp(new FakeWorld()).change().lateMs
  const world = new FakeWorld({ lateMs })
  const under = options.setUp(world)
  if (world.watched.size === 0)
    throw new CutoverError('CONFORMANCE_FAILED', 'the fake tells no state to world.watch, so nothing could be compared')
  const said: unknown[] = []
  const change = under.change()
  const context: Context = {
    clock: world.clock,
    signal: world.signal,
    key: `conformance/${change.id}`,
    fence: () => {},
    report: (report: Report) => void said.push(report),
  }
  const state = (): unknown =>
    JSON.parse(JSON.stringify([...world.watched].map(([subject, snapshot]) => [subject, snapshot()])))
  const found = state()
  const copy = <T>(value: T): T => {
    said.push(value)
    return journalCopy(JSON.parse(JSON.stringify(value)) as T, 'before')
  }
  const probe = async (before: unknown): Promise<Standing<unknown>> => {
    const standing: Standing<unknown> = await change.probe(before, context)
    said.push(standing)
    return standing
  }
  await body({
    world,
    under,
    change,
    context,
    probe,
    copy,
    state,
    async applied() {
      const before = copy(await change.capture(context))
      said.push(await change.apply(before, context))
      return before
    },
    async finish(before) {
      if ((await probe(before)).is === 'partial') await change.apply(before, context)
    },
    isAsFound: (when) => equal(state(), found, `state ${when}`),
    editBehind: () => under.editBehind?.(),
  })
  const output = JSON.stringify([said, change.intent, change.title, change.byHand?.()])
  for (const secret of secrets) {
    if (output.includes(secret))
      throw new CutoverError('CONFORMANCE_FAILED', `${change.id}: a secret stands in its output`)
  }
}

const setsBehind = (options: ChangeConformanceOptions): boolean =>
  options.setUp(new FakeWorld()).editBehind !== undefined

/** The outcome of a call that may reject. */
const settled = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error)

function equal(found: unknown, wanted: unknown, what: string): void {
  if (sameJson(found, wanted)) return
  throw new CutoverError(
    'CONFORMANCE_FAILED',
    `${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`,
  )
}
