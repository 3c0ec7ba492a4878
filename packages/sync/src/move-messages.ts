import { type Context, isCutoverError } from '@cutover/core'

import { type Fate, fateOf, fateWrite, type Hop, recordFates, type Turn } from './hop.ts'
import { reserved, reserving } from './lost-slots.ts'
import type { Message, MessageContent, SlotSending } from './message-queue.ts'

/** What became of the messages of one batch. */
export interface Moved {
  /** Sent now, and acknowledged. */
  readonly sent: number
  /** Sent again, since nobody knows whether they were: the target may have them twice. Only where it has no slots. */
  readonly sentAgain: number
  readonly removed: number
  /** Why messages stay, by message. */
  readonly refused: readonly { readonly id: string; readonly why: string }[]
  /** The first thing that went wrong; those messages are shown again after `hiddenMs`. */
  readonly failure: unknown
}

/** Refused messages are looked at again after so long, so that they neither block the queue nor use up their receives. */
const refusedHiddenMs = 3_600_000

/**
 * Moves received messages: what the ledger does not know is recorded, sent, acknowledged, recorded; only what is recorded as
 * sent is removed. Repeated from any point it goes on there.
 */
export async function moveMessages(hop: Hop, messages: readonly Message[], context: Context): Promise<Moved> {
  const batch: Batch = { hop, context, fates: new Map(), failures: [] }
  for (const message of messages) batch.fates.set(message, await fateOf(hop, message.id, context))
  const are = (...which: (Fate['is'] | undefined)[]): Message[] =>
    messages.filter((message) => which.includes(batch.fates.get(message)?.is))

  const sentBefore = are('sent', 'removed')
  const unsure = are('sending')
  const { fresh, refused } = await refuse(batch, are(undefined, 'refused'))
  const { slots } = hop.to
  const sent = slots
    ? await fill(batch, slots, [...are('reserved'), ...(await reserve(batch, slots, fresh))])
    : await send(batch, unsure, fresh)
  await record(batch, sent, () => ({ is: 'sent' }))

  const ends = await all(batch, [...sentBefore, ...sent], async (message) =>
    (await hop.from.remove(message, context)) ? [message] : [],
  )
  const at = context.clock.now()
  await record(batch, ends.flat(), () => ({ is: 'removed', at }))
  await all(batch, [...refused.keys()], (message) => hop.from.hide(message, { ...context, hiddenMs: refusedHiddenMs }))

  const final = batch.failures.find((error) => context.signal.aborted || isCutoverError(error, 'CUTOVER_FENCED'))
  if (final !== undefined) throw final
  return {
    sent: sent.length,
    sentAgain: unsure.length,
    removed: ends.flat().length,
    refused: [...refused].map(([{ id }, why]) => ({ id, why })),
    failure: batch.failures[0],
  }
}

interface Batch {
  readonly hop: Hop
  readonly context: Context
  readonly fates: Map<Message, Fate | undefined>
  readonly failures: unknown[]
}

const turnOf = ({ fates }: Batch, message: Message, to: Fate): Turn => ({
  id: message.id,
  from: fates.get(message),
  to,
})

/** Records what becomes of them, all at once. */
async function record(batch: Batch, messages: readonly Message[], fate: (message: Message) => Fate): Promise<void> {
  const turns = messages.map((message) => turnOf(batch, message, fate(message)))
  await recordFates(batch.hop, turns, batch.context)
  for (const message of messages) batch.fates.set(message, fate(message))
}

async function refuse(
  batch: Batch,
  messages: readonly Message[],
): Promise<{ readonly fresh: readonly Message[]; readonly refused: ReadonlyMap<Message, string> }> {
  const refused = new Map<Message, string>()
  for (const message of messages) {
    const why = batch.hop.to.refuses(contentOf(batch.hop, message))
    if (why !== undefined) refused.set(message, why)
  }
  await record(batch, [...refused.keys()], (message) => ({ is: 'refused', why: refused.get(message) ?? '' }))
  return { fresh: messages.filter((message) => !refused.has(message)), refused }
}

/** Where there are no slots: what a crash left in doubt is sent again. */
async function send(batch: Batch, unsure: readonly Message[], fresh: readonly Message[]): Promise<readonly Message[]> {
  await record(batch, fresh, () => ({ is: 'sending' }))
  return all(batch, [...unsure, ...fresh], async (message) => {
    await batch.hop.to.send(contentOf(batch.hop, message), batch.context)
    return message
  })
}

/** A slot for each message, recorded before anything is put into it. */
async function reserve(batch: Batch, slots: SlotSending, fresh: readonly Message[]): Promise<readonly Message[]> {
  const { hop, context, fates } = batch
  if (fresh.length === 0) return []
  await hop.ledger.write([await reserving(hop, fresh.length, context)], context)
  const reservedNow = await all(batch, fresh, async (message) => {
    const slot = await slots.reserve({ ...context, now: context.clock.now() })
    return [message, { is: 'reserved', slot } satisfies Fate] as const
  })
  const turns = reservedNow.map(([message, fate]) => fateWrite(hop, turnOf(batch, message, fate)))
  await hop.ledger.write([...turns, await reserved(hop, fresh.length - turns.length, context)], context)
  for (const [message, fate] of reservedNow) fates.set(message, fate)
  return reservedNow.map(([message]) => message)
}

async function fill(batch: Batch, slots: SlotSending, messages: readonly Message[]): Promise<readonly Message[]> {
  const { hop, context, fates } = batch
  return all(batch, messages, async (message) => {
    const fate = fates.get(message)
    if (fate?.is === 'reserved')
      await slots.fill(fate.slot, contentOf(hop, message), { ...context, now: context.clock.now() })
    return message
  })
}

/** Where it was first sent stays with it through every transfer. */
const contentOf = ({ from }: Hop, { id, body, attributes, origin }: Message): MessageContent => ({
  body,
  attributes,
  origin: origin ?? `${from.id}/${id}`,
})

/** All at once; what fails is kept aside and stops no other. */
async function all<In, Out>(
  { failures }: Batch,
  items: readonly In[],
  work: (item: In) => Promise<Out>,
): Promise<Out[]> {
  const ends = await Promise.allSettled(items.map(work))
  const done: Out[] = []
  for (const end of ends) {
    if (end.status === 'fulfilled') done.push(end.value)
    else failures.push(end.reason)
  }
  return done
}
