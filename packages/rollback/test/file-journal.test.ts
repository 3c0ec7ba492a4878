import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { inspect, isDeepStrictEqual } from 'node:util'

import { systemClock } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { answer, type Cutover, type CutoverEnded, fileJournal, type JournalEntry, runCutover } from '@cutover/rollback'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { errorOf, recordsOf, reportOf, type Script } from './setting.ts'
import { inMemorySwitches, saying, turn } from './switches.ts'

let directory = ''
let files = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cutover-journal-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const newFile = (): string => join(directory, `journal-${++files}.jsonl`)

/** A cutover of two switches with a journal in a file; its wall clock is the fake world's. */
function setting(file = newFile()) {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source', b: 'source' })
  const script = async (cutover: Cutover) => {
    await cutover.value('opened at', () => 'läuft → ok')
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  return {
    file,
    world,
    switches,
    script,
    run: (work: Script = script, options: object = {}) =>
      runCutover({ id: 'move', journal: fileJournal(file), clock: world.clock, ...options }, work),
  }
}

/** A file as a runner leaves it that dies with `power cut`, and what was in it. */
async function interrupted() {
  const set = setting()
  await errorOf(
    set.run(async (cutover) => {
      await cutover.value('opened at', () => 'läuft → ok')
      await cutover.apply(turn(set.switches, 'a', 'target'))
      throw new Error('power cut')
    }),
  )
  return { ...set, text: await readFile(set.file, 'utf8') }
}

/** As after a crash: nobody has told how far the journal had come. */
async function forgetLeases(file: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (join(directory, name).startsWith(`${file}.lease.`)) await rm(join(directory, name))
  }
}

test('a journal is one line of JSON per record, numbered, with the fence of its writer and a hash', async () => {
  const { run, file } = setting()

  await run()

  const lines = (await readFile(file, 'utf8')).split('\n')
  expect(lines.pop()).toBe('')
  const entries = lines.map((line) => JSON.parse(line) as JournalEntry & { hash: string })
  expect(recordsOf(entries)).toEqual([
    'opened',
    'value opened at',
    'intent turn:a:target',
    'outcome turn:a:target',
    'settled turn:a:target',
    'intent turn:b:target',
    'outcome turn:b:target',
    'settled turn:b:target',
    'closed',
  ])
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => i))
  expect(entries.every(({ fence, hash }) => fence === 1 && hash.length === 43)).toBe(true)
})

test('another process goes on where it was, under the next fence', async () => {
  const { run, file, switches } = await interrupted()

  const report = await run()

  const entries = await fileJournal(file).read()
  expect(report.end).toBe('completed')
  expect(switches.state).toEqual({ a: 'target', b: 'target' })
  expect(entries.map(({ fence }) => fence)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2])
})

test('only the last lease is kept, and it says that it was released', async () => {
  const { run, file } = await interrupted()
  await run()

  const leases = (await readdir(directory)).filter((name) => join(directory, name).startsWith(`${file}.lease`))

  expect(leases).toEqual([`${file.slice(directory.length + 1)}.lease.2`])
  expect(JSON.parse(await readFile(`${file}.lease.2`, 'utf8'))).toMatchObject({ released: true, head: { records: 9 } })
})

test('it can be read while it is held, without the lease', async () => {
  const { run, file } = setting()
  let during: readonly JournalEntry[] = []

  await run(async (cutover) => {
    await cutover.value('x', () => 1)
    during = await fileJournal(file).read()
  })

  expect(recordsOf(during)).toEqual(['opened', 'value x'])
})

test('a second runner of the same process is refused at once, and told who holds it', async () => {
  const { run, file } = setting()
  let refused: unknown

  await run(async (cutover) => {
    await cutover.value('x', () => 1)
    refused = await errorOf(answer(fileJournal(file), { answer: 'again', who: 'ana', why: 'x', clock: systemClock }))
  })

  expect(refused).toMatchObject({ code: 'CUTOVER_JOURNAL_IN_USE', retryable: true })
  expect((refused as Error).message).toContain(`process ${process.pid}, last sign of life`)
  expect((refused as { next: string }).next).toContain('its lease ends at')
})

test('an answer is kept in the file', async () => {
  const { run, file, world } = setting()
  const script = (cutover: Cutover) => cutover.require(saying('x', 'undecided'))
  await reportOf(run(script))

  await answer(fileJournal(file), { answer: 'pass', who: 'ana', why: 'I looked', clock: world.clock })
  const report = await run(script)

  expect(report.end).toBe('completed')
})

// ----- damage

