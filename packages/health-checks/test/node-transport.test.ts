import { getEventListeners, once } from 'node:events'
import type { Socket } from 'node:net'

import { httpProbe, nodeTransport } from '@cutover/health-checks'
import { expect, test } from 'vitest'

import { contextOf } from './context.ts'
import { closedPort, serveHttp, serveTcp } from './loopback.ts'

const probe = (port: number, within: '5s' | '200ms' = '5s') =>
  httpProbe({ url: 'http://api.example.test/', address: '127.0.0.1', port, within })

test('every ask is a connection of its own', async () => {
  const sockets = new Set<Socket>()
  const port = await serveHttp((request, response) => {
    sockets.add(request.socket)
    response.end('ok')
  })
  const check = probe(port)

  const answers = [await check.run(contextOf()), await check.run(contextOf()), await check.run(contextOf())]

  expect(answers.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass'])
  expect(sockets.size).toBe(3)
})

test('a name of which every address refuses fails', async () => {
  const port = await closedPort()

  const { status } = await httpProbe({ url: 'http://api.example.test/', address: 'localhost', port }).run(contextOf())

  expect(status).toBe('fail')
})

test('an address to which there is no route is undecided', async () => {
  const check = httpProbe({ url: 'http://api.example.test/', address: '255.255.255.255', port: 9 })

  expect(await check.run(contextOf())).toMatchObject({ status: 'undecided', evidence: { reason: 'unreachable' } })
})

test('the transport itself leaves no listener on the signal it was given', async () => {
  const port = await serveHttp((_, response) => void response.end())
  const { signal } = new AbortController()
  const name = 'api.example.test'
  const request = { method: 'GET', secure: false, name, address: '127.0.0.1', path: '/', headers: {} } as const

  const reply = await nodeTransport.request({ ...request, port, maxBodyBytes: 10 }, { signal, onPeer: () => {} })

  expect(reply.kind).toBe('response')
  expect(getEventListeners(signal, 'abort')).toEqual([])
  await expect(
    nodeTransport.request(
      { ...request, port, maxBodyBytes: 10 },
      { signal: AbortSignal.abort('over'), onPeer: () => {} },
    ),
  ).rejects.toBe('over')
})

test('a connection that is taken and dropped fails', async () => {
  const port = await serveTcp((socket) => socket.destroy())

  expect(await probe(port).run(contextOf())).toMatchObject({ status: 'fail', evidence: { reason: 'broken' } })
})

test('an answer that is not HTTP fails', async () => {
  const port = await serveTcp((socket) => socket.end('220 mail.example.test ESMTP\r\n'))

  expect(await probe(port).run(contextOf())).toMatchObject({ status: 'fail', evidence: { reason: 'broken' } })
})

test('a body that stops half-way fails', async () => {
  const port = await serveTcp((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'))
  })

  expect(await probe(port).run(contextOf())).toMatchObject({ status: 'fail', evidence: { reason: 'broken' } })
})

test('a body that never ends fails when time is over', async () => {
  const port = await serveHttp((_, response) => {
    response.write('a')
    const more = setInterval(() => response.write('a'), 20)
    response.once('close', () => clearInterval(more))
  })

  expect(await probe(port, '200ms').run(contextOf())).toMatchObject({ status: 'fail', evidence: { reason: 'late' } })
})

test('a body without end is read to 1 MiB only', async () => {
  const port = await serveHttp((_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  })

  const { status } = await probe(port).run(contextOf())

  expect(status).toBe('pass')
})

test.each(['before it starts', 'while connecting', 'while waiting for the answer', 'in the middle of the body'])(
  'an abort %s rejects with its reason and leaves no socket and no listener',
  async (stage) => {
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
    const closed: Promise<unknown>[] = []
    const port = await serveTcp((socket) => {
      closed.push(once(socket, 'close'))
      socket.once('data', () => {
        if (stage === 'in the middle of the body') socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')
        // A turn later, so that the client has read it.
        setImmediate(() => setImmediate(reach))
      })
    })
    const controller = new AbortController()
    const reason = new Error(stage)
    if (stage === 'before it starts') controller.abort(reason)

    const running = probe(port).run(contextOf({ signal: controller.signal }))
    const caught = running.catch((error: unknown) => error)
    if (stage.includes('answer') || stage.includes('body')) await reached
    controller.abort(reason)

    expect(await caught).toBe(reason)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    await Promise.all(closed)
    await expect.poll(handles, { interval: 5 }).toEqual(['TCPServerWrap'])
  },
)

/** What of the network keeps this process alive. */
const handles = (): string[] => process.getActiveResourcesInfo().filter((name) => /TCP|TLS|GetAddrInfo/.test(name))
