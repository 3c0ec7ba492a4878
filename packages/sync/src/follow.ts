import { type Change, CutoverError, defineChange } from '@cutover/core'

import { follower } from './follower.ts'
import { inWords, linkPermissions } from './link-by-hand.ts'
import { isOurs, type LinkMark, markOf, readMark, writeMark } from './link-mark.ts'
import { assertLink, type Link } from './link.ts'
import { takeBack } from './take-back.ts'

export interface Followed {
  readonly from: string
  readonly to: string
}

/**
 * Copies everything and keeps the target in step; settled when the link is marked as followed, not when all is copied: ask
 * `caughtUp` for that.
 *
 * Lives in this process until it is undone or the process ends; a process that resumes goes on where the ledger is. Copies are
 * marked (`isCopy`), deletions follow, and what the target has of its own is never overwritten but reported.
 *
 * Undone, it follows no more. Copies stay where they are. If the direction was turned, everything written at the target is
 * brought back to the source first.
 *
 * @throws CutoverError before anything is written `SYNC_FOREIGN`, when other stores have this link's name in the ledger; from
 * undoing `SYNC_DIVERGED`, `SYNC_STILL_CHANGING`.
 */
export function follow(link: Link): Change<{ readonly mark: LinkMark | null }, Followed> {
  assertLink(link, 'follow')
  const { id, from, to, ledger } = link
  return defineChange({
    id: `sync:follow:${id}`,
    subject: `sync:link:${id}`,
    title: `Follow ${from.id} with ${to.id}`,
    intent: { from: from.id, to: to.id },
    lateMs: Math.max(from.lateMs, to.lateMs, ledger.lateMs),
    permissions: linkPermissions(link),
    async capture({ signal }) {
      const mark = (await readMark(link, { signal })) ?? null
      if (mark && !isOurs(link, mark)) {
        throw new CutoverError(
          'SYNC_FOREIGN',
          `${ledger.id} has a link ${id} already, from ${mark.from} to ${mark.to}; wanted from ${from.id} to ${to.id}`,
          { next: 'Give this link a name of its own, or another ledger.' },
        )
      }
      return { mark }
    },
    async probe(_before, { signal }) {
      const mark = await readMark(link, { signal })
      if (!mark) return { is: 'absent' }
      return isOurs(link, mark)
        ? { is: 'applied', seen: { from: mark.from, to: mark.to } }
        : { is: 'foreign', found: mark }
    },
    async apply(_before, { signal, fence }) {
      if (!(await readMark(link, { signal }))) await writeMark(link, undefined, markOf(link, 'from'), { signal, fence })
    },
    attach: async (_before, _after, context) => follower(link, context),
    async revert(before, context) {
      const { signal, fence } = context
      const mark = await readMark(link, { signal })
      if (!mark || !isOurs(link, mark)) return
      if (mark.authority === 'to') await takeBack(link, context)
      await writeMark(link, mark, before.mark ?? undefined, { signal, fence })
    },
    // A mark is removed, as it was written.
    estimate: (_before, measured) => ({ applyMs: 1_000, revertMs: measured?.applyMs ?? 1_000 }),
    byHand: () => ({
      apply: [
        `Only this engine follows: run the cutover. Once, all can be copied by hand. ${inWords(link.from, link.to)}`,
      ],
      revert: [
        `Nothing to type: end the process of this cutover, and nobody follows. ${from.id} was not changed by it.`,
      ],
      look: [from, to].flatMap(({ byHand }) => (byHand ? [byHand.look] : [])),
      traps: [
        `The copies stay at ${to.id}.`,
        `${ledger.id} still has the mark of ${id}: give a new cutover a link of another name.`,
      ],
    }),
  })
}