test('a last line that was torn by a crash is dropped, and the run goes on', async () => {
  const { run, file, text } = await interrupted()
  for (const torn of ['{', '{"t":"outc', `{"t":"outcome","step":"turn:b:target"`, '\0\0\0\0', '{"t":"outc\0\0\0\n']) {
    await writeFile(file, text + torn)

    expect((await fileJournal(file).read()).length).toBe(5)
  }

  const report = await run()

  expect(report.end).toBe('completed')
  expect((await readFile(file, 'utf8')).startsWith(text)).toBe(true)
  expect(await readFile(file, 'utf8')).not.toContain('\0')
})

test('acknowledged lines that are missing after a clean end are noticed: whole ones, a part of one, all of them', async () => {
  for (const keep of [0, 0.3, 0.9]) {
    const { run, file, text, switches } = await interrupted()
    const lines = text.split('\n').slice(0, -1)
    await (keep === 0.9
      ? truncate(file, Buffer.byteLength(text) - 7)
      : writeFile(
          file,
          lines.slice(0, Math.floor(lines.length * keep)).map((line) => `${line}\n`),
        ))

    const error = await errorOf(run())

    expect(error.code).toBe('CUTOVER_JOURNAL_TRUNCATED')
    expect(error.message).toContain('but 5 were acknowledged')
    expect(error.next).toContain('Find the whole file')
    expect(switches.state).toEqual({ a: 'target', b: 'source' })
  }
})

test('a truncated journal is refused again and again, until the whole file is back', async () => {
  const { run, file, text } = await interrupted()
  await writeFile(file, '')
  expect((await errorOf(run())).code).toBe('CUTOVER_JOURNAL_TRUNCATED')
  expect((await errorOf(run())).code).toBe('CUTOVER_JOURNAL_TRUNCATED')
  await writeFile(file, text)

  const report = await run()

  expect(report.end).toBe('completed')
})

test('a journal that is taken elsewhere without its lease goes on, under a higher fence', async () => {
  const { file, script, world } = await interrupted()
  const elsewhere = newFile()
  await copyFile(file, elsewhere)

  const report = await runCutover({ id: 'move', journal: fileJournal(elsewhere), clock: world.clock }, script)

  expect(report.end).toBe('completed')
  expect((await fileJournal(elsewhere).read()).map(({ fence }) => fence)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2])
})

test('any byte that is flipped anywhere is refused, or is a torn last line; never another history', async () => {
  const { file, text } = await interrupted()
  const bytes = Buffer.from(text)
  const entries = await fileJournal(file).read()
  const damaged = newFile()
  const last = Buffer.byteLength(text.slice(0, text.trimEnd().lastIndexOf('\n') + 1))

  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, xor) => {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ xor
      await writeFile(damaged, flipped)

      const outcome = await fileJournal(damaged)
        .read()
        .then(
          (read) => ({ read, isPrefix: isDeepStrictEqual(read, entries.slice(0, read.length)) }),
          (error: { code: string }) => error.code,
        )

      // In the last line, and at the break before it, it can look as if a crash had torn it.
      const torn = [entries.length - 1, entries.length - 2].map((length) => ({
        read: entries.slice(0, length),
        isPrefix: true,
      }))
      expect(at < last - 1 ? ['CUTOVER_JOURNAL_BROKEN'] : ['CUTOVER_JOURNAL_BROKEN', ...torn]).toContainEqual(outcome)
    }),
    { numRuns: 400 },
  )
})

test('after a clean end a flipped byte is refused wherever it is', async () => {
  const { file, text, run } = await interrupted()
  const bytes = Buffer.from(text)

  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, xor) => {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ xor
      await writeFile(file, flipped)

      const error = await errorOf(run())

      expect(error.code).toMatch(/^CUTOVER_JOURNAL_(BROKEN|TRUNCATED)$/)
    }),
    { numRuns: 60 },
  )
  await writeFile(file, text)

  expect((await run()).end).toBe('completed')
})

test('lines that changed places, are missing in the middle or are there twice are refused', async () => {
  const { file, text } = await interrupted()
  await forgetLeases(file)
  const lines = text.split('\n').slice(0, -1)
  const [a = '', b = '', c = '', ...rest] = lines

  for (const wrong of [
    [b, a, c, ...rest],
    [a, c, ...rest],
    [a, a, b, c, ...rest],
    [a, b, c, b, ...rest],
    [...lines, c],
  ]) {
    await writeFile(
      file,
      wrong.map((line) => `${line}\n`),
    )

    const error = await errorOf(fileJournal(file).read())

    expect(error.code).toBe('CUTOVER_JOURNAL_BROKEN')
    expect(error.message).toMatch(/line \d was altered, or lines before it are missing/)
    expect(error.next).toContain('Restore the file')
  }
})

