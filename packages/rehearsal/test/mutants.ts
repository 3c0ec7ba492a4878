// Defects, each put into a copy of the engine's own source: a rehearsal that does not find them proves nothing.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { everyFault, type Fault } from '@cutover/core/testing'
import { rehearse, type RehearsalReport } from '@cutover/rehearsal'
import type { Journal, MemoryJournal, runCutover, RunOptions } from '@cutover/rollback'

import { callers, fan, fanThenStep, inMemoryCell, load, move, parts, retire, retired } from './scenario.ts'
import { rehearseSteered, scenarios } from './steered.ts'

export interface Mutant {
  readonly name: string
  /** The defect, as replacements that must each fit exactly once. */
  readonly edits: readonly { readonly file: string; readonly find: string; readonly put: string }[]
  /** A journal whose successors do not wait for their predecessor's lease to end. */
  readonly impatient?: true
  /** The shape of script, how it ends, and the depth that it takes to find it; 0 is the golden run itself. */
  readonly script: 'two steps' | 'twelve steps' | 'branches' | 'branches, then a step' | keyof typeof scenarios
  /** What is switched works only a while after the service has said so. */
  readonly isSlow?: true
  readonly healthy: boolean
  readonly depth: 0 | 1 | 2
  /** The faults that suffice. */
  readonly faults?: readonly Fault[]
  /** What the first violation says: it must be found for this reason. */
  readonly says: string
}

const apply = 'apply-step.ts'
const back = 'unwind.ts'
const intent = "    await run.append({\n      t: 'intent',"
const look =
  '    const sentAt = run.clock.now()\n    const standing =\n      refused === undefined\n        ? await probeUntil('
const zombies = everyFault.filter((fault) => fault.startsWith('zombie'))

