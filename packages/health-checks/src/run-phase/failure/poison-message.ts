import {
  type Answer,
  ask,
  type Check,
  type Context,
  defineCheck,
  type Duration,
  durationMs,
  formatDuration,
  knownOptions,
} from '@cutover/core'

import { refuseOption } from '../../health-error.ts'
import { namedHosts } from '../named-hosts.ts'

interface CallOptions {
  readonly signal: AbortSignal
}

/** A queue with its dead letters: SQS with a redrive policy, a storage queue with its `-poison`. */
export interface PoisonQueue {
  /** For people: `sqs:orders`. */
  readonly name: string
  /** Whom a test of it touches, as a plan names it: `orders.queue.core.windows.net`. */
  readonly host: string
  send(body: string, options: CallOptions): Promise<void>
  /** How many dead letters have this text in their body. They stay. */
  deadLetters(text: string, options: CallOptions): Promise<number>
  /** Removes the dead letters that have this text in their body, and no others. */
  discard(text: string, options: CallOptions): Promise<void>
}

export interface PoisonMessageOptions {
  /** The hosts that may be touched; the queue's own must be among them. */
  readonly hosts: readonly string[]
  /** What must hold afterwards: that the consumer still handles what is sound. */
  readonly well: Check
  /** A message that the consumer cannot handle; the marker must be in it, as it is. @default `not an order: ${marker}` */
  readonly body?: ((marker: string) => string) | undefined
  /** How long until it must be a dead letter: deliveries times visibility. @default '5m' */
  readonly within?: Duration | undefined
  /** From one look to the next. @default '5s' */
  readonly every?: Duration | undefined
  /** Begins the marker. Dead letters of former runs are told by it and removed first. @default 'cutover-poison' */
  readonly marker?: string | undefined
  /** @default made of the queue's name */
  readonly id?: string | undefined
}

const known: readonly (keyof PoisonMessageOptions)[] = ['hosts', 'well', 'body', 'within', 'every', 'marker', 'id']

/** JSON. */
export interface PoisonEvidence {
  readonly reason: 'held' | 'not-dead-lettered' | 'twice' | 'not-well' | 'not-cleaned-up'
  readonly marker: string
  /** From sending it until it was seen among the dead letters. */
  readonly tookMs?: number | undefined
  /** Dead letters with the marker that were left after the clean-up. */
  readonly left?: number | undefined
  readonly well?: Answer | undefined
}

/**
 * A check that a message which cannot be handled becomes a dead letter, exactly once, and holds up nothing behind it.
 *
 * Sends one marked message, waits for it among the dead letters, removes it there, reads back that it is gone, and asks `well`. Each ask
 * sends one; what a killed run has left is removed by the next. `fail`: it is no dead letter in time (it is then still in the queue, or
 * was lost), it became two, or `well` fails. `undecided`: the clean-up cannot be seen to be complete.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `HEALTH_HOST_NOT_NAMED`, `DURATION_INVALID` when it is made.
 */
export function poisonMessage(queue: PoisonQueue, options: PoisonMessageOptions): Check<PoisonEvidence> {
  if (typeof (queue as Partial<PoisonQueue> | undefined)?.deadLetters !== 'function')
    refuseOption('queue', queue, 'a queue with its dead letters')
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'poisonMessage')
  const { hosts, well, within = '5m', every = '5s', marker: prefix = 'cutover-poison' } = options
  const { body = (marker: string) => `not an order: ${marker}`, id = `health:poison:${queue.name}` } = options
  if (typeof (well as Partial<Check> | undefined)?.run !== 'function')
    refuseOption('well', well, 'a check that the consumer still works')
  if (typeof prefix !== 'string' || prefix.length < 8) refuseOption('marker', prefix, 'a text of at least 8 characters')
  if (!body(prefix).includes(prefix)) refuseOption('body', body(prefix), 'a message with the marker in it, as it is')
  const [withinMs, everyMs] = [durationMs(within, 'within'), durationMs(every, 'every')]
  if (everyMs <= 0) refuseOption('every', every, 'more than 0')
  namedHosts(hosts).refuseUnnamed('poisonMessage', queue.host)

  return defineCheck<PoisonEvidence>({
    id,
    title: `A message that ${queue.name} cannot handle becomes a dead letter`,
    async run(context) {
      const { clock, signal } = context
      await queue.discard(prefix, { signal })
      const marker = `${prefix}-${clock.now().toString(36)}`
      const sentAt = clock.monotonic()
      await queue.send(body(marker), { signal })
      const found = await arrives(queue, marker, { withinMs, everyMs }, context)
      const tookMs = Math.round(clock.monotonic() - sentAt)
      if (found === 0) {
        const text = `${marker} is no dead letter after ${formatDuration(tookMs)}: it is still in the queue, or was lost`
        return { status: 'fail', text, evidence: { reason: 'not-dead-lettered', marker } }
      }
      await queue.discard(marker, { signal })
      const after = await ask(well, context, { within, every })
      // Read after that, so that one that became two late is seen.
      const left = await queue.deadLetters(marker, { signal })
      const evidence = { marker, tookMs, left, well: after }
      if (found > 1 || left > 0) {
        await queue.discard(marker, { signal })
        const isGone = (await queue.deadLetters(marker, { signal })) === 0
        return isGone && found + left > 1
          ? {
              status: 'fail',
              text: `${marker} became ${found + left} dead letters`,
              evidence: { reason: 'twice', ...evidence },
            }
          : unclean(`${marker} is still among the dead letters; remove it by hand`, evidence)
      }
      if (after.status !== 'pass') {
        const text = `${marker} became a dead letter, and afterwards: ${after.text}`
        return { status: after.status, text, evidence: { reason: 'not-well', ...evidence } }
      }
      const text = `${marker} was a dead letter after ${formatDuration(tookMs)}, and is removed; ${after.text}`
      return { status: 'pass', text, evidence: { reason: 'held', ...evidence } }
    },
  })
}

async function arrives(
  queue: PoisonQueue,
  marker: string,
  { withinMs, everyMs }: { readonly withinMs: number; readonly everyMs: number },
  { clock, signal, report }: Context,
): Promise<number> {
  const until = clock.monotonic() + withinMs
  report({
    kind: 'waiting',
    why: `${marker} must become a dead letter of ${queue.name}`,
    until: clock.now() + withinMs,
  })
  for (;;) {
    const found = await queue.deadLetters(marker, { signal })
    if (found > 0 || clock.monotonic() >= until) return found
    await clock.sleep(Math.min(everyMs, until - clock.monotonic()), { signal })
  }
}

const unclean = (text: string, evidence: Omit<PoisonEvidence, 'reason'>): Answer<PoisonEvidence> => ({
  status: 'undecided',
  text,
  evidence: { reason: 'not-cleaned-up', ...evidence },
})
