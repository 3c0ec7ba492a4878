import { isCutoverError, tcpProbe } from '@cutover/health-checks'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'
import { closedPort, serveTcp } from '../loopback.ts'

const host = '127.0.0.1'

test('a port that takes connections passes, and its server sees the connection end without a byte', async () => {
  const bytes: Buffer[] = []
  let ended: () => void
  const closed = new Promise<void>((resolve) => {
    ended = resolve
  })
  const port = await serveTcp((socket) => void socket.on('data', (chunk) => bytes.push(chunk)).on('close', ended))

  const answer = await tcpProbe({ host, port }).run(contextOf())
  await closed

  expect(answer).toMatchObject({
    status: 'pass',
    evidence: { reason: 'held', asked: `127.0.0.1:${port}`, address: host },
  })
  expect(bytes).toEqual([])
})

test('a port at which nobody listens fails', async () => {
  const port = await closedPort()

  expect(await tcpProbe({ host, port }).run(contextOf())).toMatchObject({
    status: 'fail',
    text: `127.0.0.1:${port} refused the connection: nobody listens there`,
    evidence: { reason: 'refused' },
  })
})

test('a name without an address is undecided', async () => {
  expect(await tcpProbe({ host: 'nobody.invalid', port: 5432 }).run(contextOf())).toMatchObject({
    status: 'undecided',
    evidence: { reason: 'unreachable' },
  })
})

test('an address that stays silent is undecided when the time is over, and nothing goes on', async () => {
  let aborted = false
  const silent = {
    connect: (_: unknown, { signal }: { readonly signal: AbortSignal }) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true
          reject(signal.reason as Error)
        })
      }),
  }

  const answer = await tcpProbe({ host: '192.0.2.1', port: 1433, within: '20ms', connector: silent }).run(contextOf())

  expect(answer).toMatchObject({ status: 'undecided', text: '192.0.2.1:1433 took no connection within 20ms' })
  expect(aborted).toBe(true)
})

test('an abort rejects with its reason', async () => {
  const stop = new AbortController()
  const reason = new Error('the night is over')
  stop.abort(reason)

  await expect(tcpProbe({ host, port: 1 }).run(contextOf({ signal: stop.signal }))).rejects.toBe(reason)
})

test.each([
  [{ host: '', port: 1 }, 'host'],
  [{ host: 'https://api.example.com', port: 1 }, 'address'],
  [{ host, port: 0 }, 'port'],
  [{ host, port: 1, within: '0s' as const }, 'within'],
  [{ host, port: 1, timeout: 3 } as never, 'timeout'],
])('%o is refused when it is made', (options, field) => {
  let refused: unknown
  try {
    tcpProbe(options)
  } catch (error) {
    refused = error
  }

  expect(isCutoverError(refused, 'HEALTH_OPTIONS_INVALID')).toBe(true)
  expect((refused as Error).message).toContain(field)
})