export const mutants: readonly Mutant[] = [
  {
    name: 'the intent is written after the effect',
    edits: [
      { file: apply, find: intent, put: "    const intend = () => run.append({\n      t: 'intent'," },
      { file: apply, find: look, put: `    await intend()\n${look}` },
    ],
    script: 'branches',
    healthy: false,
    depth: 1,
    faults: ['crash-late'],
    says: 'rolled back, but not as found: a is "target", wanted "source"',
  },
  {
    name: 'an answer is believed without a probe',
    edits: [
      {
        file: apply,
        find: "        ? await probeUntil('applied', change, before, context, sentAt)",
        put: "        ? await probe(change, before, context).then((is) => ({ is: 'applied', seen: (is as { seen?: unknown }).seen }) as const)",
      },
    ],
    script: 'twelve steps',
    isSlow: true,
    healthy: true,
    depth: 0,
    says: 'source and target listened to orders at once',
  },
  {
    name: "an undo's answer is believed without a probe",
    edits: [
      {
        file: back,
        find: "        ? await probeUntil('absent', change, before, context, sentAt)",
        put: "        ? ({ is: 'absent' } as const)",
      },
    ],
    script: 'two steps',
    isSlow: true,
    healthy: false,
    depth: 0,
    says: 'asked orders and nobody answered (nobody at source)',
  },
  {
    name: 'a refusal is trusted',
    edits: [
      {
        file: apply,
        find: "        : await probeInDoubt('applied', change, before, context, sentAt)",
        put: "        : isCutoverError(refused) && !refused.retryable\n          ? ({ is: 'absent' } as const)\n          : await probeInDoubt('applied', change, before, context, sentAt)",
      },
    ],
    script: 'two steps',
    healthy: true,
    depth: 1,
    faults: ['refused-though-done'],
    says: 'one passing fault changed the end from completed to rolled-back',
  },
  {
    name: "an undo's refusal is trusted",
    edits: [
      {
        file: back,
        find: "        : await probeInDoubt('absent', change, before, context, sentAt)",
        put: "        : ({ is: 'absent' } as const)",
      },
    ],
    script: 'two steps',
    healthy: false,
    depth: 1,
    faults: ['refused'],
    says: 'one passing fault changed the end from rolled-back to parked',
  },
  {
    name: 'the first refusal is final',
    edits: [{ file: apply, find: '} else if (isOver ||', put: '} else if (refused !== undefined || isOver ||' }],
    script: 'two steps',
    healthy: true,
    depth: 1,
    faults: ['refused'],
    says: 'one passing fault changed the end from completed to rolled-back',
  },
  {
    name: 'what a step answered is forgotten on resume',
    edits: [
      {
        file: apply,
        find: '      const after = await live(run, step, change, known)\n',
        put: '      await live(run, step, change, known)\n      const after = {}\n',
      },
    ],
    script: 'twelve steps',
    healthy: true,
    depth: 1,
    faults: ['crash'],
    says: 'one passing fault changed the end from completed to rolled-back',
  },
  {
    name: 'a recorded value is made again',
    edits: [
      {
        file: 'scope.ts',
        find: 'const recorded = this.#run.history.steps.get(step)?.value\n    if (recorded) return recorded.value as T\n',
        put: '',
      },
    ],
    script: 'twelve steps',
    healthy: false,
    depth: 1,
    faults: ['crash'],
    says: 'one passing fault changed the end from rolled-back to parked',
  },
  {
    name: 'every check is asked again',
    edits: [{ file: 'check-step.ts', find: 'const stands =', put: 'const stands = false && ' }],
    script: 'twelve steps',
    healthy: true,
    depth: 1,
    faults: ['crash'],
    says: 'one passing fault changed the end from completed to parked',
  },
  {
    name: 'what was not felt before a crash is not waited for after it',
    edits: [
      {
        file: apply,
        find: '  else if (change.settle) {\n',
        put: '  else if (change.settle && known.intentFence !== run.journal.fence) return after\n  else if (change.settle) {\n',
      },
    ],
    script: 'two steps',
    healthy: true,
    depth: 1,
    faults: ['crash'],
    says: 'asked orders and nobody answered (nobody at source)',
  },
  {
    name: 'the way back does not settle',
    edits: [{ file: back, find: '  if (!change.settle) return undefined\n', put: '  if (change) return undefined\n' }],
    script: 'twelve steps',
    healthy: false,
    depth: 0,
    says: 'asked orders and nobody answered',
  },
  {
    name: 'the way back does not settle after a crash',
    edits: [
      {
        file: back,
        find: '  const unfelt = await felt(run, known, change, context)\n',
        put: '  const unfelt = known.intentFence === run.journal.fence ? await felt(run, known, change, context) : undefined\n',
      },
    ],
    script: 'twelve steps',
    healthy: false,
    depth: 1,
    faults: ['crash'],
    says: 'asked orders and nobody answered',
  },
  {
    name: 'what may be late is not waited for',
    edits: [
      {
        file: 'standing.ts',
        find: '  if (standing.is === wanted || left <= 0) return standing\n  await context.clock.sleep(left',
        put: '  if (left !== undefined) return standing\n  await context.clock.sleep(left',
      },
    ],
    script: 'branches',
    healthy: false,
    depth: 1,
    faults: ['late'],
    says: 'rolled back, but not as found: a is "target", wanted "source"',
  },
  {
    name: 'what may be late is not waited for before it is undone',
    edits: [
      { file: back, find: '  const standing = inDoubt\n', put: '  const standing = inDoubt && known === undefined\n' },
    ],
    script: 'branches',
    healthy: false,
    depth: 1,
    faults: ['late'],
    says: 'rolled back, but not as found: b is "target", wanted "source"',
  },
  {
    name: 'the decision is not journalled',
    edits: [
      {
        file: 'run.ts',
        find: "    await this.append({ t: 'decided', why, code, forecastMs: this.forecastMs() })",
        put: '    this.history.decided = { why, code, at: this.clock.now() }',
      },
    ],
    script: 'branches',
    healthy: true,
    depth: 2,
    faults: ['crash', 'refused-for-ever'],
    says: 'completed, but not as intended: a is "source", wanted "target"',
  },
  {
    name: 'only what is known to have succeeded is undone',
    edits: [
      {
        file: 'history.ts',
        find: 'step.intentSeq !== undefined && step.undone === undefined',
        put: 'step.outcome !== undefined && step.intentSeq !== undefined && step.undone === undefined',
      },
    ],
    script: 'branches',
    healthy: false,
    depth: 1,
    faults: ['reply-lost'],
    says: 'rolled back, but not as found: b is "target", wanted "source"',
  },
  {
    name: 'the first begun is undone first',
    edits: [
      {
        file: 'history.ts',
        find: '(b.intentSeq ?? 0) - (a.intentSeq ?? 0)',
        put: '(a.intentSeq ?? 0) - (b.intentSeq ?? 0)',
      },
    ],
    script: 'two steps',
    healthy: false,
    depth: 0,
    says: 'asked orders and nobody answered (nobody at source), while undoing “Set repoint” was under way',
  },
  {
    name: 'the way back goes on past what cannot be undone',
    edits: [
      {
        file: back,
        find: '    if (stopped.some((lane) => !areBeside(lane, step.lane))) continue\n',
        put: '',
      },
    ],
    script: 'two steps',
    healthy: false,
    depth: 1,
    faults: ['refused-for-ever'],
    says: 'asked orders and nobody answered (nobody at source), while undoing “Set repoint” was under way',
  },
  {
    name: 'nothing is attached again on resume',
    edits: [
      {
        file: apply,
        find: '  if (change.attach && ',
        put: '  if (change.attach && known.intentFence === run.journal.fence && ',
      },
    ],
    script: 'twelve steps',
    healthy: true,
    depth: 1,
    faults: ['crash'],
    says: 'one passing fault changed the end from completed to parked',
  },
  {
    name: 'what is being undone is attached again',
    edits: [{ file: apply, find: 'change.attach && known.undoingAt === undefined &&', put: 'change.attach &&' }],
    script: 'twelve steps',
    healthy: false,
    depth: 1,
    faults: ['refused-though-done'],
    says: 'accepted but never handled',
  },
  {
    name: 'what is attached lives on while it is undone',
    edits: [{ file: back, find: '    await run.detach(step)\n', put: '' }],
    script: 'twelve steps',
    healthy: false,
    depth: 1,
    faults: zombies,
    says: 'accepted but never handled',
  },
  {
    name: 'writes are not fenced',
    edits: [
      { file: 'run.ts', find: '#fence = (): void => this.journal.hold()', put: '#fence = (): void => {}' },
      { file: 'run.ts', find: 'if (!this.journal.isFresh) await this.#renew()', put: '' },
    ],
    script: 'branches',
    healthy: false,
    depth: 1,
    faults: zombies,
    says: 'rolled back, but not as found: a is "target", wanted "source"',
  },
  {
    name: 'a replay stops at branches that are done',
    edits: [
      { file: 'scope.ts', find: '      if (failed) {\n', put: '      if (failed || this.#run.isStopped) {\n' },
      { file: 'scope.ts', find: '        throw failed.reason\n', put: '        throw failed?.reason\n' },
    ],
    script: 'branches, then a step',
    healthy: false,
    depth: 1,
    says: 'one passing fault changed the end from rolled-back to parked',
  },
  {
    name: 'a guard acts on what it cannot see',
    edits: [{ file: 'stand.ts', find: "    if (status === 'fail') {\n", put: "    if (status !== 'pass') {\n" }],
    script: 'a guard, well',
    healthy: true,
    depth: 1,
    faults: ['outage'],
    says: 'one passing fault changed the end from completed to rolled-back',
  },
  {
    name: 'a guard that has said that it acts is not heard after a crash',
    edits: [
      {
        file: 'stand.ts',
        find: "  if (history.alarms.get(id)?.state === 'entered') {\n",
        put: "  if (history.alarms.get(id)?.state !== 'entered') return\n  {\n",
      },
    ],
    script: 'a guard, sick',
    healthy: true,
    depth: 1,
    faults: ['crash'],
    says: 'one passing fault changed the end from rolled-back to completed',
  },
  {
    name: 'what has drifted is built upon',
    edits: [{ file: 'gate.ts', find: '  await refuseDrifted(run)\n', put: '' }],
    script: 'a third party',
    healthy: true,
    depth: 0,
    says: 'it ended completed',
  },
  {
    name: 'nobody asks whether there is a way back',
    edits: [{ file: apply, find: '  await refuseWithoutWayBack(run, step, change, before)\n', put: '' }],
    script: 'a way back that is lost',
    healthy: true,
    depth: 0,
    says: 'it ended completed',
  },
  {
    name: 'one person approves twice',
    edits: [
      {
        file: 'history.ts',
        find: '!known.votes.some((vote) => isSamePerson(vote.who, who))',
        put: 'who !== undefined',
      },
    ],
    script: 'one person of two',
    healthy: true,
    depth: 0,
    says: 'it ended completed',
  },
  {
    name: 'the page for undoing by hand is written after the write',
    edits: [
      { file: apply, find: '    await run.writeSheet()\n    let refused', put: '    let refused' },
      {
        file: apply,
        find: '    const sentAt = run.clock.now()\n',
        put: '    await run.writeSheet()\n    const sentAt = run.clock.now()\n',
      },
    ],
    script: 'a page',
    healthy: true,
    depth: 0,
    says: 'the page is there first: not of a, b',
  },
  {
    name: 'the record of what an operator wants does not decide it',
    edits: [
      {
        file: 'history.ts',
        find: "    if (what === 'roll-back' && this.noReturn === undefined && !this.decided) this.#goBack(entry)\n",
        put: '',
      },
      {
        file: 'run.ts',
        find: "    if (what === 'roll-back' && this.history.noReturn === undefined) this.#deciding ??= asked\n",
        put: '',
      },
      {
        file: 'run.ts',
        find: '        if (wasDecided) return undefined\n',
        put: "        if (!wasDecided) await this.decide(undefined, said, 'CUTOVER_ASKED')\n",
      },
    ],
    script: 'a person who goes back',
    healthy: true,
    depth: 1,
    faults: ['crash'],
    says: 'one passing fault changed the end from rolled-back to completed',
  },
  {
    name: 'a lease is not waited out',
    edits: [],
    impatient: true,
    script: 'twelve steps',
    healthy: false,
    depth: 2,
    faults: ['zombie-in-lease'],
    says: 'accepted but never handled',
  },
]

