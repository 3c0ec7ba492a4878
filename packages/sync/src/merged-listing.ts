import { CutoverError } from '@cutover/core'

import type { CallOptions } from './call-options.ts'
import { compareKeys } from './key-order.ts'
import type { ListedObject, ObjectStore } from './object-store.ts'

/** A key that one of two stores has, or both. */
export interface MergedKey {
  readonly key: string
  readonly authority: ListedObject | undefined
  readonly follower: ListedObject | undefined
}

/** Both listings side by side, one page of each in memory where they are sorted. */
export async function* mergedListing(
  authority: ObjectStore,
  follower: ObjectStore,
  options: CallOptions,
): AsyncGenerator<MergedKey> {
  const [left, right] = [sorted(authority, options), sorted(follower, options)]
  let [a, b] = [await next(left), await next(right)]
  while (a ?? b) {
    const order = !a ? 1 : !b ? -1 : compareKeys(a.key, b.key)
    const key = (order <= 0 ? a?.key : b?.key) ?? ''
    yield { key, authority: order <= 0 ? a : undefined, follower: order >= 0 ? b : undefined }
    if (order <= 0) a = await next(left)
    if (order >= 0) b = await next(right)
  }
}

async function* sorted(store: ObjectStore, options: CallOptions): AsyncGenerator<ListedObject, void> {
  if (!store.supports.sortedListing) {
    const all: ListedObject[] = []
    for await (const object of listing(store, options)) all.push(object)
    return yield* all.sort((a, b) => compareKeys(a.key, b.key))
  }
  let last: string | undefined
  for await (const object of listing(store, options)) {
    // A merge of unsorted listings would take what is there for deleted.
    if (last !== undefined && compareKeys(last, object.key) >= 0) {
      throw new CutoverError(
        'SYNC_LISTING_UNSORTED',
        `${store.id} lists ${JSON.stringify(object.key)} after ${JSON.stringify(last)}; wanted the order of UTF-8 bytes`,
        { next: 'Give the store sortedListing: false.' },
      )
    }
    last = object.key
    yield object
  }
}

async function* listing(store: ObjectStore, { signal }: CallOptions): AsyncGenerator<ListedObject, void> {
  let cursor: string | undefined
  do {
    const page = await store.list({ cursor, signal })
    yield* page.objects
    cursor = page.cursor
  } while (cursor !== undefined)
}

async function next(listed: AsyncGenerator<ListedObject, void>): Promise<ListedObject | undefined> {
  const step = await listed.next()
  return step.done === true ? undefined : step.value
}
