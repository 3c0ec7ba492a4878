import { formatDuration, formatInstant, systemClock } from '@cutover/core'

import type { Cutover } from './cutover.ts'
import { History } from './history.ts'
import type { OpenJournal } from './journal.ts'
import { assertBegun } from './nothing-begun.ts'
import { assertRun, type RunOptions } from './run-options.ts'
import { Run } from './run.ts'
import { Scope } from './scope.ts'
import { probe } from './standing.ts'
import { revertibleNow } from './way-back.ts'

export interface ReadyStep {
  readonly step: string
  readonly number: number
  readonly title: string
  /** Could it be undone now? `false` also where nobody can say. */
  readonly ready: boolean
  /** Until when, epoch milliseconds; `undefined`: nothing is known to end it. */
  readonly until: number | undefined
  readonly because: string
}

export interface Readiness {
  /** Everything that is applied could be undone now. */
  readonly ready: boolean
  readonly steps: readonly ReadyStep[]
  /** When the first way back ends, epoch milliseconds. */
  readonly firstExpiry: number | undefined
  /** The smallest of 24, 4 and 1 hours that is left at most; 0 when it is over. */
  readonly hoursLeft: 24 | 4 | 1 | 0 | undefined
  readonly text: string
}

/** Hours before the first expiry at which people are warned. */
const thresholds = [0, 1, 4, 24] as const

/**
 * Looks whether going back would still work: for the days of the validation window, in a job that runs every hour. Replays the script to know its changes,
 * reads, and writes nothing: neither to the journal, whose lease it does not take, nor to a service; what lives with a step is
 * not started.
 *
 * @throws CutoverError `CUTOVER_NOTHING_BEGUN`, `CUTOVER_OPTIONS_INVALID`
 */
export async function rollbackReadiness(
  options: { readonly id: string } & RunOptions,
  script: (cutover: Cutover) => Promise<unknown>,
): Promise<Readiness> {
  assertRun(options, script)
  const { journal, clock = systemClock } = options
  await assertBegun(journal)
  const history = new History(await journal.read())
  const run = new Run({ ...options, onEvent: undefined }, looking, history, clock)
  run.looksOnly = true
  await script(new Scope(run, [])).catch(() => {})
  const steps: ReadyStep[] = []
  for (const step of history.noReturn === undefined ? history.toUndo() : []) steps.push(await look(run, step))
  const until = steps.flatMap((step) => (step.until === undefined ? [] : [step.until]))
  const firstExpiry = until.length === 0 ? undefined : Math.min(...until)
  const hours = firstExpiry === undefined ? Number.POSITIVE_INFINITY : (firstExpiry - clock.now()) / 3_600_000
  const hoursLeft = thresholds.find((left) => hours <= left)
  const ready = steps.every((step) => step.ready) && history.noReturn === undefined
  return { ready, steps, firstExpiry, hoursLeft, text: inWords(history, steps, firstExpiry, clock.now()) }
}

async function look(
  run: Run,
  { step, number, title, before, subject }: ReturnType<History['toUndo']>[number],
): Promise<ReadyStep> {
  const about = { step, number, title }
  const change = run.constructed.get(step)?.change
  if (!change) return { ...about, ready: false, until: undefined, because: 'this script does not come to it' }
  const context = run.context(step, run.waits.signal)
  const isLast = run.history.toUndo().find((each) => each.subject === subject)?.step === step
  const standing = await probe(change, before, context)
  if (isLast && standing.is !== 'applied') {
    const because = standing.is === 'unknown' ? standing.why : `it is ${standing.is}: somebody has changed it since`
    return { ...about, ready: false, until: undefined, because }
  }
  const answer = await revertibleNow(run, change, before, context)
  if (!answer) return { ...about, ready: true, until: undefined, because: 'it is as it was left' }
  return { ...about, ready: answer.now, until: answer.until, because: answer.because }
}

function inWords(history: History, steps: readonly ReadyStep[], firstExpiry: number | undefined, now: number): string {
  if (history.noReturn !== undefined) return `nothing is undone since the point of no return: ${history.noReturn}`
  const lost = steps.filter(({ ready }) => !ready)
  if (lost.length > 0)
    return `NO WAY BACK: ${lost.map(({ number, title, because }) => `step ${number}, ${title}: ${because}`).join('; ')}`
  if (firstExpiry === undefined) return `going back would work: ${steps.length} to undo`
  const first = steps.find(({ until }) => until === firstExpiry)
  return `going back works until ${formatInstant(firstExpiry)}, another ${formatDuration(Math.max(0, firstExpiry - now))}: step ${first?.number}, ${first?.title}: ${first?.because}`
}

/** A journal that takes nothing: the script stops where it would write. */
const looking: OpenJournal = {
  fence: 0,
  entries: [],
  isFresh: true,
  hold: () => refuse(),
  renew: () => Promise.resolve(),
  append: () => Promise.reject(new Error('only looking')),
  close: () => Promise.resolve(),
}

const refuse = (): never => {
  throw new Error('only looking')
}
