import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { command, type CommandOptions } from '@cutover/health-checks'
import { expect, onTestFinished, test } from 'vitest'

import { contextOf } from '../context.ts'

const node = process.execPath
const timeout = { timeout: 20_000 }
/** Runs a script in a Node process of its own. */
const script = (code: string, options: Omit<CommandOptions, 'run'> = {}) =>
  command({ run: node, args: ['-e', code], id: 'suite', title: 'The suite passes', ...options })

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'command-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
}

/** Is that process there, and no zombie? */
async function lives(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return !/^State:\s+Z/m.test(status)
}

async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    if (!(await lives(pid))) return true
    await pause(20)
  }
  return false
}

test('exit status 0 passes, another fails with the last output', timeout, async () => {
  const well = await script('process.exit(0)').run(contextOf())
  const ill = await script('console.log("3 orders lost"); process.exit(3)').run(contextOf())

  expect(well).toMatchObject({ status: 'pass', evidence: { reason: 'held', exitCode: 0 } })
  expect(ill).toMatchObject({
    status: 'fail',
    evidence: { reason: 'failed', exitCode: 3, output: '3 orders lost\n' },
  })
})

test('a program that does not start, and one that is killed, are undecided', timeout, async () => {
  const missing = await command({ run: 'no-such-program-here' }).run(contextOf())
  const killed = await script('process.kill(process.pid, "SIGKILL")').run(contextOf())

  expect(missing).toMatchObject({
    status: 'undecided',
    text: expect.stringMatching(/^no-such-program-here did not start \(ENOENT\)/),
    evidence: { reason: 'not-started' },
  })
  expect(killed).toMatchObject({ status: 'undecided', evidence: { reason: 'killed', endedBy: 'SIGKILL' } })
})

test(
  'values of env reach the program, and appear nowhere; neither does a secret of this process',
  timeout,
  async () => {
    process.env['ORDERS_API_KEY'] = 'inherited-4f1d'
    onTestFinished(() => void delete process.env['ORDERS_API_KEY'])
    const code = `
    console.log(process.env.FUNCTION_CODE, process.env.ORDERS_API_KEY)
    process.exit(process.env.FUNCTION_CODE === 's3cret-code' ? 4 : 5)`
    const check = command({ run: node, args: ['-e', code, 's3cret-code'], env: { FUNCTION_CODE: 's3cret-code' } })

    const answer = await check.run(contextOf())

    const all = JSON.stringify([answer, check.id, check.title])
    expect(answer.evidence?.exitCode).toBe(4)
    expect(answer.evidence?.output).toBe('[sent] [sent]\n')
    expect(all).not.toContain('s3cret-code')
    expect(all).not.toContain('inherited-4f1d')
  },
)

test('a run that takes too long is ended with all that it started, and is undecided', timeout, async () => {
  const code = `
    const { spawn } = require('node:child_process')
    process.on('SIGTERM', () => process.exit(0))
    console.log(spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }).pid)
    setInterval(() => {}, 1000)`

  const answer = await script(code, { within: '4s' }).run(contextOf())

  expect(answer).toMatchObject({ status: 'undecided', evidence: { reason: 'late' } })
  const grandchild = Number(answer.evidence?.output)
  expect(grandchild).toBeGreaterThan(1)
  expect(await gone(grandchild)).toBe(true)
})

test('what a program leaves behind when it ends is ended too', timeout, async () => {
  const code = `
    const { spawn } = require('node:child_process')
    const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
    console.log(left.pid)
    left.unref()
    process.exit(1)`

  const answer = await script(code).run(contextOf())

  expect(answer.status).toBe('fail')
  expect(await gone(Number(answer.evidence?.output))).toBe(true)
})

test('an abort rejects with its reason once the program is gone', timeout, async () => {
  const path = join(await folder(), 'pid')
  const stop = new AbortController()
  const reason = new Error('the night is over')
  const code = `require('node:fs').writeFileSync(${JSON.stringify(path)}, String(process.pid)); setInterval(() => {}, 1000)`
  const running = script(code).run(contextOf({ signal: stop.signal }))
  running.catch(() => {})
  let pid = 0
  while (pid === 0) {
    await pause(20)
    pid = Number(await readFile(path, 'utf8').catch(() => '0'))
  }

  stop.abort(reason)

  await expect(running).rejects.toBe(reason)
  expect(await lives(pid)).toBe(false)
})

test('output without end is read without being kept', timeout, async () => {
  const code = `
    const line = 'x'.repeat(65_535) + '\\n'
    const say = (left) => left === 0 ? process.stdout.write('the end\\n', () => process.exit(1)) : process.stdout.write(line, () => say(left - 1))
    say(200)`

  const answer = await script(code, { parse: ({ stdout }) => ({ status: 'fail', text: `${stdout.length}` }) }).run(
    contextOf(),
  )

  expect(answer).toMatchObject({ status: 'undecided', evidence: { reason: 'unreadable' } })
  expect(answer.evidence?.output).toHaveLength(2_000)
  expect(answer.evidence?.output).toMatch(/the end\n$/)
})

