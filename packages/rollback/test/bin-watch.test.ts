// watch, in a process of its own, on the journal of another that runs, is killed, parks, and is followed by a third.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { fileJournal, watch } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { inPlace } from './bin-process.ts'

const slowly = { timeout: 60_000 }
const signed = (who: string, why = 'a reason'): readonly string[] => ['--who', who, '--why', why, '--yes']
/** The lines of a log without their times. */
const said = (printed: string): string[] =>
  printed
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\d\d:\d\d:\d\d orders /, '').replace(/ \d+m?s /, ' TIME '))

test('watch tells what the run tells, from its beginning to its end, and writes nothing', slowly, () =>
  inPlace(async (place) => {
    const run = place.start({ outline: true }, 'a', 'approve', 'go', 'b')
    await run.says('approval: Go? 0 of 2')
    const watching = place.begin('watch', 'orders.jsonl')
    await watching.says('ask    Go? 0 of 2')
    const files = await readdir(place.directory)

    await place.cutover('answer', 'orders.jsonl', '2', 'approve', ...signed('ana'))
    await watching.says('ask    Go? 1 of 2')
    await place.cutover('answer', 'orders.jsonl', '2', 'approve', ...signed('raj'))
    await place.cutover('skip', 'orders.jsonl', 'go', ...signed('kim', 'looked by hand'))
    await run.ended
    const { code, printed } = await watching.ended

    expect(code).toBe(0)
    expect(files.filter((name) => name.includes('lease'))).toEqual(['orders.jsonl.lease.1'])
    const lines = said(printed)
    expect(lines[0]).toMatch(/^- open {3}.* begins, journal .*orders\.jsonl$/)
    expect(lines).toContain(`- note   run by ${lines.join('\n').match(/run by (\S+),/)?.[1]}, process ${run.child.pid}`)
    expect(lines).toContain('2/4 check  pass: approved by ana, raj')
    expect(lines).toContain('3/4 check  pass: SKIPPED by kim: looked by hand')
    expect(lines).toContain('4/4 start  Turn b')
    expect(lines.at(-1)).toMatch(/^- end {4}COMPLETED in /)
    expect(printed).not.toContain('\u001b')
  }),
)

test('a run that is killed is told so, and watched on in the next process until the end', slowly, () =>
  inPlace(async (place) => {
    const first = place.start({}, 'a', 'go', 'b')
    await first.says('step-started: File go')
    const watching = place.begin('watch', 'orders.jsonl')
    await watching.says(`process ${first.child.pid}`)
    first.child.kill('SIGKILL')
    await watching.says('INTERRUPTED after 1 step; nothing was undone')

    const second = place.start({}, 'a', 'go', 'b')
    await watching.says(`process ${second.child.pid}`)
    await place.file('go')
    await second.ended

    expect((await watching.ended).printed).toMatch(/check {2}pass: looks for go[^]*done[^]*COMPLETED/)
  }),
)

test('a question is shown with its command, its answer with who gave it, and then the way back', slowly, () =>
  inPlace(async (place) => {
    await place.start({}, 'a', 'once', 'b').ended
    const watching = place.begin('watch', 'orders.jsonl')
    await watching.says('end    PARKED at step 2')

    await place.cutover('answer', 'orders.jsonl', '2', 'roll-back', ...signed('ana', 'not today'))
    await watching.says('back   ana: not today')
    await place.start({}, 'a', 'once', 'b').ended
    const { code, printed } = await watching.ended

    expect(code).toBe(0)
    expect(printed).toMatch(/with {3}npx --no-install cutover answer \S+orders\.jsonl 2 ANSWER --who NAME --why TEXT/)
    expect(printed).toContain('note   ana answered roll-back: not today')
    expect(printed.match(/back {3}ana: not today/g)).toHaveLength(1)
    expect(printed).toMatch(/undone \S+ +Turn a/)
    expect(printed).toContain('CUTOVER_ROLLED_BACK, because of CUTOVER_ASKED')
  }),
)

test('Ctrl-C ends the watching, and nothing else', slowly, () =>
  inPlace(async (place) => {
    const run = place.start({}, 'a', 'go', 'b')
    await run.says('step-started: File go')
    const watching = place.begin('watch', 'orders.jsonl')
    await watching.says('run by')

    watching.child.kill('SIGINT')

    expect(await watching.ended).toMatchObject({ code: 0 })
    await place.file('go')
    expect(await run.ended).toMatchObject({ code: 0 })
  }),
)

test('watch of nothing is refused, and makes nothing', slowly, () =>
  inPlace(async (place) => {
    const { code, error } = await place.cutover('watch', 'nothing.jsonl')

    expect(code).toBe(1)
    expect(error.trimEnd().split('\n').at(-1)).toBe('CUTOVER_NOTHING_BEGUN')
    expect(await readdir(place.directory)).toEqual(['state.json'])
  }),
)

test('report tells steps, people, questions, alarms, what was agreed and what came of it', slowly, () =>
  inPlace(async (place) => {
    const limits = { maxDowntimeMs: 600_000, maxDataLoss: 0, agreedBy: 'ana', rtoMs: 300_000 }
    const options = { outline: true, limits, criterion: { toleratedForMs: 0, resolveWithinMs: 100, then: 'ask' } }
    const first = place.start(options, 'a', 'go', 'b')
    await first.says('step-started: File go')
    await place.file('sick')
    await first.ended
    await place.without('sick')
    await place.cutover('answer', 'orders.jsonl', '@alarm/errors', 'accept', ...signed('ana', 'a known | error'))
    const second = place.start(options, 'a', 'go', 'b')
    await second.says('step-started: File go')
    await place.cutover('roll-back', 'orders.jsonl', ...signed('kim', 'enough'))
    await second.ended

    const { code, out } = await place.cutover('report', 'orders.jsonl')

    expect(code).toBe(0)
    expect(out).toMatch(/^# Cutover orders\n\n```text\nROLLED BACK in \S+: kim: enough\n/)
    expect(out).toMatch(/\| time to go back \(RTO\), agreed by ana \| 5m \| 17s \| \d+m?s \|/)
    expect(out).toMatch(/\| accepted writes lost \(RPO\), agreed by ana \| 0 \| {2}\| {2}\|/)
    expect(out).toMatch(/\| 1 \| Turn a \| undone \| \d\d:\d\d:\d\d \| \S+ \| \d\d:\d\d:\d\d, \S+ \| {2}\|/)
    expect(out).toContain('|  | Turn b | not begun |')
    expect(out).toMatch(/\| kim \| roll-back \| enough \|/)
    expect(out).toMatch(/\(CUTOVER\\_GUARD\) \| accept, ana after \S+: a known \\\| error \|/)
    expect(out).toMatch(/\| The target has few errors \| entered \| ana \| 9 % failed \|/)
    expect(out).toMatch(/\| The target has few errors \| exceeded: ask \| ana \| 9 % failed \|/)
  }),
)

test('watch as a function answers the report, and leaves the journal as it is', slowly, () =>
  inPlace(async (place) => {
    await place.start({}, 'a', 'b').ended
    const path = join(place.directory, 'orders.jsonl')
    const before = await readFile(path, 'utf8')
    const kinds: string[] = []

    const report = await watch(fileJournal(path), { onEvent: ({ kind }) => void kinds.push(kind) })

    expect(report.end).toBe('completed')
    expect(kinds).toEqual([
      'opened',
      'step-started',
      'step-done',
      'forecast',
      'step-started',
      'step-done',
      'forecast',
      'ended',
    ])
    expect(await readFile(path, 'utf8')).toBe(before)
  }),
)
