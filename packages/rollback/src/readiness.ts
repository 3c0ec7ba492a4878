import { formatDuration, formatInstant } from '@cutover/core'

import type { Cutover } from './cutover.ts'
import type { History } from './history.ts'
import { replay } from './replay.ts'
import type { RunOptions } from './run-options.ts'
import type { Run } from './run.ts'
import { because as whyOf, probe } from './standing.ts'
import { revertibleNow } from './way-back.ts'
import { within } from './within.ts'

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
 * @throws CutoverError `CUTOVER_NOTHING_BEGUN`, `CUTOVER_JOURNAL_OF_ANOTHER`, `CUTOVER_OPTIONS_INVALID`
 */
export async function rollbackReadiness(
  options: { readonly id: string } & RunOptions,
  script: (cutover: Cutover) => Promise<unknown>,
): Promise<Readiness> {
  const run = await replay(options, script)
  const { history, clock } = run
  const steps: ReadyStep[] = []
  for (const step of history.noReturn === undefined ? history.toUndo() : []) steps.push(await look(run, step))
  const until = steps.flatMap((step) => (step.until === undefined ? [] : [step.until]))
  const firstExpiry = until.length === 0 ? undefined : Math.min(...until)
  const hours = firstExpiry === undefined ? Number.POSITIVE_INFINITY : (firstExpiry - clock.now()) / 3_600_000
  const hoursLeft = thresholds.find((left) => hours <= left)
  const ready = steps.every((step) => step.ready) && history.noReturn === undefined
  return run.mask.data({
    ready,
    steps,
    firstExpiry,
    hoursLeft,
    text: inWords(history, steps, firstExpiry, clock.now()),
  })
}

async function look(
  run: Run,
  { step, number, title, before, subject, outcome }: ReturnType<History['toUndo']>[number],
): Promise<ReadyStep> {
  const about = { step, number, title, until: undefined }
  const change = run.constructed.get(step)?.change
  if (!change) return { ...about, ready: false, because: 'this script does not come to it' }
  const context = run.context(step, run.writes.signal)
  const isLast = run.history.toUndo().find((each) => each.subject === subject)?.step === step
  const standing = await within(run.clock, run.patienceMs, context.signal, (signal) =>
    probe(change, before, { ...context, signal }),
  ).catch((error: unknown) => ({ is: 'unknown', why: whyOf(error) }) as const)
  if (standing.is === 'absent' && outcome === undefined)
    return { ...about, ready: true, because: 'it has not happened' }
  if (isLast && standing.is !== 'applied') {
    const why = standing.is === 'unknown' ? standing.why : `it is ${standing.is}: somebody has changed it since`
    return { ...about, ready: false, because: why }
  }
  const answer = await revertibleNow(run, change, before, context)
  if (!answer) return { ...about, ready: true, because: 'it is as it was left' }
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