test('a journal in the place of another one of the same cutover is refused', async () => {
  const { run, file } = await interrupted()
  const other = setting()
  await other.run(async (cutover) => {
    await cutover.value('opened at', () => 'elsewhere')
    await cutover.apply(turn(other.switches, 'a', 'target'))
  })
  await copyFile(other.file, file)

  const error = await errorOf(run())

  expect(error.code).toBe('CUTOVER_JOURNAL_TRUNCATED')
  expect(error.message).toContain('has other records, but 5 were acknowledged')
})

test('a journal that an earlier version wrote in format 1 is gone on with, and says so', async () => {
  const { file, run, switches } = setting()
  await copyFile(join(import.meta.dirname, 'fixtures/journal-format-1.jsonl'), file)
  switches.set('a', 'target')

  const report = await run(undefined, { clock: systemClock })

  const entries = await fileJournal(file).read()
  expect(report.end).toBe('completed')
  expect(switches.state).toEqual({ a: 'target', b: 'target' })
  expect(entries.flatMap((entry) => (entry.t === 'opened' ? [[entry.seq, entry.format]] : []))).toEqual([
    [0, 1],
    [5, 2],
  ])
})

test('a journal of a later format is refused by its name, and left as it is', async () => {
  const { file, run, world } = setting()
  const opened = await fileJournal(file).open({ clock: world.clock })
  await opened.append({ t: 'opened', id: 'move', format: 3, seq: 0, fence: 1, at: world.clock.now() })
  await opened.close()
  const text = await readFile(file, 'utf8')

  const error = await errorOf(run())

  expect(error.code).toBe('CUTOVER_JOURNAL_FORMAT')
  expect(error.message).toContain('is a journal of format 3; this version reads the formats 1 to 2')
  expect(error.next).toContain('the version of @cutover/rollback that wrote it')
  expect(await readFile(file, 'utf8')).toBe(text)
})

test('a file that is no journal is refused, and left as it is', async () => {
  for (const text of ['remember the milk', 'remember the milk\n', '{"name":"x"}\n', '{"name":"x"}', 'a\nb\n']) {
    const { file, run } = setting()
    await writeFile(file, text)

    const error = await errorOf(run())

    expect(error.code).toBe('CUTOVER_JOURNAL_BROKEN')
    expect(await readFile(file, 'utf8')).toBe(text)
  }
})

test('the journal of another cutover is refused, and left as it is', async () => {
  const { file, run, text } = await interrupted()

  const error = await errorOf(run(undefined, { id: 'other' }))

  expect(error.code).toBe('CUTOVER_JOURNAL_OF_ANOTHER')
  expect(error.message).toContain(`${file} is the journal of move, not of other`)
  expect(await readFile(file, 'utf8')).toBe(text)
})

// ----- a holder that was overtaken in the midst of writing

/** Two holders of one file: the first writes when the second has taken over, past its fence, as a stopped one may. */
async function overtaken(lateFirst: boolean): Promise<readonly JournalEntry[]> {
  const file = newFile()
  const world = fakeWorld()
  const opened = await fileJournal(file).open({ clock: world.clock })
  const at = world.clock.now()
  await opened.append({ t: 'opened', id: 'move', format: 1, seq: 0, fence: 1, at })
  const before = await readFile(file, 'utf8')
  await opened.append({ t: 'value', step: 'late', value: 1, seq: 1, fence: 1, at })
  const late = (await readFile(file, 'utf8')).slice(before.length)
  await opened.close()
  await writeFile(file, before)
  await forgetLeases(file)
  await writeFile(`${file}.lease.1`, JSON.stringify({ holder: {}, leaseMs: 1, renewedAt: 0, released: true }))
  const second = await fileJournal(file).open({ clock: world.clock })
  if (lateFirst) await appendFile(file, late)
  await second.append({ t: 'value', step: 'first', value: 2, seq: 1, fence: 2, at })
  if (!lateFirst) await appendFile(file, late)
  await second.append({ t: 'value', step: 'second', value: 3, seq: 2, fence: 2, at })
  await second.close()
  const third = await fileJournal(file).open({ clock: world.clock })
  await third.append({ t: 'value', step: 'third', value: 4, seq: 3, fence: 3, at })
  await third.close()
  return fileJournal(file).read()
}

