// Operators in processes of their own steer a cutover that another process runs: late, twice, two at once, or never.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { inPlace, type Place, type Ran } from './bin-process.ts'

const slowly = { timeout: 60_000 }
const signed = (who: string, why = 'a reason'): readonly string[] => ['--who', who, '--why', why, '--yes']
const lastLine = ({ error }: Ran): string | undefined => error.trimEnd().split('\n').at(-1)
const requests = ({ directory }: Place): Promise<string> =>
  readFile(join(directory, 'orders.jsonl.requests'), 'utf8').catch(() => '')

test(
  'without a terminal and without --yes it shows what it would do, does nothing, and says what to copy',
  slowly,
  () =>
    inPlace(async (place) => {
      const run = place.start({}, 'a', 'go', 'b')
      await run.says('step-started: File go')

      const refused = await place.cutover('roll-back', 'orders.jsonl', '--who', 'kim', '--why', "it's late")

      expect(refused.code).toBe(1)
      expect(refused.out).toContain('Goes back: 17s for 1 step.')
      expect(refused.out).toContain('   1  Turn a  17s')
      expect(refused.error).toContain(
        String.raw`npx --no-install cutover roll-back orders.jsonl --who kim --why 'it'\''s late' --yes`,
      )
      expect(lastLine(refused)).toBe('CUTOVER_NOT_CONFIRMED')
      expect(await requests(place)).toBe('')
    }),
)

test('pause stops before the next step, the second to ask is told who was first, and resume goes on', slowly, () =>
  inPlace(async (place) => {
    const run = place.start({ outline: true }, 'a', 'go', 'b')
    await run.says('step-started: File go')

    const paused = await place.cutover('pause', 'orders.jsonl', ...signed('kim'))
    const second = await place.cutover('pause', 'orders.jsonl', ...signed('raj'))
    await place.file('go')
    await run.says('check-answered: File go: pass')
    const status = await place.cutover('status', 'orders.jsonl')
    const resumed = await place.cutover('resume', 'orders.jsonl', ...signed('ana', 'looked'))
    const again = await place.cutover('resume', 'orders.jsonl', ...signed('ana', 'looked'))
    const ended = await run.ended

    expect(paused).toMatchObject({ code: 0, error: '' })
    expect(paused.out).toContain('Stops before the next step')
    expect(paused.out).toContain('Back     17s for 1 step')
    expect(paused.out).toContain(`process ${run.child.pid}.`)
    expect(second).toMatchObject({
      code: 1,
      error: expect.stringMatching(/^REFUSED: kim was faster: pause \(a reason\)/),
    })
    expect(lastLine(second)).toBe('CUTOVER_ALREADY_SAID')
    expect(status.out).toMatch(/PAUSED since \d\d:\d\d:\d\d, kim: a reason/)
    expect(status.out).toContain('   3  ahead  Turn b  estimate 1s')
    expect(resumed.out).toContain('Goes on with the next step. Ahead, as far as it is estimated: 1s.')
    expect(again.code).toBe(1)
    expect(ended.printed).toContain('resumed: goes on, ana: looked')
    expect(ended.code).toBe(0)
  }),
)

test('an approval takes each person once, in the order of the box, and nobody after it is over', slowly, () =>
  inPlace(async (place) => {
    const run = place.start({}, 'a', 'approve', 'go', 'b')
    await run.says('approval: Go? 0 of 2')

    const eve = await place.cutover('answer', 'orders.jsonl', '2', 'approve', ...signed('eve'))
    const both = await Promise.all(
      ['yes', 'once more'].map((why) => place.cutover('answer', 'orders.jsonl', '2', 'approve', ...signed('ana', why))),
    )
    const status = await place.cutover('status', 'orders.jsonl')
    const raj = await place.cutover('answer', 'orders.jsonl', 'approve', 'approve', ...signed('raj'))
    await run.says('check-answered: Go?: pass')
    const late = await place.cutover('answer', 'orders.jsonl', '2', 'decline', ...signed('ana'))
    await place.file('go')
    const ended = await run.ended
    const ending = await place.cutover('answer', 'orders.jsonl', '2', 'decline', ...signed('ana'))

    expect(eve).toMatchObject({ code: 1, error: expect.stringMatching(/the word of ana, raj counts/) })
    expect(both.map(({ code }) => code).toSorted((one, other) => one - other)).toEqual([0, 1])
    expect(both.find(({ code }) => code === 1)?.error).toMatch(/REFUSED: ana was faster: approve \((yes|once more)\)/)
    expect(status.out).toContain('1 of 2 approved: ana; asked: ana, raj')
    expect(status.out).toContain('npx --no-install cutover answer orders.jsonl 2 approve --who NAME --why TEXT')
    expect(raj.out).toContain('approve  goes on at once')
    expect(ended.printed).toContain('Go?: pass: approved by ana, raj')
    expect(ended.code).toBe(0)
    expect(late.error).toContain('REFUSED: too late: Go? was answered: approved by ana, raj')
    expect(lastLine(ending)).toBe('CUTOVER_ENDED')
  }),
)

