import { type Change, CutoverError, defineChange } from '@cutover/core'

import { forwarder } from './forwarder.ts'
import {
  isOfQueues,
  queueTransfer,
  type QueueTransferOptions,
  readTransferMark,
  type TransferMark,
  writeTransferMark,
} from './queue-transfer.ts'
import { returnMessages } from './return-messages.ts'

export interface Transferring {
  readonly from: string
  readonly to: string
}

/**
 * Moves what waits in one queue, and what still arrives, to another; settled when it has begun: ask `allMoved` for the rest.
 *
 * A message is removed at the source only after the target has acknowledged it and the ledger has recorded that; what is too
 * large for the target stays, and is reported. Stop the consumers of the source first: a queue cannot tell a consumer from a
 * transfer, and what one has received while the other is slow would be handled twice.
 *
 * Lives in this process until it is undone or the process ends. Undone, everything that waits at the target is back at the
 * source; stop the consumers of the target first. A body is never altered; `openMessage` opens it where it had to be wrapped.
 *
 * @throws CutoverError at once `SYNC_OPTION_INVALID`; before anything is written `SYNC_FOREIGN`; from undoing
 * `SYNC_MESSAGES_IN_FLIGHT` (retryable), `SYNC_MESSAGES_REFUSED`, `SYNC_SLOT_EXPIRED`.
 */
export function transferQueue(
  id: string,
  options: QueueTransferOptions,
): Change<{ readonly mark: TransferMark | null }, Transferring> {
  const transfer = queueTransfer(id, options)
  const { from, to, ledger } = transfer
  const moved = { tookMs: 0 }
  return defineChange({
    id: `sync:transfer:${id}`,
    subject: `sync:transfer:${id}`,
    title: `Move the messages of ${from.id} to ${to.id}`,
    intent: { from: from.id, to: to.id },
    lateMs: Math.max(from.lateMs, to.lateMs, ledger.lateMs),
    async capture({ signal }) {
      const mark = (await readTransferMark(transfer, { signal })) ?? null
      if (mark && (!isOfQueues(transfer, mark) || mark.state === 'returning')) {
        throw new CutoverError(
          'SYNC_FOREIGN',
          `${ledger.id} has a transfer ${id} already, from ${mark.from} to ${mark.to}, ${mark.state}`,
          { next: 'Give this transfer a name of its own, or finish going back with the cutover that began it.' },
        )
      }
      return { mark }
    },
    async probe(_before, { signal }) {
      const mark = await readTransferMark(transfer, { signal })
      if (!mark) return { is: 'absent' }
      if (!isOfQueues(transfer, mark)) return { is: 'foreign', found: mark }
      return mark.state === 'moving' ? { is: 'applied', seen: { from: from.id, to: to.id } } : { is: 'partial' }
    },
    async apply(_before, { clock, signal, fence }) {
      const mark = await readTransferMark(transfer, { signal })
      if (mark && (!isOfQueues(transfer, mark) || mark.state === 'moving')) return
      const moving: TransferMark = { from: from.id, to: to.id, state: 'moving', since: clock.now() }
      await writeTransferMark(transfer, mark, moving, { signal, fence })
    },
    attach: async (_before, _after, context) => forwarder(transfer, context, moved),
    async revert(before, context) {
      const { clock, signal, fence } = context
      let mark = await readTransferMark(transfer, { signal })
      if (!mark || !isOfQueues(transfer, mark)) return
      if (mark.state === 'moving') {
        const returning: TransferMark = { ...mark, state: 'returning', since: clock.now() }
        await writeTransferMark(transfer, mark, returning, { signal, fence })
        mark = returning
      }
      await returnMessages(transfer, mark, context)
      await writeTransferMark(transfer, mark, before.mark ?? undefined, { signal, fence })
    },
    // At most what this process has moved must come back, as fast as it went; what producers add at the target nobody knows.
    estimate: (_before, measured) => ({
      applyMs: 1_000,
      revertMs: measured ? measured.applyMs + moved.tookMs : 60_000,
    }),
    permissions: [from, to].flatMap(
      (queue) => queue.permissions ?? [`receive, send and remove messages of ${queue.id}`],
    ),
    byHand: () => ({
      apply: [byHandMoved(from.id, to.id)],
      revert: [`Stop the consumers of ${to.id}, and the process of this cutover.`, byHandMoved(to.id, from.id)],
      look: [from, to].flatMap(({ lookByHand }) => lookByHand ?? []),
      traps: [
        `${from.id} limits how long a message waits: bring them back before its retention ends.`,
        `A body at ${to.id} may be wrapped, to carry its attributes: what stands under "body" is the message.`,
      ],
    }),
  })
}

const byHandMoved = (from: string, to: string): string =>
  `No command moves messages from ${from} to ${to}: receive each, send it there, and delete it only then. Going back with this engine does it: run the cutover with rollBack.`
