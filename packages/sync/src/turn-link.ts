import { type Change, CutoverError, defineChange } from '@cutover/core'

import { lateForMs, noneIsLateFrom } from './late-writes.ts'
import { commandsBack, linkPermissions } from './link-by-hand.ts'
import { isOurs, markOf, readMark, writeMark } from './link-mark.ts'
import { passMs } from './link-pass.ts'
import { assertLink, type Link } from './link.ts'
import { takeBack } from './take-back.ts'

export interface Turned {
  /** The store that has the truth now. */
  readonly authority: string
}

/**
 * Turns a link: from now on the target has the truth, and the source follows. `switchOver` does it when everything has arrived.
 *
 * Settled when no copy that was sent can arrive any more: at once, unless one went unanswered within the last `lateMs`.
 *
 * Undone, every object written or deleted at the target meanwhile is at the source, before the source has the truth again.
 * The follower, which goes on in the other direction, has copied most of it by then.
 *
 * @throws CutoverError before anything is written `SYNC_NOT_FOLLOWED`; from undoing `SYNC_DIVERGED`, `SYNC_STILL_CHANGING`.
 */
export function turnLink(link: Link): Change<{ readonly authority: 'from' | 'to' }, Turned> {
  assertLink(link, 'turnLink')
  const { id, from, to, ledger } = link
  const lateMs = Math.max(from.lateMs, to.lateMs, ledger.lateMs)
  return defineChange({
    id: `sync:turn:${id}`,
    subject: `sync:link:${id}`,
    title: `Let ${to.id} have the truth, and ${from.id} follow`,
    intent: { authority: to.id },
    lateMs,
    async capture({ signal }) {
      const mark = await readMark(link, { signal })
      if (mark && isOurs(link, mark)) return { authority: mark.authority }
      throw new CutoverError('SYNC_NOT_FOLLOWED', `nobody follows ${id}: ${ledger.id} has no mark of it`, {
        next: 'Apply follow(link) first.',
      })
    },
    async probe(_before, { signal }) {
      const mark = await readMark(link, { signal })
      if (!mark || !isOurs(link, mark)) return { is: 'foreign', found: mark ?? null }
      return mark.authority === 'to' ? { is: 'applied', seen: { authority: to.id } } : { is: 'absent' }
    },
    async apply(_before, { signal, fence }) {
      const mark = await readMark(link, { signal })
      if (mark && isOurs(link, mark) && mark.authority === 'from')
        await writeMark(link, mark, markOf(link, 'to'), { signal, fence })
    },
    async revert(_before, context) {
      const { signal, fence } = context
      const mark = await readMark(link, { signal })
      if (!mark || !isOurs(link, mark) || mark.authority === 'from') return
      await takeBack(link, context)
      await writeMark(link, mark, markOf(link, 'from'), { signal, fence })
    },
    async settle(_before, _seen, { clock, signal }, { toward, since }) {
      const until = noneIsLateFrom(link) ?? since + lateMs
      await clock.sleep(until - clock.now(), { signal })
      return { authority: toward === 'applied' ? to.id : from.id }
    },
    // The follower goes on, so that one pass brings back what it has left, as in any of its intervals, and one finds nothing more.
    estimate() {
      const late = lateForMs(link) ?? lateMs
      const pass = passMs(link)
      return { applyMs: late, revertMs: (pass === undefined ? 60_000 : 2 * pass) + late }
    },
    permissions: linkPermissions(link),
    byHand: () => ({
      apply: [`Write at ${to.id} from now on, and at ${from.id} no more: that is all that this step says.`],
      revert: [`Stop whatever writes at ${to.id}, and the process of this cutover.`, ...commandsBack(link)],
      look: [from, to].flatMap(({ byHand }) => (byHand ? [byHand.look] : [])),
      traps: [
        `What was deleted at ${to.id} since is still at ${from.id}: delete it by hand.`,
        'Every object is written again, with the content type that its name suggests and without its metadata: stop what is triggered by new objects first.',
        `${ledger.id} still says that ${to.id} has the truth: give a new cutover a link of another name.`,
      ],
    }),
  })
}
