import { type Answer, type Check, type Clock, type Context, CutoverError, type Report } from '@cutover/core'

import { type HealthErrorCode, refuseOption } from '../health-error.ts'
import { beginGate, sharedRules } from './begin-gate.ts'
import { gateSettings, type HealthGateOptions } from './gate-options.ts'
import { createJudge, type GateRules, type Judge, type Look } from './judge.ts'
import { lookAt } from './look-at.ts'
import { checkSameRules, type GateSnapshot, resumeJudge } from './snapshot.ts'
import type { Verdict } from './verdict.ts'

/** What a gate needs of whoever asks it; a check's `Context` is one. */
export interface GateContext {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly report?: ((report: Report) => void) | undefined
}

/** A check that asks once each time it is run: `rollback` fails, `promote` passes, all else is undecided. */
export interface HealthGate extends Check<Verdict> {
  /** One look: reads what has settled since the last one, and judges. */
  look(context: GateContext): Promise<Verdict>
  /** Everything it knows, for another process and for `replayGate`; `undefined` before the first look. */
  snapshot(): GateSnapshot | undefined
}

/**
 * Is the target as good as the source? Look as often as you like: the probability that a target that is as good is ever rolled
 * back is at most `alpha`, and that one that is `maxRatio` times as bad is ever promoted at most `beta`, under the guarantee
 * that each verdict names.
 *
 * The first look fixes what it judges by (the start, how bursty the source's errors are). Only intervals count that both sides
 * have settled; a verdict of `rollback` or `promote` is final. No data, stale data, too little traffic and a sick source are
 * undecided, each with its reason. Tells a note `HEALTH_GATE` with every verdict.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID`, `HEALTH_SNAPSHOT_INVALID` when it is made. A look rejects
 * with `HEALTH_COUNTS_INVALID`, `HEALTH_CLOCK_INVALID`, and with whatever a source of counts does; a check is undecided then.
 * @see `src/gate/README.md` for what each guarantee assumes, and for measurements.
 */
export function healthGate(options: HealthGateOptions): HealthGate {
  const settings = gateSettings(options)
  const { id = 'health:gate', title = 'The target is as good as the source', since, snapshot: given } = options
  for (const [field, text] of Object.entries({ id, title })) {
    if (typeof text !== 'string' || text === '') refuseOption(field, text, 'a text')
  }
  let rules: GateRules | undefined
  let judge: Judge | undefined
  let looks: Look[] = []
  if (given) {
    judge = resumeJudge(given)
    checkSameRules(given, sharedRules(settings))
    rules = given.rules
    looks = [...given.looks]
  }
  let busy: Promise<unknown> = Promise.resolve()

  async function look({ clock, signal, report }: GateContext): Promise<Verdict> {
    const at = forward(looks.at(-1)?.at, clock.now())
    rules ??= await beginGate(settings, since ?? at, clock, signal)
    judge ??= createJudge(rules)
    const seen = await lookAt(settings, rules, judge, at, signal)
    const verdict = judge.look(seen)
    // A look that brought nothing is told apart from the next only by its time.
    if (isEmpty(looks.at(-1))) looks.pop()
    looks.push(seen)
    report?.({
      kind: 'note',
      code: 'HEALTH_GATE',
      data: verdict,
      text: `Health gate: ${verdict.kind}: ${verdict.text}`,
    })
    return verdict
  }

  const inTurn = (context: GateContext): Promise<Verdict> => {
    const turn = busy.then(() => look(context))
    busy = turn.catch(() => {})
    return turn
  }

  return {
    id,
    title,
    look: inTurn,
    run: async (context: Context) => answerOf(await inTurn(context)),
    snapshot: () => (rules ? { version: 1, rules, looks: [...looks] } : undefined),
  }
}

function answerOf(verdict: Verdict): Answer<Verdict> {
  const status = verdict.kind === 'rollback' ? 'fail' : verdict.kind === 'promote' ? 'pass' : 'undecided'
  const why = verdict.kind === 'undecided' ? `${verdict.reason}: ` : ''
  const since = verdict.wouldNowBe ? `; with numbers corrected since it would be ${verdict.wouldNowBe}` : ''
  return { status, text: `${why}${verdict.text}${since}`, evidence: verdict }
}

const isEmpty = (look: Look | undefined): boolean =>
  look !== undefined && look.metrics.every(({ rows, gaps }) => rows.length + gaps.length === 0)

/** A little back is a time server's correction. */
function forward(before: number | undefined, now: number): number {
  if (!Number.isFinite(now)) refuseClock(`the clock says ${now}; wanted epoch milliseconds`)
  if (before === undefined || now >= before) return now
  if (before - now > 60_000) refuseClock(`the clock went back by ${before - now} ms since the last look`)
  return before
}

function refuseClock(problem: string): never {
  const code: HealthErrorCode = 'HEALTH_CLOCK_INVALID'
  throw new CutoverError(code, problem, { next: 'Set the clock of this machine; make a new gate with since.' })
}
