import { knownOptions } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import { refuseOption } from '../health-error.ts'
import type { PoisonQueue } from '../run-phase/failure/poison-message.ts'

export interface InMemoryPoisonQueueOptions {
  /** For people: `sqs:orders`. */
  readonly name: string
  readonly host: string
  /** The consumer: throws for what it cannot handle. */
  readonly handle: (body: string) => void
  /** So often a message is delivered before it is a dead letter; `Infinity` when nobody has set a limit. @default 5 */
  readonly maxReceives?: number | undefined
  /** How long a message that was not handled is hidden, in milliseconds. @default 30_000 */
  readonly visibilityMs?: number | undefined
}

export interface InMemoryPoisonQueue extends PoisonQueue {
  readonly handled: readonly string[]
  readonly dead: readonly string[]
  readonly waiting: readonly string[]
  /** A producer sends. */
  put(body: string): void
}

/** A queue of the fake world with a consumer that takes what is visible, at once, and with dead letters. */
export function inMemoryPoisonQueue(world: FakeWorld, options: InMemoryPoisonQueueOptions): InMemoryPoisonQueue {
  const known = ['name', 'host', 'handle', 'maxReceives', 'visibilityMs']
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'inMemoryPoisonQueue')
  const { name, host, handle, maxReceives = 5, visibilityMs = 30_000 } = options
  if (!(maxReceives >= 1)) refuseOption('maxReceives', maxReceives, 'at least 1')
  const handled: string[] = []
  const waiting = new Set<{ readonly body: string; receives: number }>()
  let dead: string[] = []

  const deliver = (message: { readonly body: string; receives: number }): void => {
    message.receives += 1
    try {
      handle(message.body)
      handled.push(message.body)
      waiting.delete(message)
    } catch {
      world.later(visibilityMs, () => {
        if (message.receives < maxReceives) return deliver(message)
        waiting.delete(message)
        dead.push(message.body)
      })
    }
  }
  const put = (body: string): void => {
    const message = { body, receives: 0 }
    waiting.add(message)
    world.later(0, () => deliver(message))
  }

  return {
    name,
    host,
    send: (body, { signal }) => world.call(`queue.send ${name}`, { write: true, signal }, () => put(body)),
    deadLetters: (text, { signal }) =>
      world.call(`queue.peek ${name}`, { signal }, () => dead.filter((body) => body.includes(text)).length),
    discard: (text, { signal }) =>
      world.call(`queue.discard ${name}`, { write: true, signal }, () => {
        dead = dead.filter((body) => !body.includes(text))
      }),
    get handled() {
      return [...handled]
    },
    get dead() {
      return [...dead]
    },
    get waiting() {
      return [...waiting].map(({ body }) => body)
    },
    put,
  }
}
