import type { Context } from '../change.ts'
import { CutoverError } from '../cutover-error.ts'
import { journalCopy } from '../json.ts'
import { type ChangeConformanceOptions, ChangeTrial, equal, must } from './change-trial.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { EachWrite } from './each-write.ts'
import { keepsSecrets } from './kept-secrets.ts'

/** Holds a change to the contract of `ChangeSpec`: ours and users' own alike. Each case runs in a world of its own. */
export function changeConformance(options: ChangeConformanceOptions): readonly ConformanceCase[] {
  const { under, change } = new ChangeTrial(options)
  const { secrets = [] } = options
  const edited = under.editBehind !== undefined
  const each = new EachWrite(options)
  const cases: readonly (readonly [name: string, body: (trial: ChangeTrial) => Promise<void>, isCase?: boolean])[] = [
    ['is a description: making it calls nothing, and making it twice says the same', isDescription],
    ['captures lossless JSON, and reads without writing', capturesAndReads],
    ['is absent, applied, and absent again, exactly as found', goesAndComesBack],
    ['is applied, not absent, when it was so already', isAppliedAlready],
    ['answers what a journal can keep', answersJson],
    ['only sends: waits stand in settle, judgements in checks', onlySends],
    ['does not harm when it is applied twice', isAppliedTwice],
    ['does not harm when it is reverted twice, or without having been applied', isRevertedTwice],
    ['is undone by another process from its before alone', isUndoneByAnother],
    [
      'is known by what the authority says when a reply is lost',
      () => each.meets(['reply-lost', 'refused-though-done']),
    ],
    ['is known after lateMs when a request was late', () => each.meets(['late'])],
    ['goes on, or back, when it has died between two writes', () => each.dyingBetweenWrites()],
    ['goes back when a write was refused', () => each.refused()],
    ['writes nothing when it is fenced or aborted', isFenced],
    ['waits abortably, and writes nothing while it waits', waitsAbortably, change.settle !== undefined],
    ['ends what it attached', endsAttached, change.attach !== undefined],
    ['says in advance how long, how by hand, and whether it can be undone', saysInAdvance],
    ["never applies over somebody else's edit", isForeign, edited],
    ['does not revert what somebody else has edited since', leavesForeign, edited],
    ['sees an edit made between its read and its write', () => each.edited(), edited && under.cas !== false],
    ['lets no secret out', (trial) => keepsSecrets(trial, secrets, edited), secrets.length > 0],
  ]
  return cases
    .filter(([, , isCase = true]) => isCase)
    .map(([name, body]) => ({ name, run: () => new ChangeTrial(options).run(body) }))
}

async function isDescription({ world, under }: ChangeTrial): Promise<void> {
  const calls = world.calls
  const first = under.change()
  await world.clock.sleep(60_000)
  letRealTimePass()
  const second = under.change()
  equal(world.calls - calls, 0, 'calls when it was made')
  for (const field of ['id', 'subject', 'title', 'intent', 'lateMs'] as const)
    equal(second[field], first[field], `${field} of a second one, made later`)
  equal(journalCopy(first.intent, 'intent'), first.intent, 'intent after a journal')
  for (const field of ['id', 'title', 'subject'] as const)
    equal(typeof first[field] === 'string' && first[field] !== '', true, `a text as ${field}`)
  equal(Number.isFinite(first.lateMs) && first.lateMs >= 0, true, 'lateMs of 0 or more')
}

async function capturesAndReads(trial: ChangeTrial): Promise<void> {
  const { change, context } = trial
  journalCopy(await must('capture', () => change.capture(context)), 'before')
  const before = await trial.capture()
  await trial.probe(before)
  equal(trial.writes, 0, 'writes by capture and probe')
  await trial.apply(before)
  const writes = trial.writes
  await trial.probe(before)
  equal(trial.writes, writes, 'writes with a probe after apply')
}

async function goesAndComesBack(trial: ChangeTrial): Promise<void> {
  const before = await trial.capture()
  equal(await trial.standing(before), 'absent', 'standing before apply')
  await trial.apply(before)
  equal(await trial.standing(before), 'applied', 'standing after apply')
  await trial.revert(before)
  equal(await trial.standing(before), 'absent', 'standing after revert')
  trial.isAsFound('after revert')
}

/** Else it would be undone although it was never done. */
async function isAppliedAlready(trial: ChangeTrial): Promise<void> {
  await trial.applied()
  const another = trial.under.change()
  let before: unknown
  try {
    before = await trial.capture(another)
  } catch {
    return // It takes a start, and refuses this one.
  }
  equal(await trial.standing(before, another), 'applied', 'standing when the intended was captured')
}

async function answersJson(trial: ChangeTrial): Promise<void> {
  const before = await trial.applied()
  const seen = journalCopy(await trial.seen(before), 'seen')
  journalCopy(await trial.after(before, seen), 'after')
}

async function onlySends(trial: ChangeTrial): Promise<void> {
  const { change, world } = trial
  let waitedMs = 0
  let writes = 0
  const watching: Context = {
    ...trial.context,
    clock: {
      ...world.clock,
      sleep(ms, options) {
        if (trial.writes > writes) waitedMs += ms
        return world.clock.sleep(ms, options)
      },
    },
  }
  const before = await trial.capture()
  await must('apply, although nothing failed,', () => change.apply(before, watching))
  equal(waitedMs, 0, 'milliseconds that apply waits after a write')
  writes = trial.writes
  await must('revert, although nothing failed,', () => change.revert(before, watching))
  equal(waitedMs, 0, 'milliseconds that revert waits after a write')
}

