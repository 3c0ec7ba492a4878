// What stands beside the steps: pauses, alarms that are counted down, drift, approvals, questions, the latest abort.
import type { CutoverEvent } from '@cutover/core'
import { afterEach, expect, test, vi } from 'vitest'

import { logged, looking, shown } from './shown.ts'
import { done, event, forecast, opened, started, time, untilStopped } from './story.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const why = 'Azure 4.9 % of 6,012 failed'
const title = 'Errors at the target'
const alarm = (
  at: string,
  state: 'failing' | 'blind' | 'entered' | 'resolved' | 'exceeded',
  text: string,
  until?: string,
): CutoverEvent =>
  event(
    at,
    {
      kind: 'alarm',
      id: 'errors',
      title,
      state,
      owner: 'ana',
      until: until === undefined ? undefined : time(until),
      then: 'roll-back',
    },
    text,
  )
const failing = alarm('02:20:10', 'failing', `failing: ${title}: ${why}`, '02:24:10')
const entered = alarm(
  '02:21:10',
  'entered',
  `ALARM: ${title}: ${why}; ana has until 2026-11-20T02:24:10Z, 3m, then: roll-back`,
  '02:24:10',
)
const paused = event('02:21:00', { kind: 'paused', who: 'kim', why: 'the network team looks' }, 'PAUSED')
const approval = (given: readonly string[]): CutoverEvent =>
  event(
    '02:20:16',
    {
      kind: 'approval',
      step: 'drained',
      title: 'Go? Open the window',
      number: 4,
      from: ['ana', 'raj'],
      quorum: 2,
      given,
      expiresAt: time('02:30:16'),
    },
    'Go?',
  )
const row = (lines: readonly string[], start: string): string | undefined =>
  lines.find((line) => line.startsWith(start))

test('a criterion is counted down from its first fail, with who resolves it and what happens otherwise', async () => {
  const first = await shown([...untilStopped, failing], { later: 30_000 })
  const then = await shown([...untilStopped, failing, entered], { later: 30_000 })

  expect(row(first, ' ! ')).toBe(` ! ${title.padEnd(44)}failing: ana, roll-back in 3m30s`)
  expect(then.slice(-4)).toEqual([
    ` ! ${title.padEnd(46)}ALARM: ana, roll-back in 2m30s`,
    `      ${why}`,
    '',
    ' back now 52s · latest safe abort 02:48:00',
  ])
  expect(then.filter((line) => line.includes(title))).toHaveLength(1)
})

test('an alarm that is over stays with what follows; one that is resolved is only noted', async () => {
  const exceeded = alarm('02:24:10', 'exceeded', `ALARM: ${title}: ${why}; roll-back`)
  const resolved = alarm('02:23:00', 'resolved', `resolved: ${title}`)

  const over = await shown([...untilStopped, entered, exceeded])
  const well = await shown([...untilStopped, entered, resolved])

  expect(row(over, ' ! ')).toMatch(/ALARM: ana, roll-back 02:24:10$/)
  expect(over).toContain(`      ${why}`)
  expect(well.filter((line) => line.startsWith(' ! '))).toEqual([` ! resolved: ${title}`])
})

test('a guard that cannot see is no alarm', async () => {
  const lines = await shown([...untilStopped, alarm('02:21:00', 'blind', `${title}: nobody can say: metrics are out`)])

  expect(row(lines, ' ! ')).toMatch(/nobody can say$/)
  expect(lines).toContain('      metrics are out')
})

test('a pause says who, why, since when, and what to copy; resumed, it is gone', async () => {
  const resumed = event('02:22:00', { kind: 'resumed', who: 'kim', why: 'looked' }, 'goes on, kim: looked')

  const lines = await shown([...untilStopped, paused], { later: 65_000 })
  const after = await shown([...untilStopped, paused, resumed])

  expect(lines.slice(-5, -2)).toEqual([
    ` ‖ Paused before the next step${'PAUSED 1m05s'.padStart(49)}`,
    '      kim: the network team looks',
    '      With    npx --no-install cutover resume /srv/cutover/orders.jsonl --who NAME --why TEXT',
  ])
  expect(after.join('\n')).not.toContain('PAUSED')
  expect(after).toContain(' ! goes on, kim: looked')
})

