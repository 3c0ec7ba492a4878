import {
  type Clock,
  type Duration,
  durationMs,
  formatInstant,
  knownOptions,
  type OnEvent,
  systemClock,
  tell,
} from '@cutover/core'

import { type History, isAsked } from '../history.ts'
import type { Journal, JournalEntry } from '../journal.ts'
import { assertBegun, placeOf } from '../nothing-begun.ts'
import { type Report, reportOf } from '../report.ts'
import { approvalOf } from './asked-events.ts'
import { JournalEvents } from './journal-events.ts'
import { note, type Told } from './told.ts'

export interface WatchOptions {
  /** `terminal()`, or any other listener. */
  readonly onEvent: OnEvent
  /** How often the journal is read. @default '1s' */
  readonly every?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
}

const names: readonly (keyof WatchOptions)[] = ['onEvent', 'every', 'clock', 'signal']

/** Without a record for so long, it is said what is to be expected next, in milliseconds. */
const quietMs = 15_000

/**
 * Follows a journal that another process writes, from its beginning to the end of the cutover, and tells its events; takes no lease
 * and writes nothing. A cutover that nobody runs (parked, waiting, killed) is told as ended so, and followed on until it has ended.
 *
 * @throws CutoverError `CUTOVER_NOTHING_BEGUN`, `CUTOVER_JOURNAL_BROKEN`, `CUTOVER_OPTIONS_INVALID`; `signal.reason`
 */
export async function watch(journal: Journal, options: WatchOptions): Promise<Report> {
  knownOptions(options, names, 'CUTOVER_OPTIONS_INVALID', 'watch')
  const { onEvent, every = '1s', clock = systemClock, signal } = options
  const everyMs = durationMs(every, 'every')
  await assertBegun(journal)
  const location = placeOf(journal)
  let events = new JournalEvents(location)
  let last: JournalEntry | undefined
  let holder = ''
  let seen = ''
  /** The record after which it was told that nobody runs it, or that nothing comes. */
  let stoppedAt = -1
  let quietAt = -1

  const say = (told: Told): void => tell(onEvent, { at: clock.now(), ...told })

  for (;;) {
    signal?.throwIfAborted()
    const entries = await journal.read()
    if (last && JSON.stringify(entries[last.seq]) !== JSON.stringify(last)) {
      // A record of a runner that had been overtaken; or another journal was put there: all is told anew.
      events = new JournalEvents(location)
      last = undefined
    }
    const fresh = entries.slice(events.history.next)
    for (const entry of fresh) for (const event of events.take(entry)) tell(onEvent, event)
    last = entries.at(-1)
    const { history } = events
    if (history.closed) return reportOf(history, location)

    const runner = await journal.holder?.()
    const name = runner ? `${runner.who}, process ${runner.pid}` : ''
    // Who answers holds the lease for a moment: only who still does is told.
    if (name !== holder && (name === seen || holder === '')) {
      if (name !== '') {
        say(note('CUTOVER_RUNNER', `run by ${name}`))
        // Of what goes on waiting in another process nothing is recorded again.
        for (const step of history.steps.values()) for (const asks of approvalOf(step)) say(asks)
      }
      holder = name
    }
    seen = name
    const isLeft = journal.holder ? !runner : history.questions.size > 0 || history.waiting !== undefined
    if (isLeft && fresh.length === 0 && stoppedAt !== history.next) {
      stoppedAt = history.next
      const { end, text } = reportOf(history, location)
      say({ kind: 'ended', end, text: text.split('\n')[0] ?? '', report: text })
    }
    if (runner && clock.now() - history.lastAt >= quietMs && quietAt !== history.next) {
      quietAt = history.next
      const quiet = quietText(history)
      if (quiet !== undefined) say(note('CUTOVER_QUIET', quiet))
    }
    await clock.sleep(everyMs, { signal })
  }
}

/** Of a check nothing is recorded before it has answered: what the plan says. */
function quietText(history: History): string | undefined {
  const isUnderWay = [...history.steps.values()].some(
    (step) => (step.intentSeq !== undefined && !step.outcome) || isAsked(step),
  )
  if (history.decided || history.paused || isUnderWay) return undefined
  const next = history.outline?.find(({ step }) => !history.steps.has(step))
  const what = next === undefined ? '' : `; next, by the plan: ${next.title}`
  return `nothing recorded since ${formatInstant(history.lastAt).slice(11, 19)}${what}`
}