test('who approves after it has expired is too late; asked again, a new word counts', slowly, () =>
  inPlace(async (place) => {
    const first = place.start({ expires: '1s' }, 'a', 'approve', 'b')
    await first.ended

    const late = await place.cutover('answer', 'orders.jsonl', '2', 'approve', ...signed('ana'))
    const again = await place.cutover('answer', 'orders.jsonl', '2', 'again', ...signed('ana'))
    const second = place.start({ expires: '60s' }, 'a', 'approve', 'b')
    await second.says('approval: Go? 0 of 2')
    const ana = await place.cutover('answer', 'orders.jsonl', '2', 'approve', ...signed('ana'))
    const raj = await place.cutover('answer', 'orders.jsonl', '2', 'approve', ...signed('raj'))

    expect(first.printed()).toContain('CUTOVER_PARKED')
    expect(lastLine(late)).toBe('CUTOVER_TOO_LATE')
    expect([again.code, ana.code, raj.code]).toEqual([0, 0, 0])
    expect(await second.ended).toMatchObject({ code: 0 })
  }),
)

test('skip counts a check as passed, which stays visible until it is accepted by name', slowly, () =>
  inPlace(async (place) => {
    const run = place.start({}, 'a', 'go', 'final', 'b')
    await run.says('step-started: File go')

    const change = await place.cutover('skip', 'orders.jsonl', '1', ...signed('kim'))
    const skipped = await place.cutover('skip', 'orders.jsonl', 'go', ...signed('kim', 'looked by hand'))
    await run.ended
    const status = await place.cutover('status', 'orders.jsonl')
    const accepted = await place.cutover(
      'answer',
      'orders.jsonl',
      '@skipped/go',
      'accept',
      ...signed('ana', 'so be it'),
    )
    const again = await place.start({}, 'a', 'go', 'final', 'b').ended
    const report = await place.cutover('report', 'orders.jsonl')

    expect(lastLine(change)).toBe('CUTOVER_REQUEST_INVALID')
    expect(skipped.out).toContain(
      'It stays visible as skipped, and must be accepted by name before the point of no return.',
    )
    expect(status.out).toContain('   2  SKIPPED  File go')
    expect(status.out).toContain('by kim: looked by hand; to be accepted by name before the point of no return')
    expect(accepted.code).toBe(0)
    expect(again.code).toBe(0)
    expect(report.out).toMatch(/\| 2 \| File go \| SKIPPED, accepted by name \|.*\| kim \|/)
    expect(report.out).toMatch(/\| ana \| accept to @skipped\/go \| so be it \|/)
  }),
)

test('roll-back is taken in the middle of a step that only waits; a second one is refused', slowly, () =>
  inPlace(async (place) => {
    const run = place.start({}, 'a', 'b', 'go')
    await run.says('step-started: File go')

    const back = await place.cutover('roll-back', 'orders.jsonl', ...signed('kim', 'enough'))
    await run.ended
    const again = await place.cutover('roll-back', 'orders.jsonl', ...signed('raj'))

    expect(back.code).toBe(0)
    expect(back.out).toContain('Goes back: 34s for 2 steps.')
    expect(back.out.indexOf('2  Turn b')).toBeLessThan(back.out.indexOf('1  Turn a'))
    expect(run.printed()).toContain('ROLLED BACK')
    expect(await place.state()).toEqual({ a: 'source', b: 'source' })
    expect(lastLine(again)).toBe('CUTOVER_ENDED')
  }),
)

