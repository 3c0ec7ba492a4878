import type { ChangeSpec, Standing } from '@cutover/core'

import type { Question } from './journal.ts'
import { offer } from './offer.ts'

/** Somebody else altered what a step is about to alter. */
export function foreignQuestion(change: ChangeSpec, before: unknown, found: unknown): Question {
  return {
    code: 'CUTOVER_STEP_FOREIGN',
    question: `${change.title}: somebody else changed ${change.subject}; read ${JSON.stringify(before)}, found ${JSON.stringify(found)}. It was not overwritten`,
    look: change.byHand?.(before).look ?? [],
    answers: [offer('again'), offer('take-theirs'), offer('roll-back')],
  }
}

/** Nobody can say whether a step has happened. */
export function doubtQuestion(change: ChangeSpec, before: unknown, standing: Standing<unknown>): Question {
  const why = standing.is === 'unknown' ? standing.why : 'only a part of it is there'
  return {
    code: 'CUTOVER_STEP_IN_DOUBT',
    question: `${change.title}: it may have happened or not: ${why}`,
    look: change.byHand?.(before).look ?? [],
    answers: [offer('happened'), offer('did-not'), offer('again'), offer('roll-back')],
  }
}
