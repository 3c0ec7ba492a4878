import { appendFile, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { fileLedger, memoryLedger } from '@cutover/sync'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-'))
  path = join(folder, 'ledger.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

test.each(['file', 'memory'])('a %s ledger gives back, forgets, lists, and compares before it writes', async (kind) => {
  const ledger = kind === 'file' ? fileLedger(path) : memoryLedger()
  await ledger.write([
    { scope: 'a', key: 'one', value: { n: 1 } },
    { scope: 'a', key: 'two', value: 2 },
    { scope: 'b', key: 'one', value: 'other' },
  ])
  await ledger.write([{ scope: 'a', key: 'two', value: undefined, expected: { value: 2 } }])

  const batch = [
    { scope: 'a', key: 'three', value: 3 },
    { scope: 'a', key: 'one', value: 9, expected: { value: { n: 2 } } },
  ]
  await expect(ledger.write(batch)).rejects.toMatchObject({ code: 'SYNC_LEDGER_CONFLICT' })

  expect(await ledger.entries('a')).toEqual([['one', { n: 1 }]])
  expect([await ledger.get('b', 'one'), await ledger.get('a', 'two')]).toEqual(['other', undefined])
})

test('what was written is there for the next process, and what another has added for this one', async () => {
  const first = fileLedger(path)
  await first.write([{ scope: 'a', key: 'one', value: 1 }])
  const another = fileLedger(`${path}.another`)
  await another.write([{ scope: 'a', key: 'two', value: 'zwei\n' }])
  await appendFile(path, await readFile(`${path}.another`))

  expect(await first.entries('a')).toEqual([
    ['one', 1],
    ['two', 'zwei\n'],
  ])
})

test('two that are asked for of one file are one, and see a file that was put in its place', async () => {
  const [first, second] = [fileLedger(path), fileLedger(path)]
  await Promise.all([first, second].map((ledger, i) => ledger.write([{ scope: 'a', key: `of ${i}`, value: i }])))
  const both = await first.entries('a')
  await fileLedger(`${path}.another`).write([{ scope: 'a', key: 'restored', value: 1 }])
  await rename(`${path}.another`, path)

  expect(both).toEqual([
    ['of 0', 0],
    ['of 1', 1],
  ])
  expect(await second.entries('a')).toEqual([['restored', 1]])
})

test('a last line that a crash has torn is dropped, wherever it was torn', async () => {
  const whole = fileLedger(path)
  await whole.write([{ scope: 'a', key: 'one', value: 1 }])
  const { size } = await stat(path)
  await whole.write([{ scope: 'a', key: 'two', value: 2 }])
  const bytes = await readFile(path)
  await whole[Symbol.asyncDispose]()

  for (let end = size; end < bytes.length; end++) {
    await writeFile(path, bytes.subarray(0, end))
    const ledger = fileLedger(path)
    expect(await ledger.entries('a')).toEqual([['one', 1]])
    await ledger.write([{ scope: 'a', key: 'three', value: 3 }])
    await ledger[Symbol.asyncDispose]()
    expect(await ledger.entries('a')).toEqual([
      ['one', 1],
      ['three', 3],
    ])
    await ledger[Symbol.asyncDispose]()
  }
})

test('a line that was altered is refused', async () => {
  await using ledger = fileLedger(path)
  await ledger.write([{ scope: 'a', key: 'one', value: 1 }])
  await ledger[Symbol.asyncDispose]()
  await writeFile(path, (await readFile(path, 'utf8')).replace('one', 'two'))
  await appendFile(path, 'more\n')

  await expect(fileLedger(path).get('a', 'one')).rejects.toMatchObject({ code: 'SYNC_LEDGER_BROKEN' })
})

test('what is superseded is left out when it is opened again', async () => {
  const ledger = fileLedger(path)
  for (let i = 0; i < 1_010; i++) await ledger.write([{ scope: 'a', key: 'one', value: i }])
  await ledger[Symbol.asyncDispose]()

  const again = fileLedger(path)

  expect(await again.get('a', 'one')).toBe(1_009)
  expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(2)
  await again.write([{ scope: 'a', key: 'two', value: 2 }])
  expect(await fileLedger(path).entries('a')).toHaveLength(2)
})

test('nothing is written when the fence throws or the signal is aborted', async () => {
  const ledger = fileLedger(path)
  const writes = [{ scope: 'a', key: 'one', value: 1 }]
  const fence = (): never => {
    throw new Error('fenced')
  }

  await expect(ledger.write(writes, { fence })).rejects.toThrow('fenced')
  await expect(ledger.write(writes, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped')

  expect(await ledger.entries('a')).toEqual([])
})

test('a file that cannot be written is said to be so, and can be tried again', async () => {
  const ledger = fileLedger(join(folder, 'absent', 'ledger.jsonl'))

  await expect(ledger.get('a', 'one')).rejects.toMatchObject({ code: 'SYNC_LEDGER_FAILED', retryable: true })
  await expect(ledger.get('a', 'one')).rejects.toMatchObject({ code: 'SYNC_LEDGER_FAILED', retryable: true })
})