test('an approval says who has given it, who is still asked, until when, and what to copy', async () => {
  const lines = await shown([...untilStopped, started('02:20:06', 'drained'), approval(['ana'])], { later: 60_000 })

  const at = lines.findIndex((line) => line.includes('Go? Open the window'))
  expect(lines.slice(at, at + 4)).toEqual([
    ` ▸  4 Go? Open the window${'1m10s'.padStart(54)}`,
    '      … 1 of 2 approved: ana; asked: raj; expires 02:30:16 (9m left)',
    '      With    npx --no-install cutover answer /srv/cutover/orders.jsonl 4 approve --who NAME --why TEXT',
    '              or decline',
  ])
})

test('drift says what is found, and who did it', async () => {
  const lines = await shown([
    ...untilStopped,
    event('02:21:00', {
      kind: 'drift',
      step: 'stop',
      title: 'Stop Lambda: http, queue, nightly',
      is: 'foreign',
      found: { enabled: true },
      by: { who: 'deploy-pipeline', at: time('02:20:31') },
    }),
  ])

  expect(row(lines, ' ! ')).toBe(` ! Stop Lambda: http, queue, nightly${'DRIFT'.padStart(43)}`)
  expect(lines.join(' ').replace(/ +/g, ' ')).toContain(
    'found {"enabled":true}, by deploy-pipeline at 02:20:31; asked before the next step',
  )
})

test('a question beside the steps is no step, and is gone when it is answered', async () => {
  const asked = event('02:21:00', {
    kind: 'parked',
    step: '@alarm/errors',
    code: 'CUTOVER_GUARD',
    question: `${title}: ${why}`,
    look: [],
    answers: [{ answer: 'accept', means: 'accept that it is so, and go on' }],
  })
  const answered = event(
    '02:25:00',
    { kind: 'note', code: 'CUTOVER_ANSWERED', step: '@alarm/errors', data: {} },
    'ana answered accept: known',
  )

  const lines = await shown([...untilStopped, entered, asked])
  const after = await shown([...untilStopped, asked, answered])

  expect(row(lines, ' ?')).toBe(` ? ${title.padEnd(70)}PARKED`)
  expect(lines.filter((line) => line.startsWith(' ! '))).toEqual([])
  expect(lines).toContain(
    '      With    npx --no-install cutover answer /srv/cutover/orders.jsonl @alarm/errors ANSWER --who NAME --why TEXT',
  )
  expect(after.filter((line) => line.startsWith(' ?'))).toEqual([])
  expect(after).toContain(' ! ana answered accept: known')
})

test('what is used of the limits, and the latest abort when it is near, stand in the last line', async () => {
  const used = event('02:36:00', {
    kind: 'note',
    code: 'CUTOVER_LIMITS',
    data: { used: { downtimeMs: 118_000, dataLoss: 0 }, maxDowntimeMs: 600_000, maxDataLoss: 0 },
  })
  const warning = (at: string, text: string): CutoverEvent =>
    event(at, { kind: 'note', code: 'CUTOVER_LATEST_ABORT', data: {} }, text)

  const near = await shown([...untilStopped, used, warning('02:38:00', 'in 10m'), warning('02:43:00', 'in 5m')])
  const late = await shown([...untilStopped, used], { later: 13 * 60_000 })

  expect(near.slice(-2)).toEqual([
    ' down 1m58s of 10m · lost 0 of 0 · back now 52s',
    ' latest safe abort 02:48:00 (5m left)',
  ])
  expect(late.slice(-2)).toEqual([
    ' down 1m58s of 10m · lost 0 of 0 · back now 52s',
    ' latest safe abort 02:48:00 has passed',
  ])
  expect(near.filter((line) => line.startsWith(' ! '))).toEqual([' ! in 5m'])
})

