import { fakeWorld } from '@cutover/core/testing'
import { type FunctionalCase, functionalSuite, waitFor } from '@cutover/health-checks'
import { type FakeAnswer, type FakeRequest, inMemoryHosts } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'
import { serveHttp } from '../loopback.ts'

const host = 'orders.azurewebsites.net'
const url = `https://${host}`
const handler = ({ path }: FakeRequest): FakeAnswer => {
  if (path === '/orders/17') return { body: '{"id":17,"state":"paid"}' }
  if (path === '/slow') return { status: 504 }
  return { body: 'ok' }
}

function target() {
  const world = fakeWorld()
  const hosts = inMemoryHosts(world)
  return { world, app: hosts.serve(host, handler), transport: hosts.transport }
}

const read: FunctionalCase = {
  id: 'an order can be read',
  component: 'orders',
  request: { url: `${url}/orders/17` },
  expect: { json: (body) => (body as { state: string }).state === 'paid' },
}
const health: FunctionalCase = { id: 'health', component: 'api', request: { url: `${url}/health` } }
const options = { components: ['api', 'orders'], hosts: [host] }

test('a suite whose cases pass tells the coverage of every component, and progress', async () => {
  const { world, transport } = target()

  const { text, evidence } = await waitFor(functionalSuite([health, read], { ...options, transport }), world)

  expect(text).toBe('2 of 2 cases pass; 2 of 2 components have a case')
  expect(evidence?.coverage).toEqual([
    { component: 'api', cases: 1, passed: 1 },
    { component: 'orders', cases: 1, passed: 1 },
  ])
  expect(world.events).toContainEqual(expect.objectContaining({ kind: 'note', text: 'api: 1 of 1; orders: 1 of 1' }))
  expect(world.events.filter(({ kind }) => kind === 'progress')).toMatchObject([
    { done: 1, total: 2, unit: 'cases', etaMs: 0 },
    { done: 2, total: 2 },
  ])
})

test('every case is run after one has failed, and the text says which', async () => {
  const { world, app, transport } = target()
  const bad: FunctionalCase = { id: 'slow', component: 'api', request: { url: `${url}/slow` } }

  const answer = await functionalSuite([bad, read], { ...options, transport }).run(contextOf(world))

  expect(answer).toMatchObject({
    status: 'fail',
    text: '1 of 2 cases pass; 2 of 2 components have a case; slow: GET https://orders.azurewebsites.net/slow answered 504 in 0 ms; wanted 200–299',
    evidence: { cases: [{ id: 'slow', status: 'fail' }, { status: 'pass' }], coverage: [{ passed: 0 }, { passed: 1 }] },
  })
  expect(app.handled).toBe(2)
})

test('a case without a word of the target, and a check that throws, make the suite undecided', async () => {
  const { world, app, transport } = target()
  const check = { id: 'own', title: 'Own', run: () => Promise.reject(new Error('no network')) }
  const own: FunctionalCase = { id: 'own', component: 'orders', host, check }

  const thrown = await functionalSuite([health, own], { ...options, transport }).run(contextOf(world))
  app.turn('silent')
  const silent = await functionalSuite([health, read], { ...options, transport }).run(contextOf(world))

  expect(thrown).toMatchObject({
    status: 'undecided',
    text: expect.stringMatching(/own: could not be asked: no network/),
  })
  expect(silent).toMatchObject({ status: 'undecided', text: expect.stringMatching(/took no connection within 10s/) })
})

test('a component without a case is refused, unless it is waived; a waiver that is over is undecided', async () => {
  const { world, transport } = target()
  const waivers = { orders: { because: 'read only tonight', until: '2026-12-31' } }
  const suite = functionalSuite([health], { ...options, waivers, transport })

  expect(() => functionalSuite([health], options)).toThrow(/none for orders.*a case for every component, or a waiver/)
  expect(await suite.run(contextOf(world))).toMatchObject({
    status: 'pass',
    text: '1 of 1 cases pass; 1 of 2 components have a case, 1 waived',
  })
  await world.advance(60 * 86_400_000)
  expect(await suite.run(contextOf(world))).toMatchObject({
    status: 'undecided',
    text: expect.stringMatching(/orders: no case, and its waiver is over/),
  })
})

test('cases run so many at a time, and no more', async () => {
  const { world } = target()
  let [open, most] = [0, 0]
  const check = {
    id: 'own',
    title: 'Own',
    async run() {
      open += 1
      most = Math.max(most, open)
      await world.clock.sleep(1_000)
      open -= 1
      return { status: 'pass' as const, text: 'well' }
    },
  }
  const cases = Array.from({ length: 9 }, (_, i): FunctionalCase => ({
    id: `case ${i}`,
    component: 'api',
    host,
    check,
  }))

  const startedAt = world.clock.now()
  await world.runUntil(functionalSuite(cases, { components: ['api'], hosts: [host], atOnce: 3 }).run(contextOf(world)))

  expect(most).toBe(3)
  expect(world.clock.now() - startedAt).toBe(3_000)
})

test('an abort rejects with its reason, and no further case is run', async () => {
  const stop = new AbortController()
  const reason = new Error('stop')
  let asked = 0
  const check = {
    id: 'own',
    title: 'Own',
    run() {
      asked += 1
      stop.abort(reason)
      return Promise.reject(reason)
    },
  }
  const cases = [1, 2].map((n): FunctionalCase => ({ id: `case ${n}`, component: 'api', host, check }))
  const suite = functionalSuite(cases, { components: ['api'], hosts: [host] })

  await expect(suite.run(contextOf({ signal: stop.signal }))).rejects.toBe(reason)
  expect(asked).toBe(1)
})

test('a write goes over HTTP with its body, and neither it nor a key is printed when the answer echoes them', async () => {
  const port = await serveHttp((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () =>
      response
        .writeHead(422)
        .end(`${request.method} ${request.headers['content-length']} ${body} ${String(request.headers['x-key'])}`),
    )
  })
  const body = '{"card":"4111-1111"}'
  const request = {
    url: `http://127.0.0.1:${port}/orders`,
    method: 'POST',
    body,
    headers: { 'x-key': 's3cret-key' },
  } as const
  const suite = functionalSuite([{ id: 'pay', component: 'api', request }], {
    components: ['api'],
    hosts: ['127.0.0.1'],
  })

  const answer = await suite.run(contextOf())

  expect(answer.status).toBe('fail')
  expect(answer.evidence?.cases[0]?.evidence).toMatchObject({ status: 422, body: 'POST 20 [sent] [sent]' })
  expect(JSON.stringify(answer)).not.toMatch(/4111|s3cret/)
})

test.each([
  ['an id twice', [read, { ...read }], 'cases'],
  ['a component of none', [{ ...read, component: 'billing' }], 'component'],
  ['a method of none', [{ ...read, request: { url, method: 'FETCH' as never } }], 'method'],
  ['a body with GET', [{ ...read, request: { url, body: 'x' } }], 'body'],
  [
    'a check without a host',
    [{ id: 'x', component: 'api', check: { id: 'x', title: 'x', run: () => {} } } as never],
    'host',
  ],
  ['a misspelt option', [{ ...read, expects: {} } as never], 'expects'],
])('%s is refused when it is made', (_, cases, field) => {
  expect(() => functionalSuite(cases, { ...options, waivers: { api: { because: 'x', until: '2027-01-01' } } })).toThrow(
    field,
  )
})
