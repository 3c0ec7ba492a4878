import { CutoverError } from '@cutover/core'

/** Another script than the one that the journal tells of. `difference` is what differs, by step. */
export const planChanged = (difference: string): CutoverError =>
  new CutoverError(
    'CUTOVER_PLAN_CHANGED',
    `REFUSED: this is not the plan that the journal began with${difference}`,
    // Going back with another script would park: it does not know how to undo the steps that it lacks.
    { next: 'Run the script with which it was begun; to go back, that script with rollBack: true.' },
  )
