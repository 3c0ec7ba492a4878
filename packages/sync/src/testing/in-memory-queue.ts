import { CutoverError } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import { messageText } from '../message-envelope.ts'
import type { Message, MessageContent, MessageQueue, Slot } from '../message-queue.ts'

export interface InMemoryQueueOptions {
  /** @default 'queue' */
  readonly id?: string | undefined
  /**
   * Whose rules it has. `'sqs'`: attributes, 256 KiB, no slots. `'storage-queue'`: slots, 48 KiB (64 KiB in base64), and counts
   * that do not tell what is in flight. @default 'sqs'
   */
  readonly like?: 'sqs' | 'storage-queue' | undefined
  /** How long a reply takes, in milliseconds. @default 0 */
  readonly replyMs?: number | undefined
  /** @default 60_000 */
  readonly lateMs?: number | undefined
}

/** Messages in a fake world. */
export interface InMemoryQueue extends MessageQueue {
  /** Every body, in the order of sending, also of what is hidden; without slots that are not filled. A copy. */
  readonly bodies: readonly string[]
  /** How many slots were reserved and never filled. */
  readonly emptySlots: number
  /** A program sends: a client of the world, not the code under test. */
  push(body: string): void
  /** A consumer of that cloud receives up to `max` messages and removes them: it handles them at once. */
  take(max?: number): readonly MessageContent[]
  /** A consumer receives one, and dies or takes its time: hidden for so long. */
  hold(hiddenMs: number): MessageContent | undefined
}

interface Kept {
  readonly id: string
  content: MessageContent | undefined
  receipt: string
  receivedCount: number
  visibleAt: number
  readonly expiresAt: number
}

const weekMs = 7 * 86_400_000

/**
 * A queue with these bodies, in this world's time and with its faults. A message that was received is hidden until its time is
 * over, then received again; the world knows the bodies that wait as `<id>` in `world.holds`.
 */
