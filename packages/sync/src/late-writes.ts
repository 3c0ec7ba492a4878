import type { Link } from './link.ts'

/** Until when a copy that was sent may still take effect unseen, epoch milliseconds; for each link of this process. */
const untils = new WeakMap<Link, number>()

/** Something was sent, by this process or one before it, and nobody knows whether it has arrived. */
export function mayBeLate(link: Link, now: number): void {
  const until = now + Math.max(link.from.lateMs, link.to.lateMs)
  untils.set(link, Math.max(untils.get(link) ?? 0, until))
}

/**
 * From when on no copy can arrive any more. The new authority may not be written before: a copy that comes after a deletion
 * there would bring the object back, and no version tells it from a new one.
 */
export function noneIsLateFrom(link: Link): number | undefined {
  return untils.get(link)
}
