import type { CutoverEvent } from '@cutover/core'
import { afterEach, expect, test, vi } from 'vitest'

import { looking, shown } from './shown.ts'
import {
  done,
  event,
  forecast,
  goingBack,
  opened,
  outline,
  parked,
  progress,
  rolledBack,
  running,
  said,
  started,
  time,
  waiting,
} from './story.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test('while it runs, the screen says what is done, how long the step under way has taken, and what is ahead', async () => {
  const lines = await shown(running, { later: 10_000, rto: '10m', title: 'Lambda → Functions' })

  expect(lines).toEqual([
    'orders · Lambda → Functions                             Fri 20 Nov 02:21:16 UTC',
    'window until 03:00 UTC · rto 10m · journal /srv/cutover/orders.jsonl',
    '',
    ' ✓  1 Copy bucket orders-uploads → container uploads      18,204 objects  6m02s',
    ' ✓  2 Lower the TTL of api.example.com CNAME 300 → 30 s                   5m01s',
    ' ✓  3 Stop Lambda: http, queue, nightly                                     48s',
    ' ▸  4 Lambda is drained                                             1m10s of 5m',
    '      … nightly quiet 1m00s, needs 2m15s (timeout 15s + 2m)',
    '    5 Move the last messages: SQS orders → queue orders          estimate   20s',
    '    6 Point api.example.com at orders.azurewebsites.net          estimate   31s',
    '    7 As healthy as Lambda (at most 1.5 × the errors)            estimate   12m',
    '',
    ' back now 52s · latest safe abort 02:48:00',
  ])
})

test('a parked step asks its question, with what to look and what to answer, and no command is cut', async () => {
  const lines = await shown(parked)

  expect(lines.slice(7)).toEqual([
    ' ?  5 Move the last messages: SQS orders → queue orders                  PARKED',
    '',
    '      it may have happened or not: Storage Queue cannot say whether message',
    '      7f3a9c (order 18204) arrived',
    '      Look    az storage message peek --queue-name orders --num-messages 32 --account-name orderswesteurope',
    '      Answer  happened    it happened: go on',
    '              did-not     it did not happen: send it again',
    '              roll-back   go back',
    '      With    npx --no-install cutover answer /srv/cutover/orders.jsonl 5 ANSWER --who NAME --why TEXT',
    '              then run it again',
    '              CUTOVER_STEP_IN_DOUBT',
    '',
    ' back now 52s · latest safe abort 02:48:00',
    'PARKED at step 5 of 7: Move the last messages: SQS orders → queue orders',
  ])
})

test('on the way back, what is being undone runs below what has failed', async () => {
  const lines = await shown(goingBack, { later: 3_000, rto: '10m' })

  expect(lines.slice(8)).toEqual([
    ' ✓  6 Point api.example.com at orders.azurewebsites.net                     31s',
    ' ✗  7 As healthy as Lambda (at most 1.5 × the errors)                     9m14s',
    '      Azure 4.9 % of 6,012 failed, Lambda 1.0 % of 5,988: 3.2 to 7.4 × as many',
    '',
    ' Going back',
    ' ↩  6 Point api.example.com at orders.azurewebsites.net                     31s',
    ' ▸  5 Move the last messages: SQS orders → queue orders               3s of ~7s',
    '',
    ' going back for 34s of 10m · 1 undone',
  ])
})

test('rolled back, the last line says that nothing is left to do', async () => {
  const lines = await shown(rolledBack)

  expect(lines.slice(12)).toEqual([
    ' Going back',
    ' ↩  6 Point api.example.com at orders.azurewebsites.net                     31s',
    ' ↩  5 Move the last messages: SQS orders → queue orders                      7s',
    ' ↩  3 Stop Lambda: http, queue, nightly                                     17s',
    ' ↩  2 Lower the TTL of api.example.com CNAME 300 → 30 s                      2s',
    ' ↩  1 Copy bucket orders-uploads → container uploads                        18s',
    '',
    'ROLLED BACK in 1m15s: step 7, As healthy as Lambda, failed 02:52:31',
    '  5 undone. The source is as found; nothing is left to do.',
  ])
})

test('completed, the report says how to go back', async () => {
  const report = 'COMPLETED in 9s: 1 change, 1 step\n  Go back  run it with rollBack: true; its journal is orders.jsonl'

  const lines = await shown([
    opened(),
    started('02:08:01', 'ttl'),
    done('02:08:10', 'ttl', 9_000),
    event('02:08:10', { kind: 'ended', end: 'completed', report }, 'COMPLETED in 9s: 1 change, 1 step'),
  ])

  expect(lines.slice(-2)).toEqual(report.split('\n'))
})

test('progress is a bar with counts and the time left; without a total, counts alone', async () => {
  const events = [opened(), started('02:08:01', 'copy'), progress('02:10:01', 'copy', 7_012, 18_204, 190_000)]

  const withTotal = await shown(events, { later: 10_000 })
  const without = await shown([
    ...events,
    event('02:10:02', { kind: 'progress', step: 'copy', done: 7_013, unit: 'objects' }),
  ])

  expect(withTotal[4]).toBe('      ███████░░░░░░░░░░░░░  7,012 of 18,204 objects · 3m left')
  expect(without[4]).toBe('      7,013 objects')
})

test('a wait says why, until when, and how long that is', async () => {
  const why = 'every resolver forgets the former TTL'

  const lines = await shown([opened(), started('02:14:03', 'ttl'), waiting('02:14:04', 'ttl', why, '02:19:04')], {
    later: 60_000,
  })

  expect(lines.slice(4, 6)).toEqual([
    ' ▸  2 Lower the TTL of api.example.com CNAME 300 → 30 s                   1m01s',
    `      … ${why}, until 02:19:04 (4m left)`,
  ])
})

