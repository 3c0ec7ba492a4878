// The command as people run it: a process of its own.
import { execFile } from 'node:child_process'
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { fakeWorld } from '@cutover/core/testing'
import { fileJournal, runCutover } from '@cutover/rollback'
import { afterAll, beforeAll, expect, test } from 'vitest'

import type { Script } from './setting.ts'
import { inMemorySwitches, saying, turn } from './switches.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cutover-bin-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const slowly = { timeout: 20_000 }

/** Runs `cutover` in the directory of the journals. */
function cutover(...parameters: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(import.meta.dirname, '../src/bin/cutover.ts'), ...parameters],
      { cwd: directory, timeout: 15_000, killSignal: 'SIGKILL' },
      (failure, out, error) => resolve({ code: failure ? Number(failure.code) : 0, out, error }),
    )
  })
}

/** Runs a script in virtual time, with its journal in a file of that name. */
async function run(
  name: string,
  script: (switches: ReturnType<typeof inMemorySwitches>) => Script,
  startAt = Date.now() - 3_600_000,
): Promise<void> {
  const world = fakeWorld({ startAt })
  const switches = inMemorySwitches(world, { a: 'source' })
  await runCutover(
    { id: 'orders', journal: fileJournal(join(directory, name)), clock: world.clock },
    script(switches),
  ).catch(() => {})
}

const parked =
  (switches: ReturnType<typeof inMemorySwitches>): Script =>
  async (steps) => {
    await steps.apply(turn(switches, 'a', 'target', { settleMs: 90_000 }))
    await steps.require(saying('target', 'undecided'), { within: '20m' })
  }

test.each(['--help', '-h'])('%s says how it is used', slowly, async (flag) => {
  const { code, out, error } = await cutover(flag)

  expect({ code, error }).toEqual({ code: 0, error: '' })
  expect(out).toContain('npx --no-install cutover status JOURNAL')
  expect(out).toContain('npx --no-install cutover answer JOURNAL STEP ANSWER --who NAME --why TEXT')
  for (const name of ['watch', 'report', 'pause', 'resume', 'skip', 'roll-back', 'amend'])
    expect(out).toContain(`npx --no-install cutover ${name} JOURNAL`)
})

test.each([
  { given: [], says: 'which command?' },
  { given: ['undo'], says: 'there is no command "undo"' },
  { given: ['status'], says: 'status takes JOURNAL' },
  { given: ['status', 'a', 'b'], says: 'status takes JOURNAL' },
  { given: ['status', 'a', '--who', 'ana'], says: 'neither --who nor --why' },
  { given: ['answer', 'a', '1'], says: 'answer takes JOURNAL STEP ANSWER' },
  { given: ['answer', 'a', '1', 'pass', '--who', 'ana'], says: 'answer needs --who NAME and --why TEXT' },
  { given: ['status', 'a', '--force'], says: '--force' },
  { given: ['watch', 'a', '--yes'], says: 'watch takes neither --who nor --why nor --yes' },
  { given: ['pause', 'a', '--who', 'ana'], says: 'pause needs --who NAME and --why TEXT' },
  { given: ['roll-back', 'a', '--who', ' ', '--why', 'x'], says: 'roll-back needs --who NAME and --why TEXT' },
  { given: ['skip', 'a', '--who', 'ana', '--why', 'x'], says: 'skip takes JOURNAL STEP' },
])('$given is not understood: exit 2, with the usage', slowly, async ({ given, says }) => {
  const { code, out, error } = await cutover(...given)

  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(error).toContain(says)
  expect(error).toContain('Usage\n  npx --no-install cutover status JOURNAL')
})

test('status lists the steps and prints the report, without taking the lease', slowly, async () => {
  await run('status.jsonl', parked)
  const before = await readFile(join(directory, 'status.jsonl'), 'utf8')
  const files = await readdir(directory)

  const { code, out, error } = await cutover('status', 'status.jsonl')

  expect({ code, error }).toEqual({ code: 0, error: '' })
  expect(out.split('\n').slice(0, 5)).toEqual([
    'orders',
    '   1  done       Turn a to target  1m30s',
    '   2  undecided  target is well',
    'PARKED at step 2: target is well',
    '  it says undecided; undecided after 20m',
  ])
  expect(out).toContain('npx --no-install cutover answer status.jsonl 2 pass --who NAME --why TEXT')
  expect(await readFile(join(directory, 'status.jsonl'), 'utf8')).toBe(before)
  expect(await readdir(directory)).toEqual(files)
})

