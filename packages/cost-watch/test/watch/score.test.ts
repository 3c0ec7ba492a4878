import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'

import { csvScorer, detect } from '@cutover/cost-watch'
import { seededRandom } from '@cutover/cost-watch/testing'
import { expect, test } from 'vitest'

const command = resolve(import.meta.dirname, '../../cost-watch.mjs')

async function run(parameters: readonly string[], input: string) {
  const child = spawn(process.execPath, [command, ...parameters])
  child.stdin.end(input)
  const [out, problems] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { lines: out.trimEnd().split('\n'), problems, code: child.exitCode }
}

function lines(input: string): { readonly out: (string | undefined)[]; readonly problems: string[] } {
  const problems: string[] = []
  const scorer = csvScorer((problem) => problems.push(problem))
  return { out: input.split('\n').map((line) => scorer.line(line)), problems }
}

test('the command answers every line with the score of its point', async () => {
  const random = seededRandom(6)
  const points = Array.from({ length: 600 }, (_, i) => ({
    at: Date.UTC(2026, 0, 1) + i * 300_000,
    value: Number((i === 500 ? 40 : 10 + random.normal()).toFixed(3)),
  }))
  const rows = points.map(({ at, value }) => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')},${value}`)

  const { lines: out, problems, code } = await run(['score'], `timestamp,value\n${rows.join('\n')}\n`)

  expect([code, problems]).toEqual([0, ''])
  expect(out[0]).toBe('timestamp,value,score')
  expect(out.slice(1)).toEqual(detect(points).map((score, i) => `${rows[i]},${score.toFixed(6)}`))
  expect(Number(out[501]?.split(',')[2])).toBeGreaterThan(0.6)
}, 20_000)

test('a line is answered before the next one is there', async () => {
  const child = execFile(process.execPath, [command, 'score'])
  child.stdin?.write('2026-01-01T00:00:00Z,1\n')

  const [first] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [string]

  child.stdin?.end()
  await once(child, 'close')
  expect(first).toBe('2026-01-01T00:00:00Z,1,0.000000\n')
}, 20_000)

test('what cannot be read is told by its line and has no score, which is not 0', () => {
  const { out, problems } = lines(
    'timestamp,value\n2026-01-01,1\n2026-01-02,NaN\n2026-01-03,\nyesterday,4\n2026-01-05,Infinity',
  )

  expect(out.slice(1)).toEqual([
    '2026-01-01,1,0.000000',
    '2026-01-02,NaN,',
    '2026-01-03,,',
    'yesterday,4,',
    '2026-01-05,Infinity,',
  ])
  expect(problems).toEqual([
    'line 3: value is "NaN"; wanted a finite number; not scored',
    'line 4: value is ""; wanted a finite number; not scored',
    'line 5: timestamp is "yesterday"; wanted ISO 8601 or epoch seconds; not scored',
    'line 6: value is "Infinity"; wanted a finite number; not scored',
  ])
})

test('duplicates and what is out of order are told, and scored as if they came right after', () => {
  const { out, problems } = lines('2026-01-02,1\n2026-01-02,2\n2026-01-01,3\n2026-01-03,4')

  expect(out).toEqual([
    '2026-01-02,1,0.000000',
    '2026-01-02,2,0.000000',
    '2026-01-01,3,0.000000',
    '2026-01-03,4,0.000000',
  ])
  expect(problems.map((problem) => problem.slice(0, 6))).toEqual(['line 2', 'line 3'])
})

test('columns are found by their names, with quotes, zones, epoch seconds and milliseconds', () => {
  const { out, problems } = lines(
    '\u{FEFF}id,"value","timestamp"\r\n7,1,1767225600\r\n7,2,1767225700000\r\n7,3,"2026-01-01T02:00:00+01:00"\n\n',
  )

  expect(problems).toEqual([])
  expect(out.slice(0, 4)).toEqual([
    'timestamp,value,score',
    '1767225600,1,0.000000',
    '1767225700000,2,0.000000',
    '2026-01-01T02:00:00+01:00,3,0.000000',
  ])
})

test('--strict ends at the first problem, and what is no command says how it is used', async () => {
  const [strict, wrong] = await Promise.all([
    run(['score', '--strict'], '2026-01-01,1\nx,2\n2026-01-03,3\n'),
    run(['scores'], ''),
  ])

  expect(strict.code).toBe(1)
  expect(strict.lines).toEqual(['2026-01-01,1,0.000000'])
  expect(wrong.code).toBe(2)
  expect(wrong.problems).toContain('there is no command "scores"')
}, 20_000)
