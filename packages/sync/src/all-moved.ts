import { type Check, defineCheck } from '@cutover/core'

import { fates, forth } from './hop.ts'
import { queueTransfer, type QueueTransferOptions, readTransferMark } from './queue-transfer.ts'

export interface AllMoved {
  /** What the source still has: waiting, delayed or in flight; `undefined` when it does not say. */
  readonly left: number | undefined
  /** Begun, and not known to be sent. */
  readonly unfinished: number
  /** Messages that the target can never take, ten at most. */
  readonly refused: readonly { readonly id: string; readonly why: string }[]
}

/**
 * Passes when the source has nothing left and the ledger nothing unfinished. Fails when a message can never be moved.
 *
 * Counts of queues are approximate, and up to a minute late: ask with `consecutive`, and when nobody sends there any more.
 */
export function allMoved(id: string, options: QueueTransferOptions): Check<AllMoved> {
  const transfer = queueTransfer(id, options)
  const { from } = transfer
  return defineCheck({
    id: `sync:all-moved:${id}`,
    title: `Nothing is left in ${from.id}`,
    async run({ signal }) {
      const mark = await readTransferMark(transfer, { signal })
      if (mark?.state !== 'moving') return { status: 'undecided', text: `nobody moves the messages of ${from.id}` }
      const left = (await from.counts({ signal }))?.total
      const known = await fates(forth(transfer), { signal })
      const refused = known.flatMap(([key, fate]) => (fate.is === 'refused' ? [{ id: key, why: fate.why }] : []))
      const unfinished = known.filter(([, { is }]) => is === 'reserved' || is === 'sending').length
      const evidence = { left, unfinished, refused: refused.slice(0, 10) }
      if (refused[0] && left !== 0) {
        const { id: message, why } = refused[0]
        return { status: 'fail', text: `${refused.length} cannot be moved: ${message}: ${why}`, evidence }
      }
      if (left === undefined) return { status: 'undecided', text: `${from.id} does not say what it has`, evidence }
      if (left > 0 || unfinished > 0)
        return { status: 'undecided', text: `${left} are left in ${from.id}, ${unfinished} unfinished`, evidence }
      return { status: 'pass', text: `${from.id} is empty`, evidence }
    },
  })
}
