import { type Clock, CutoverError, formatInstant, journalCopy, systemClock, tell } from '@cutover/core'

import { CutoverEnded } from './cutover-ended.ts'
import type { Cutover } from './cutover.ts'
import { driftOf, watchDrift } from './drift-watch.ts'
import { History } from './history.ts'
import { formatOf, journalFormat } from './journal-format.ts'
import type { OpenJournal } from './journal.ts'
import { agreedOf, limitOf, type Limits, recordConsumption, refuseOverLimit } from './limits.ts'
import { assertBegun, assertJournalOf } from './nothing-begun.ts'
import { Outbox } from './notify/outbox.ts'
import { listenToOperators, takePending } from './operator-loop.ts'
import { acceptOutline } from './outline-changed.ts'
import { planChanged } from './plan-changed.ts'
import { type Report, reportOf } from './report.ts'
import { assertRun, type RunOptions } from './run-options.ts'
import { Run } from './run.ts'
import { Scope } from './scope.ts'
import { maskOf } from './secrets/mask.ts'
import { onInterrupt } from './sigint.ts'
import { stand } from './stand.ts'
import { criteriaOf } from './standing-guard.ts'
import { unwind } from './unwind.ts'
import { watchWindow } from './window-watch.ts'

/** A wall clock may be set back this far between two processes before the journal refuses it. */
const toleratedJumpMs = 5_000

/**
 * Runs a script of steps, each recorded before and after it happens. Run again after a crash, it goes on where it was: the
 * same script, which between steps awaits only `cutover.*`.
 *
 * Answers a report when the script has returned: `completed`, and still reversible with `rollBack: true`. An exception of the
 * script itself is rethrown: nothing is undone, and run again it goes on.
 *
 * @throws CutoverError `CUTOVER_ROLLED_BACK`, `CUTOVER_ROLLED_BACK_WITH_RESIDUE`, `CUTOVER_PARKED` (all `CutoverEnded`, with
 * `report` and the reason as `cause`); `CUTOVER_INTERRUPTED`; before any effect `CUTOVER_PLAN_CHANGED`,
 * `CUTOVER_BEGUN_ELSEWHERE`, `CUTOVER_JOURNAL_IN_USE`, `CUTOVER_JOURNAL_BROKEN`, `CUTOVER_JOURNAL_TRUNCATED`,
 * `CUTOVER_JOURNAL_OF_ANOTHER`, `CUTOVER_CLOCK_JUMPED_BACK`, `CUTOVER_NOTHING_BEGUN`; `CUTOVER_CONCURRENT_STEPS`,
 * `CUTOVER_DUPLICATE_STEP`; `CUTOVER_FENCED` when another runner has taken over.
 */
export async function runCutover(
  options: { readonly id: string } & RunOptions,
  script: (cutover: Cutover) => Promise<unknown>,
): Promise<Report> {
  assertRun(options, script)
  const { id, journal, clock = systemClock, signal, onEvent, limits } = options
  if (signal?.aborted) throw interrupted(signal.reason, journal.location)
  if (options.rollBack === true) await assertBegun(journal)
  // What was begun is never kept from going on, nor from going back.
  else if (limits && (await journal.read()).length === 0) refuseOverLimit(limits)
  const opened = await journal
    .open({
      clock,
      signal,
      onWaiting: (holder, until) => {
        const text = `waits until the lease of ${holder} is over, ${formatInstant(until)}`
        tell(onEvent, { kind: 'waiting', step: id, why: `the lease of ${holder}`, until, at: clock.now(), text })
      },
    })
    .catch((error: unknown) => {
      throw signal?.aborted ? interrupted(signal.reason, journal.location) : error
    })
  const outbox = new Outbox(options.notify)
  try {
    const history = new History(opened.entries)
    const heard = { ...options, onEvent: outbox.hears(onEvent) }
    return await proceed(heard, script, opened, history, steadyClock(clock, id, history), outbox)
  } catch (error) {
    throw maskOf(options.secrets).error(error)
  } finally {
    await outbox.close()
    // What is recorded is recorded: a lease that cannot be given back ends by itself, and must not hide how this has ended.
    await opened.close().catch(() => {})
  }
}

