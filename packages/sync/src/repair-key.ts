import { CutoverError, isCutoverError } from '@cutover/core'

import type { WriteOptions } from './call-options.ts'
import { sha256 } from './digest.ts'
import { judgeKey, other } from './judge-key.ts'
import { type KnownPair, knownPair, recordPair } from './known-pair.ts'
import { directed, type Link } from './link.ts'
import type { MergedKey } from './merged-listing.ts'
import type { ListedObject, StoredObject } from './object-store.ts'
import { originOf, type Side, withOrigin } from './origin.ts'

/**
 * - `in-step`: nothing had to be done.
 * - `copied`, `removed`, `recorded`: done now (recorded: the same bytes were there already).
 * - `conflict`: the follower has a write of its own; left alone.
 * - `extra`: the follower has an object that the authority never had; left alone.
 * - `moved-on`: it changed meanwhile; the next pass sees it.
 */
export type Repaired = 'in-step' | 'copied' | 'removed' | 'recorded' | 'conflict' | 'extra' | 'moved-on'

/** Brings one key in step, whoever died or was late while doing so before. */
export async function repairKey(link: Link, side: Side, merged: MergedKey, options: WriteOptions): Promise<Repaired> {
  const { key } = merged
  const known = await knownPair(link, key, options)
  const now = { authority: merged.authority?.version, follower: merged.follower?.version }
  const judgement = judgeKey(now, known, side)
  if (judgement === 'in-step') return 'in-step'
  for (const [at, listed] of Object.entries(sidesOf(link, side, merged)))
    if (listed && listed.sizeBytes > link.maxObjectBytes) throw tooLarge(link, at, key, listed.sizeBytes)
  try {
    switch (judgement) {
      case 'copy':
        return await copyKey(link, side, key, now.follower, options)
      case 'remove':
        return await removeKey(link, side, key, now.follower, options)
      case 'look':
        return await lookAtKey(link, side, key, options)
    }
  } catch (error) {
    // Somebody was faster: the next pass judges anew.
    if (isCutoverError(error, 'SYNC_CONFLICT')) return 'moved-on'
    throw error
  }
}

async function copyKey(
  link: Link,
  side: Side,
  key: string,
  expected: string | undefined,
  options: WriteOptions,
): Promise<Repaired> {
  const { authority, follower } = directed(link, side)
  const found = await authority.get(key, options)
  if (!found) return 'moved-on'
  const { bytes, metadata, headers, version } = found
  const marked = withOrigin(metadata, { link: link.id, side, version, sha256: sha256(bytes) })
  const copy = await follower.put(key, { bytes, metadata: marked, headers }, { ...options, expected })
  await recordPair(link, key, pairOf(side, version, copy), options)
  return 'copied'
}

async function removeKey(
  link: Link,
  side: Side,
  key: string,
  expected: string | undefined,
  options: WriteOptions,
): Promise<Repaired> {
  const { authority, follower } = directed(link, side)
  // A listing may have passed its place before it was written.
  if ((await authority.version(key, options)) !== undefined) return 'moved-on'
  if (expected !== undefined) await follower.remove(key, { ...options, expected })
  await recordPair(link, key, undefined, options)
  return 'removed'
}

/** The follower's object is not as recorded: a copy whose record a crash has lost, the same bytes by chance, or a write of its own. */
async function lookAtKey(link: Link, side: Side, key: string, options: WriteOptions): Promise<Repaired> {
  const { authority, follower } = directed(link, side)
  const theirs = await follower.get(key, options)
  if (!theirs) return 'moved-on'
  const version = await authority.version(key, options)
  if (isCopyOf(link, side, theirs)) {
    if (version === undefined) return removeKey(link, side, key, theirs.version, options)
    if (originOf(theirs.metadata)?.version !== version) return copyKey(link, side, key, theirs.version, options)
    await recordPair(link, key, pairOf(side, version, theirs.version), options)
    return 'recorded'
  }
  if (version === undefined) return 'extra'
  const ours = await authority.get(key, options)
  if (!ours) return 'moved-on'
  if (sha256(ours.bytes) !== sha256(theirs.bytes)) return 'conflict'
  await recordPair(link, key, pairOf(side, ours.version, theirs.version), options)
  return 'recorded'
}

/** Metadata may have been taken over with new bytes: only with the digest a mark proves a copy. */
export function isCopyOf(link: Link, side: Side, { metadata, bytes }: StoredObject): boolean {
  const origin = originOf(metadata)
  return origin?.link === link.id && origin.side === side && origin.sha256 === sha256(bytes)
}

const pairOf = (side: Side, authority: string, follower: string): KnownPair =>
  ({ [side]: authority, [other(side)]: follower }) as KnownPair

function sidesOf(link: Link, side: Side, merged: MergedKey): Record<string, ListedObject | undefined> {
  const { authority, follower } = directed(link, side)
  return { [authority.id]: merged.authority, [follower.id]: merged.follower }
}

const tooLarge = (link: Link, store: string, key: string, sizeBytes: number): CutoverError =>
  new CutoverError(
    'SYNC_OBJECT_TOO_LARGE',
    `${store} ${key} has ${sizeBytes} bytes; ${link.id} copies up to ${link.maxObjectBytes}`,
    { next: 'Raise maxObjectBytes of the link, or copy this object by other means.' },
  )
