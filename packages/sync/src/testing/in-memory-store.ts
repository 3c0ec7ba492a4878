import { CutoverError } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import { compareKeys } from '../key-order.ts'
import type { ListedObject, ObjectContent, ObjectStore, StoredObject } from '../object-store.ts'

export interface InMemoryStoreOptions {
  /** @default 'store' */
  readonly id?: string | undefined
  /** Are listings in the order of UTF-8 bytes, or in the reverse? @default true */
  readonly sortedListing?: boolean | undefined
  /** @default 1_000, as S3 */
  readonly pageSize?: number | undefined
  /** How long a reply takes, in milliseconds. @default 0 */
  readonly replyMs?: number | undefined
  /** @default 60_000 */
  readonly lateMs?: number | undefined
  /** Does the world watch what it holds? For a store that nobody writes during a rehearsal. @default false */
  readonly watched?: boolean | undefined
}

/** Objects in a fake world. */
export interface InMemoryStore extends ObjectStore {
  /** Every object's bytes as text, by key, sorted; a copy. */
  readonly texts: Readonly<Record<string, string>>
  /** Every object; a copy. */
  readonly objects: ReadonlyMap<string, StoredObject>
  /** A program of that cloud writes: without the marks of copies, unless it takes the metadata over. */
  write(key: string, content: string | Uint8Array, metadata?: Readonly<Record<string, string>>): void
  /** A program of that cloud deletes. */
  delete(key: string): void
  /** Bytes rot: they change, and the version does not. */
  corrupt(key: string, content: string): void
}

/** A store with these objects, in this world's time and with its faults: `world.failNext('store.put', 'reply-lost')`. */
export function inMemoryStore(
  world: FakeWorld,
  initial: Readonly<Record<string, string | Uint8Array>> = {},
  options: InMemoryStoreOptions = {},
): InMemoryStore {
  const { id = 'store', pageSize = 1_000, replyMs: ms = 0, lateMs = 60_000 } = options
  const { sortedListing = true, watched = false } = options
  const objects = new Map<string, StoredObject & { readonly modifiedAt: number }>()
  let versions = 0

  const set = (key: string, content: ObjectContent): string => {
    versions += 1
    const version = `"${id}-${versions}"`
    objects.set(key, { ...copy(content), version, modifiedAt: world.clock.now() })
    return version
  }

  const refuseConflict = (key: string, expected: string | undefined): void => {
    const found = objects.get(key)?.version
    if (found !== expected)
      throw new CutoverError(
        'SYNC_CONFLICT',
        `${id} ${key}: expected ${expected ?? 'nothing'}, found ${found ?? 'nothing'}`,
      )
  }

  const store: InMemoryStore = {
    id,
    supports: { compareAndSwap: true, sortedListing },
    lateMs,
    get texts() {
      return Object.fromEntries(sorted().map(([key, { bytes }]) => [key, new TextDecoder().decode(bytes)]))
    },
    get objects() {
      return new Map(sorted().map(([key, object]) => [key, { ...copy(object), version: object.version }]))
    },
    list({ cursor, signal } = {}) {
      return world.call(`${id}.list`, { ms, signal }, () => {
        const order = sortedListing ? 1 : -1
        const all = sortedListing ? sorted() : sorted().toReversed()
        const after = all.filter(([key]) => cursor === undefined || order * compareKeys(key, cursor) > 0)
        const page = after.slice(0, pageSize).map(([key, { version, bytes, modifiedAt }]): ListedObject => ({
          key,
          version,
          sizeBytes: bytes.length,
          modifiedAt,
        }))
        return { objects: page, cursor: after.length > pageSize ? page.at(-1)?.key : undefined }
      })
    },
    get(key, { signal } = {}) {
      return world.call(`${id}.get ${key}`, { ms, signal }, () => {
        const found = objects.get(key)
        return found && { ...copy(found), version: found.version }
      })
    },
    version: (key, { signal } = {}) =>
      world.call(`${id}.version ${key}`, { ms, signal }, () => objects.get(key)?.version),
    put(key, content, { expected, signal, fence }) {
      const sent = copy(content)
      return world.call(`${id}.put ${key}`, { write: true, ms, signal, fence }, () => {
        refuseConflict(key, expected)
        return set(key, sent)
      })
    },
    remove(key, { expected, signal, fence }) {
      return world.call(`${id}.remove ${key}`, { write: true, ms, signal, fence }, () => {
        if (!objects.has(key)) return
        refuseConflict(key, expected)
        objects.delete(key)
      })
    },
    write: (key, content, metadata = {}) => void set(key, { bytes: bytesOf(content), metadata }),
    delete: (key) => void objects.delete(key),
    corrupt(key, content) {
      const found = objects.get(key)
      if (found) objects.set(key, { ...found, bytes: bytesOf(content) })
    },
  }
  const sorted = (): [string, StoredObject & { readonly modifiedAt: number }][] =>
    [...objects].sort(([a], [b]) => compareKeys(a, b))
  for (const [key, content] of Object.entries(initial)) store.write(key, content)
  if (watched) world.watch(`store:${id}`, () => store.texts)
  return store
}

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content.slice()

const copy = ({ bytes, metadata, headers }: ObjectContent): ObjectContent => ({
  bytes: bytes.slice(),
  metadata: { ...metadata },
  ...(headers ? { headers: { ...headers } } : {}),
})
