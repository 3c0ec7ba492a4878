// Reports of any number of tests with any names, read through a runner that only says them.
import { command, type CommandOptions, type CommandOutcome } from '@cutover/health-checks'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

function read(parse: CommandOptions['parse'], text: string, exitCode = 0) {
  const none = { text: '', tail: '', cut: false }
  const outcome: CommandOutcome = {
    exitCode,
    stopped: false,
    stdout: { text, tail: '', cut: false },
    stderr: none,
    secrets: [],
  }
  return command({ run: 'suite', parse, runner: { run: () => Promise.resolve(outcome) } }).run(contextOf())
}

type Outcome = 'passed' | 'failed' | 'skipped'
const outcomes = fc.constantFrom<Outcome>('passed', 'failed', 'skipped')
const cases = fc.array(fc.record({ name: fc.string({ unit: 'grapheme' }), outcome: outcomes }), { maxLength: 40 })

const xml = (text: string): string =>
  Array.from(text)
    // XML 1.0 has no words for the others.
    .filter((char) => /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]$/u.test(char))
    .map((char) => (/[<>&"'\t\n\r]/.test(char) ? `&#${char.codePointAt(0)};` : char))
    .join('')

const bodies = {
  passed: '',
  failed: '<failure message="x">a &lt;b&gt;<![CDATA[</testcase>]]></failure>',
  skipped: '<skipped/>',
}

const counted = (all: readonly { readonly outcome: Outcome }[]) => {
  const of = (wanted: Outcome): number => all.filter(({ outcome }) => outcome === wanted).length
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') }
}

const expected = ({ passed, failed }: ReturnType<typeof counted>) =>
  failed > 0 ? 'fail' : passed > 0 ? 'pass' : 'undecided'

test('a JUnit report is counted by its cases, whatever their names, and lines around it are passed over', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (all) => {
      const suite = all.map(({ name, outcome }) => `<testcase name="${xml(name)}">${bodies[outcome]}</testcase>`)
      const text = `> orders@1.0.0 test\n<?xml version="1.0"?><testsuites tests="999"><testsuite name="s">${suite.join('\n')}</testsuite></testsuites>\nDone in 1 s`

      const { status, evidence } = await read('junit', text)

      const counts = counted(all)
      expect(status).toBe(expected(counts))
      expect(evidence?.tests).toMatchObject(counts)
      expect(evidence?.tests?.failures.length).toBe(Math.min(20, counts.failed))
    }),
    { numRuns: 60 },
  )
})

test('a JUnit report that is cut anywhere passes nothing', async () => {
  const text = '<testsuites><testsuite name="s"><testcase name="x"/><testcase name="y"/></testsuite></testsuites>'
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: text.length - 1 }), async (length) => {
      expect((await read('junit', text.slice(0, length))).status).not.toBe('pass')
    }),
  )
})

test('a TAP stream is counted by its outermost lines, and one that is cut passes nothing', async () => {
  const word = fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8})?$/)
  const points = fc.array(fc.record({ name: word, outcome: outcomes, nested: fc.boolean() }), {
    minLength: 1,
    maxLength: 20,
  })
  await fc.assert(
    fc.asyncProperty(points, fc.boolean(), async (all, planFirst) => {
      const lines = all.flatMap(({ name, outcome, nested }, i) => [
        ...(nested ? ['    not ok 1 - inside', '      ---', '      found: ok', '      ...', '    1..1'] : []),
        `${outcome === 'failed' ? 'not ok' : 'ok'} ${i + 1} - ${name}${outcome === 'skipped' ? ' # SKIP later' : ''}`,
        '  ---',
        'not ok 99 - quoted',
        '  ...',
      ])
      const plan = `1..${all.length}`
      const whole = planFirst ? [plan, ...lines] : [...lines, plan]

      const { status, evidence } = await read('tap', ['TAP version 14', ...whole].join('\n'))
      const cut = await read(
        'tap',
        ['TAP version 14', ...(planFirst ? [plan, ...lines.slice(0, -4)] : lines)].join('\n'),
      )

      expect(status).toBe(expected(counted(all)))
      expect(evidence?.tests).toMatchObject(counted(all))
      expect(cut.status).not.toBe('pass')
    }),
    { numRuns: 60 },
  )
})

test.each([
  ['bails out', 'ok 1 - a\nBail out! no database', 'undecided', /bailed out: no database/],
  ['bails out after a failure', 'not ok 1 - a\nBail out!', 'fail', /1 failed/],
  ['has work to do', '1..1\nnot ok 1 - a # TODO write it', 'pass', /1 passed/],
  ['has an escaped directive', '1..1\nnot ok 1 - handles \\# SKIP', 'fail', /1 failed/],
  ['skips everything', '1..0 # SKIP no database', 'undecided', /ran no test/],
  ['is none', 'Segmentation fault', 'undecided', /neither a test nor a plan/],
])('a TAP stream that %s', async (_, text, status, said) => {
  expect(await read('tap', text)).toMatchObject({ status, text: expect.stringMatching(said) })
})
