// Defects, each put into a copy of the engine's own source: a rehearsal that does not find them proves nothing.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { everyFault, type Fault } from '@cutover/core/testing'
import { rehearse, type RehearsalReport } from '@cutover/rehearsal'
import type { runCutover } from '@cutover/rollback'

import { fan, inMemoryCell, load, move, parts } from './scenario.ts'

export interface Mutant {
  readonly name: string
  /** The defect, as replacements that must each fit exactly once. */
  readonly edits: readonly { readonly file: string; readonly find: string; readonly put: string }[]
  /** The shape of script, the ending and the depth that it takes to find it. */
  readonly script: 'twelve steps' | 'branches'
  readonly healthy: boolean
  readonly depth: 1 | 2
  readonly faults?: readonly Fault[]
  readonly pairs?: number | 'all'
}

const apply = 'apply-step.ts'
const intent = "    await run.append({\n      t: 'intent',"
const look =
  '    const sentAt = run.clock.now()\n    const standing =\n      refused === undefined\n        ? await probeUntil('

export const mutants: readonly Mutant[] = [
  {
    name: 'the intent is written after the effect',
    edits: [
      { file: apply, find: intent, put: "    const intend = () => run.append({\n      t: 'intent'," },
      { file: apply, find: look, put: `    await intend()\n${look}` },
    ],
    script: 'twelve steps',
    healthy: false,
    depth: 1,
  },
  {
    name: 'an answer is believed without a probe',
    edits: [
      {
        file: apply,
        find: "        ? await probeUntil('applied', change, before, context, sentAt)",
        put: "        ? ({ is: 'applied', seen: undefined } as const)",
      },
    ],
    script: 'twelve steps',
    healthy: true,
    depth: 1,
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
    script: 'twelve steps',
    healthy: true,
    depth: 1,
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
  },
  {
    name: 'every check is asked again',
    edits: [{ file: 'check-step.ts', find: 'const stands =', put: 'const stands = false && ' }],
    script: 'twelve steps',
    healthy: true,
    depth: 1,
  },
  {
    name: 'the way back does not settle',
    edits: [
      { file: 'unwind.ts', find: '  if (!change.settle) return undefined\n', put: '  if (change) return undefined\n' },
    ],
    script: 'twelve steps',
    healthy: false,
    depth: 1,
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
    script: 'twelve steps',
    healthy: true,
    depth: 2,
    faults: ['crash', 'crash-late', 'late', 'refused-for-ever'],
    pairs: 'all',
  },
  {
    name: 'the decision is not journalled',
    edits: [
      {
        file: 'run.ts',
        find: "    await this.append({ t: 'decided', why, code })",
        put: '    this.history.decided = { why, code, at: this.clock.now() }',
      },
    ],
    script: 'twelve steps',
    healthy: true,
    depth: 2,
    faults: ['crash', 'refused-for-ever'],
    pairs: 'all',
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
    depth: 2,
    faults: ['reply-lost', 'late', 'crash'],
    pairs: 'all',
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
  },
  {
    name: 'writes are not fenced',
    edits: [
      { file: 'run.ts', find: '#fence = (): void => this.journal.hold()', put: '#fence = (): void => {}' },
      { file: 'run.ts', find: 'if (!this.journal.isFresh) await this.journal.renew()', put: '' },
    ],
    script: 'twelve steps',
    healthy: false,
    depth: 1,
    faults: everyFault.filter((fault) => fault.startsWith('zombie')),
  },
]

type RunCutover = typeof runCutover

const rollback = resolve(import.meta.dirname, '../../rollback')

/** Rehearses one mutant's engine with the script that it takes; `undefined` for the engine as it is. */
export async function rehearseMutant(mutant: Mutant, engine: RunCutover): Promise<RehearsalReport> {
  const { script, healthy, depth, faults, pairs } = mutant
  if (script === 'branches') {
    return rehearse({
      world: (world) => ['a', 'b', 'c'].map((name) => inMemoryCell(world, name, 'source')),
      cutover: (cells, run) => engine({ id: 'fan', ...run }, fan(cells, healthy)),
      depth,
      faults,
      pairs,
    })
  }
  return rehearse({
    world: (world) => parts(world, { healthy }),
    load,
    cutover: (p, run) => engine({ id: 'orders', ...run }, move(p)),
    depth,
    faults,
    pairs,
  })
}

/** The engine with that defect, as a copy of its source beside it; call the second to remove it. */
export async function mutated({
  name,
  edits,
}: Mutant): Promise<{ readonly engine: RunCutover; remove(): Promise<void> }> {
  const directory = join(rollback, '.mutants', name.replaceAll(' ', '-'))
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  await cp(join(rollback, 'src'), directory, { recursive: true })
  for (const { file, find, put } of edits) {
    const text = await readFile(join(directory, file), 'utf8')
    if (text.split(find).length !== 2)
      throw new Error(`mutant “${name}”: ${file} has ${text.split(find).length - 1} places that read\n${find}`)
    await writeFile(
      join(directory, file),
      text.replace(find, () => put),
    )
  }
  const { runCutover: engine } = (await import(pathToFileURL(join(directory, 'run-cutover.ts')).href)) as {
    runCutover: RunCutover
  }
  return { engine, remove: () => rm(directory, { recursive: true, force: true }) }
}
