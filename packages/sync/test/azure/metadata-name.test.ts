import { blobStore } from '@cutover/sync/azure'
import fc from 'fast-check'
import { expect, test } from 'vitest'

/** A container of one blob, as far as metadata goes; as strict about names as the service. */
function container() {
  let kept: Record<string, string> = {}
  const blob = {
    download: async () => ({ readableStreamBody: undefined, etag: '"1"', metadata: kept }),
    getProperties: async () => ({ etag: '"1"' }),
    upload: async (
      _body: Uint8Array,
      _length: number,
      { metadata = {} }: { metadata?: Record<string, string> } = {},
    ) => {
      for (const name of Object.keys(metadata)) expect(name).toMatch(/^[a-z_][a-z0-9_]*$/)
      kept = metadata
      return { etag: '"1"' }
    },
    delete: async () => ({}),
  }
  return {
    accountName: 'account',
    containerName: 'container',
    listBlobsFlat: () => ({ byPage: () => ({ async *[Symbol.asyncIterator]() {} }) }),
    getBlockBlobClient: () => blob,
    keep: (metadata: Record<string, string>) => void (kept = metadata),
  }
}

test('every name that S3 takes is an identifier at Blob Storage, and comes back as it was', async () => {
  const name = fc.stringMatching(/^[a-z0-9!#$%&'*+.^_`|~-]{1,12}$/)
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, fc.stringMatching(/^[ -~]*$/), { noNullPrototype: true }),
      async (metadata) => {
        const store = blobStore({ container: container() })

        await store.put('a', { bytes: new Uint8Array(), metadata }, { expected: undefined })

        expect((await store.get('a'))?.metadata).toEqual(metadata)
      },
    ),
  )
})

test('what looks like an escape stays what it is', async () => {
  const metadata = { x_2dy: '1', _5f: '2', a_5f2db: '3', '-2d': '4', _: '5' }
  const store = blobStore({ container: container() })

  await store.put('a', { bytes: new Uint8Array(), metadata }, { expected: undefined })

  expect((await store.get('a'))?.metadata).toEqual(metadata)
})

test('names that were written at Azure stay as they are', async () => {
  const names = container()
  names.keep({ order_id: '1', _private: '2', a_2: '3', x_61y: '4' })

  expect((await blobStore({ container: names }).get('a'))?.metadata).toEqual({
    order_id: '1',
    _private: '2',
    a_2: '3',
    x_61y: '4',
  })
})

test('a value that no header can carry is refused, not dropped', async () => {
  const put = blobStore({ container: container() }).put(
    'a',
    { bytes: new Uint8Array(), metadata: { city: 'Zürich' } },
    { expected: undefined },
  )

  await expect(put).rejects.toMatchObject({ code: 'SYNC_OBJECT_REJECTED' })
})