test('status of one that runs says who runs it', slowly, async () => {
  let during: Awaited<ReturnType<typeof cutover>> | undefined

  await run('running.jsonl', () => async (steps) => {
    await steps.value('x', () => 1)
    during = await cutover('status', 'running.jsonl')
  })

  expect(during?.out).toContain(`RUNNING: `)
  expect(during?.out).toContain(`process ${process.pid}`)
})

test('status of nothing is refused, and makes nothing', slowly, async () => {
  const { code, error } = await cutover('status', 'nothing.jsonl')

  expect(code).toBe(1)
  expect(error).toContain('nothing.jsonl is empty or not there')
  expect(error.trimEnd().split('\n').at(-1)).toBe('CUTOVER_NOTHING_BEGUN')
  expect((await readdir(directory)).filter((name) => name.startsWith('nothing'))).toEqual([])
})

test('status of a damaged journal is refused, with the code last', slowly, async () => {
  await run('damaged.jsonl', parked)
  const path = join(directory, 'damaged.jsonl')
  await writeFile(path, (await readFile(path, 'utf8')).replace('"orders"', '"orderz"'))

  const { code, error } = await cutover('status', 'damaged.jsonl')

  expect(code).toBe(1)
  expect(error).toContain('line 1 was altered')
  expect(error.trimEnd().split('\n').at(-1)).toBe('CUTOVER_JOURNAL_BROKEN')
})

test('answer shows the question, records the answer, and the next run goes on', slowly, async () => {
  await run('answer.jsonl', parked)

  const { code, out } = await cutover(
    'answer',
    'answer.jsonl',
    '2',
    'pass',
    '--who',
    'ana',
    '--why',
    'I looked',
    '--yes',
  )
  const entries = await fileJournal(join(directory, 'answer.jsonl')).read()
  await run('answer.jsonl', parked, Date.now())

  expect(code).toBe(0)
  expect(out).toContain('target is well: it says undecided; undecided after 20m')
  expect(out).toContain('pass          count it as passed, and go on')
  expect(out.trimEnd().split('\n').at(-1)).toBe('Recorded: pass, ana: I looked. Now run it again.')
  expect(entries.at(-1)).toMatchObject({ t: 'answered', step: 'target', answer: 'pass', who: 'ana', why: 'I looked' })
  expect((await fileJournal(join(directory, 'answer.jsonl')).read()).at(-1)).toMatchObject({
    t: 'closed',
    end: 'completed',
  })
})

test('the first answer wins', slowly, async () => {
  await run('first.jsonl', parked)
  await cutover('answer', 'first.jsonl', 'target', 'pass', '--who', 'ana', '--why', 'I looked', '--yes')

  const { code, error } = await cutover(
    'answer',
    'first.jsonl',
    'target',
    'roll-back',
    '--who',
    'kim',
    '--why',
    'no',
    '--yes',
  )

  expect(code).toBe(1)
  expect(error).toContain('CUTOVER_NO_QUESTION')
})

test.each([
  { step: '2', answer: 'maybe', says: 'wanted again | pass | roll-back', last: 'CUTOVER_ANSWER_INVALID' },
  { step: '7', answer: 'pass', says: 'open questions: 2 target', last: 'CUTOVER_NO_QUESTION' },
])('answer $step $answer is refused, and nothing is recorded', slowly, async ({ step, answer, says, last }) => {
  await run(`refused-${last}.jsonl`, parked)
  const path = join(directory, `refused-${last}.jsonl`)
  const before = await readFile(path, 'utf8')

  const { code, error } = await cutover('answer', path, step, answer, '--who', 'ana', '--why', 'I looked', '--yes')

  expect(code).toBe(1)
  expect(error).toContain(says)
  expect(error.trimEnd().split('\n').at(-1)).toBe(last)
  expect(await readFile(path, 'utf8')).toBe(before)
})

test('answer of nothing is refused, and makes nothing', slowly, async () => {
  const { code, error } = await cutover('answer', 'nothing.jsonl', '1', 'pass', '--who', 'ana', '--why', 'x', '--yes')

  expect(code).toBe(1)
  expect(error).toContain('CUTOVER_NOTHING_BEGUN')
  expect((await readdir(directory)).filter((name) => name.startsWith('nothing'))).toEqual([])
})

test('a last line that is being written does not disturb status', slowly, async () => {
  await run('torn.jsonl', parked)
  await appendFile(join(directory, 'torn.jsonl'), '{"t":"answered","st')

  expect((await cutover('status', 'torn.jsonl')).code).toBe(0)
})
