import { offer } from './offer.ts'
import type { Run } from './run.ts'

/** A check that an operator counted as passed must be accepted by name before nothing can be undone any more. */
export async function refuseSkipped(run: Run): Promise<void> {
  for (const { step, number, title, skipped } of run.history.steps.values()) {
    if (!skipped || skipped.accepted) continue
    await run.park(`@skipped/${step}`, {
      code: 'CUTOVER_SKIPPED',
      question: `step ${number}, ${title}, was skipped by ${skipped.who} (${skipped.why}), and after this nothing is undone`,
      look: [],
      answers: [offer('accept'), offer('roll-back')],
    })
  }
}