test.each([
  { when: 'parked', steps: ['a', 'once', 'b'] },
  { when: 'completed', steps: ['a', 'b'] },
])('roll-back of one that is $when is taken by the next run', slowly, ({ steps }) =>
  inPlace(async (place) => {
    await place.start({}, ...steps).ended

    const back = await place.cutover('roll-back', 'orders.jsonl', ...signed('kim', 'enough'))
    const status = await place.cutover('status', 'orders.jsonl')
    const next = await place.start({}, ...steps).ended

    expect(back).toMatchObject({ code: 0, out: expect.stringMatching(/it is taken when it is run again/) })
    expect(status.out).toContain('ASKED, not taken yet: roll-back, kim: enough')
    expect(next.printed).toContain('CUTOVER_ROLLED_BACK')
    expect(await place.state()).toEqual({ a: 'source', b: 'source' })
  }),
)

test('after the point of no return nobody is asked whether to go back', slowly, () =>
  inPlace(async (place) => {
    const run = place.start({}, 'a', 'final', 'go')
    await run.says('step-started: File go')

    const back = await place.cutover('roll-back', 'orders.jsonl', '--who', 'kim', '--why', 'enough')

    expect(back).toMatchObject({ code: 1, out: '' })
    expect(lastLine(back)).toBe('CUTOVER_PAST_NO_RETURN')
  }),
)

test('of two who answer a question at once one is taken, and the other is told whose', slowly, () =>
  inPlace(async (place) => {
    await place.start({}, 'a', 'once', 'b').ended

    const both = await Promise.all([
      place.cutover('answer', 'orders.jsonl', '2', 'pass', ...signed('ana')),
      place.cutover('answer', 'orders.jsonl', '2', 'roll-back', ...signed('raj')),
    ])
    const late = await place.cutover('answer', 'orders.jsonl', '2', 'again', ...signed('kim'))
    const journal = await readFile(join(place.directory, 'orders.jsonl'), 'utf8')

    expect(both.map(({ code }) => code).toSorted((one, other) => one - other)).toEqual([0, 1])
    expect(both.find(({ code }) => code === 1)?.error).toMatch(/was answered (pass by ana|roll-back by raj)/)
    expect(lastLine(late)).toBe('CUTOVER_NO_QUESTION')
    expect(journal.match(/"t":"answered"/g)).toHaveLength(1)
  }),
)

test('amend lets another plan in for what has not begun', slowly, () =>
  inPlace(async (place) => {
    await place.start({ outline: true }, 'a', 'once', 'b').ended
    await place.cutover('answer', 'orders.jsonl', '2', 'pass', ...signed('ana'))

    const refused = await place.start({ outline: true }, 'a', 'once', 'go', 'b').ended
    const amended = await place.cutover('amend', 'orders.jsonl', ...signed('ana', 'one check more'))
    await place.file('go')
    const taken = await place.start({ outline: true }, 'a', 'once', 'go', 'b').ended

    expect(refused.printed).toContain('CUTOVER_PLAN_CHANGED')
    expect(amended).toMatchObject({
      code: 0,
      out: expect.stringMatching(/may differ in the steps that have not begun:\n {3}3 {2}Turn b/),
    })
    expect(taken).toMatchObject({ code: 0 })
  }),
)

test('a journal in SQLite is steered the same way', slowly, () =>
  inPlace(async (place) => {
    const run = place.start({}, 'a', 'go', 'b')
    await run.says('step-started: File go')

    const status = await place.cutover('status', 'orders.db')
    const skipped = await place.cutover('skip', 'orders.db', '2', ...signed('kim'))

    expect(status.out).toContain(`RUNNING: `)
    expect(status.out).toContain(`process ${run.child.pid}`)
    // A step of which nothing is recorded yet has no number.
    expect(lastLine(skipped)).toBe('CUTOVER_REQUEST_INVALID')
    expect((await place.cutover('skip', 'orders.db', 'go', ...signed('kim'))).code).toBe(0)
    expect(await run.ended).toMatchObject({ code: 0 })
  }, 'orders.db'),
)
