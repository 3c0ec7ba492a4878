import { type Check, defineCheck, type Duration, durationMs, formatDuration } from '@cutover/core'

import { judgeKey } from './judge-key.ts'
import { knownPair } from './known-pair.ts'
import { isOurs, readMark } from './link-mark.ts'
import { assertLink, directed, type Link } from './link.ts'
import { mergedListing } from './merged-listing.ts'

export interface CaughtUpOptions {
  /** What changed at the authority within this time does not count. @default '0s' */
  readonly lag?: Duration | undefined
}

export interface CaughtUp {
  readonly objects: number
  /** How many are not in step, and have not been for longer than `lag`. */
  readonly behind: number
  /** Ten at most. */
  readonly keys: readonly string[]
  /** How long ago the oldest of them changed, in milliseconds; `undefined` when unknown, as of a deletion. */
  readonly lagMs?: number | undefined
}

/**
 * Passes when everything that the authority has, and nothing that it has deleted, is at the other side: by the versions in both
 * listings, read now, and in the ledger. Undecided until then, and when nobody follows. Says nothing of bytes: `sameContent`.
 */
export function caughtUp(link: Link, options: CaughtUpOptions = {}): Check<CaughtUp> {
  assertLink(link, 'caughtUp')
  const { lag = '0s' } = options
  const allowedMs = durationMs(lag, 'lag')
  return defineCheck({
    id: `sync:caught-up:${link.id}`,
    title: `${link.to.id} has caught up with ${link.from.id}${allowedMs > 0 ? `, within ${formatDuration(allowedMs)}` : ''}`,
    async run({ clock, signal }) {
      const mark = await readMark(link, { signal })
      if (!mark || !isOurs(link, mark))
        return { status: 'undecided', text: `nobody follows ${link.id}: apply follow(link) first` }
      const { authority, follower } = directed(link, mark.authority)
      const keys: string[] = []
      let [objects, behind, lagMs] = [0, 0, 0]
      for await (const merged of mergedListing(authority, follower, { signal })) {
        if (merged.authority) objects += 1
        const known = await knownPair(link, merged.key, { signal })
        // What the other side has of its own is not ours to follow.
        if (!merged.authority && !known) continue
        const versions = { authority: merged.authority?.version, follower: merged.follower?.version }
        if (judgeKey(versions, known, mark.authority) === 'in-step') continue
        const ageMs = clock.now() - (merged.authority?.modifiedAt ?? Number.NEGATIVE_INFINITY)
        if (ageMs < allowedMs) continue
        behind += 1
        lagMs = Math.max(lagMs, ageMs)
        if (keys.length < 10) keys.push(merged.key)
      }
      const evidence = { objects, behind, keys, ...(Number.isFinite(lagMs) ? { lagMs } : {}) }
      return behind === 0
        ? { status: 'pass', text: `all ${objects} objects are in step`, evidence }
        : { status: 'undecided', text: `${behind} of ${objects} objects are not in step: ${keys.join(', ')}`, evidence }
    },
  })
}
