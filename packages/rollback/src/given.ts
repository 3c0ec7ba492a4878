import type { StepHistory } from './history.ts'
import { isSamePerson } from './person.ts'

/** Whose approvals count so far: those who were asked, while it had not expired. */
export function givenBy({ asking, votes }: Pick<StepHistory, 'asking' | 'votes'>): readonly string[] {
  const { from, expiresAt } = asking ?? {}
  return votes
    .filter(({ says, at }) => says === 'approve' && (expiresAt === undefined || at < expiresAt))
    .map(({ who }) => who)
    .filter((who) => from === undefined || from.some((one) => isSamePerson(one, who)))
}