test('what was done by an earlier run is marked so, and so is what was true already', async () => {
  const lines = await shown([
    opened(),
    done('02:08:00', 'copy', 0, 'recorded'),
    done('02:08:01', 'ttl', 100, 'already'),
  ])

  expect(lines.slice(3, 5)).toEqual([
    ' ✓  1 Copy bucket orders-uploads → container uploads                     before',
    ' ✓  2 Lower the TTL of api.example.com CNAME 300 → 30 s    is so already  100ms',
  ])
})

test('branches that run beside each other are all shown running', async () => {
  const lines = await shown([opened(), started('02:08:01', 'copy'), started('02:08:02', 'ttl')], { later: 3_000 })

  expect(lines.slice(3, 5).map((line) => line.slice(0, 3))).toEqual([' ▸ ', ' ▸ '])
})

test('a step that failed without a check is named by the decision to go back; one beside it was stopped', async () => {
  const lines = await shown([
    opened(),
    started('02:08:01', 'copy'),
    started('02:08:01', 'ttl'),
    event('02:08:09', { kind: 'rolling-back', because: `${outline[1]?.title}: the zone refused it` }),
  ])

  expect(lines.slice(3, 8)).toEqual([
    ' ‖  1 Copy bucket orders-uploads → container uploads                    stopped',
    ' ✗  2 Lower the TTL of api.example.com CNAME 300 → 30 s                      8s',
    '      the zone refused it',
    '',
    ' Going back',
  ])
})

test('steps that no outline lists are numbered as they come', async () => {
  const lines = await shown([
    event('02:00:00', { kind: 'opened', cutover: 'orders', journal: 'memory', resumed: true, outline: undefined }),
    started('02:00:01', 'ttl'),
    done('02:00:02', 'ttl', 1_000),
    started('02:00:02', 'move'),
  ])

  expect(lines.slice(1)).toEqual([
    'journal memory · goes on',
    '',
    ' ✓  1 Lower the TTL of api.example.com CNAME 300 → 30 s                      1s',
    ' ▸  2 Move the last messages: SQS orders → queue orders                      0s',
  ])
})

test('a forecast admits what nobody can estimate', async () => {
  const lines = await shown([opened(), forecast('02:08:00', 52_000, undefined, 2)])

  expect(lines.at(-1)).toBe(' back now 52s, and 2 steps that nobody can estimate')
})

test('before the journal is open, the wait for its lease is shown', async () => {
  const text = 'waits until the lease of ana@bastion-1 is over, 2026-11-20T02:31:40Z'

  const lines = await shown([event('02:30:00', { kind: 'waiting', step: 'orders', why: 'the lease' }, text)])

  expect(lines).toEqual([
    'orders                                                  Fri 20 Nov 02:30:00 UTC',
    '',
    ` ! ${text}`,
  ])
})

test('a narrow screen cuts titles, never the time', async () => {
  const lines = await shown(running, { columns: 44 })

  expect(lines[3]).toBe(' ✓  1 Copy bucket orders-uploads →…   6m02s')
  expect(lines.every((line) => line.length < 44)).toBe(true)
})

test('where there is little room, steps far ahead are left out, not the one under way', async () => {
  const lines = await shown(running.slice(0, 3), { rows: 7 })

  expect(lines.slice(3)).toEqual([
    ' ▸  1 Copy bucket orders-uploads → container uploads                      6m02s',
    '      ████████████████████  18,204 of 18,204 objects',
    '    2 Lower the TTL of api.example.com CNAME 300 → 30 s',
    '    3 Stop Lambda: http, queue, nightly',
    '    4 Lambda is drained',
    '      … 3 more',
  ])
})

test('where there is little room and nothing ahead, nothing is said to be left out', async () => {
  const lines = await shown(goingBack, { rows: 9 })

  expect(lines.filter((line) => line.includes('more'))).toEqual([])
})

test('what a service answers cannot move the cursor', async () => {
  const { tell, stream } = looking()

  tell(
    opened(),
    started('02:08:01', 'drained'),
    said('02:08:02', 'drained', 'undecided', 'bad \u001b[2J\u0007 news\nhere', false),
  )

  expect(stream.raw).not.toContain('\u001b[2J')
  expect(stream.lines).toContain('      … bad  [2J  news here')
})

test('a terminal that knows no UTF-8 gets ASCII', () => {
  const { tell, stream } = looking({ locale: 'POSIX' })

  tell(...running)

  expect(stream.lines[6]).toBe(' >  4 Lambda is drained                                                1m of 5m')
  expect(Buffer.from(stream.raw).length).toBe(stream.raw.length)
})

test('colours are for terminals, and for those who want them', () => {
  const events: CutoverEvent[] = [opened(), started('02:08:01', 'copy')]
  const [colored, plain] = [looking({ color: undefined }), looking({ color: undefined, noColor: '1' })]

  colored.tell(...events)
  plain.tell(...events)

  expect(colored.stream.raw).toContain('\u001b[36m')
  expect(plain.stream.raw).not.toContain('\u001b[36m')
})

test('the clock of the screen goes on from the event, whatever the own clock says', async () => {
  const lines = await shown([event('23:59:58', { kind: 'forecast', backMs: 0, latestAbortAt: time('23:59:59') })], {
    later: 3_000,
  })

  expect(lines[0]).toContain('Sat 21 Nov 00:00:01 UTC')
})
