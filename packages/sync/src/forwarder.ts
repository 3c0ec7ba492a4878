import { type Context, isCutoverError } from '@cutover/core'

import { forth } from './hop.ts'
import { type Moved, moveMessages } from './move-messages.ts'
import { isOfQueues, type QueueTransfer, readTransferMark } from './queue-transfer.ts'

/** Most services hand out ten at most. */
export const batchSize = 10

/** Moves messages until it is disposed of; counts in `moved` how long that took, without the pauses. */
export function forwarder(transfer: QueueTransfer, context: Context, moved: { tookMs: number }): AsyncDisposable {
  const stop = new AbortController()
  const loop = run(transfer, AbortSignal.any([context.signal, stop.signal]), context, moved)
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await loop
    },
  }
}

/** A batch that has begun is finished: what stops halfway leaves messages hidden, and slots behind. */
async function run(
  transfer: QueueTransfer,
  signal: AbortSignal,
  context: Context,
  spent: { tookMs: number },
): Promise<void> {
  const { clock } = context
  const told = new Set<string>()
  let total = 0
  while (!signal.aborted) {
    let count = 0
    try {
      const mark = await readTransferMark(transfer, { signal })
      if (mark?.state === 'moving' && isOfQueues(transfer, mark)) {
        const messages = await transfer.from.receive({ max: batchSize, hiddenMs: transfer.hiddenMs, signal })
        count = messages.length
        const startedAt = clock.monotonic()
        const moved = count === 0 ? undefined : await moveMessages(forth(transfer), messages, context)
        spent.tookMs += clock.monotonic() - startedAt
        total += moved?.sent ?? 0
        if (moved) tell(transfer, moved, total, context, told)
        // What fails at once would fail again at once.
        if (moved?.failure !== undefined) count = 0
      }
    } catch (error) {
      // A successor moves them now.
      if (isCutoverError(error, 'CUTOVER_FENCED')) return
      if (!signal.aborted) tellOnce(transfer, error, context, told)
    }
    if (count > 0) continue
    try {
      await clock.sleep(transfer.everyMs, { signal })
    } catch (error) {
      // Waking, too, it may be told that a successor has taken over.
      if (signal.aborted || isCutoverError(error, 'CUTOVER_FENCED')) return
      throw error
    }
  }
}

function tell(transfer: QueueTransfer, moved: Moved, total: number, context: Context, told: Set<string>): void {
  if (moved.sent > 0) context.report({ kind: 'progress', done: total, unit: 'messages' })
  if (moved.failure !== undefined) tellOnce(transfer, moved.failure, context, told)
  for (const { id, why } of moved.refused) {
    context.report({
      kind: 'note',
      code: 'SYNC_MESSAGE_REJECTED',
      data: { id, why },
      text: `${transfer.from.id}: message ${id} stays: ${why}`,
    })
  }
  if (moved.sentAgain > 0) {
    context.report({
      kind: 'note',
      code: 'SYNC_SENT_AGAIN',
      data: { count: moved.sentAgain },
      text: `${transfer.to.id}: ${moved.sentAgain} sent again after a crash, with the same origin`,
    })
  }
}

function tellOnce(transfer: QueueTransfer, error: unknown, { report }: Context, told: Set<string>): void {
  const text = `${transfer.id}: ${error instanceof Error ? error.message : String(error)}`
  if (told.has(text) || told.size > 1_000) return
  told.add(text)
  report({ kind: 'note', code: isCutoverError(error) ? error.code : 'SYNC_UNAVAILABLE', data: {}, text })
}
