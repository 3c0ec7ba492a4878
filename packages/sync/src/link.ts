import { CutoverError, type Duration, durationMs, knownOptions } from '@cutover/core'

import type { Ledger } from './ledger.ts'
import type { ObjectStore } from './object-store.ts'
import type { Side } from './origin.ts'

export interface LinkOptions {
  /** Who has the truth until `switchOver`. */
  readonly from: ObjectStore
  readonly to: ObjectStore
  /** Which versions of both sides belong together, and which side is the authority: survives a crash as it does. */
  readonly ledger: Ledger
  /** Pause between two looks for changes. @default '10s' */
  readonly every?: Duration | undefined
  /** A larger object is not copied but reported, and nothing counts as caught up. @default 67_108_864, 64 MiB */
  readonly maxObjectBytes?: number | undefined
  /** How many objects are copied at once; so at most `concurrency` × `maxObjectBytes` are in memory. @default 4 */
  readonly concurrency?: number | undefined
}

/** Two stores, one of which follows the other. A description: `follow` begins it. */
export interface Link {
  readonly id: string
  readonly from: ObjectStore
  readonly to: ObjectStore
  readonly ledger: Ledger
  readonly everyMs: number
  readonly maxObjectBytes: number
  readonly concurrency: number
}

const linkOptions: readonly (keyof LinkOptions)[] = ['from', 'to', 'ledger', 'every', 'maxObjectBytes', 'concurrency']

/**
 * Describes two stores that are to hold the same; does nothing. The `id` names it in the ledger, the same in every process.
 *
 * @throws CutoverError `SYNC_OPTION_INVALID`, `DURATION_INVALID`
 */
export function link(id: string, options: LinkOptions): Link {
  knownOptions(options, linkOptions, 'SYNC_OPTION_INVALID', 'link')
  const { from, to, ledger, every = '10s', maxObjectBytes = 64 * 1024 * 1024, concurrency = 4 } = options
  for (const [name, value] of Object.entries({ from, to, ledger }) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) continue
    const wanted =
      name === 'ledger' ? 'fileLedger(path), or memoryLedger() in a test' : 'a store such as s3Store(…) answers'
    throw invalid(`${name} is ${String(value)}; wanted ${wanted}`)
  }
  const everyMs = durationMs(every, 'every')
  if (id === '') throw invalid("id is ''; wanted a name that is the same in every process")
  if (everyMs === 0) throw invalid(`every is '${every}'; wanted more than nothing`)
  if (from.id === to.id) throw invalid(`from and to are both ${from.id}; wanted two stores`)
  for (const [name, value] of Object.entries({ maxObjectBytes, concurrency })) {
    if (!Number.isInteger(value) || value < 1) throw invalid(`${name} is ${value}; wanted a whole number of at least 1`)
  }
  return { id, from, to, ledger, everyMs, maxObjectBytes, concurrency }
}

/**
 * What came is a link, and not the options of one.
 *
 * @throws CutoverError `SYNC_OPTION_INVALID`
 */
export function assertLink(given: unknown, verb: string): void {
  if (typeof given === 'object' && given !== null && 'everyMs' in given && 'ledger' in given) return
  throw new CutoverError('SYNC_OPTION_INVALID', `${verb} was given what is no link`, {
    next: `Write: ${verb}(link('documents', { from, to, ledger }))`,
  })
}

const invalid = (message: string): CutoverError => new CutoverError('SYNC_OPTION_INVALID', message)

/** Which side is copied from, and which is copied to, when that side has the truth. */
export function directed(
  { from, to }: Link,
  authority: Side,
): { readonly authority: ObjectStore; readonly follower: ObjectStore } {
  return authority === 'from' ? { authority: from, follower: to } : { authority: to, follower: from }
}