test('what was parked, or killed, and goes on in another process is shown going on', async () => {
  const killed = [
    event('02:20:07', { kind: 'note', code: 'CUTOVER_RUNNER', data: {} }, 'run by kim@bastion-2, process 7'),
    event('02:20:10', { kind: 'ended', end: 'interrupted' }, 'INTERRUPTED at step 4'),
  ]
  const lines = await shown([
    ...untilStopped,
    started('02:20:06', 'drained'),
    event('02:20:10', { kind: 'ended', end: 'interrupted' }, 'INTERRUPTED at step 4'),
    event('02:21:10', { kind: 'note', code: 'CUTOVER_RUNNER', data: {} }, 'run by ana@bastion-1, process 48121'),
  ])
  const later = await shown([
    ...untilStopped,
    event('02:20:10', { kind: 'ended', end: 'parked' }, 'PARKED at step 4'),
    started('02:21:11', 'move'),
  ])

  expect(lines.join('\n')).not.toContain('INTERRUPTED')
  expect(lines).toContain(' ! run by ana@bastion-1, process 48121')
  expect(later.join('\n')).not.toContain('PARKED')
  expect((await shown([...untilStopped, ...killed])).filter((line) => line.startsWith(' ! '))).toEqual([])
  expect(row(later, ' ▸ ')).toMatch(/Move the last messages/)
})

test.each([40, 56, 70, 100])('at %i columns nothing but a command is wider than the screen', (columns) => {
  const { tell, stream } = looking({ columns, rows: 60 })

  tell(
    ...untilStopped,
    started('02:20:06', 'drained'),
    approval(['ana']),
    failing,
    entered,
    paused,
    forecast('02:40:00', 52_000, '02:48:00'),
  )

  // A line that is too wide goes on in the next: what can be drawn over is then no longer where it was.
  const isOver = stream.lines.filter((line) => line.length >= columns && !/npx|answer|--w|resume|approve/.test(line))
  expect(isOver).toEqual([])
  expect(stream.lines.filter((line) => line.includes(title.slice(0, 9)))).toHaveLength(1)
})

test('drawn again each second, a command that takes two lines leaves nothing behind', async () => {
  const { tell, stream, clock } = looking({ columns: 44, rows: 60 })
  tell(opened(), started('02:20:06', 'drained'), approval([]), paused)

  await clock.advance(5_000)
  tell(approval(['ana']), done('02:22:00', 'drained', 1_000))

  expect(stream.lines.filter((line) => line.includes('PAUSED'))).toHaveLength(1)
  expect(stream.lines.filter((line) => line.includes('approve'))).toEqual([])
})

test('in a log each is one line, with what to copy', () => {
  const lines = logged([opened(), started('02:20:06', 'drained'), entered, approval(['ana'])])

  expect(lines.slice(-3)).toEqual([
    `02:21:10 orders - alarm  ALARM: ${title}: ${why}; ana has until 2026-11-20T02:24:10Z, 3m, then: roll-back`,
    '02:20:16 orders 4/7 ask    Go?',
    '02:20:16 orders 4/7 with   npx --no-install cutover answer /srv/cutover/orders.jsonl 4 approve --who NAME --why TEXT',
  ])
})

test('a check that was skipped stays visible, with who did it, and is no check that passed', async () => {
  const lines = await shown([
    ...untilStopped,
    started('02:20:06', 'drained'),
    event(
      '02:21:00',
      { kind: 'check-answered', step: 'drained', title: 'Lambda is drained', status: 'pass', final: true },
      'Lambda is drained: SKIPPED by kim: the metric is an hour late, and the queue has been empty since 02:10 on both sides',
    ),
    started('02:21:00', 'move'),
  ])

  const at = lines.findIndex((line) => line.includes('Lambda is drained'))
  expect(lines.slice(at, at + 3)).toEqual([
    ` !  4 Lambda is drained${'SKIPPED'.padStart(56)}`,
    '      SKIPPED by kim: the metric is an hour late, and the queue has been empty',
    '      since 02:10 on both sides',
  ])
})
