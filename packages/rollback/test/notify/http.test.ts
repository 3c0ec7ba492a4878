// Over HTTP to a real server on this machine.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

import { systemClock } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { type CutoverEvent, isCutoverError, memoryJournal, runCutover } from '@cutover/rollback'
import {
  type Message,
  type Notifier,
  slack,
  type SlackPayload,
  teams,
  type TeamsPayload,
  webhook,
} from '@cutover/rollback/notify'
import { expect, test } from 'vitest'

import { inMemorySwitches, turn } from '../switches.ts'
import { messages } from './messages.ts'

interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

/** A server that answers what it is told to, one answer after the other and the last for ever; `undefined`: never. */
async function server(
  ...answers: readonly ({ readonly status: number; readonly text?: string; readonly location?: string } | undefined)[]
) {
  const received: Received[] = []
  const http = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const answer = answers[Math.min(received.length, answers.length - 1)]
      received.push({ path: request.url ?? '', headers: request.headers, body: JSON.parse(text) })
      if (answer)
        response
          .writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location })
          .end(answer.text ?? 'ok')
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/services/T0/B0/not-a-real-secret`,
    received,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

const [message] = messages as readonly [Message]
const send = (notifier: Notifier, what = message): Promise<void> =>
  notifier.send(what, { signal: new AbortController().signal })

test('a whole move tells three services, each in its own way', async () => {
  await using target = await server({ status: 200 })
  const url = target.url
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source' })
  const events: CutoverEvent[] = []

  await runCutover(
    {
      id: 'move',
      journal: memoryJournal(),
      drift: false,
      onEvent: (event) => events.push(event),
      notify: [webhook({ url: `${url}/json` }), teams({ url: `${url}/teams` }), slack({ url: `${url}/slack` })],
    },
    (cutover) => cutover.apply(turn(switches, 'a', 'target')),
  )

  const of = (kind: string) => target.received.filter(({ path }) => path.endsWith(kind))
  expect(of('json').map(({ body }) => (body as Message).kind)).toEqual(['start', 'end'])
  expect(of('json').map(({ headers }) => headers['idempotency-key'])).toEqual(['"move/start"', '"move/end completed"'])
  expect(of('teams').map(({ body }) => (body as TeamsPayload).attachments[0]?.content.body[0])).toEqual([
    expect.objectContaining({ text: 'move: begins' }),
    expect.objectContaining({ text: 'move: COMPLETED' }),
  ])
  expect(of('slack').map(({ body }) => (body as SlackPayload).text)).toEqual(['move: begins', 'move: COMPLETED'])
  expect(target.received.every(({ headers }) => headers['content-type'] === 'application/json')).toBe(true)
  expect(events.filter(({ kind }) => kind === 'note')).toEqual([])
})

test.each([
  [429, true],
  [500, true],
  [503, true],
  [408, true],
  [400, false],
  [404, false],
  [410, false],
  [302, false],
])('an answer of %i is an error, retryable: %s', async (status, retryable) => {
  await using other = await server({ status: 200 })
  await using target = await server({ status, location: other.url })

  const error: unknown = await send(slack({ url: target.url })).catch((thrown: unknown) => thrown)

  expect(error).toMatchObject({ code: 'CUTOVER_NOTIFIER_REFUSED', retryable })
  expect(other.received).toEqual([])
})

test('a Teams connector that says 200 and did not deliver is not believed', async () => {
  const text = 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429'
  await using target = await server({ status: 200, text })

  const error: unknown = await send(teams({ url: target.url })).catch((thrown: unknown) => thrown)

  expect(error).toMatchObject({ code: 'CUTOVER_NOTIFIER_REFUSED', retryable: true })
})

test('what cannot be reached is retryable; what is aborted rejects with the reason', async () => {
  const gone = await server({ status: 200 })
  await gone[Symbol.asyncDispose]()
  await using silent = await server(undefined)
  const controller = new AbortController()
  const reason = new Error('too late')

  const unreachable: unknown = await send(webhook({ url: gone.url })).catch((thrown: unknown) => thrown)
  const hanging = webhook({ url: silent.url }).send(message, { signal: controller.signal })
  controller.abort(reason)

  expect(unreachable).toMatchObject({ code: 'CUTOVER_NOTIFIER_UNREACHABLE', retryable: true })
  await expect(hanging).rejects.toBe(reason)
})

test.each([
  ['slack', slack],
  ['teams', teams],
  ['webhook', webhook],
])('the url of %s is nowhere to be seen', async (_, make) => {
  const gone = await server({ status: 200 })
  await gone[Symbol.asyncDispose]()
  const notifier = make({ url: gone.url })
  const { inspect } = await import('node:util')

  const failed: unknown = await send(notifier).catch((thrown: unknown) => thrown)
  const refused: unknown = await Promise.resolve()
    .then(() => make({ url: 'hooks.example/not-a-real-secret' }))
    .catch((thrown: unknown) => thrown)

  expect(isCutoverError(refused, 'CUTOVER_OPTIONS_INVALID')).toBe(true)
  for (const seen of [failed, refused, notifier])
    expect(inspect(seen, { depth: 9, showHidden: true }) + JSON.stringify(seen)).not.toContain('not-a-real-secret')
})

test('a server that never answers keeps a process for seconds only, and no step at all', async () => {
  await using silent = await server(undefined)
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source' })
  let doneAt = 0
  const soon = { ...systemClock, sleep: (ms: number, options?: object) => systemClock.sleep(ms / 100, options) }
  const startedAt = performance.now()

  await runCutover(
    { id: 'move', journal: memoryJournal(), clock: soon, drift: false, notify: [webhook({ url: silent.url })] },
    async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      doneAt = performance.now()
    },
  )

  // Its first attempt would end after 10 s, here after 100 ms.
  expect(doneAt - startedAt).toBeLessThan(performance.now() - doneAt)
  expect(silent.received.length).toBeGreaterThan(0)
})
