import { type Check, type Clock, defineCheck, type Duration, durationMs, formatDuration } from '@cutover/core'

import type { Activity, FoundTrigger, Listeners } from './listeners.ts'
import { triggerNames } from './trigger-names.ts'

export interface DrainedOptions {
  /**
   * How long a count of nothing in flight must have lasted. SQS: its counts are right a minute after the last change.
   *
   * @default '1m'
   */
  readonly quiet?: Duration | undefined
}

export interface Drained {
  /** What is not drained, and why; empty when it passes. */
  readonly blockedBy: readonly { readonly name: string; readonly why: string }[]
  /** What waits to be taken, by name, where that is known: work to hand over, no reason to wait. */
  readonly waiting: Readonly<Record<string, number>>
}

/**
 * Passes when every named trigger is stopped and nothing that it took is still running; without names, every one of the side.
 *
 * Nothing runs any more when nothing was in flight for `quiet`; or, where nobody counts, when the trigger has been stopped for
 * longer than one piece of work can run. Both are measured by this check itself, from its first ask on: a crash, or a new
 * check, begins again. Where neither is known it stays undecided, and so it does while a trigger listens. It never fails.
 *
 * @throws CutoverError `TRIGGERS_OPTION_INVALID`, `DURATION_INVALID` at once.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html for the minute.
 */
export function drained<Name extends string>(
  listeners: Listeners<Name>,
  names?: readonly NoInfer<Name>[],
  options: DrainedOptions = {},
): Check<Drained> {
  const { quiet = '1m' } = options
  const quietMs = durationMs(quiet, 'quiet')
  const asked = triggerNames<Name>(listeners, names)
  const watches = new Map(asked.map((name) => [name, new Watch(quietMs)]))
  return defineCheck({
    id: `triggers:drained:${listeners.id}:${asked.join(',')}`,
    title: `${listeners.id} is drained: ${asked.join(', ')}`,
    async run({ clock, signal }) {
      const blockedBy: { name: string; why: string }[] = []
      const waiting: Record<string, number> = {}
      for (const name of asked) {
        const found = await listeners.look(name, { signal })
        const activity = await listeners.activity(name, { signal })
        const why = watches.get(name)?.blockedBy(found, activity, clock)
        if (why !== undefined) blockedBy.push({ name, why })
        if (activity.waiting !== undefined) waiting[name] = activity.waiting
      }
      const text =
        blockedBy.length === 0
          ? `${listeners.id}: nothing is in flight (${asked.join(', ')})`
          : `${listeners.id}: ${blockedBy.map(({ name, why }) => `${name}: ${why}`).join('; ')}`
      return { status: blockedBy.length === 0 ? 'pass' : 'undecided', text, evidence: { blockedBy, waiting } }
    },
  })
}

/** Since when one trigger has been seen stopped, and idle, without a break. */
class Watch {
  readonly #quietMs: number
  #stoppedSince: number | undefined
  #idleSince: number | undefined

  constructor(quietMs: number) {
    this.#quietMs = quietMs
  }

  /** Why it is not drained. */
  blockedBy(found: FoundTrigger, activity: Activity, clock: Clock): string | undefined {
    const now = clock.monotonic()
    const { inFlight, longestMs } = activity
    if (found.state !== 'stopped') {
      this.#stoppedSince = undefined
      this.#idleSince = undefined
      return found.text
    }
    this.#stoppedSince ??= now
    if (inFlight === 0) this.#idleSince ??= now
    else this.#idleSince = undefined
    if (inFlight !== undefined && inFlight !== 0) return `${inFlight} in flight (${activity.text})`
    const since = this.#idleSince ?? this.#stoppedSince
    const neededMs = inFlight === 0 ? this.#quietMs : longestMs
    if (neededMs === undefined) return `no data on what is in flight (${activity.text})`
    const lastedMs = now - since
    if (lastedMs >= neededMs) return undefined
    const what = inFlight === 0 ? 'nothing in flight' : 'stopped'
    return `${what} for ${formatDuration(lastedMs)} of ${formatDuration(neededMs)} (${activity.text})`
  }
}