async function proceed(
  options: { readonly id: string } & RunOptions,
  script: (cutover: Cutover) => Promise<unknown>,
  opened: OpenJournal,
  history: History,
  clock: Clock,
  outbox: Outbox,
): Promise<Report> {
  const { journal, signal, rollBack = false } = options
  const run = new Run(options, opened, history, clock)
  const wasCompleted = history.closed === 'completed'
  await open(run, options)
  outbox.open(run)
  if (history.closed && !(rollBack && wasCompleted)) return end(run, journal.location)
  if (rollBack && !history.decided) await decideToGoBack(run)
  if (history.questions.size > 0) return end(run, journal.location)

  const stop = (reason: unknown): void => void run.interrupt(interrupted(reason, journal.location, history))
  const onAbort = (): void => stop(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const { interruptible = (options.clock ?? systemClock) === systemClock } = options
  const ignore = interruptible ? onInterrupt(() => stop(new Error('SIGINT'))) : undefined
  if (signal?.aborted) onAbort()
  try {
    standBeside(run, options)
    await play(run, script, options.limits)
  } catch (error) {
    run.tell(() => {
      const { text } = reportOf(history, journal.location)
      return { kind: 'ended', end: 'interrupted', text: text.split('\n')[0] ?? '', report: text }
    })
    throw error
  } finally {
    signal?.removeEventListener('abort', onAbort)
    ignore?.()
    await run.finish()
  }
  return end(run, journal.location)
}

/** The first record; or the proof that this journal is the one of this cutover. */
async function open(run: Run, { outline, journal, windowEndsAt, limits }: RunOptions): Promise<void> {
  const { history } = run
  assertJournalOf(run.id, history, journal)
  const resumed = history.next > 0
  const isMoved = windowEndsAt !== undefined && windowEndsAt !== history.windowEndsAt
  if (!resumed) {
    const planned = outline && journalCopy(outline, 'outline')
    await run.append({ t: 'opened', id: run.id, format: journalFormat, outline: planned, windowEndsAt })
    if (limits) await run.append({ t: 'agreed', ...agreedOf(limits) })
  } else if (!history.closed && ((formatOf(run.journal.entries) ?? journalFormat) < journalFormat || isMoved)) {
    // Said before the first record that the version which began it would not know; and when the window has moved.
    await run.append({ t: 'opened', id: run.id, format: journalFormat, windowEndsAt })
  }
  if (resumed) await takePending(run, journal)
  await acceptOutline(run, outline)
  run.tell(() => ({
    kind: 'opened',
    cutover: run.id,
    journal: journal.location,
    resumed,
    outline: history.outline,
    windowEndsAt,
    text: `${run.id}: ${resumed ? 'goes on' : 'begins'}, journal ${journal.location}`,
  }))
}

async function decideToGoBack(run: Run): Promise<void> {
  if (run.history.noReturn !== undefined) {
    throw new CutoverError(
      'CUTOVER_PAST_NO_RETURN',
      `REFUSED: nothing is undone since the point of no return: ${run.history.noReturn}`,
      { next: 'Go on: run it again without rollBack.' },
    )
  }
  // The changes are not constructed yet: what they estimated when they were applied.
  await run.append({ t: 'decided', why: 'asked to go back', code: 'CUTOVER_ASKED', forecastMs: run.forecastMs() })
}

/** What stands beside the steps, unless it goes back: operators, criteria, the watch for drift. */
function standBeside(run: Run, { journal, criteria = [], drift, clock = systemClock, ...options }: RunOptions): void {
  if (run.history.decided) return
  // What is read from a disk takes real time, which another clock does not know.
  const { operators = clock === systemClock || journal.fullPath === undefined } = options
  if (journal.requests && operators)
    run.beside('operators', (signal) => listenToOperators(run, journal, signal), { mayHang: true })
  for (const criterion of criteriaOf(criteria)) {
    run.named.add(`@alarm/${criterion.id}`)
    run.beside(`criterion ${criterion.id}`, (signal) => stand(run, criterion, signal))
  }
  const limit = options.limits && limitOf(run, options.limits)
  if (limit) run.beside('limits', (signal) => stand(run, limit, signal))
  if (run.windowEndsAt !== undefined) run.beside('window', (signal) => watchWindow(run, signal))
  const watched = drift ?? (clock === systemClock ? {} : false)
  if (watched !== false) run.beside('drift', (signal) => watchDrift(run, driftOf(watched), signal))
}

/** Runs the script to its end, or to where it is stopped; then goes back, if that was decided. */
async function play(
  run: Run,
  script: (cutover: Cutover) => Promise<unknown>,
  limits: Limits | undefined,
): Promise<void> {
  const { history } = run
  const scopes: Scope[] = []
  let thrown: { readonly error: unknown } | undefined
  try {
    await script(new Scope(run, scopes))
  } catch (error) {
    thrown = { error }
  }
  try {
    for (const scope of scopes) scope.assertIdle(thrown?.error)
  } catch (error) {
    thrown = { error }
  }
  await Promise.allSettled(scopes.flatMap(({ underWay }) => (underWay ? [underWay] : [])))
  // What stands beside the steps decides nothing from here on; what it has decided already is heard.
  await run.endBeside()
  if (run.interruption !== undefined) throw run.interruption
  if (history.questions.size > 0) return
  if (history.decided) return goBack(run, limits)
  if (run.isLeaving) return
  if (thrown) throw thrown.error
  const missed = run.missed()
  if (missed.length > 0) {
    throw planChanged(
      `: the script ended without\n${missed.map(({ number, title }) => `  step ${number}  - ${title}`).join('\n')}`,
    )
  }
  await recordConsumption(run, limits)
  await run.detach()
  await run.append({ t: 'closed', end: 'completed' })
}

/** What a service makes of an abort is no news: the reason is. */
async function goBack(run: Run, limits: Limits | undefined): Promise<void> {
  try {
    const ended = await unwind(run)
    if (ended === 'parked') return
    await recordConsumption(run, limits)
    await run.append({ t: 'closed', end: ended })
  } catch (error) {
    throw run.interruption ?? error
  }
}

/** Answers, or throws, how it ended. */
async function end(run: Run, location: string): Promise<Report> {
  const report = reportOf(run.history, location)
  run.tell(() => ({ kind: 'ended', end: report.end, text: report.text.split('\n')[0] ?? '', report: report.text }))
  if (report.end === 'completed' || report.end === 'waiting') return report
  if (report.end === 'interrupted') throw new CutoverError('CUTOVER_BUG', 'ended without an end')
  const { decided } = run.history
  const cause = run.cause ?? (decided && new CutoverError(decided.code, decided.why))
  throw new CutoverEnded(report.end, report, cause)
}

/**
 * Wall time that never jumps within a process, and never lies before what the journal has recorded.
 *
 * @throws CutoverError `CUTOVER_CLOCK_JUMPED_BACK` when the machine's clock is behind the journal.
 */
function steadyClock(clock: Clock, id: string, history: History): Clock {
  const behindMs = history.lastAt - clock.now()
  if (behindMs > toleratedJumpMs) {
    throw new CutoverError(
      'CUTOVER_CLOCK_JUMPED_BACK',
      `REFUSED: the clock says ${formatInstant(clock.now())}, but the journal of ${id} was written until ${formatInstant(history.lastAt)}`,
      {
        next: 'Set the clock right: waits that were begun would end too early or too late.',
      },
    )
  }
  const offset = Math.max(clock.now(), history.lastAt) - clock.monotonic()
  return {
    now: () => Math.floor(offset + clock.monotonic()),
    monotonic: () => clock.monotonic(),
    sleep: (ms, options) => clock.sleep(ms, options),
  }
}

function interrupted(reason: unknown, location: string, history?: History): CutoverError {
  const [was, next] = history?.decided
    ? ['going back was not finished', 'Go on going back: run it again.']
    : ['nothing was undone', 'Go on: run it again. Go back: run it with rollBack: true.']
  return new CutoverError(
    'CUTOVER_INTERRUPTED',
    `INTERRUPTED: the step under way was finished or recorded; ${was}; journal ${location}`,
    { cause: reason, retryable: true, next },
  )
}
