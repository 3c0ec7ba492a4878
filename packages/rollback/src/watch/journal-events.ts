import { type CutoverEvent, formatInstant } from '@cutover/core'

import { History } from '../history.ts'
import type { JournalEntry } from '../journal.ts'
import { reportOf } from '../report.ts'
import { answeredEvents } from './answered-events.ts'
import { askedEvents } from './asked-events.ts'
import { backNow } from './back-now.ts'
import { byStep } from './by-step.ts'
import { note, type Reading, type Told } from './told.ts'

/**
 * The events that a journal's records tell of, in their order: those that the run itself told, but for what no record keeps
 * (progress, waits, what a check says before it has answered).
 */
export class JournalEvents {
  readonly history: History = new History()
  readonly #location: string
  /** Per lane, when its last record was written, and by which holder. */
  readonly #last = new Map<string, { readonly at: number; readonly fence: number }>()

  constructor(location: string) {
    this.#location = location
  }

  /** Takes the next record. */
  take(entry: JournalEntry): CutoverEvent[] {
    const name = 'step' in entry ? (entry.step ?? '') : ''
    const known = this.history.steps.get(name)
    const before = known && { ...known }
    const wasDecided = this.history.decided !== undefined
    this.history.absorb(entry)
    const since = this.#since(entry)
    const step = this.history.steps.get(name)
    const told = this.#told(entry, { history: this.history, known: before, step, since, location: this.#location })
    if (!wasDecided && this.history.decided) told.push(goesBack(this.history.decided.why))
    return told.map((event) => ({ at: entry.at, ...event }))
  }

  /** A script awaits one step after the other: what is recorded now was begun when the record before it was written. */
  #since(entry: JournalEntry): number {
    const lane = ('lane' in entry && entry.lane) || ''
    const before = [...this.#last].filter(([other]) => lane.startsWith(other) || other.startsWith(lane))
    const last = Math.max(...before.map(([, { at, fence }]) => (fence === entry.fence ? at : 0)), 0)
    if (ofScript.has(entry.t)) this.#last.set(lane, { at: entry.at, fence: entry.fence })
    return last === 0 ? entry.at : last
  }

  #told(entry: JournalEntry, reading: Reading): Told[] {
    const { history, location } = reading
    switch (entry.t) {
      case 'opened':
        if (entry.seq === 0) return [opened(history, location)]
        if (entry.windowEndsAt === undefined) return []
        return [note('CUTOVER_WINDOW', `the window ends ${formatInstant(entry.windowEndsAt)} now`), backNow(history)]
      case 'agreed':
      case 'notified':
        return []
      case 'asked':
        return askedEvents(entry, reading)
      case 'answered':
        return answeredEvents(entry, reading)
      case 'decided':
        return []
      case 'no-return':
        return [note('CUTOVER_NO_RETURN', `the point of no return: ${entry.why}`), backNow(history)]
      case 'alarm': {
        const { id, title, state, owner, until, why, then = 'notify' } = entry
        const text = state === 'resolved' ? `resolved: ${title}` : `ALARM: ${title}: ${why}`
        return [{ kind: 'alarm', id, title, state, owner, until, then, text }]
      }
      case 'measured': {
        const { downtimeMs, dataLoss } = entry
        const { maxDowntimeMs, maxDataLoss } = history.agreed ?? {}
        const data = { used: { downtimeMs, dataLoss }, maxDowntimeMs, maxDataLoss }
        return [{ kind: 'note', code: 'CUTOVER_LIMITS', data, text: 'used of the limits' }]
      }
      case 'replanned':
        return [note('CUTOVER_AMENDED', `another plan is accepted for what has not begun, ${entry.who}: ${entry.why}`)]
      case 'closed': {
        const { text } = reportOf(history, location)
        return [{ kind: 'ended', end: entry.end, text: text.split('\n')[0] ?? '', report: text }]
      }
      default:
        return byStep(entry, reading)
    }
  }
}

/** What the script itself writes when it goes on; people, guards and the watch for drift write beside it. */
const ofScript: ReadonlySet<JournalEntry['t']> = new Set(['opened', 'intent', 'outcome', 'settled', 'check', 'value'])

const opened = ({ id = '', outline, windowEndsAt }: History, journal: string): Told => ({
  kind: 'opened',
  cutover: id,
  journal,
  resumed: false,
  outline,
  windowEndsAt,
  text: `${id}: begins, journal ${journal}`,
})

const goesBack = (because: string): Told => ({ kind: 'rolling-back', because, text: `Rolling back: ${because}` })
