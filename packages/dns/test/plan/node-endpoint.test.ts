// Real TLS servers on 127.0.0.1, with certificates that only these tests trust.
import { createServer as createSecure } from 'node:https'
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'

import { fakeWorld } from '@cutover/core/testing'
import { dnsRecord, planRepoint, systemClock } from '@cutover/dns'
import { nodeEndpoint } from '@cutover/dns/preflight'
import { inMemoryZone } from '@cutover/dns/testing'
import { expect, onTestFinished, test } from 'vitest'

import { expired, key, named, ofTheApp } from './certificates.ts'
import { api } from './setting.ts'

const name = 'api.example.com'
const own = 'orders.azurewebsites.net'
const endpoint = nodeEndpoint({ ca: [named, ofTheApp, expired] })

function listen(server: Server): Promise<number> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  onTestFinished(async () => {
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => void server.close(resolve))
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

/** A front end with a certificate for each name that it knows, and its own for all others; 404 for hosts that it does not know. */
async function frontEnd(known: Readonly<Record<string, string>>) {
  const asked: { sni: string; host: string | undefined }[] = []
  let sni = ''
  const server = createSecure(
    {
      key,
      cert: ofTheApp,
      SNICallback(asking, done) {
        sni = asking
        done(null, createSecureContext({ key, cert: known[asking] ?? ofTheApp }))
      },
    },
    (request, response) => {
      asked.push({ sni, host: request.headers.host })
      response
        .writeHead(
          request.headers.host === own || (request.headers.host !== undefined && request.headers.host in known)
            ? 200
            : 404,
        )
        .end()
    },
  )
  return { port: await listen(server), asked }
}

const look = (port: number, as = name, probe = endpoint) =>
  probe.look({ address: '127.0.0.1', port, name: as, path: '/health' })

test('a name that is bound there is answered, with its own certificate', async () => {
  const { port, asked } = await frontEnd({ [name]: named })

  const answer = await look(port)

  expect(answer).toEqual({
    reached: true,
    status: 200,
    certificate: { names: [name], issuer: name, validUntil: Date.UTC(2120, 0, 1) },
  })
  expect(asked).toEqual([{ sni: name, host: name }])
})

test('a certificate for another name is shown, and nothing is asked', async () => {
  const { port, asked } = await frontEnd({})

  const answer = await look(port)

  expect(answer).toMatchObject({
    reached: true,
    certificate: { names: ['*.azurewebsites.net'], problem: expect.stringContaining('does not match') },
  })
  expect(asked).toEqual([])
})

test('an expired certificate, and one that nobody trusts, are told', async () => {
  const { port } = await frontEnd({ [name]: expired })

  expect(await look(port)).toMatchObject({ certificate: { problem: 'CERT_HAS_EXPIRED' } })
  const strict = nodeEndpoint()
  expect(await look((await frontEnd({ [name]: named })).port, name, strict)).toMatchObject({
    certificate: { problem: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  })
})

test('a server that is not there, does not speak TLS, or says nothing, is not reached', async () => {
  const gone = createTcp()
  const port = await listen(gone)
  await new Promise((resolve) => void gone.close(resolve))
  const plain = await listen(
    createTcp((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  )
  const silent = await listen(createTcp((socket) => void socket.on('error', () => {})))

  expect(await look(port)).toMatchObject({ reached: false, why: expect.stringContaining('ECONNREFUSED') })
  expect(await look(plain)).toMatchObject({ reached: false })
  expect(await look(silent, name, nodeEndpoint({ timeoutMs: 50 }))).toEqual({
    reached: false,
    why: 'no answer within 50 ms',
  })
})

test('a look is abortable', async () => {
  const silent = await listen(createTcp((socket) => void socket.on('error', () => {})))
  const stop = new AbortController()
  const stopped = new Error('stopped')

  const looking = endpoint.look({ address: '127.0.0.1', port: silent, name, path: '/' }, { signal: stop.signal })
  stop.abort(stopped)

  await expect(looking).rejects.toBe(stopped)
})

/** The plan for an A record that is to answer 127.0.0.1, or a CNAME that leads there. */
async function planned(port: number, type: 'A' | 'CNAME' = 'A') {
  const world = fakeWorld()
  const found = type === 'A' ? { name, type, ttlSeconds: 60, values: ['192.0.2.1'] } : api
  const record = dnsRecord(inMemoryZone(world, [found]), name, type)
  // Of this very moment: the certificates are real.
  const nameServers = {
    roots: ['root'],
    ask: async (_: string, asked: string, askedType: string) => {
      const answers =
        asked === own && askedType === 'A' ? [{ name: own, type: 'A', ttlSeconds: 60, value: '127.0.0.1' }] : []
      const result = answers.length > 0 ? ('answer' as const) : ('nodata' as const)
      return { found: result, authoritative: true, answers, authorities: [], additionals: [] }
    },
  }
  const to = type === 'A' ? '127.0.0.1' : own
  const { findings } = await planRepoint(record, { to, port, endpoint, nameServers }, { clock: systemClock })
  return findings
    .filter(({ code }) => /^(?:certificate|host|endpoint)-/.test(code))
    .map(({ severity, code }) => `${severity} ${code}`)
}

test('a plan says what clients would meet at a real server', async () => {
  expect(await planned((await frontEnd({ [name]: named })).port)).toEqual([])
  expect(await planned((await frontEnd({})).port)).toEqual(['blocker certificate-invalid'])
  expect(await planned((await frontEnd({ [name]: expired })).port)).toEqual(['blocker certificate-invalid'])
})

test('a front end that has the certificate, but does not know the host, is found out by its own name', async () => {
  const server = createSecure(
    {
      key,
      cert: ofTheApp,
      SNICallback: (asking, done) => done(null, createSecureContext({ key, cert: asking === name ? named : ofTheApp })),
    },
    (request, response) => void response.writeHead(request.headers.host === own ? 200 : 404).end(),
  )

  expect(await planned(await listen(server), 'CNAME')).toEqual(['blocker host-not-served'])
})
