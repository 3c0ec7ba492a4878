import { CutoverError, formatInstant } from '@cutover/core'

import { type History, isAsked } from '../history.ts'
import type { OperatorRequest } from '../operator-request.ts'
import { isSamePerson } from '../person.ts'

/**
 * The first word wins: what somebody has said before, or what is over, is refused with who was faster. `pending`: what was sent
 * before it and no run has taken yet.
 *
 * @throws CutoverError `CUTOVER_ALREADY_SAID`, `CUTOVER_TOO_LATE`, `CUTOVER_REQUEST_INVALID`
 */
export function refuseLate(
  history: History,
  pending: readonly OperatorRequest[],
  request: OperatorRequest,
  now: number,
): void {
  const { do: what, step = '', who } = request
  const { closed, noReturn } = history
  if (closed && !(what === 'roll-back' && closed === 'completed'))
    throw new CutoverError('CUTOVER_ENDED', `REFUSED: it has ended: ${closed}`)
  if (what === 'roll-back' && noReturn !== undefined)
    throw new CutoverError(
      'CUTOVER_PAST_NO_RETURN',
      `REFUSED: nothing is undone since the point of no return: ${noReturn}`,
    )
  const rival = pending.findLast((other) => isSame(other, request))
  const opposite = what === 'pause' ? 'resume' : 'pause'
  const isUndone =
    (what === 'pause' || what === 'resume') &&
    rival &&
    pending.slice(pending.indexOf(rival)).some((other) => other.do === opposite)
  if (rival && !isUndone) throw already(rival, 'not taken yet')
  const known = history.steps.get(step)
  const { paused, decided } = history
  switch (what) {
    case 'pause':
      if (paused && !pending.some((other) => other.do === 'resume'))
        throw already({ do: what, ...paused }, at(paused.at))
      return
    case 'resume':
      if (!paused && !pending.some((other) => other.do === 'pause'))
        throw new CutoverError('CUTOVER_REQUEST_INVALID', 'REFUSED: it is not paused')
      return
    case 'roll-back':
      if (decided)
        throw new CutoverError(
          'CUTOVER_ALREADY_SAID',
          `REFUSED: it goes back already, since ${at(decided.at)}: ${decided.why}`,
        )
      return
    case 'skip': {
      const skipped = history.skips.get(step)
      if (skipped) throw already(skipped, 'taken')
      return
    }
    case 'approve':
    case 'decline': {
      const asking = known?.asking
      if (!known || !asking) return
      const before = known.votes.find((vote) => isSamePerson(vote.who, who))
      if (known.answer && !isAsked(known)) throw tooLate(`${known.title} was answered: ${known.answer.text}`)
      if (before) throw already({ do: before.says, who, why: before.why }, at(before.at))
      if (asking.expiresAt !== undefined && now >= asking.expiresAt)
        throw tooLate(`${known.title} expired ${at(asking.expiresAt)}`)
      if (asking.from && !asking.from.some((one) => isSamePerson(one, who)))
        throw new CutoverError(
          'CUTOVER_REQUEST_INVALID',
          `REFUSED: who is ${who}; the word of ${asking.from.join(', ')} counts`,
        )
      return
    }
    default:
  }
}

const isWord = (what: string): boolean => what === 'approve' || what === 'decline'

/** Do two requests want the same, or answer the same question for the same person? */
function isSame(one: OperatorRequest, other: OperatorRequest): boolean {
  if (isWord(one.do) && isWord(other.do)) return one.step === other.step && isSamePerson(one.who, other.who)
  return one.do === other.do && one.step === other.step
}

const already = ({ do: what, who, why }: Pick<OperatorRequest, 'do' | 'who' | 'why'>, when: string): CutoverError =>
  new CutoverError('CUTOVER_ALREADY_SAID', `REFUSED: ${who} was faster: ${what} (${why}), ${when}`)

const tooLate = (what: string): CutoverError => new CutoverError('CUTOVER_TOO_LATE', `REFUSED: too late: ${what}`)

const at = (instant: number): string => formatInstant(instant).slice(11, 19)
