import { CutoverError } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

/** Takes messages from a queue whenever its control plane lets it. */
export interface QueueConsumer {
  /** `lambda:orders`: who is said to have handled a message. */
  readonly by: string
  /** Does it take messages now? Asked before each receive, and never between a receive and its end. */
  polls(): boolean
  /** Does every call of its handler fail now? */
  throttles?(): boolean
  /** How long it works on one message, in milliseconds. */
  readonly handlerMs: number
}

export interface InMemoryQueueOptions {
  readonly name: string
  /** @default 30_000 */
  readonly visibilityTimeoutMs?: number | undefined
  /** Received so often without being handled, a message becomes a dead letter. @default 3 */
  readonly maxReceiveCount?: number | undefined
  /** After how long a message that nobody took is deleted. @default 345_600_000, the four days of SQS */
  readonly retentionMs?: number | undefined
  /** How often a consumer asks. @default 1_000 */
  readonly pollMs?: number | undefined
  /** How far its counts lag behind. @default 60_000, as SQS documents */
  readonly countLagMs?: number | undefined
}

/** A queue in a fake world, with the consumers of both clouds: a small SQS. What it accepts, and who handles it, the world is told. */
export interface InMemoryQueue {
  readonly name: string
  /** A producer sends one message, told by its id. */
  send(id: string): void
  consume(consumer: QueueConsumer): void
  /** Not taken by anybody; a copy. */
  readonly waiting: readonly string[]
  /** Taken, and neither handled nor visible again; a copy. */
  readonly inFlight: readonly string[]
  /** Given up after too many receives; a copy. */
  readonly deadLetters: readonly string[]
  /** Deleted unseen when its retention was over; a copy. */
  readonly expired: readonly string[]
  readonly handled: readonly { readonly id: string; readonly by: string }[]
  /** What the service counts, approximately: as it was `countLagMs` ago. */
  counts(): { readonly visible: number; readonly notVisible: number }
}

interface Message {
  readonly id: string
  readonly sentAt: number
  receives: number
  visibleFrom: number
}

/** The world holds what waits or is in flight as `queue:<name>`; a dead letter or an expired message is lost. */
export function inMemoryQueue(world: FakeWorld, options: InMemoryQueueOptions): InMemoryQueue {
  const { name, visibilityTimeoutMs = 30_000, maxReceiveCount = 3, retentionMs = 345_600_000 } = options
  const { pollMs = 1_000, countLagMs = 60_000 } = options
  if (!(pollMs > 0 && visibilityTimeoutMs > 0 && maxReceiveCount >= 1)) {
    throw new CutoverError('TRIGGERS_OPTION_INVALID', `inMemoryQueue ${name}: times and counts must be more than 0`)
  }
  let messages: Message[] = []
  const deadLetters: string[] = []
  const expired: string[] = []
  const handled: { id: string; by: string }[] = []
  const history: { readonly at: number; readonly visible: number; readonly notVisible: number }[] = []
  const time = (): number => world.clock.monotonic()
  const isVisible = ({ visibleFrom }: Message): boolean => visibleFrom <= time()

  const count = (): void => {
    const visible = messages.filter(isVisible).length
    history.push({ at: time(), visible, notVisible: messages.length - visible })
    // Only what a lagging reader can still see.
    while (history.length > 2 && (history[1]?.at ?? 0) <= time() - countLagMs) history.shift()
  }

  const remove = (gone: Message): void => {
    messages = messages.filter((message) => message !== gone)
    count()
  }

  const expire = (): void => {
    for (const message of messages.filter(({ sentAt }) => time() - sentAt >= retentionMs)) {
      expired.push(message.id)
      remove(message)
    }
  }

  const receive = (consumer: QueueConsumer): void => {
    const message = messages.find(isVisible)
    if (!message) return
    if (message.receives >= maxReceiveCount) {
      deadLetters.push(message.id)
      remove(message)
      return
    }
    message.receives += 1
    message.visibleFrom = time() + visibilityTimeoutMs
    world.later(visibilityTimeoutMs, count)
    count()
    if (consumer.throttles?.()) return
    world.later(consumer.handlerMs, () => {
      if (!messages.includes(message)) return
      handled.push({ id: message.id, by: consumer.by })
      world.observe({ kind: 'handled', what: message.id, by: consumer.by })
      remove(message)
    })
  }

  world.holds(`queue:${name}`, () => messages.map(({ id }) => id))
  world.later(retentionMs, expire)
  return {
    name,
    send(id) {
      messages.push({ id, sentAt: time(), receives: 0, visibleFrom: time() })
      world.observe({ kind: 'accepted', what: id, by: name })
      world.later(retentionMs, expire)
      count()
    },
    consume(consumer) {
      if (consumer.handlerMs >= visibilityTimeoutMs) {
        throw new CutoverError(
          'TRIGGERS_OPTION_INVALID',
          `${consumer.by}: handlerMs is ${consumer.handlerMs}; wanted less than the visibility timeout of ${name}, ${visibilityTimeoutMs}`,
        )
      }
      world.repeat(pollMs, () => {
        if (consumer.polls()) receive(consumer)
      })
    },
    get waiting() {
      return messages.filter(isVisible).map(({ id }) => id)
    },
    get inFlight() {
      return messages.filter((message) => !isVisible(message)).map(({ id }) => id)
    },
    get deadLetters() {
      return [...deadLetters]
    },
    get expired() {
      return [...expired]
    },
    get handled() {
      return structuredClone(handled)
    },
    counts() {
      const seen = history.findLast(({ at }) => at <= time() - countLagMs)
      return { visible: seen?.visible ?? 0, notVisible: seen?.notVisible ?? 0 }
    },
  }
}
