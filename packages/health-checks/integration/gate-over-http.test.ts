// Two services on loopback, one of which falls ill at a known moment; probes and gate decide in real time.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

import { type CutoverEvent, healthGate, httpProbe, requestCounts, systemClock, waitFor } from '@cutover/health-checks'
import { expect, onTestFinished, test } from 'vitest'

const every = '200ms'

/** Fails every tenth request, or as many as it is told to. */
async function service(): Promise<{ readonly port: number; failsOneIn: number }> {
  const made = { port: 0, failsOneIn: 10 }
  let asked = 0
  const server = createServer((_, response) => {
    asked += 1
    response.writeHead(asked % made.failsOneIn === 0 ? 503 : 200).end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  made.port = (server.address() as AddressInfo).port
  return made
}

/** Asks by the probe that users have, and counts what it says. */
function probing(port: number, signal: AbortSignal) {
  const counts = requestCounts({ every })
  const probe = httpProbe({ url: 'http://api.example.test/', address: '127.0.0.1', port })
  const context = { clock: systemClock, signal, key: 'probe', fence: () => {}, report: () => {} }
  const done = (async () => {
    while (!signal.aborted) {
      const answer = await probe.run(context).catch(() => undefined)
      if (answer && answer.status !== 'undecided')
        counts.seen({ bad: answer.status === 'fail', ms: answer.evidence?.ms })
      await pause(2)
    }
  })()
  return { counts, done }
}

async function compare(illAfterMs: number | undefined) {
  const [source, target] = [await service(), await service()]
  const stop = new AbortController()
  const [one, other] = [probing(source.port, stop.signal), probing(target.port, stop.signal)]
  // What a gate measures the source by.
  await pause(1_500)
  const startedAt = Date.now()
  let illAt: number | undefined
  if (illAfterMs !== undefined)
    setTimeout(() => {
      illAt = Date.now()
      target.failsOneIn = 2
    }, illAfterMs)
  const events: CutoverEvent[] = []
  const gate = healthGate({
    source: one.counts,
    target: other.counts,
    horizon: '40s',
    maxRatio: 2,
    since: startedAt,
    // Else it might be promoted before it falls ill.
    mode: illAfterMs === undefined ? 'decide' : 'watch',
  })
  const answer: unknown = await waitFor(gate, {
    within: '40s',
    every,
    onEvent: (event) => void events.push(event),
  }).catch((error: unknown) => error)
  const endedAt = Date.now()
  stop.abort()
  await Promise.all([one.done, other.done])
  return { answer, events, illAt, startedAt, endedAt, gate }
}

test('a target that falls ill over HTTP is rolled back after it did, and every look is an event', async () => {
  const { answer, events, illAt, endedAt, gate } = await compare(2_000)

  expect(answer).toMatchObject({
    code: 'CHECK_FAILED',
    message: expect.stringMatching(/the target is worse|over 50 %/),
  })
  expect(illAt).toBeDefined()
  expect(endedAt).toBeGreaterThan(illAt ?? Infinity)
  const notes = events.filter((event) => event.kind === 'note' && event.code === 'HEALTH_GATE')
  expect(notes.length).toBeGreaterThan(3)
  expect(notes.at(-1)).toMatchObject({ data: { kind: 'rollback' } })
  expect(gate.snapshot()?.rules.metrics[0]?.guarantee).not.toBe('none')
})

test('a target that stays well over HTTP is promoted', async () => {
  const { answer, events } = await compare(undefined)

  expect(answer).toMatchObject({ status: 'pass', evidence: { kind: 'promote' } })
  expect(events.at(-1)).toMatchObject({ kind: 'check-answered', status: 'pass' })
})
