import type { CallOptions, WriteOptions } from './call-options.ts'
import type { Ledger, LedgerWrite } from './ledger.ts'
import type { MessageQueue, Slot } from './message-queue.ts'
import type { QueueTransfer } from './queue-transfer.ts'

/** One direction of a transfer. */
export interface Hop {
  readonly from: MessageQueue
  readonly to: MessageQueue
  readonly ledger: Ledger
  readonly hiddenMs: number
  /** Where the ledger has what became of each message. */
  readonly scope: string
}

/**
 * What became of a message of the queue that it is moved from.
 *
 * - `reserved`: a slot of the target is its own; filled or not.
 * - `sending`: it may have been sent, to a target without slots.
 * - `sent`: the target has acknowledged it; it may be removed at the source.
 * - `removed`: it is removed; kept, since a queue may deliver it once more.
 * - `refused`: the target can never take it; it stays.
 */
export type Fate =
  | { readonly is: 'reserved'; readonly slot: Slot }
  | { readonly is: 'sending' }
  | { readonly is: 'sent' }
  | { readonly is: 'removed'; readonly at: number }
  | { readonly is: 'refused'; readonly why: string }

export const forth = ({ id, from, to, ledger, hiddenMs }: QueueTransfer): Hop => ({
  from,
  to,
  ledger,
  hiddenMs,
  scope: `moved:${id}`,
})

export const back = ({ id, from, to, ledger, hiddenMs }: QueueTransfer): Hop => ({
  from: to,
  to: from,
  ledger,
  hiddenMs,
  scope: `returned:${id}`,
})

export async function fateOf(hop: Hop, messageId: string, options?: CallOptions): Promise<Fate | undefined> {
  return (await hop.ledger.get(hop.scope, messageId, options)) as Fate | undefined
}

export async function fates(
  hop: Hop,
  options?: CallOptions,
): Promise<readonly (readonly [messageId: string, fate: Fate])[]> {
  return (await hop.ledger.entries(hop.scope, options)) as readonly (readonly [string, Fate])[]
}

/** What a message's fate was, and is to be; `undefined` for nothing known. */
export interface Turn {
  readonly id: string
  readonly from: Fate | undefined
  readonly to: Fate | undefined
}

/** Records all of them, or none: a request that comes late finds that they have gone on. */
export async function recordFates(hop: Hop, turns: readonly Turn[], options: WriteOptions): Promise<void> {
  if (turns.length > 0)
    await hop.ledger.write(
      turns.map((turn) => fateWrite(hop, turn)),
      options,
    )
}

export const fateWrite = ({ scope }: Hop, { id, from, to }: Turn): LedgerWrite => ({
  scope,
  key: id,
  value: to,
  expected: { value: from },
})
