import { afterEach, expect, test, vi } from 'vitest'

import { logged, looking } from './shown.ts'
import { opened, parked, progress, rolledBack, said, started, untilStopped, waiting } from './story.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test('without a terminal each event is one line: time, cutover, step, word, text', () => {
  const lines = logged([
    ...untilStopped,
    started('02:20:06', 'drained'),
    waiting('02:21:16', 'drained', 'nightly quiet 1m10s'),
  ])

  expect(lines).toEqual([
    '02:08:00 orders - open   Fri 20 Nov UTC, begins, journal /srv/cutover/orders.jsonl',
    '02:08:01 orders 1/7 start  Copy bucket orders-uploads → container uploads',
    '02:14:03 orders 1/7 at     18,204 of 18,204 objects',
    '02:14:03 orders 1/7 done   6m02s 18,204 objects',
    '02:14:03 orders 2/7 start  Lower the TTL of api.example.com CNAME 300 → 30 s',
    '02:19:04 orders 2/7 done   5m01s',
    '02:19:18 orders 3/7 start  Stop Lambda: http, queue, nightly',
    '02:20:06 orders 3/7 done   48s',
    '02:20:06 orders 4/7 start  Lambda is drained',
    '02:21:16 orders 4/7 wait   nightly quiet 1m10s; back now 52s',
  ])
})

test('a question takes several lines, each of which can be searched for', () => {
  const lines = logged(parked)

  expect(lines.slice(9)).toEqual([
    '02:21:06 orders 4/7 check  undecided so far: nightly quiet 1m00s, needs 2m15s (timeout 15s + 2m)',
    '02:22:21 orders 4/7 check  pass: quiet 2m15s',
    '02:22:21 orders 5/7 start  Move the last messages: SQS orders → queue orders',
    '02:23:10 orders 5/7 parked it may have happened or not: Storage Queue cannot say whether message 7f3a9c (order 18204) arrived (CUTOVER_STEP_IN_DOUBT)',
    '02:23:10 orders 5/7 look   az storage message peek --queue-name orders --num-messages 32 --account-name orderswesteurope',
    '02:23:10 orders 5/7 answer happened: it happened: go on',
    '02:23:10 orders 5/7 answer did-not: it did not happen: send it again',
    '02:23:10 orders 5/7 answer roll-back: go back',
    '02:23:10 orders 5/7 with   npx --no-install cutover answer /srv/cutover/orders.jsonl 5 ANSWER --who NAME --why TEXT',
    '02:23:10 orders - end    PARKED at step 5 of 7: Move the last messages: SQS orders → queue orders',
  ])
})

test('the way back is told as it goes', () => {
  const lines = logged(rolledBack)

  expect(lines.slice(-12, -8)).toEqual([
    '02:52:31 orders - back   As healthy as Lambda (at most 1.5 × the errors): Azure 4.9 % of 6,012 failed, Lambda 1.0 % of 5,988: 3.2 to 7.4 × as many',
    '02:52:31 orders 6/7 undo   Point api.example.com at orders.azurewebsites.net',
    '02:53:02 orders 6/7 undone 31s   Point api.example.com at orders.azurewebsites.net',
    '02:53:02 orders 5/7 undo   Move the last messages: SQS orders → queue orders',
  ])
})

test('of many reports of one step a line is written every ten seconds, and the last', () => {
  const seconds = Array.from({ length: 25 }, (_, i) => `02:08:${String(i + 1).padStart(2, '0')}`)

  const lines = logged([
    opened(),
    started('02:08:01', 'copy'),
    ...seconds.map((at, i) => progress(at, 'copy', i, 1_000)),
    progress('02:08:26', 'copy', 1_000, 1_000),
  ])

  expect(lines.slice(2).map((line) => line.slice(0, 8))).toEqual(['02:08:01', '02:08:11', '02:08:21', '02:08:26'])
})

test('a final answer is always written', () => {
  const lines = logged([
    opened(),
    started('02:08:01', 'drained'),
    said('02:08:02', 'drained', 'undecided', 'no', false),
    said('02:08:03', 'drained', 'undecided', 'no', false),
    said('02:08:04', 'drained', 'pass', 'yes'),
  ])

  expect(lines.slice(2)).toEqual([
    '02:08:02 orders 4/7 check  undecided so far: no',
    '02:08:04 orders 4/7 check  pass: yes',
  ])
})

test('a dumb terminal is written to as a pipe is', () => {
  vi.stubEnv('TERM', 'xterm')
  const { tell, stream } = looking({ isTty: false, color: undefined })

  tell(opened(), started('02:08:01', 'copy'))

  expect(stream.raw).not.toContain('\u001b')
  expect(stream.lines[1]).toBe('02:08:01 orders 1/7 start  Copy bucket orders-uploads → container uploads')
})
