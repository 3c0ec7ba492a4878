import { fakeWorld } from '@cutover/core/testing'
// What every transport does, asked of a real server on loopback and of the fake.
import { type HttpProbeOptions, httpProbe } from '@cutover/health-checks'
import { type FakeAnswer, type FakeRequest, inMemoryHosts } from '@cutover/health-checks/testing'
import { describe, expect, test } from 'vitest'

import { contextOf } from './context.ts'
import { closedPort, serveHttp } from './loopback.ts'

type Asked = Omit<HttpProbeOptions, 'url' | 'address' | 'port' | 'transport'>
type Run = (
  handler: 'refused' | ((request: FakeRequest) => FakeAnswer & { readonly afterMs?: number }),
  asked: Asked,
) => ReturnType<ReturnType<typeof httpProbe>['run']>

const url = 'http://api.example.test/health?code=4f1d'

const onLoopback: Run = async (handler, asked) => {
  const port =
    handler === 'refused'
      ? await closedPort()
      : await serveHttp((request, response) => {
          const headers = Object.fromEntries(
            Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
          )
          const { method, url: path = '' } = request
          const answer = handler({ method: method as 'GET', host: headers['host'] ?? '', path, headers })
          const answerNow = (): void => void response.writeHead(answer.status ?? 200, answer.headers).end(answer.body)
          if (answer.afterMs === undefined) answerNow()
          else setTimeout(answerNow, answer.afterMs)
        })
  return httpProbe({ url, address: '127.0.0.1', port, ...asked }).run(contextOf())
}

const inMemory: Run = (handler, asked) => {
  const world = fakeWorld()
  const hosts = inMemoryHosts(world)
  if (handler === 'refused') hosts.serve('127.0.0.1').turn('refused')
  else hosts.serve('127.0.0.1', handler, { answerMs: asked.within === '100ms' ? 1_000 : 0 })
  return httpProbe({ url, address: '127.0.0.1', port: 8080, transport: hosts.transport, ...asked }).run(
    contextOf(world),
  )
}

const inWestEurope = (): FakeAnswer => ({ headers: { 'x-region': 'westeurope' } })
const tooLong = (): FakeAnswer => ({ body: 'x'.repeat(1_100_000) })

describe.each([
  { name: 'the real transport', run: onLoopback },
  { name: 'the fake', run: inMemory },
])('$name', ({ run }) => {
  test('sends the real name as Host, the query and the headers', async () => {
    let seen: FakeRequest | undefined
    const handler = (request: FakeRequest): FakeAnswer => {
      seen = request
      return {}
    }

    const { status } = await run(handler, { headers: { 'X-Probe': 'night' } })

    expect(status).toBe('pass')
    expect(seen).toMatchObject({ method: 'GET', host: 'api.example.test', path: '/health?code=4f1d' })
    expect(seen?.headers).toMatchObject({ 'x-probe': 'night', host: 'api.example.test' })
  })

  test('passes with what it saw as evidence', async () => {
    const { evidence } = await run(() => ({ status: 204 }), {})

    expect(evidence).toMatchObject({
      reason: 'held',
      url: 'http://api.example.test/health',
      address: '127.0.0.1',
      status: 204,
      ms: expect.any(Number) as number,
    })
  })

  test('fails on a status outside 200 to 299, and shows the body', async () => {
    const answer = await run(() => ({ status: 503, body: 'starting' }), {})

    expect(answer).toMatchObject({ status: 'fail', evidence: { reason: 'status', status: 503, body: 'starting' } })
  })

  test('does not follow a redirect, and says where it leads', async () => {
    const answer = await run(
      () => ({ status: 302, headers: { location: 'http://api.example.test/login?state=x' } }),
      {},
    )

    expect(answer).toMatchObject({
      status: 'fail',
      evidence: { status: 302, location: 'http://api.example.test/login' },
    })
  })

  test('judges response headers whatever their case', async () => {
    expect((await run(inWestEurope, { responseHeaders: { 'X-Region': 'westeurope' } })).status).toBe('pass')
    expect((await run(inWestEurope, { responseHeaders: { 'X-Region': /^us-/ } })).text).toContain('it is westeurope')
  })

  test('asks HEAD without a body', async () => {
    const { status } = await run(({ method }) => ({ status: method === 'HEAD' ? 200 : 405 }), { method: 'HEAD' })

    expect(status).toBe('pass')
  })

  test('fails when a connection is refused: the address said that nobody serves there', async () => {
    const answer = await run('refused', {})

    expect(answer).toMatchObject({ status: 'fail', evidence: { reason: 'refused' } })
    expect(answer.text).toContain('nobody listens there')
  })

  test('fails when the connection stands and no answer comes in time', async () => {
    const answer = await run(() => ({ afterMs: 1_000 }), { within: '100ms' })

    expect(answer).toMatchObject({ status: 'fail', evidence: { reason: 'late', address: '127.0.0.1' } })
  })

  test('is undecided about a body over 1 MiB that is to be judged, and passes without that', async () => {
    expect(await run(tooLong, { body: /y$/ })).toMatchObject({ status: 'undecided', evidence: { reason: 'cut' } })
    expect((await run(tooLong, {})).status).toBe('pass')
  })
})
