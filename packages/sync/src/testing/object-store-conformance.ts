import type { ConformanceCase } from '@cutover/core/testing'

import { compareKeys } from '../key-order.ts'
import type { ListedObject, ObjectContent, ObjectStore } from '../object-store.ts'
import { bytes, equal, rejection, rejects, text } from './trial.ts'

export interface ObjectStoreConformanceOptions {
  /** A store without objects; asked for by every case. */
  readonly emptyStore: () => ObjectStore | Promise<ObjectStore>
  /** What every key begins with; the store's own prefix. @default '' */
  readonly prefix?: string | undefined
  /** How many objects more than one page has. @default 1_001 */
  readonly moreThanOnePage?: number | undefined
}

async function everything(store: ObjectStore): Promise<ListedObject[]> {
  const listed: ListedObject[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await store.list({ cursor })
    listed.push(...page.objects)
    cursor = page.cursor
  }
  return listed
}

/** Holds a store to the port, whatever it is made of. */
export function objectStoreConformance(options: ObjectStoreConformanceOptions): readonly ConformanceCase[] {
  const { emptyStore, prefix = '', moreThanOnePage = 1_001 } = options
  const cases: ConformanceCase[] = []
  const add = (name: string, run: (store: ObjectStore) => Promise<void>): void =>
    void cases.push({ name, run: async () => run(await emptyStore()) })
  const key = (name: string): string => `${prefix}${name}`
  const create = (store: ObjectStore, name: string, body: string): Promise<string> =>
    store.put(key(name), content(body), { expected: undefined })
  const read = async (store: ObjectStore, name: string): Promise<string | undefined> =>
    text((await store.get(key(name)))?.bytes)

  add('states its id and its bounds', async (store) => {
    equal(store.id !== '' && store.lateMs >= 0, true, 'an id, and lateMs of 0 or more')
  })

  add('is empty at first', async (store) => {
    equal((await store.list()).objects, [], 'objects')
    equal(await store.get(key('absent')), undefined, 'an absent object')
    equal(await store.version(key('absent')), undefined, 'the version of an absent object')
  })

  add('gives back the bytes, the metadata and the headers that it was given', async (store) => {
    const given = new Uint8Array(256).map((_, i) => i)
    const metadata = { plain: 'one', 'with-hyphen': 'two words; a=b', x_under_2d_score: '3', '1digit': '%20 "4"' }
    const headers = {
      contentType: 'application/pdf',
      contentEncoding: 'x-custom',
      contentLanguage: 'de',
      contentDisposition: 'attachment; filename="a.pdf"',
      cacheControl: 'max-age=60',
    }

    await store.put(key('a/b c+d&e.pdf'), { bytes: given, metadata, headers }, { expected: undefined })

    const found = await store.get(key('a/b c+d&e.pdf'))
    equal([...(found?.bytes ?? [])], [...given], 'bytes')
    equal(found?.metadata, metadata, 'metadata')
    equal(found?.headers, headers, 'headers')
  })

  add('keeps an object without bytes', async (store) => {
    await create(store, 'empty', '')

    equal(await read(store, 'empty'), '', 'text')
  })

  add('answers one version from put, get, list and version', async (store) => {
    const put = await create(store, 'a', 'A')

    const versions = [
      put,
      (await store.get(key('a')))?.version,
      (await store.list()).objects[0]?.version,
      await store.version(key('a')),
    ]
    equal(new Set(versions).size, 1, `distinct versions among ${versions.join(', ')}`)
    equal(put === '', false, 'an empty version')
  })

  add('has another version after other bytes', async (store) => {
    const first = await create(store, 'a', 'A')

    const second = await store.put(key('a'), content('B'), { expected: first })

    equal(first === second, false, 'the same version')
    equal(await read(store, 'a'), 'B', 'text')
  })

  add('lists sizes, and when they were written', async (store) => {
    await create(store, 'a', 'four')

    const [listed] = (await store.list()).objects
    equal([listed?.key, listed?.sizeBytes], [key('a'), 4], 'key and size')
    equal(listed?.modifiedAt === undefined || listed.modifiedAt > 0, true, 'an instant, or nothing')
  })

  add('lists every kind of key, in the order of UTF-8 bytes if it says so', async (store) => {
    const names = ['b', 'a/b', 'a-b', 'a', 'A', 'ä', 'a.b', '\u{1f600}', 'a0', 'Z', 'a_b', '文', 'a%2Fb', 'a b', "a'b"]
    for (const name of names) await create(store, name, name)

    const keys = (await everything(store)).map((object) => object.key)
    equal(store.supports.sortedListing ? keys : keys.sort(compareKeys), names.map(key).sort(compareKeys), 'keys')
  })

  add('lists everything, page by page, once', async (store) => {
    const names = Array.from({ length: moreThanOnePage }, (_, i) => `many/${String(i).padStart(5, '0')}`)
    for (let i = 0; i < names.length; i += 50)
      await Promise.all(names.slice(i, i + 50).map((name) => create(store, name, name)))

    const first = await store.list()
    const keys = (await everything(store)).map((object) => object.key)
    equal(keys.sort(compareKeys), names.map(key), 'keys')
    equal(first.cursor !== undefined && first.objects.length < names.length, true, 'a cursor on the first page')
  })

  add('does not create what is there', async (store) => {
    await create(store, 'a', 'theirs')

    await rejects(create(store, 'a', 'ours'), 'SYNC_CONFLICT', 'a second creation')

    equal(await read(store, 'a'), 'theirs', 'text')
  })

  add('does not replace what is not as expected', async (store) => {
    const stale = await create(store, 'a', 'A')
    await store.put(key('a'), content('theirs'), { expected: stale })

    await rejects(store.put(key('a'), content('ours'), { expected: stale }), 'SYNC_CONFLICT', 'a stale replacement')

    equal(await read(store, 'a'), 'theirs', 'text')
  })

  add('does not replace what is gone', async (store) => {
    const stale = await create(store, 'a', 'A')
    await store.remove(key('a'), { expected: stale })

    await rejects(
      store.put(key('a'), content('ours'), { expected: stale }),
      'SYNC_CONFLICT',
      'a replacement of nothing',
    )

    equal(await store.get(key('a')), undefined, 'object')
  })

  add('removes what is as expected, and leaves the rest', async (store) => {
    const version = await create(store, 'a', 'A')
    await create(store, 'b', 'B')

    await store.remove(key('a'), { expected: version })
    await store.remove(key('a'), { expected: version })

    equal(
      (await store.list()).objects.map((object) => object.key),
      [key('b')],
      'keys',
    )
  })

  add('does not remove what is not as expected', async (store) => {
    const stale = await create(store, 'a', 'A')
    await store.put(key('a'), content('theirs'), { expected: stale })

    await rejects(store.remove(key('a'), { expected: stale }), 'SYNC_CONFLICT', 'a stale removal')

    equal(await read(store, 'a'), 'theirs', 'text')
  })

  add('lets one of two win that create the same at once, if it compares and swaps', async (store) => {
    const ends = await Promise.allSettled(['one', 'two'].map((body) => create(store, 'a', body)))

    const won = ends.filter(({ status }) => status === 'fulfilled').length
    equal(store.supports.compareAndSwap ? won : 1, 1, 'winners')
  })

  add('writes nothing when the fence throws, and calls it with every write', async (store) => {
    const version = await create(store, 'a', 'A')
    const fenced = new Error('fenced')
    let calls = 0
    const fence = (): never => {
      calls += 1
      throw fenced
    }

    const reasons = [
      await rejection(store.put(key('a'), content('B'), { expected: version, fence })),
      await rejection(store.remove(key('a'), { expected: version, fence })),
    ]

    equal([reasons.map((reason) => reason === fenced), calls], [[true, true], 2], "rejected with the fence's own error")
    equal(await read(store, 'a'), 'A', 'text')
  })

  add("rejects with the signal's reason when it is aborted, and does nothing", async (store) => {
    const version = await create(store, 'a', 'A')
    const reason = new Error('stopped')
    const signal = AbortSignal.abort(reason)

    const reasons = [
      await rejection(store.list({ signal })),
      await rejection(store.get(key('a'), { signal })),
      await rejection(store.version(key('a'), { signal })),
      await rejection(store.put(key('a'), content('B'), { expected: version, signal })),
      await rejection(store.remove(key('a'), { expected: version, signal })),
    ]

    equal(
      reasons.map((rejected) => rejected === reason),
      [true, true, true, true, true],
      'the reason itself',
    )
    equal(await read(store, 'a'), 'A', 'text')
  })

  return cases
}

const content = (body: string): ObjectContent => ({ bytes: bytes(body), metadata: {} })
