import { fakeWorld } from '@cutover/core/testing'
import { inMemoryStore } from '@cutover/sync/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test('keys are in the order of their UTF-8 bytes', async () => {
  const keys = fc.uniqueArray(
    fc.string({
      unit: fc.constantFrom('a', 'ä', '\uffee', '\ue000', '\ud7ff', '\u{1f600}', '\u{10ffff}', '-'),
      minLength: 1,
      maxLength: 4,
    }),
  )
  await fc.assert(
    fc.asyncProperty(keys, async (names) => {
      const store = inMemoryStore(fakeWorld(), Object.fromEntries(names.map((name) => [name, ''])))

      const { objects } = await store.list()

      expect(objects.map(({ key }) => key)).toEqual(
        names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      )
    }),
  )
})
