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
  const step = first?.at === undefined ? undefined : stepsAt(outcome, first.at)
  const replay = replayId(plan)
  const sentences = [
    `${told.join(', then ') || 'without any fault'}: ${what}${step === undefined ? '' : `, ${step}`}`,
    ...others.slice(0, 2).map((other) => `Also: ${other.what}`),
    `It ended ${end}`,
    `Replay: ${replay}`,
  ]
  return { what, faults, step, replay, text: sentences.join('. ') }
}

/** Which step was under way at that moment, and which had gone before: one of the two came too early. */
function stepsAt({ events, startedAt }: Outcome, at: number): string {
  const begun = events.flatMap((event) => {
    if (event.at - startedAt > at) return []
    if (event.kind === 'step-started') return [`“${event.title}”`]
    return event.kind === 'step-undoing' ? [`undoing “${event.title}”`] : []
  })
  const during = begun.at(-1)
  const before = begun.findLast((step) => step !== during)
  if (during === undefined) return 'before the first step'
  return `while ${during} was under way${before === undefined ? '' : `, after ${before}`}`
}
