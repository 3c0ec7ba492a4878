import { type Context, isCutoverError } from '@cutover/core'

import { type Fate, fateOf, type Hop, recordFates } from './hop.ts'
import { reserved, reserving } from './lost-slots.ts'
import type { Message, MessageContent, Slot, SlotSending } from './message-queue.ts'

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
  const known = await Promise.all(messages.map(async (message) => [message, await fateOf(hop, message.id, context)] as const))
  const failures: unknown[] = []
  const refused: { readonly id: string; readonly why: string }[] = []
  const fresh: Message[] = []
  const slots = new Map<Message, Slot>()
  const unsure: Message[] = []
  const sent: Message[] = []

  for (const [message, fate] of known) {
    if (fate?.is === 'sent' || fate?.is === 'removed') sent.push(message)
    else if (fate?.is === 'reserved') slots.set(message, fate.slot)
    else if (fate?.is === 'sending') unsure.push(message)
    else {
      const why = hop.to.refuses(contentOf(hop, message))
      if (why === undefined) fresh.push(message)
      else refused.push({ id: message.id, why })
    }
  }

  await recordFates(hop, refused.map(({ id, why }) => [id, { is: 'refused', why } satisfies Fate]), context)
  const { slots: sender } = hop.to
  if (sender) {
    for (const [message, slot] of await reserveSlots(hop, sender, fresh, context, failures)) slots.set(message, slot)
    const filled = await all([...slots], failures, async ([message, slot]) => {
      await sender.fill(slot, contentOf(hop, message), { ...context, now: context.clock.now() })
      return message
    })
    await recordFates(hop, filled.map(({ id }) => [id, { is: 'sent' } satisfies Fate]), context)
    sent.push(...filled)
  } else {
    await recordFates(hop, fresh.map(({ id }) => [id, { is: 'sending' } satisfies Fate]), context)
    const answered = await all([...unsure, ...fresh], failures, async (message) => {
      await hop.to.send(contentOf(hop, message), context)
      return message
    })
    await recordFates(hop, answered.map(({ id }) => [id, { is: 'sent' } satisfies Fate]), context)
    sent.push(...answered)
  }

  const removed = await all(sent, failures, async (message) => ((await hop.from.remove(message, context)) ? message : []))
  const at = context.clock.now()
  await recordFates(hop, removed.flat().map(({ id }) => [id, { is: 'removed', at } satisfies Fate]), context)
  await all(messages.filter(({ id }) => refused.some((one) => one.id === id)), failures, (message) =>
    hop.from.hide(message, { ...context, hiddenMs: refusedHiddenMs }),
  )
  const final = failures.find((error) => context.signal.aborted || isCutoverError(error, 'CUTOVER_FENCED'))
  if (final !== undefined) throw final
  const before = known.filter(([, fate]) => fate?.is === 'sent' || fate?.is === 'removed').length
  return {
    sent: sent.length - before,
    sentAgain: unsure.length,
    removed: removed.flat().length,
    refused,
    failure: failures[0],
  }
}

/** A slot for each message, recorded before anything is put into it. */
async function reserveSlots(
  hop: Hop,
  sender: SlotSending,
  fresh: readonly Message[],
  context: Context,
  failures: unknown[],
): Promise<readonly (readonly [Message, Slot])[]> {
  if (fresh.length === 0) return []
  await hop.ledger.write([await reserving(hop, fresh.length, context)], context)
  const slots = await all(fresh, failures, async (message) => {
    const slot = await sender.reserve({ ...context, now: context.clock.now() })
    return [message, slot] as const
  })
  const fatesOfSlots = slots.map(([{ id: key }, slot]) => ({
    scope: hop.scope,
    key,
    value: { is: 'reserved', slot } satisfies Fate,
  }))
  await hop.ledger.write([...fatesOfSlots, await reserved(hop, fresh.length - slots.length, context)], context)
  return slots
}

/** Where it was first sent stays with it through every transfer. */
const contentOf = ({ from }: Hop, { id, body, attributes, origin }: Message): MessageContent => ({
  body,
  attributes,
  origin: origin ?? `${from.id}/${id}`,
})

/** All at once; what fails is kept aside and stops no other. */
async function all<In, Out>(
  items: readonly In[],
  failures: unknown[],
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