test.each([{ lateFirst: true }, { lateFirst: false }])(
  'a line that an overtaken holder had begun to write does not count (before its successor’s: $lateFirst)',
  async ({ lateFirst }) => {
    const entries = await overtaken(lateFirst)

    expect(recordsOf(entries)).toEqual(['opened', 'value first', 'value second', 'value third'])
  },
)

test('a holder that finds itself overtaken when it has written does not count on it', async () => {
  const file = newFile()
  const { clock } = fakeWorld()
  const opened = await fileJournal(file).open({ clock })
  // Caught from the start: it may have failed before the other lease is written.
  const writing = errorOf(opened.append({ t: 'opened', id: 'move', format: 1, seq: 0, fence: 1, at: clock.now() }))
  await writeFile(`${file}.lease.2`, '{}')

  expect((await writing).code).toBe('CUTOVER_FENCED')
  await opened.close()
})

test('a holder that two others have followed knows it, though the first of them is forgotten', async () => {
  const file = newFile()
  const { clock } = fakeWorld()
  const zombie = await fileJournal(file).open({ clock })
  await writeFile(`${file}.lease.3`, JSON.stringify({ holder: {}, leaseMs: 1, renewedAt: 0, released: true }))
  await rm(`${file}.lease.1`)

  expect(() => zombie.hold()).toThrow('another runner has taken over')
  expect((await errorOf(zombie.renew())).code).toBe('CUTOVER_FENCED')
  await zombie.close()
  expect((await readdir(directory)).filter((name) => join(directory, name).startsWith(`${file}.lease`))).toHaveLength(1)
})

// ----- places

test('a directory that is not there is refused', async () => {
  const { run } = setting(join(directory, 'nowhere', 'journal.jsonl'))

  const error = await errorOf(run())

  expect(error.code).toBe('CUTOVER_JOURNAL_FAILED')
  expect(error.message).toContain('nowhere')
})

test('a directory in the place of the file is refused', async () => {
  const { run, file } = setting()
  await mkdir(file)

  const error = await errorOf(run())

  expect(error.code).toBe('CUTOVER_JOURNAL_FAILED')
})

// ----- what is no journal is not touched

test.each(['hello\n', 'hello', '{"a":1}\n', '# notes\n\nand more\n'])(
  'a file that is no journal (%j) is refused, and no lease lies beside it',
  async (text) => {
    const file = join(directory, `notes-${text.length}.txt`)
    await writeFile(file, text)

    const opening = await errorOf(runCutover({ id: 'move', journal: fileJournal(file) }, async () => {}))

    expect(opening.code).toBe('CUTOVER_JOURNAL_BROKEN')
    expect(opening.message).toContain(`${file}: this is no journal`)
    expect((await readdir(directory)).filter((name) => name.startsWith(`notes-${text.length}`))).toEqual([
      `notes-${text.length}.txt`,
    ])
    expect(await readFile(file, 'utf8')).toBe(text)
  },
)

test('going back from, or answering, a journal that is not there names its full path, and leaves no file', async () => {
  const file = join(directory, 'nowhere.jsonl')
  const journal = fileJournal(relative(process.cwd(), file))

  const back = await errorOf(runCutover({ id: 'move', journal, rollBack: true }, async () => {}))
  const answering = await errorOf(answer(journal, { answer: 'pass', who: 'ana', why: 'x' }))

  expect([back.code, answering.code]).toEqual(['CUTOVER_NOTHING_BEGUN', 'CUTOVER_NOTHING_BEGUN'])
  expect(back.message).toBe(`REFUSED: ${file} is empty or not there: nothing has begun`)
  expect((await readdir(directory)).filter((name) => name.startsWith('nowhere'))).toEqual([])
})

test('a command to answer quotes a path that needs it', async () => {
  const file = join(directory, 'our orders.jsonl')

  const error = await errorOf(
    runCutover({ id: 'move', journal: fileJournal(file) }, (cutover) => cutover.require(saying('x', 'undecided'))),
  )

  expect(error.message).toContain(
    `  Answer   npx --no-install cutover answer '${file}' 1 pass --who NAME --why TEXT # count it as passed, and go on`,
  )
  expect(error.message).toContain('PARKED at step 1: x is well')
})

test('an end that nobody catches is printed once: the message, and no report', async () => {
  const { run } = setting()

  const error = await errorOf(run((cutover) => cutover.require(saying('x', 'undecided'))))

  expect(inspect(error).match(/PARKED at step/g)).toHaveLength(1)
  expect(inspect(error)).not.toContain('report')
  expect((error as CutoverEnded).report.end).toBe('parked')
})
