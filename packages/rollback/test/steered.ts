// Run as a process of its own: takes the steps that it is given, on switches that are kept in a file, and prints its events.
// node steered.ts DIRECTORY JOURNAL OPTIONS STEP…
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

import { type Change, defineChange, defineCheck } from '@cutover/core'
import { approval, type Cutover, fileJournal, isCutoverError, runCutover, type RunOptions } from '@cutover/rollback'
import { sqliteJournal } from '@cutover/rollback/sqlite'
import { terminal } from '@cutover/rollback/terminal'

interface Options extends Pick<RunOptions, 'limits' | 'windowEndsAt'> {
  readonly outline?: boolean
  readonly expires?: `${number}s`
  /** Fails while the file `sick` is there. */
  readonly criterion?: {
    readonly toleratedForMs: number
    readonly resolveWithinMs: number
    readonly then: 'pause' | 'ask'
  }
  /** Draws its screen instead of printing lines. */
  readonly screen?: boolean
}

const [directory = '', path = '', given = '{}', ...steps] = process.argv.slice(2)
const { outline, expires, criterion, screen, ...limits } = JSON.parse(given) as Options
const statePath = `${directory}/state.json`
const state = (): Record<string, string> => JSON.parse(readFileSync(statePath, 'utf8')) as Record<string, string>

const turn = (name: string): Change<string, null> =>
  defineChange({
    id: `turn:${name}`,
    subject: `switch:${name}`,
    title: `Turn ${name}`,
    intent: {},
    lateMs: 0,
    capture: async () => state()[name] ?? '',
    async probe(before) {
      const now = state()[name]
      if (now === 'target') return { is: 'applied', seen: null }
      return now === before ? { is: 'absent' } : { is: 'foreign', found: now }
    },
    async apply() {
      writeFileSync(statePath, JSON.stringify({ ...state(), [name]: 'target' }))
    },
    async revert(before) {
      writeFileSync(statePath, JSON.stringify({ ...state(), [name]: before }))
    },
    estimate: () => ({ applyMs: 1_000, revertMs: 17_000 }),
  })

/** Undecided until a file of that name is there. */
const file = (name: string) =>
  defineCheck({
    id: name,
    title: `File ${name}`,
    run: async () => ({ status: existsSync(`${directory}/${name}`) ? 'pass' : 'undecided', text: `looks for ${name}` }),
  })

const sick = defineCheck({
  id: 'errors',
  title: 'The target has few errors',
  run: async () =>
    existsSync(`${directory}/sick`) ? { status: 'fail', text: '9 % failed' } : { status: 'pass', text: '1 % failed' },
})

const calls: Readonly<Record<string, (cutover: Cutover) => Promise<unknown>>> = {
  go: (cutover) => cutover.require(file('go'), { within: '2m', every: '20ms' }),
  once: (cutover) => cutover.require(file('once')),
  approve: (cutover) =>
    cutover.require(approval('Go?', { id: 'approve', from: ['ana', 'raj'], quorum: 2, ...(expires && { expires }) })),
  final: (cutover) => cutover.pointOfNoReturn('the source is deleted'),
}
const titles: Readonly<Record<string, string>> = { go: 'File go', once: 'File once', approve: 'Go?' }

await runCutover(
  {
    id: 'orders',
    journal: path.endsWith('.db') ? sqliteJournal(path) : fileJournal(path),
    onEvent: screen ? terminal() : ({ kind, text }) => console.log(`${kind}: ${text}`),
    drift: { every: '1s' },
    ...(outline && {
      outline: steps
        .filter((step) => step !== 'final')
        .map((step) =>
          titles[step] === undefined
            ? { step: `turn:${step}`, title: `Turn ${step}`, estimateMs: 1_000 }
            : { step, title: titles[step] },
        ),
    }),
    ...(criterion && {
      criteria: [{ id: 'errors', check: sick, owner: 'ana', everyMs: 50, ...criterion }],
    }),
    ...limits,
  },
  async (cutover) => {
    for (const step of steps) await (calls[step]?.(cutover) ?? cutover.apply(turn(step)))
  },
).catch((error: unknown) => {
  if (!isCutoverError(error)) throw error
  console.log(error.code)
  process.exitCode = 1
})
