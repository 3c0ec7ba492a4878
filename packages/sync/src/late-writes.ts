import type { Clock } from '@cutover/core'

import type { Link } from './link.ts'

/** Until when a copy that was sent may still take effect unseen, epoch milliseconds; for each link of this process. */
const untils = new WeakMap<Link, { readonly until: number; readonly clock: Clock }>()

/** Something was sent, by this process or one before it, and nobody knows whether it has arrived. */
export function mayBeLate(link: Link, clock: Clock): void {
  const until = clock.now() + Math.max(link.from.lateMs, link.to.lateMs)
  untils.set(link, { until: Math.max(untils.get(link)?.until ?? 0, until), clock })
}

/**
 * From when on no copy can arrive any more. The new authority may not be written before: a copy that comes after a deletion
 * there would bring the object back, and no version tells it from a new one.
 */
export function noneIsLateFrom(link: Link): number | undefined {
  return untils.get(link)?.until
}

/** For how long a copy may still arrive, in milliseconds; `undefined`: nobody in this process knows. For estimates. */
export function lateForMs(link: Link): number | undefined {
  const late = untils.get(link)
  return late && Math.max(0, late.until - late.clock.now())
}
