// Asked at a terminal. `script` of util-linux brings one.
import { execFileSync, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

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
