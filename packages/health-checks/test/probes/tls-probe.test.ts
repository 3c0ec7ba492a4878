import { type Clock, systemClock, tlsProbe } from '@cutover/health-checks'
import { expect, test } from 'vitest'

import { expired, key, valid } from '../certificates.ts'
import { contextOf } from '../context.ts'
import { closedPort, serveHttps, serveTcp } from '../loopback.ts'
import { issuing, leaf, leafKey, root } from './chain.ts'

const address = '127.0.0.1'
const host = 'api.example.test'
const at = (day: string): Clock => ({ ...systemClock, now: () => Date.parse(day) })
const never = (): void => {}

test('the whole chain, the days left and the name of the server are evidence, at an address under the real name', async () => {
  const { port, asked } = await serveHttps({ key: leafKey, cert: leaf + issuing }, never)
  const probe = tlsProbe({ host, address, port, ca: root })

  const answer = await probe.run(contextOf({ clock: at('2099-10-01T12:00:00Z') }))

  expect(answer).toMatchObject({
    status: 'pass',
    text: `api.example.test at 127.0.0.1:${port} shows a certificate of api.example.test for 91 days more`,
    evidence: {
      reason: 'held',
      daysLeft: 91,
      expiresAt: '2100-01-01T00:00:00.000Z',
      protocol: 'TLSv1.3',
      chain: [
        { name: 'api.example.test', issuer: 'Cutover Test Issuing' },
        { name: 'Cutover Test Issuing', issuer: 'Cutover Test Root', expiresAt: '2120-01-01T00:00:00.000Z' },
      ],
    },
  })
  expect(asked).toEqual([host])
})

test('a certificate that expires too soon fails, and says when', async () => {
  const { port } = await serveHttps({ key: leafKey, cert: leaf + issuing }, never)
  const probe = tlsProbe({ host, address, port, ca: root, validFor: '30d' })

  const answer = await probe.run(contextOf({ clock: at('2099-12-20T12:00:00Z') }))

  expect(answer).toMatchObject({
    status: 'fail',
    text: expect.stringMatching(/for 11 days more, until 2100-01-01T00:00:00.000Z; wanted 30d$/),
    evidence: { reason: 'expires', daysLeft: 11 },
  })
})

test('a server that keeps its issuing certificate to itself fails', async () => {
  const { port } = await serveHttps({ key: leafKey, cert: leaf }, never)

  expect(await tlsProbe({ host, address, port, ca: root }).run(contextOf())).toMatchObject({
    status: 'fail',
    text: expect.stringMatching(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY/),
    evidence: { reason: 'certificate' },
  })
})

test('another name, an expired certificate and an unknown CA fail, each with its words', async () => {
  const well = await serveHttps({ key, cert: valid }, never)
  const old = await serveHttps({ key, cert: expired }, never)
  const ask = (options: { host: string; port: number; ca?: string }) =>
    tlsProbe({ address, ...options }).run(contextOf())

  const answers = await Promise.all([
    ask({ host: 'shop.example.test', port: well.port, ca: valid }),
    ask({ host, port: old.port, ca: expired }),
    ask({ host, port: well.port }),
  ])

  expect(answers.map(({ status }) => status)).toEqual(['fail', 'fail', 'fail'])
  expect(answers.map(({ text }) => text)).toEqual([
    expect.stringMatching(/a certificate for api\.example\.test, not for shop\.example\.test$/),
    expect.stringMatching(/has expired \(2020-01-02T00:00:00\.000Z\)$/),
    expect.stringMatching(/no trusted CA signed/),
  ])
})

test('a refused connection, a port without TLS and a handshake that never ends fail', async () => {
  const closed = await closedPort()
  const plain = await serveTcp((socket) => void socket.on('data', () => socket.end('220 mail\r\n')))
  const stuck = await serveTcp((socket) => void socket.resume())
  const ask = (port: number) => tlsProbe({ host, address, port, within: '500ms' }).run(contextOf())

  const answers = await Promise.all([ask(closed), ask(plain), ask(stuck)])

  expect(answers.map(({ status, evidence }) => [status, evidence?.reason])).toEqual([
    ['fail', 'refused'],
    ['fail', 'broken'],
    ['fail', 'late'],
  ])
})

test('an abort in the middle of a handshake rejects with its reason and closes the connection', async () => {
  let closed: () => void
  const gone = new Promise<void>((resolve) => {
    closed = resolve
  })
  const stop = new AbortController()
  const reason = new Error('stop')
  const port = await serveTcp((socket) => {
    socket.resume().on('close', closed)
    stop.abort(reason)
  })

  await expect(tlsProbe({ host, address, port }).run(contextOf({ signal: stop.signal }))).rejects.toBe(reason)
  await gone
})

test.each([
  [{ host: 'https://api.example.com' }, 'host'],
  [{ host, ca: '/etc/ca.pem' }, 'ca'],
  [{ host, port: 70_000 }, 'port'],
  [{ host, address: '10.0.0.1:443' }, 'address'],
  [{ host, validFor: '30 days' as never }, 'validFor'],
  [{ host, days: 3 } as never, 'days'],
])('%o is refused when it is made', (options, field) => {
  expect(() => tlsProbe(options)).toThrow(field)
})