async function isAppliedTwice(trial: ChangeTrial): Promise<void> {
  const before = await trial.applied()
  const once = trial.state()
  if (trial.change.rerun !== 'never') await trial.apply(before)
  equal(trial.state(), once, 'state after applying twice')
}

async function isRevertedTwice(trial: ChangeTrial): Promise<void> {
  const before = await trial.capture()
  await trial.revert(before)
  trial.isAsFound('after a revert without apply')
  await trial.apply(before)
  await trial.revert(before)
  await trial.revert(before)
  trial.isAsFound('after reverting twice')
}

async function isUndoneByAnother(trial: ChangeTrial): Promise<void> {
  const before = await trial.applied()
  const successor = trial.under.change()
  await trial.probe(before, successor)
  await trial.revert(before, trial.context, successor)
  trial.isAsFound('after a revert by another process')
}

async function isFenced(trial: ChangeTrial): Promise<void> {
  const fenced: Context = {
    ...trial.context,
    fence() {
      throw new CutoverError('CUTOVER_FENCED', 'another runner has taken over')
    },
  }
  const aborted: Context = { ...trial.context, signal: AbortSignal.abort(new Error('stopped')) }
  const before = await trial.capture()
  await trial.apply(before, fenced)
  trial.isAsFound('after a fenced apply: call context.fence() in the same turn as each write')
  await trial.apply(before, aborted)
  trial.isAsFound('after an aborted apply: pass context.signal to each write')
  await trial.apply(before)
  const applied = trial.state()
  await trial.revert(before, fenced)
  equal(trial.state(), applied, 'state after a fenced revert: call context.fence() in the same turn as each write')
  await trial.revert(before, aborted)
  equal(trial.state(), applied, 'state after an aborted revert: pass context.signal to each write')
  await trial.revert(before)
  for (const { operation, fenced: isHeld } of trial.world.effects)
    equal(isHeld, true, `context.fence in the same turn as ${operation}`)
}

async function waitsAbortably(trial: ChangeTrial): Promise<void> {
  const { change, context, world } = trial
  const before = await trial.applied()
  const seen = await trial.seen(before)
  const since = world.clock.now()
  const writes = trial.writes
  const settle = (signal: AbortSignal): Promise<unknown> =>
    Promise.resolve(change.settle?.(before, seen, { ...context, signal }, { toward: 'applied', since })).catch(() => {})

  await settle(AbortSignal.abort(new Error('stopped')))
  equal(world.clock.now() - since, 0, 'milliseconds of a wait that was aborted before')
  const stop = new AbortController()
  const waiting = settle(stop.signal)
  await world.clock.sleep(1)
  stop.abort(new Error('stopped'))
  await waiting
  equal(world.clock.now() - since, 1, 'milliseconds of a wait that was aborted after 1 ms')
  await trial.after(before, seen)
  equal(trial.writes, writes, 'writes by settle')

  await trial.revert(before)
  const undone = trial.writes
  const toward = { toward: 'absent', since: world.clock.now() } as const
  await must('settle toward absent', () => change.settle?.(before, undefined, context, toward))
  equal(trial.writes, undone, 'writes by settle toward absent')
}

async function endsAttached(trial: ChangeTrial): Promise<void> {
  const { change, context, world } = trial
  const before = await trial.applied()
  const after = await trial.after(before, await trial.seen(before))
  for (const when of ['attach', 'attach on a resume']) {
    const attached = await must(when, () => change.attach?.(before, after, context))
    await world.clock.sleep(60_000)
    await must('dispose', () => attached?.[Symbol.asyncDispose]())
    await must('a second dispose', () => attached?.[Symbol.asyncDispose]())
  }
  const calls = world.calls
  await world.clock.sleep(3_600_000)
  equal(world.calls - calls, 0, 'calls in the hour after what was attached has ended')
}

async function saysInAdvance(trial: ChangeTrial): Promise<void> {
  const { change, context } = trial
  const most = change.estimate?.()
  const commands = change.byHand?.()
  const before = await trial.applied()
  const closer = change.estimate?.(before)
  for (const field of ['applyMs', 'revertMs'] as const) {
    const [upper = 0, exact = 0] = [most?.[field], closer?.[field]]
    equal(upper >= 0 && exact >= 0, true, `an estimate of ${field} of 0 or more`)
    equal(upper >= exact, true, `an estimate of ${field} without before that is an upper bound`)
  }
  for (const by of [commands, change.byHand?.(before)])
    for (const line of [...(by?.apply ?? []), ...(by?.revert ?? []), ...(by?.look ?? [])])
      equal(typeof line, 'string', 'a command by hand')
  const writes = trial.writes
  const revertible = await must('revertible', () => change.revertible?.(before, context))
  if (revertible) equal([typeof revertible.now, typeof revertible.because], ['boolean', 'string'], 'revertible')
  equal(trial.writes, writes, 'writes by revertible')
}

async function isForeign(trial: ChangeTrial): Promise<void> {
  const before = await trial.capture()
  trial.editBehind()
  const theirs = trial.state()
  equal(await trial.standing(before), 'foreign', "standing after somebody else's edit")
  await trial.apply(before)
  equal(trial.state(), theirs, "somebody else's state after apply")
}

async function leavesForeign(trial: ChangeTrial): Promise<void> {
  const before = await trial.applied()
  trial.editBehind()
  const theirs = trial.state()
  equal(await trial.standing(before), 'foreign', 'standing after an edit of the applied state')
  await trial.revert(before)
  equal(trial.state(), theirs, "somebody else's state after revert")
}

/** So that an intent with the machine's time shows. */
function letRealTimePass(): void {
  const startedAt = performance.now()
  while (performance.now() - startedAt < 2);
}
