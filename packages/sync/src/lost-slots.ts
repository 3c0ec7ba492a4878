import type { CallOptions } from './call-options.ts'
import type { Hop } from './hop.ts'
import type { LedgerWrite } from './ledger.ts'
import type { MessageQueue } from './message-queue.ts'

/** Slots of one queue that a crash may have left behind: empty, hidden until they expire, and counted by the service all the same. */
interface SlotRecord {
  /** Being reserved just now. */
  readonly reserving: number
  /** Reserved by a process that did not live to record them: at most so many. */
  readonly lost: number
}

const none: SlotRecord = { reserving: 0, lost: 0 }

async function read(ledger: Hop['ledger'], queue: MessageQueue, options?: CallOptions): Promise<SlotRecord> {
  return ((await ledger.get('slots', queue.id, options)) as SlotRecord | undefined) ?? none
}

/** To be recorded before so many slots are reserved. What a predecessor was reserving is lost. */
export async function reserving(hop: Hop, count: number, options: CallOptions): Promise<LedgerWrite> {
  const before = await read(hop.ledger, hop.to, options)
  return write(hop.to, { reserving: count, lost: before.lost + before.reserving })
}

/** To be recorded together with the slots; of those whose reply did not come nobody knows. */
export async function reserved(hop: Hop, unanswered: number, options: CallOptions): Promise<LedgerWrite> {
  const before = await read(hop.ledger, hop.to, options)
  return write(hop.to, { reserving: 0, lost: before.lost + unanswered })
}

/** How many may be lost, at most. */
export async function lostSlots(ledger: Hop['ledger'], queue: MessageQueue, options: CallOptions): Promise<number> {
  const { reserving: open, lost } = await read(ledger, queue, options)
  return open + lost
}

const write = (queue: MessageQueue, value: SlotRecord): LedgerWrite => ({ scope: 'slots', key: queue.id, value })
