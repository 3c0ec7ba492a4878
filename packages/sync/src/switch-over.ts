import {
  type ChangeSpec,
  type Check,
  type Duration,
  durationMs,
  formatDuration,
  defineProcedure,
  knownOptions,
} from '@cutover/core'
import type { Procedure } from '@cutover/core'

import { caughtUp } from './caught-up.ts'
import { assertLink, type Link } from './link.ts'
import { sameContent } from './same-content.ts'
import { turnLink } from './turn-link.ts'

export interface SwitchOverOptions {
  /** Stops everybody who writes at the source. @default none: they are stopped already, by a cordon */
  readonly freeze?: ChangeSpec | undefined
  /** Longer than this after the freeze, it fails and goes back. @default '2m' */
  readonly maxDowntime?: Duration | undefined
  /** How far behind it may be when it is frozen. @default '1m' */
  readonly lag?: Duration | undefined
  /** How long to wait until it has caught up so far. @default '2h' */
  readonly within?: Duration | undefined
}

const switchOverOptions: readonly (keyof SwitchOverOptions)[] = ['freeze', 'maxDowntime', 'lag', 'within']

export interface SwitchedOver {
  /** Epoch milliseconds. */
  readonly frozenAt: number
  readonly switchedAt: number
}

/**
 * Hands the truth from the source to the target: waits until it has almost caught up and all that was copied is read and
 * compared; freezes; drains the rest; compares what is new; and turns the link, so that the source follows the target.
 *
 * Afterwards the target may be written, and going back brings everything written there to the source. Needs `follow(link)`,
 * alive in this process. Until the end of the freeze nobody writes at the target.
 *
 * @throws CutoverError at once `SYNC_OPTION_INVALID`, `DURATION_INVALID`
 */
export function switchOver(link: Link, options: SwitchOverOptions = {}): Procedure<SwitchedOver> {
  assertLink(link, 'switchOver')
  knownOptions(options, switchOverOptions, 'SYNC_OPTION_INVALID', 'switchOver')
  const { freeze, maxDowntime = '2m', lag = '1m', within = '2h' } = options
  const maxDowntimeMs = durationMs(maxDowntime, 'maxDowntime')
  for (const [name, duration] of Object.entries({ lag, within })) durationMs(duration, name)
  return defineProcedure({
    id: `sync:switch-over:${link.id}`,
    title: `Switch from ${link.from.id} to ${link.to.id}`,
    async steps(steps) {
      await steps.require(caughtUp(link, { lag }), { within, as: 'almost caught up' })
      await steps.require(sameContent(link, { lag }), { within, as: 'same so far' })
      if (freeze) await steps.apply(freeze)
      const frozenAt = await steps.value('frozen', () => steps.clock.now())
      const inTime = <Evidence>(check: Check<Evidence>): Check<Evidence> => failsAfter(check, frozenAt, maxDowntimeMs)
      await steps.require(inTime(caughtUp(link)), { within: maxDowntime, every: '1s', as: 'drained' })
      await steps.require(inTime(sameContent(link)), { within: maxDowntime, every: '1s', as: 'same' })
      await steps.apply(turnLink(link))
      const switchedAt = await steps.value('switched', () => steps.clock.now())
      return { frozenAt, switchedAt }
    },
  })
}

/** Nobody is asked at night whether a downtime may last longer: it is over, and everything goes back. */
function failsAfter<Evidence>(check: Check<Evidence>, since: number, maxMs: number): Check<Evidence> {
  return {
    ...check,
    async run(context) {
      const answer = await check.run(context)
      const tookMs = context.clock.now() - since
      if (answer.status !== 'undecided' || tookMs < maxMs) return answer
      const text = `${answer.text}, ${formatDuration(tookMs)} after the freeze; maxDowntime is ${formatDuration(maxMs)}`
      return { ...answer, status: 'fail', text }
    },
  }
}
