import type { CallOptions } from './call-options.ts'
import type { Hop } from './hop.ts'
import type { Ledger, LedgerWrite } from './ledger.ts'
import type { MessageQueue } from './message-queue.ts'

/** Slots of one queue that a crash may have left behind: empty, hidden until they expire, and counted by the service all the same. */
interface SlotRecord {
  /** Being reserved just now. */
  readonly reserving: number
  /** Reserved by a process that did not live to record them: at most so many. */
  readonly lost: number
}

async function read(ledger: Ledger, queue: MessageQueue, options?: CallOptions): Promise<SlotRecord | undefined> {
  return (await ledger.get('slots', queue.id, options)) as SlotRecord | undefined
}

/** To be recorded before so many slots are reserved. What a predecessor was reserving is lost. */
export async function reserving(hop: Hop, count: number, options: CallOptions): Promise<LedgerWrite> {
  const before = await read(hop.ledger, hop.to, options)
  return write(hop.to, before, { reserving: count, lost: (before?.lost ?? 0) + (before?.reserving ?? 0) })
}

/** To be recorded together with the slots; of those whose reply did not come nobody knows. */
export async function reserved(hop: Hop, unanswered: number, options: CallOptions): Promise<LedgerWrite> {
  const before = await read(hop.ledger, hop.to, options)
  return write(hop.to, before, { reserving: 0, lost: (before?.lost ?? 0) + unanswered })
}

/** How many may be lost, at most. */
export async function lostSlots(ledger: Ledger, queue: MessageQueue, options: CallOptions): Promise<number> {
  const record = await read(ledger, queue, options)
  return (record?.reserving ?? 0) + (record?.lost ?? 0)
}

const write = (queue: MessageQueue, before: SlotRecord | undefined, value: SlotRecord): LedgerWrite => ({
  scope: 'slots',
  key: queue.id,
  value,
  expected: { value: before },
})