type RunCutover = typeof runCutover

const rollback = resolve(import.meta.dirname, '../../rollback')

/** Rehearses an engine with the script that the mutant takes. */
export function rehearseMutant(
  { script, healthy, isSlow, depth, faults, impatient }: Mutant,
  engine: RunCutover,
): Promise<RehearsalReport> {
  const worksAfterMs = isSlow ? 10_000 : 0
  const common = {
    depth: depth === 2 ? 2 : 1,
    faults: depth === 0 ? (['slow'] as const) : faults,
    pairs: 'all',
  } as const
  const how = (run: RunOptions): RunOptions => (impatient ? { ...run, journal: hasty(run.journal) } : run)
  if (script in scenarios) return rehearseSteered(script as keyof typeof scenarios, engine, common)
  switch (script) {
    case 'branches':
      return rehearse({
        ...common,
        world: (world) => ['a', 'b', 'c'].map((name) => inMemoryCell(world, name, 'source')),
        cutover: (cells, run) => engine({ id: 'fan', ...how(run) }, fan(cells, healthy)),
      })
    case 'branches, then a step':
      return rehearse({
        ...common,
        world: (world) => ['a', 'b', 'c'].map((name) => inMemoryCell(world, name, 'source')),
        cutover: (cells, run) => engine({ id: 'fan', ...how(run) }, fanThenStep(cells, healthy)),
      })
    case 'two steps':
      return rehearse({
        ...common,
        world: (world) => retired(world, { healthy, worksAfterMs }),
        load: callers,
        cutover: (p, run) => engine({ id: 'retire', ...how(run) }, retire(p)),
      })
    default:
      return rehearse({
        ...common,
        world: (world) => parts(world, { healthy, worksAfterMs }),
        load,
        cutover: (p, run) => engine({ id: 'orders', ...how(run) }, move(p)),
      })
  }
}

