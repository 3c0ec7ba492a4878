import { httpProbe } from '@cutover/health-checks'
import { expect, test } from 'vitest'

import { expired, key, valid } from './certificates.ts'
import { contextOf } from './context.ts'
import { serveHttp, serveHttps, serveTcp } from './loopback.ts'

const address = '127.0.0.1'
const url = 'https://api.example.test/health'

test('SNI, Host and the judged name are the real name while the connection goes to the address', async () => {
  let host: string | undefined
  const { port, asked } = await serveHttps({ key, cert: valid }, (request, response) => {
    host = request.headers.host
    response.end('ok')
  })

  const answer = await httpProbe({ url, address, port, ca: valid }).run(contextOf())

  expect(answer).toMatchObject({
    status: 'pass',
    evidence: {
      address,
      asked: `127.0.0.1:${port}`,
      certificate: {
        name: 'api.example.test',
        names: ['api.example.test'],
        expiresAt: '2120-01-01T00:00:00.000Z',
      },
    },
  })
  expect(asked).toEqual(['api.example.test'])
  expect(host).toBe('api.example.test')
})

test('a certificate for another name fails, says both names, and nothing is sent', async () => {
  let requests = 0
  const { port } = await serveHttps({ key, cert: valid }, (_, response) => {
    requests += 1
    response.end()
  })

  const answer = await httpProbe({ url: 'https://shop.example.test/', address, port, ca: valid }).run(contextOf())

  expect(answer).toMatchObject({ status: 'fail', evidence: { reason: 'certificate', address } })
  expect(answer.text).toBe(
    `https://shop.example.test/ at 127.0.0.1:${port} showed a certificate for api.example.test, not for shop.example.test`,
  )
  expect(requests).toBe(0)
})

test('a URL with an IP address sends no SNI, and the certificate must fit that address', async () => {
  const { port, asked } = await serveHttps({ key, cert: valid }, (_, response) => void response.end())

  const answer = await httpProbe({ url: 'https://10.0.0.4/', address, port, ca: valid }).run(contextOf())

  expect(answer.text).toContain('not for 10.0.0.4')
  expect(asked).toEqual([])
})

test('an expired certificate fails and says when it expired', async () => {
  const { port } = await serveHttps({ key, cert: expired }, (_, response) => void response.end())

  const answer = await httpProbe({ url, address, port, ca: expired }).run(contextOf())

  expect(answer).toMatchObject({
    status: 'fail',
    evidence: { reason: 'certificate', certificate: { expiresAt: '2020-01-02T00:00:00.000Z' } },
  })
  expect(answer.text).toContain('has expired (2020-01-02T00:00:00.000Z)')
})

test('a certificate of an unknown CA fails and names the option', async () => {
  const { port } = await serveHttps({ key, cert: valid }, (_, response) => void response.end())

  const answer = await httpProbe({ url, address, port }).run(contextOf())

  expect(answer.status).toBe('fail')
  expect(answer.text).toContain(
    'no trusted CA signed (DEPTH_ZERO_SELF_SIGNED_CERT); a private CA goes into the option ca',
  )
})

test('a port that speaks no TLS fails', async () => {
  const port = await serveHttp((_, response) => void response.end())

  expect(await httpProbe({ url, address, port }).run(contextOf())).toMatchObject({
    status: 'fail',
    evidence: { reason: 'broken', address },
  })
})

test('a server that takes the connection and never ends the handshake fails', async () => {
  const port = await serveTcp((socket) => void socket.resume())

  expect(await httpProbe({ url, address, port, within: '100ms' }).run(contextOf())).toMatchObject({
    status: 'fail',
    evidence: { reason: 'late', address },
  })
})
