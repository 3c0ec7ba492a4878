// Connections that are kept, to real servers: what they do not change is what each request is sent to, and judged by.
import { type HttpRequest, keptConnections } from '@cutover/health-checks'
import { expect, onTestFinished, test } from 'vitest'

import { key, valid } from '../certificates.ts'
import { closedPort, serveHttp, serveHttps, serveTcp } from '../loopback.ts'

const address = '127.0.0.1'
const name = 'api.example.test'

function kept() {
  const connections = keptConnections()
  onTestFinished(() => connections[Symbol.dispose]())
  return (request: Partial<HttpRequest> & { readonly port: number }, signal = new AbortController().signal) => {
    const given = {
      method: 'GET',
      secure: false,
      name,
      address,
      path: '/',
      headers: { host: name },
      maxBodyBytes: 1_000,
    } as const
    return connections.request({ ...given, ...request }, { signal, onPeer: () => {} })
  }
}

test('requests one after another go over one connection, under the real name', async () => {
  const sockets = new Set<unknown>()
  const hosts: (string | undefined)[] = []
  const { port, asked } = await serveHttps({ key, cert: valid }, (request, response) => {
    sockets.add(request.socket)
    hosts.push(request.headers.host)
    response.end('ok')
  })
  const ask = kept()

  for (let i = 0; i < 5; i++)
    expect(await ask({ port, secure: true, ca: valid })).toMatchObject({ status: 200, body: 'ok' })

  expect(sockets.size).toBe(1)
  expect(asked).toEqual([name])
  expect(hosts).toEqual(Array(5).fill(name))
})

test('a certificate for another name, or of an unknown CA, is turned down before anything is sent', async () => {
  let requests = 0
  const { port } = await serveHttps({ key, cert: valid }, (_, response) => {
    requests += 1
    response.end()
  })
  const ask = kept()

  expect(await ask({ port, secure: true, ca: valid, name: 'shop.example.test' })).toMatchObject({ kind: 'certificate' })
  expect(await ask({ port, secure: true })).toMatchObject({ kind: 'certificate' })
  expect(requests).toBe(0)
})

test('a connection that the server has closed meanwhile is replaced, for what may be sent twice', async () => {
  let connections = 0
  const port = await serveTcp((socket) => {
    connections += 1
    let answers = 0
    socket.on('data', () => {
      answers += 1
      // Its second request is met by a connection that is being closed.
      if (answers > 1) socket.resetAndDestroy()
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
    })
  })
  const ask = kept()

  expect(await ask({ port })).toMatchObject({ status: 200 })
  expect(await ask({ port })).toMatchObject({ status: 200 })
  expect(await ask({ port, method: 'POST', body: 'x' })).toMatchObject({ kind: 'broken' })
  expect(connections).toBe(2)
})

test('a port at which nobody listens is refused, a body that is too long is cut', async () => {
  const port = await serveHttp((_, response) => response.end('x'.repeat(100_000)))
  const ask = kept()

  expect(await ask({ port: await closedPort() })).toMatchObject({ kind: 'refused' })
  const reply = await ask({ port })
  expect(reply).toMatchObject({ kind: 'response', cut: true })
  expect(reply).toHaveProperty('body', 'x'.repeat(1_000))
})

test('an abort rejects with its reason and closes the connection', async () => {
  let closed: () => void
  const gone = new Promise<void>((resolve) => {
    closed = resolve
  })
  const stop = new AbortController()
  const reason = new Error('stop')
  const port = await serveTcp((socket) => {
    socket.on('data', () => stop.abort(reason)).on('close', closed)
  })

  await expect(kept()({ port }, stop.signal)).rejects.toBe(reason)
  await gone
})