/** The journal, whose holder is taken for dead by whoever comes next; one who was stopped for 20 s renews nothing before it writes. */
const hasty = (journal: Journal): Journal => ({
  ...journal,
  async open(options) {
    ;(journal as MemoryJournal).holderDied()
    const opened = await journal.open(options)
    let freshAt = options.clock.monotonic()
    const seen = async (work: Promise<void>): Promise<void> => {
      await work
      freshAt = options.clock.monotonic()
    }
    return {
      ...opened,
      get isFresh() {
        return options.clock.monotonic() - freshAt <= 25_000
      },
      append: (entry) => seen(opened.append(entry)),
      renew: () => seen(opened.renew()),
    }
  },
})

/** The engine with that defect, as a copy of its source beside it; call the second to remove it. */
export async function mutated({
  name,
  edits,
}: Mutant): Promise<{ readonly engine: RunCutover; remove(): Promise<void> }> {
  // Two suites may be under way.
  const directory = join(rollback, '.mutants', `${name.replaceAll(/[^a-z]+/g, '-')}-${process.pid}`)
  await mkdir(directory, { recursive: true })
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true })
  try {
    await cp(join(rollback, 'src'), directory, { recursive: true })
    for (const { file, find, put } of edits) {
      const text = await readFile(join(directory, file), 'utf8')
      const places = text.split(find).length - 1
      if (places !== 1) throw new Error(`mutant “${name}”: ${file} has ${places} places that read\n${find}`)
      await writeFile(
        join(directory, file),
        text.replace(find, () => put),
      )
    }
    const { runCutover: engine } = (await import(pathToFileURL(join(directory, 'run-cutover.ts')).href)) as {
      runCutover: RunCutover
    }
    return { engine, remove }
  } catch (error) {
    await remove()
    throw error
  }
}
