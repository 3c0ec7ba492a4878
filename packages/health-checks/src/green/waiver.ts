import { type Clock, formatInstant, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'

/** Something that is accepted as it is, by somebody, until a day: then it counts again. */
export interface Waiver {
  /** Why it is right as it is. */
  readonly because: string
  /** Until when, ISO 8601: `2026-12-31`, or an instant. A day counts to its end, in UTC. */
  readonly until: string
}

/** The instant at which it is over. */
export function waivedUntil(field: string, waiver: Waiver): number {
  knownOptions(waiver, ['because', 'until'], 'HEALTH_OPTIONS_INVALID', field)
  const { because, until } = waiver
  if (typeof because !== 'string' || because.trim() === '') refuseOption(`${field}.because`, because, 'a reason')
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(until)
  // oxlint-disable-next-line no-restricted-globals -- reads what it is given, and no clock
  const at = Date.parse(isDay ? `${until}T23:59:59.999Z` : until)
  if (!Number.isFinite(at) || typeof until !== 'string')
    refuseOption(`${field}.until`, until, 'a day or an instant, 2026-12-31')
  return at
}

export interface Waived {
  readonly because: string
  readonly until: string
}

/** What stands in the evidence for one that holds; `undefined` once it is over. */
export function waived(waiver: Waiver | undefined, clock: Clock): Waived | undefined {
  if (!waiver) return undefined
  const at = waivedUntil('waiver', waiver)
  return at < clock.now() ? undefined : { because: waiver.because, until: formatInstant(at) }
}
