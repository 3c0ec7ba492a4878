import { CutoverError, isCutoverError } from '@cutover/core'

import type { WriteOptions } from './call-options.ts'
import { sha256 } from './digest.ts'
import { judgeKey, other } from './judge-key.ts'
import { type KnownPair, knownPair, recordPair } from './known-pair.ts'
import { directed, type Link } from './link.ts'
import type { MergedKey } from './merged-listing.ts'
import type { ObjectStore, StoredObject } from './object-store.ts'
import { originOf, type Side, withOrigin } from './origin.ts'

/**
 * - `in-step`: nothing had to be done.
 * - `copied`, `removed`, `recorded`: done now (recorded: the same bytes were there already).
 * - `conflict`: the follower has a write of its own; left alone.
 * - `extra`: the follower has an object that the authority never had; left alone.
 * - `moved-on`: it changed meanwhile; the next pass sees it.
 */
export type Repaired = 'in-step' | 'copied' | 'removed' | 'recorded' | 'conflict' | 'extra' | 'moved-on'

/** One key, and what is known of it. */
interface Task {
  readonly link: Link
  /** Which side has the truth. */
  readonly side: Side
  readonly authority: ObjectStore
  readonly follower: ObjectStore
  readonly key: string
  readonly known: KnownPair | undefined
  readonly options: WriteOptions
}

/** Brings one key in step, whoever died or was late while doing so before. */
export async function repairKey(link: Link, side: Side, merged: MergedKey, options: WriteOptions): Promise<Repaired> {
  const { key } = merged
  const known = await knownPair(link, key, options)
  const now = { authority: merged.authority?.version, follower: merged.follower?.version }
  const judgement = judgeKey(now, known, side)
  if (judgement === 'in-step') return 'in-step'
  const task: Task = { ...directed(link, side), link, side, key, known, options }
  refuseTooLarge(task, merged)
  try {
    switch (judgement) {
      case 'copy':
        return await copy(task, now.follower)
      case 'remove':
        return await remove(task, now.follower)
      case 'look':
        return await look(task)
    }
  } catch (error) {
    // Somebody was faster: the next pass judges anew.
    if (isCutoverError(error, 'SYNC_CONFLICT') || isCutoverError(error, 'SYNC_LEDGER_CONFLICT')) return 'moved-on'
    throw error
  }
}

async function copy(task: Task, expected: string | undefined): Promise<Repaired> {
  const { link, side, authority, follower, key, options } = task
  const found = await authority.get(key, options)
  if (!found) return 'moved-on'
  const { bytes, metadata, headers, version } = found
  const marked = withOrigin(metadata, { link: link.id, side, version, sha256: sha256(bytes) })
  const copied = await follower.put(key, { bytes, metadata: marked, headers }, { ...options, expected })
  await record(task, version, copied)
  return 'copied'
}

async function remove({ link, authority, follower, key, known, options }: Task, expected?: string): Promise<Repaired> {
  // A listing may have passed its place before it was written.
  if ((await authority.version(key, options)) !== undefined) return 'moved-on'
  if (expected !== undefined) await follower.remove(key, { ...options, expected })
  await recordPair(link, key, known, undefined, options)
  return 'removed'
}

/** The follower's object is not as recorded: a copy whose record a crash has lost, the same bytes by chance, or a write of its own. */
async function look(task: Task): Promise<Repaired> {
  const { link, side, authority, follower, key, options } = task
  const theirs = await follower.get(key, options)
  if (!theirs) return 'moved-on'
  const version = await authority.version(key, options)
  if (isCopyOf(link, side, theirs)) {
    if (version === undefined) return remove(task, theirs.version)
    if (originOf(theirs.metadata)?.version !== version) return copy(task, theirs.version)
    await record(task, version, theirs.version)
    return 'recorded'
  }
  if (version === undefined) return 'extra'
  const ours = await authority.get(key, options)
  if (!ours) return 'moved-on'
  if (sha256(ours.bytes) !== sha256(theirs.bytes)) return 'conflict'
  await record(task, ours.version, theirs.version)
  return 'recorded'
}

const record = ({ link, side, key, known, options }: Task, authority: string, follower: string): Promise<void> => {
  const pair = { [side]: authority, [other(side)]: follower } as KnownPair
  return recordPair(link, key, known, pair, options)
}

/** Metadata may have been taken over with new bytes: only with the digest a mark proves a copy. */
export function isCopyOf(link: Link, side: Side, { metadata, bytes }: StoredObject): boolean {
  const origin = originOf(metadata)
  return origin?.link === link.id && origin.side === side && origin.sha256 === sha256(bytes)
}

function refuseTooLarge({ link, authority, follower, key }: Task, merged: MergedKey): void {
  for (const [store, listed] of [[authority, merged.authority] as const, [follower, merged.follower] as const]) {
    if (listed === undefined || listed.sizeBytes <= link.maxObjectBytes) continue
    throw new CutoverError(
      'SYNC_OBJECT_TOO_LARGE',
      `${store.id} ${key} has ${listed.sizeBytes} bytes; ${link.id} copies up to ${link.maxObjectBytes}`,
      { next: 'Raise maxObjectBytes of the link, or copy this object by other means.' },
    )
  }
}
