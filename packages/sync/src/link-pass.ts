import { type Context, CutoverError, isCutoverError } from '@cutover/core'

import { mayBeLate } from './late-writes.ts'
import { isOurs, readMark } from './link-mark.ts'
import { directed, type Link } from './link.ts'
import { type MergedKey, mergedListing } from './merged-listing.ts'
import type { Side } from './origin.ts'
import { type Repaired, repairKey } from './repair-key.ts'

/** What one look at everything has found and done; lists name ten at most. */
export interface PassReport {
  /** How many objects the authority has. */
  readonly objects: number
  readonly counts: Readonly<Record<Repaired | 'failed', number>>
  readonly conflicts: readonly string[]
  readonly failures: readonly { readonly key: string; readonly error: unknown }[]
}

const mostNamed = 10

/** Compares both listings once and brings the follower in step, key by key; what one key fails with stops no other. */
export async function linkPass(link: Link, side: Side, context: Context): Promise<PassReport> {
  const { authority, follower } = directed(link, side)
  const counts = { 'in-step': 0, copied: 0, removed: 0, recorded: 0, conflict: 0, extra: 0, 'moved-on': 0, failed: 0 }
  const conflicts: string[] = []
  const failures: { readonly key: string; readonly error: unknown }[] = []
  const stop: { error?: unknown } = {}
  const startedAt = context.clock.monotonic()
  const running = new Set<Promise<void>>()
  let objects = 0

  const repair = async (merged: MergedKey): Promise<void> => {
    try {
      await refuseTurned(link, side, context)
      const repaired = await repairKey(link, side, merged, context)
      counts[repaired] += 1
      if (repaired === 'conflict' && conflicts.length < mostNamed) conflicts.push(merged.key)
    } catch (error) {
      mayBeLate(link, context.clock)
      if (isFinal(error, context)) stop.error ??= error
      counts.failed += 1
      if (failures.length < mostNamed) failures.push({ key: merged.key, error })
    }
  }

  for await (const merged of mergedListing(authority, follower, context)) {
    if (merged.authority) objects += 1
    const work = repair(merged).finally(() => running.delete(work))
    running.add(work)
    if (running.size >= link.concurrency) await Promise.race(running)
    if ('error' in stop) break
  }
  await Promise.all(running)
  if ('error' in stop) throw stop.error
  took.set(link, context.clock.monotonic() - startedAt)
  return { objects, counts, conflicts, failures }
}

/** How long the last pass took; for each link of this process. */
const took = new WeakMap<Link, number>()

/** How long the last pass took, in milliseconds; `undefined`: this process has made none. For estimates. */
export const passMs = (link: Link): number | undefined => took.get(link)

/** A pass that began before the direction was turned writes nothing any more. */
async function refuseTurned(link: Link, side: Side, { signal }: Context): Promise<void> {
  const mark = await readMark(link, { signal })
  if (mark && isOurs(link, mark) && mark.authority === side) return
  throw new CutoverError('SYNC_TURNED', `${link.id} is not followed in this direction any more`)
}

const isFinal = (error: unknown, { signal }: Context): boolean =>
  signal.aborted || isCutoverError(error, 'CUTOVER_FENCED') || isCutoverError(error, 'SYNC_TURNED')

/** Was there nothing that had to be done, and nothing that could not be? */
export const isClean = ({ counts }: PassReport): boolean =>
  counts.copied + counts.removed + counts.recorded + counts.conflict + counts['moved-on'] + counts.failed === 0