export function inMemoryQueue(
  world: FakeWorld,
  initial: readonly string[] = [],
  options: InMemoryQueueOptions = {},
): InMemoryQueue {
  const { id = 'queue', like = 'sqs', replyMs: ms = 0, lateMs = 60_000 } = options
  const maxBytes = like === 'sqs' ? 262_144 : 49_152
  let kept: Kept[] = []
  let numbers = 0
  const next = (what: string): string => `${what}-${++numbers}`
  const now = (): number => world.clock.now()

  const add = (content: MessageContent | undefined, visibleAt: number, expiresAt: number): Kept => {
    const message: Kept = { id: next(id), content, receipt: next('receipt'), receivedCount: 0, visibleAt, expiresAt }
    kept.push(message)
    return message
  }
  /** What is there now; what has expired is gone. */
  const present = (): Kept[] => (kept = kept.filter(({ expiresAt }) => expiresAt > now()))
  const visible = (max: number): Kept[] =>
    present()
      .filter(({ visibleAt }) => visibleAt <= now())
      .slice(0, max)
  const held = ({ id: messageId, receipt }: { readonly id: string; readonly receipt: string }): Kept | undefined =>
    present().find((message) => message.id === messageId && message.receipt === receipt)
  const drop = (message: Kept): void => void (kept = kept.filter((other) => other !== message))

  const received = (message: Kept, hiddenMs: number): Message => {
    message.receivedCount += 1
    message.receipt = next('receipt')
    message.visibleAt = now() + hiddenMs
    const { receipt, receivedCount, content = { body: '' } } = message
    return { ...content, id: message.id, receipt, receivedCount }
  }
  const receive = (max: number, hiddenMs: number): Message[] =>
    visible(max).map((message) => received(message, hiddenMs))

  const refuses = (content: MessageContent): string | undefined => {
    const text = like === 'sqs' ? content.body + JSON.stringify(content.attributes ?? {}) : messageText(content)
    const bytes = new TextEncoder().encode(text).length
    return bytes > maxBytes ? `it has ${bytes} bytes; ${id} takes ${maxBytes}` : undefined
  }
  const refuse = (content: MessageContent): void => {
    const why = refuses(content)
    if (why !== undefined) throw new CutoverError('SYNC_MESSAGE_REJECTED', `${id}: ${why}`)
  }

  /** The slot, while it is empty. */
  const empty = (slot: Slot, at: number): Kept | undefined => {
    if (at >= slot.expiresAt)
      throw new CutoverError(
        'SYNC_SLOT_EXPIRED',
        `${id}: slot ${slot.id} has expired: whether it was filled, nobody knows`,
      )
    return held(slot)
  }
  const fill = (slot: Slot, content: MessageContent, at: number): void => {
    const message = empty(slot, at)
    if (message) Object.assign(message, { content, receipt: next('receipt'), visibleAt: now() })
  }

  const queue: InMemoryQueue = {
    id,
    supports: { sendOnce: like === 'storage-queue' },
    lateMs,
    refuses,
    get bodies() {
      return present().flatMap(({ content }) => (content ? [content.body] : []))
    },
    get emptySlots() {
      return present().filter(({ content }) => !content).length
    },
    push: (body) => void add({ body }, now(), now() + 2 * weekMs),
    take(max = 10) {
      const taken = receive(max, weekMs)
      for (const message of taken) {
        const found = held(message)
        if (found) drop(found)
      }
      return taken
    },
    hold: (hiddenMs) => receive(1, hiddenMs)[0],
    receive: ({ max, hiddenMs, signal }) =>
      world.call(`${id}.receive`, { ms, signal }, () => receive(Math.min(max, 10), hiddenMs)),
    send(content, { signal, fence } = {}) {
      return world.call(`${id}.send`, { write: true, ms, signal, fence }, () => {
        refuse(content)
        add(contentOf(content), now(), now() + 2 * weekMs)
      })
    },
    remove(message, { signal, fence } = {}) {
      return world.call(`${id}.remove`, { write: true, ms, signal, fence }, () => {
        const found = held(message)
        if (found) drop(found)
        return found !== undefined || !present().some((other) => other.id === message.id)
      })
    },
    hide(message, { hiddenMs, signal, fence }) {
      return world.call(`${id}.hide`, { write: true, ms, signal, fence }, () => {
        const found = held(message)
        if (found) found.visibleAt = now() + hiddenMs
      })
    },
    counts({ signal } = {}) {
      return world.call(`${id}.counts`, { ms, signal }, () => {
        const total = present().length
        const waiting = visible(total).length
        return like === 'sqs' ? { total, waiting, inFlight: total - waiting } : { total }
      })
    },
    slots:
      like === 'sqs'
        ? undefined
        : {
            reserve: ({ signal, fence }) =>
              world.call(`${id}.reserve`, { write: true, ms, signal, fence }, () => {
                const expiresAt = now() + weekMs
                const { id: slotId, receipt } = add(undefined, expiresAt, expiresAt)
                return { id: slotId, receipt, expiresAt }
              }),
            fill: (slot, content, { signal, fence, now: at }) =>
              world.call(`${id}.fill`, { write: true, ms, signal, fence }, () => {
                refuse(content)
                fill(slot, contentOf(content), at)
              }),
            cancel: (slot, { signal, fence, now: at }) =>
              world.call(`${id}.cancel`, { write: true, ms, signal, fence }, () => {
                const message = empty(slot, at)
                if (message) drop(message)
                return message ? 'cancelled' : 'filled'
              }),
          },
  }
  for (const body of initial) queue.push(body)
  world.holds(id, () => queue.bodies)
  return queue
}

const contentOf = ({ body, attributes, origin }: MessageContent): MessageContent => ({
  body,
  ...(attributes ? { attributes: { ...attributes } } : {}),
  ...(origin === undefined ? {} : { origin }),
})
