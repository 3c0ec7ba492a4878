import { type Context, CutoverError, formatDuration } from '@cutover/core'

import { batchSize } from './forwarder.ts'
import { back, fates, forth, type Hop, recordFates, type Turn } from './hop.ts'
import { lostSlots } from './lost-slots.ts'
import type { Message } from './message-queue.ts'
import { moveMessages } from './move-messages.ts'
import type { QueueTransfer, TransferMark } from './queue-transfer.ts'

/**
 * Brings everything that waits at the target back to the source. Nobody may consume at either side meanwhile.
 *
 * @throws CutoverError `SYNC_MESSAGES_IN_FLIGHT` (retryable) while messages are hidden and may come back, `SYNC_MESSAGES_REFUSED`
 * when the source can never take one, `SYNC_SLOT_EXPIRED`.
 */
export async function returnMessages(transfer: QueueTransfer, mark: TransferMark, context: Context): Promise<void> {
  await finishForth(transfer, mark, context)
  const hop = back(transfer)
  for (let returned = 0; ;) {
    const messages = await hop.from.receive({ max: batchSize, hiddenMs: hop.hiddenMs, signal: context.signal })
    if (messages.length === 0) break
    const moved = await moveMessages(hop, messages, context)
    if (moved.failure !== undefined) throw moved.failure
    refuse(hop, moved.refused)
    returned += moved.sent
    context.report({ kind: 'progress', done: returned, unit: 'messages' })
  }
  refuse(
    hop,
    (await fates(hop, context)).flatMap(([id, fate]) => (fate.is === 'refused' ? [{ id, why: fate.why }] : [])),
  )
  await waitForHidden(transfer, mark, context)
}

/** What a crash has left half moved: what is not sent stays at the source, what is sent is removed there. */
async function finishForth(transfer: QueueTransfer, mark: TransferMark, context: Context): Promise<void> {
  const hop = forth(transfer)
  for (const [id, from] of await fates(hop, context)) {
    if (from.is === 'sending' || from.is === 'refused') await recordFates(hop, [{ id, from, to: undefined }], context)
    if (from.is !== 'reserved') continue
    const end = await hop.to.slots?.cancel(from.slot, { ...context, now: context.clock.now() })
    await recordFates(hop, [{ id, from, to: end === 'filled' ? { is: 'sent' } : undefined }], context)
  }
  const pending = async (): Promise<Set<string>> =>
    new Set((await fates(hop, context)).flatMap(([id, fate]) => (fate.is === 'sent' ? [id] : [])))
  const others: Message[] = []
  try {
    while ((await pending()).size > 0) {
      const messages = await hop.from.receive({ max: batchSize, hiddenMs: hop.hiddenMs, signal: context.signal })
      const left = await pending()
      if (messages.length === 0) return await settlePending(transfer, mark, left, others.length, context)
      others.push(...messages.filter(({ id }) => !left.has(id)))
      const moved = await moveMessages(
        hop,
        messages.filter(({ id }) => left.has(id)),
        context,
      )
      if (moved.failure !== undefined) throw moved.failure
    }
  } finally {
    for (const message of others) await hop.from.hide(message, { ...context, hiddenMs: 0 })
  }
}

/** Nothing more comes: they are gone, or still hidden by the run that died; counts alone are too late to tell. */
async function settlePending(
  transfer: QueueTransfer,
  mark: TransferMark,
  left: ReadonlySet<string>,
  others: number,
  context: Context,
): Promise<void> {
  const hop = forth(transfer)
  const leftMs = mark.since + hop.hiddenMs - context.clock.now()
  const total = (await hop.from.counts(context))?.total ?? Number.POSITIVE_INFINITY
  if (leftMs > 0 || total > others) throw inFlight(hop.from.id, `${left.size} that were moved already`, leftMs)
  const at = context.clock.now()
  const turns = [...left].map((id): Turn => ({ id, from: { is: 'sent' }, to: { is: 'removed', at } }))
  await recordFates(hop, turns, context)
}

/** What is still hidden comes back, or is removed, within `inFlightMs`; only slots that a crash has left stay longer. */
async function waitForHidden(transfer: QueueTransfer, mark: TransferMark, context: Context): Promise<void> {
  const { to, ledger, inFlightMs } = transfer
  const total = (await to.counts(context))?.total
  if (total === 0) return
  const leftMs = mark.since + inFlightMs - context.clock.now()
  const lost = await lostSlots(ledger, to, context)
  if (leftMs > 0 || (total ?? 0) > lost) throw inFlight(to.id, `${total ?? 'perhaps some'} messages`, leftMs)
}

const inFlight = (queue: string, what: string, leftMs: number): CutoverError =>
  new CutoverError('SYNC_MESSAGES_IN_FLIGHT', `${queue}: ${what} are hidden and may come back`, {
    retryable: true,
    next:
      leftMs > 0
        ? `Wait up to ${formatDuration(leftMs)}, then go on.`
        : 'See who still consumes there, stop it, then go on.',
  })

function refuse(hop: Hop, refused: readonly { readonly id: string; readonly why: string }[]): void {
  const [first] = refused
  if (!first) return
  throw new CutoverError(
    'SYNC_MESSAGES_REFUSED',
    `${refused.length} messages cannot go from ${hop.from.id} to ${hop.to.id}: ${first.id}: ${first.why}`,
    { next: `Move or remove them at ${hop.from.id} by hand, then go on.` },
  )
}