const say = (text: string, exitCode = 0): string =>
  `process.stdout.write(${JSON.stringify(text)}); process.exitCode = ${exitCode}`

test.each([
  ['passes', '<testsuites><testsuite name="a"><testcase name="x"/></testsuite></testsuites>', 0, 'pass', 'held'],
  [
    'fails though it ended with 0',
    '<testsuite><testcase name="x"><failure/></testcase></testsuite>',
    0,
    'fail',
    'failed',
  ],
  ['passes, and it ended with 1', '<testsuite><testcase name="x"/></testsuite>', 1, 'undecided', 'incomplete'],
  ['is empty', '<testsuites tests="0"></testsuites>', 0, 'undecided', 'no-tests'],
  ['skips everything', '<testsuite><testcase name="x"><skipped/></testcase></testsuite>', 0, 'undecided', 'no-tests'],
  [
    'has an error of the suite itself',
    '<testsuite name="setup"><error/><testcase name="x"/></testsuite>',
    0,
    'fail',
    'failed',
  ],
  ['is cut', '<testsuite><testcase name="x"/>', 0, 'undecided', 'unreadable'],
  ['is another document', '<html><p/></html>', 0, 'undecided', 'unreadable'],
  ['is missing', '', 0, 'undecided', 'unreadable'],
])('a JUnit report that %s', timeout, async (_, text, exitCode, status, reason) => {
  expect(await script(say(text, exitCode), { parse: 'junit' }).run(contextOf())).toMatchObject({
    status,
    evidence: { reason },
  })
})

test('a report file is read only when this run wrote it', timeout, async () => {
  const cwd = await folder()
  const report = 'junit.xml'
  const old = '<testsuite><testcase name="yesterday"/></testsuite>'
  await writeFile(join(cwd, report), old)
  await utimes(join(cwd, report), 1, 1)
  const options = { parse: 'junit', cwd, report } as const

  const silent = await script('process.exit(0)', options).run(contextOf())
  const writing = await script(`require('node:fs').writeFileSync('junit.xml', ${JSON.stringify(old)})`, options).run(
    contextOf(),
  )

  expect(silent).toMatchObject({ status: 'undecided', text: expect.stringMatching(/did not write junit\.xml/) })
  expect(writing).toMatchObject({ status: 'pass', evidence: { tests: { passed: 1 } } })
})

test('a reader of its own that throws, or answers no status, is undecided', timeout, async () => {
  const throws = await script(say('{'), { parse: ({ stdout }) => JSON.parse(stdout) as never }).run(contextOf())
  const wrong = await script(say('ok'), { parse: () => true as never }).run(contextOf())
  const right = await script(say('7', 1), {
    parse: ({ stdout, exitCode }) => ({ status: 'pass', text: `${stdout} checks, ${exitCode}` }),
  }).run(contextOf())

  expect(throws).toMatchObject({ status: 'undecided', text: expect.stringMatching(/parse threw/) })
  expect(wrong).toMatchObject({ status: 'undecided', text: expect.stringMatching(/answered no text/) })
  expect(right).toMatchObject({ status: 'pass', text: expect.stringMatching(/7 checks, 1/) })
})

test("Node's own test runner is read as TAP and as JUnit", timeout, async () => {
  const cwd = await folder()
  await writeFile(
    join(cwd, 'orders.test.mjs'),
    `import { test } from 'node:test'
     test('an order is taken', () => {})
     test('an order is paid', async (t) => { await t.test('by card', () => { throw new Error('declined <&>') }) })
     test('later', { skip: true }, () => {})`,
  )
  const run = (reporter: 'tap' | 'junit') =>
    command({
      run: node,
      args: ['--test', `--test-reporter=${reporter}`, 'orders.test.mjs'],
      cwd,
      parse: reporter,
    }).run(contextOf())

  const [tap, junit] = [await run('tap'), await run('junit')]

  expect(tap).toMatchObject({ status: 'fail', evidence: { exitCode: 1, tests: { passed: 1, failed: 1, skipped: 1 } } })
  expect(junit).toMatchObject({ status: 'fail', evidence: { exitCode: 1, tests: { passed: 1, skipped: 1 } } })
  expect(tap.evidence?.tests?.failures).toEqual(['an order is paid'])
})

test.each([
  [{ run: '' }, 'run'],
  [{ run: 'npm test' }, 'run'],
  [{ run: 'npm', parse: 'xunit' as never }, 'parse'],
  [{ run: 'npm', report: 'x.xml' }, 'report'],
  [{ run: 'npm', env: { A: 1 as never } }, 'env.A'],
  [{ run: 'npm', shell: true } as never, 'shell'],
])('%o is refused when it is made', (options, field) => {
  expect(() => command(options)).toThrow(field)
})
