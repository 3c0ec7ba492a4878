// A cutover of one night, told in events; the tests of the terminal take as much of it as they need.
import type { CutoverEvent } from '@cutover/core'

/** An instant of that night: `'02:19:18'`. */
export const time = (of: string): number => Date.parse(`2026-11-20T${of}Z`)

type Untimed = CutoverEvent extends infer E ? (E extends CutoverEvent ? Omit<E, 'at' | 'text'> : never) : never

export const event = (at: string, told: Untimed, text = ''): CutoverEvent => ({ ...told, at: time(at), text })

const titles = {
  copy: 'Copy bucket orders-uploads → container uploads',
  ttl: 'Lower the TTL of api.example.com CNAME 300 → 30 s',
  stop: 'Stop Lambda: http, queue, nightly',
  drained: 'Lambda is drained',
  move: 'Move the last messages: SQS orders → queue orders',
  repoint: 'Point api.example.com at orders.azurewebsites.net',
  healthy: 'As healthy as Lambda (at most 1.5 × the errors)',
} as const

export type Name = keyof typeof titles

const estimates: Partial<Record<Name, number>> = { move: 20_000, repoint: 31_000, healthy: 720_000 }

export const outline = (Object.keys(titles) as Name[]).map((step) => ({
  step,
  title: titles[step],
  estimateMs: estimates[step],
}))

export const opened = (at = '02:08:00'): CutoverEvent =>
  event(at, {
    kind: 'opened',
    cutover: 'orders',
    journal: '/srv/cutover/orders.jsonl',
    resumed: false,
    outline,
    windowEndsAt: time('03:00:00'),
  })

export const started = (at: string, step: Name, more: { estimateMs?: number; withinMs?: number } = {}): CutoverEvent =>
  event(at, { kind: 'step-started', step, title: titles[step], estimateMs: more.estimateMs, withinMs: more.withinMs })

export const done = (
  at: string,
  step: Name,
  tookMs: number,
  how: 'done' | 'already' | 'recorded' = 'done',
): CutoverEvent => event(at, { kind: 'step-done', step, title: titles[step], tookMs, how })

export const progress = (at: string, step: Name, count: number, total: number, etaMs?: number): CutoverEvent =>
  event(at, { kind: 'progress', step, done: count, total, unit: 'objects', etaMs })

export const waiting = (at: string, step: Name, why: string, until?: string): CutoverEvent =>
  event(at, { kind: 'waiting', step, why, until: until === undefined ? undefined : time(until) })

export const said = (
  at: string,
  step: Name,
  status: 'pass' | 'fail' | 'undecided',
  text: string,
  final = true,
): CutoverEvent =>
  event(at, { kind: 'check-answered', step, title: titles[step], status, final }, `${titles[step]}: ${status}: ${text}`)

export const forecast = (at: string, backMs: number, latestAbort?: string, unestimated = 0): CutoverEvent =>
  event(at, {
    kind: 'forecast',
    backMs,
    latestAbortAt: latestAbort === undefined ? undefined : time(latestAbort),
    unestimated,
  })

/** Three steps are done, and Lambda is stopped. */
export const untilStopped: readonly CutoverEvent[] = [
  opened(),
  started('02:08:01', 'copy'),
  progress('02:14:03', 'copy', 18_204, 18_204),
  done('02:14:03', 'copy', 362_000),
  started('02:14:03', 'ttl'),
  done('02:19:04', 'ttl', 301_000),
  started('02:19:18', 'stop'),
  done('02:20:06', 'stop', 48_000),
  forecast('02:20:06', 52_000, '02:48:00'),
]

/** … and Lambda is being watched. */
export const running: readonly CutoverEvent[] = [
  ...untilStopped,
  started('02:20:06', 'drained', { withinMs: 300_000 }),
  said('02:21:06', 'drained', 'undecided', 'nightly quiet 1m00s, needs 2m15s (timeout 15s + 2m)', false),
]

/** … and one message is in doubt. */
export const parked: readonly CutoverEvent[] = [
  ...running,
  said('02:22:21', 'drained', 'pass', 'quiet 2m15s'),
  started('02:22:21', 'move', { estimateMs: 20_000 }),
  event('02:23:10', {
    kind: 'parked',
    step: 'move',
    number: 5,
    code: 'CUTOVER_STEP_IN_DOUBT',
    question: `${titles.move}: it may have happened or not: Storage Queue cannot say whether message 7f3a9c (order 18204) arrived`,
    look: ['az storage message peek --queue-name orders --num-messages 32 --account-name orderswesteurope'],
    answers: [
      { answer: 'happened', means: 'it happened: go on' },
      { answer: 'did-not', means: 'it did not happen: send it again' },
      { answer: 'roll-back', means: 'go back' },
    ],
  }),
  event('02:23:10', { kind: 'ended', end: 'parked' }, `PARKED at step 5 of 7: ${titles.move}`),
]

const undo = (from: string, at: string, step: Name, tookMs: number): CutoverEvent[] => [
  event(from, { kind: 'step-undoing', step, title: titles[step], estimateMs: tookMs }),
  event(at, { kind: 'step-undone', step, title: titles[step], tookMs }),
]

/** All was moved, but Azure is not as healthy. */
export const goingBack: readonly CutoverEvent[] = [
  ...running,
  said('02:22:21', 'drained', 'pass', 'quiet 2m15s'),
  started('02:22:21', 'move'),
  done('02:22:41', 'move', 20_000),
  started('02:22:41', 'repoint'),
  done('02:23:12', 'repoint', 31_000),
  forecast('02:23:12', 60_000, '02:47:00'),
  started('02:43:17', 'healthy', { withinMs: 1_800_000 }),
  said('02:52:31', 'healthy', 'fail', 'Azure 4.9 % of 6,012 failed, Lambda 1.0 % of 5,988: 3.2 to 7.4 × as many'),
  event('02:52:31', {
    kind: 'rolling-back',
    because: `${titles.healthy}: Azure 4.9 % of 6,012 failed, Lambda 1.0 % of 5,988: 3.2 to 7.4 × as many`,
  }),
  ...undo('02:52:31', '02:53:02', 'repoint', 31_000),
  event('02:53:02', { kind: 'step-undoing', step: 'move', title: titles.move, estimateMs: 7_000 }),
]

export const rolledBack: readonly CutoverEvent[] = [
  ...goingBack,
  event('02:53:09', { kind: 'step-undone', step: 'move', title: titles.move, tookMs: 7_000 }),
  ...undo('02:53:09', '02:53:26', 'stop', 17_000),
  ...undo('02:53:26', '02:53:28', 'ttl', 2_000),
  ...undo('02:53:28', '02:53:46', 'copy', 18_000),
  event(
    '02:53:46',
    { kind: 'ended', end: 'rolled-back' },
    'ROLLED BACK in 1m15s: step 7, As healthy as Lambda, failed 02:52:31',
  ),
]
