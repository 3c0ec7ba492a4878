import { type Check, defineCheck, type Duration, durationMs } from '@cutover/core'

import { sha256 } from './digest.ts'
import { judgeKey } from './judge-key.ts'
import { knownPair } from './known-pair.ts'
import { isOurs, readMark } from './link-mark.ts'
import { assertLink, directed, type Link } from './link.ts'
import { type MergedKey, mergedListing } from './merged-listing.ts'
import type { Side } from './origin.ts'
import { isCopyOf } from './repair-key.ts'

export interface SameContentOptions {
  /** What changed at the authority within this time does not count. @default '0s' */
  readonly lag?: Duration | undefined
}

export interface SameContent {
  readonly objects: number
  /** How many were read at both sides for this answer; the others were read before, and have the same versions since. */
  readonly read: number
  /** Ten at most. */
  readonly differing: readonly string[]
  readonly behind: number
}

/** Versions at both sides whose bytes were read and found equal, for each link of this process. */
const verified = new WeakMap<Link, Map<string, string>>()

/**
 * Passes when both sides have the same keys with the same bytes: read at both sides and compared by SHA-256, whatever digests
 * the services keep or lack. Each pair of versions is read once in a process, so asked again, it reads only what has changed.
 *
 * Fails when bytes differ although nothing has changed since the copy, and when the other side has objects or writes of its own.
 * Undecided when it is only behind, changes while it is read, cannot be read, or nobody follows.
 */
export function sameContent(link: Link, options: SameContentOptions = {}): Check<SameContent> {
  assertLink(link, 'sameContent')
  const { lag = '0s' } = options
  const allowedMs = durationMs(lag, 'lag')
  return defineCheck({
    id: `sync:same-content:${link.id}`,
    title: `${link.from.id} and ${link.to.id} have the same content`,
    async run({ clock, signal }) {
      const mark = await readMark(link, { signal })
      if (!mark || !isOurs(link, mark))
        return { status: 'undecided', text: `nobody follows ${link.id}: apply follow(link) first` }
      const { authority, follower } = directed(link, mark.authority)
      const differing: string[] = []
      let [objects, read, different, behind] = [0, 0, 0, 0]
      for await (const merged of mergedListing(authority, follower, { signal })) {
        if (merged.authority) objects += 1
        const compared = await compare(link, mark.authority, merged, signal)
        if (compared === 'read') read += 1
        const ageMs = clock.now() - (merged.authority?.modifiedAt ?? Number.NEGATIVE_INFINITY)
        if (compared === 'behind' && ageMs >= allowedMs) behind += 1
        if (compared !== 'different') continue
        different += 1
        if (differing.length < 10) differing.push(merged.key)
      }
      const evidence = { objects, read, differing, behind }
      if (different > 0) return { status: 'fail', text: `${different} differ: ${differing.join(', ')}`, evidence }
      if (behind > 0) return { status: 'undecided', text: `${behind} of ${objects} objects are behind`, evidence }
      return { status: 'pass', text: `${objects} objects have the same bytes at both sides`, evidence }
    },
  })
}

async function compare(
  link: Link,
  side: Side,
  merged: MergedKey,
  signal: AbortSignal,
): Promise<'read' | 'known' | 'behind' | 'different'> {
  const { authority, follower } = directed(link, side)
  const { key } = merged
  const versions = { authority: merged.authority?.version, follower: merged.follower?.version }
  const judgement = judgeKey(versions, await knownPair(link, key, { signal }), side)
  if (judgement === 'copy' || judgement === 'remove') return 'behind'
  const memory = verified.get(link) ?? new Map<string, string>()
  verified.set(link, memory)
  const pair = JSON.stringify([side, versions.authority, versions.follower])
  if (judgement === 'in-step' && memory.get(key) === pair) return 'known'

  const [ours, theirs] = [await authority.get(key, { signal }), await follower.get(key, { signal })]
  if (ours?.version !== versions.authority || theirs?.version !== versions.follower) return 'behind'
  const isSame = ours !== undefined && theirs !== undefined && sha256(ours.bytes) === sha256(theirs.bytes)
  if (judgement === 'look') return isSame || (theirs && isCopyOf(link, side, theirs)) ? 'behind' : 'different'
  if (!isSame) return 'different'
  memory.set(key, pair)
  return 'read'
}
