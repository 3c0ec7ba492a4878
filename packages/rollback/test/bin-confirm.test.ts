// Asked at a terminal, which `script` of util-linux brings; and what becomes of two yeses at once.
import { execFileSync, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { fakeWorld } from '@cutover/core/testing'
import { memoryJournal, pause, runCutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { operate } from '../src/bin/operate.ts'
import { standingOf } from '../src/bin/standing-of.ts'
import { inPlace } from './bin-process.ts'

const slowly = { timeout: 60_000 }
const command = join(import.meta.dirname, '../src/bin/cutover.ts')

const hasScript = ((): boolean => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).includes(
      'util-linux',
    )
  } catch {
    return false
  }
})()

test('of two who send it at the same moment the box has an order, and the second is told who was first', async () => {
  const world = fakeWorld()
  const journal = memoryJournal({ operators: true })
  await runCutover({ id: 'orders', journal, clock: world.clock }, async (cutover) => {
    await cutover.value('x', () => 1)
    throw new Error('power cut')
  }).catch(() => {})
  const before = await standingOf(journal)
  await pause(journal, { who: 'kim', why: 'looking' })

  const said: string[] = []
  const error = await (async () => {
    for await (const text of operate(before, { do: 'pause', who: 'raj', why: 'the same' }, world.clock)) said.push(text)
  })().catch((failure: unknown) => failure)

  expect(error).toMatchObject({ code: 'CUTOVER_ALREADY_SAID', message: expect.stringMatching(/kim was faster: pause/) })
  expect(said).toEqual([])
})

/** Types that when it is asked; answers what stood on the terminal and the exit code. */
function atTerminal(directory: string, typed: string): Promise<{ code: number | null; seen: string }> {
  const child = spawn(
    'script',
    ['-qec', `'${process.execPath}' '${command}' pause orders.jsonl --who kim --why looking`, '/dev/null'],
    { cwd: directory, stdio: ['pipe', 'pipe', 'ignore'] },
  )
  let seen = ''
  let isTyped = false
  child.stdout.on('data', (chunk: Buffer) => {
    seen += chunk.toString()
    if (isTyped || !seen.includes('y/N')) return
    isTyped = true
    child.stdin.write(typed)
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, seen })))
}

test.skipIf(!hasScript)('at a terminal it asks, and only y is a yes', slowly, () =>
  inPlace(async ({ directory, start }) => {
    await start({}, 'a', 'once').ended
    const sent = () => readFile(join(directory, 'orders.jsonl.requests'), 'utf8').catch(() => '')

    const no = await atTerminal(directory, 'n\n')
    const enter = await atTerminal(directory, '\n')
    const gone = await atTerminal(directory, '\u0004')
    const before = await sent()
    const yes = await atTerminal(directory, 'y\n')

    for (const { code, seen } of [no, enter, gone]) {
      expect(code).toBe(1)
      expect(seen).toContain('Stops before the next step')
      expect(seen).toContain('pause as kim? y/N')
      expect(seen).toContain('REFUSED: nothing was done')
    }
    expect(before).toBe('')
    expect(yes.code).toBe(0)
    expect(yes.seen).toContain('Asked: pause, kim: looking.')
    expect(await sent()).toContain('"do":"pause"')
  }),
)
