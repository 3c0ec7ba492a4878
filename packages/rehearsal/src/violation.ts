import type { FaultPlan } from './fault-plan.ts'
import { replayId } from './fault-plan.ts'
import type { Finding } from './judge.ts'
import type { Violation } from './rehearsal-report.ts'
import type { Outcome } from './rehearsed-run.ts'

/** The first of the findings, with the story of the run in a sentence. */
export function violation(
  plan: FaultPlan,
  outcome: Outcome,
  findings: readonly Finding[] = outcome.findings,
): Violation {
  const { end, operations } = outcome
  const [first, ...others] = findings
  const faults = plan.map((planned) => ({ ...planned, operation: operations[planned.effect - 1] ?? '' }))
  const told = faults.map(
    ({ effect, operation, fault, before }) =>
      `${fault} at ${effect} (${operation})${before === undefined ? '' : `, done right before ${before} (${operations[before - 1]})`}`,
  )
  const what = first?.what ?? ''
  const step = first?.at === undefined ? undefined : stepsAt(outcome, first)
  const replay = replayId(plan)
  const sentences = [
    `${told.join(', then ') || 'without any fault'}: ${what}${step === undefined ? '' : `, ${step}`}`,
    ...others.slice(0, 2).map((other) => `Also: ${other.what}`),
    `It ended ${end}`,
    `Replay: ${replay}`,
  ]
  return { what, faults, step, replay, text: sentences.join('. ') }
}

/** Which step was under way at that moment, which had gone before, and which ended it: one of them came too early, or too late. */
function stepsAt(outcome: Outcome, { at = 0, endedAt }: Finding): string {
  const begun = begunBy(outcome, at)
  const during = begun.at(-1)
  const before = begun.findLast((step) => step !== during)
  if (during === undefined) return 'before the first step'
  const ending = endedAt === undefined ? undefined : begunBy(outcome, endedAt).at(-1)
  const until = ending === undefined || ending === during ? '' : `, until ${ending}`
  return `while ${during} was under way${before === undefined ? '' : `, after ${before}`}${until}`
}

/** The steps that had begun by then, to be done or undone, in order. */
function begunBy({ events, startedAt }: Outcome, at: number): string[] {
  return events.flatMap((event) => {
    if (event.at - startedAt > at) return []
    if (event.kind === 'step-started') return [`“${event.title}”`]
    return event.kind === 'step-undoing' ? [`undoing “${event.title}”`] : []
  })
}
