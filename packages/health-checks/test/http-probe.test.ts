import { getEventListeners } from 'node:events'

import { type FakeWorld, fakeWorld, manualClock } from '@cutover/core/testing'
import { httpProbe, type HttpTransport, isCutoverError, waitFor } from '@cutover/health-checks'
import { type FakeAnswer, inMemoryHosts } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { contextOf } from './context.ts'

const url = 'https://api.example.com/health'
const address = '20.50.2.1'

function azure(answer: FakeAnswer = { body: '{"database":"up"}' }) {
  const world = fakeWorld()
  const hosts = inMemoryHosts(world)
  const server = hosts.serve(address, () => answer)
  return { world, server, transport: hosts.transport }
}

const run = (options: Parameters<typeof httpProbe>[0], world: FakeWorld) => httpProbe(options).run(contextOf(world))

test('its id and title name what is asked, without the query', () => {
  const check = httpProbe({ url: `${url}?code=topsecret`, address, method: 'HEAD' })

  expect(check.id).toBe('health:head:https://api.example.com/health@20.50.2.1:443')
  expect(check.title).toBe('https://api.example.com/health at 20.50.2.1:443 answers 200–299 within 5s')
})

test('without address the URL is asked as it is', async () => {
  const { world, transport } = azure()
  const hosts: HttpTransport = { request: (request, options) => transport.request({ ...request, address }, options) }

  const { text } = await run({ url, transport: hosts }, world)

  expect(text).toBe('https://api.example.com/health answered 200 in 0 ms')
})

test('an IPv6 address is asked and written with brackets', async () => {
  const world = fakeWorld()
  const hosts = inMemoryHosts(world)
  hosts.serve('2001:db8::1')

  const { evidence } = await run({ url, address: '2001:db8::1', transport: hosts.transport }, world)

  expect(evidence?.asked).toBe('[2001:db8::1]:443')
})

test('an address that takes no connection in time is undecided', async () => {
  const { world, server, transport } = azure()
  server.turn('silent')

  const answer = await run({ url, address, transport, within: '3s' }, world)

  expect(answer).toMatchObject({ status: 'undecided', evidence: { reason: 'unreachable', ms: 3_000 } })
  expect(answer.text).toContain('took no connection within 3s')
})

test('an address without a server is undecided', async () => {
  const { world, transport } = azure()

  expect((await run({ url, address: '20.50.2.2', transport }, world)).status).toBe('undecided')
})

test('a transport that fails in a way nobody knows is undecided for whoever waits', async () => {
  const { world } = azure()
  const transport: HttpTransport = { request: () => Promise.reject(new Error('a bug')) }

  const error: unknown = await waitFor(httpProbe({ url, address, transport }), { clock: world.clock }).catch(
    (e: unknown) => e,
  )

  expect(isCutoverError(error, 'CHECK_UNDECIDED')).toBe(true)
})

test('a probe whose own process stood still is undecided, not late', async () => {
  const world = fakeWorld()
  const hosts = inMemoryHosts(world)
  hosts.serve(address, undefined, { answerMs: 100 })
  const runner = world.spawn('runner')
  world.later(50, () => world.pause(runner, 60_000))

  const running = world.runAs(runner, () => run({ url, address, transport: hosts.transport }, world))

  expect(await world.runUntil(running)).toMatchObject({
    status: 'undecided',
    evidence: { reason: 'stalled', ms: 60_050 },
  })
})

test('an answer that comes a little too late fails, although no timer said so', async () => {
  const { transport } = azure()
  const times = [0, 5_400]
  const clock = { now: () => 0, monotonic: () => times.shift() ?? 0, sleep: () => new Promise<void>(() => {}) }

  const answer = await httpProbe({ url, address, transport }).run(contextOf({ clock }))

  expect(answer).toMatchObject({ status: 'fail', evidence: { reason: 'late', ms: 5_400 } })
})

test('a transport that does not hear the abort cannot hold the answer up', async () => {
  const { world } = azure()
  const transport: HttpTransport = { request: () => new Promise(() => {}) }

  expect((await run({ url, address, transport }, world)).evidence?.ms).toBe(5_000)
})

test('patience waits for a target that is still starting', async () => {
  const { world, server, transport } = azure()
  server.turn('refused')
  world.later(60_000, () => server.turn('sick'))
  world.later(90_000, () => server.turn('well'))

  const { status } = await waitFor(httpProbe({ url, address, transport }), {
    clock: world.clock,
    patience: '2m',
    within: '5m',
  })

  expect(status).toBe('pass')
  expect(world.clock.monotonic()).toBe(90_000)
})

test('json judges the parsed body, and what it throws is told in one line', async () => {
  const { world, transport } = azure()
  const ask = (json: (body: unknown) => boolean) => run({ url, address, transport, json }, world)

  const up = await ask((body) => (body as { database: string }).database === 'up')
  const down = await ask((body) => (body as { database: string }).database === 'down')
  const threw = await ask(() => {
    throw new Error('queue:\n  missing')
  })

  expect([up.status, down.status, threw.status]).toEqual(['pass', 'fail', 'fail'])
  expect(down.evidence).toMatchObject({ reason: 'body', body: '{"database":"up"}' })
  expect(threw.text).toContain('its body is not what json wants: queue: missing')
})

test('an assertion that forgets to return, or answers a promise, does not pass', async () => {
  const { world, transport } = azure()
  const ask = (json: () => unknown) => run({ url, address, transport, json: json as () => boolean }, world)

  expect((await ask(() => undefined)).status).toBe('fail')
  expect((await ask(() => Promise.resolve(false))).status).toBe('fail')
})

test('a body that is not JSON fails', async () => {
  const { world, transport } = azure({ body: '<html>' })

  expect((await run({ url, address, transport, json: () => true }, world)).text).toContain('wanted a JSON body')
})

test('a global expression matches on every ask', async () => {
  const { world, transport } = azure()
  const check = httpProbe({ url, address, transport, body: /up/g })

  const answers = [await check.run(contextOf(world)), await check.run(contextOf(world))]

  expect(answers.map(({ status }) => status)).toEqual(['pass', 'pass'])
})

test('status takes a list', async () => {
  const { world, transport } = azure({ status: 404 })

  expect((await run({ url, address, transport, status: [200, 404] }, world)).status).toBe('pass')
  expect((await run({ url, address, transport, status: 200 }, world)).text).toContain('wanted 200')
})

test('nothing that was sent is printed, even when the server echoes it', async () => {
  const { world, transport } = azure({
    status: 302,
    headers: { location: '/login/k3y-in-query' },
    body: `${'.'.repeat(140)}t0ken-of-ana k3y-in-query k3y%20two k3y two k3y two-and-more`,
  })
  const headers = { authorization: 'Bearer t0ken-of-ana' }

  const answer = await run(
    { url: `${url}?code=k3y-in-query&b=k3y%20two&c=k3y%20two-and-more`, address, transport, headers },
    world,
  )

  expect(JSON.stringify(answer)).not.toMatch(/t0ken|k3y|more/)
  expect(answer.evidence?.body?.slice(140)).toBe('[sent] [sent] [sent] [sent] [sent]')
})

test('a long body is shown from its beginning, and never the first half of a secret', async () => {
  const { world, transport } = azure({ status: 500, body: `${'.'.repeat(190)}t0ken-of-ana${'.'.repeat(500)}` })

  const { evidence } = await run({ url, address, transport, headers: { key: 't0ken-of-ana' } }, world)

  expect(evidence?.body).toBe(`${'.'.repeat(190)}[sent]....`)
})

test('an answer leaves no timer and no listener', async () => {
  const { world, transport } = azure()
  const clock = manualClock()
  const { signal } = new AbortController()

  await httpProbe({ url, address, transport }).run(contextOf({ clock, signal }))
  await httpProbe({ url: `${url}x`, address: '20.50.2.2', transport }).run(contextOf({ clock, signal }))

  expect(clock.sleeping).toBe(0)
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(world.clock.monotonic()).toBe(0)
})

test('an abort rejects with its reason', async () => {
  const { world, server, transport } = azure()
  server.turn('slow')
  const controller = new AbortController()
  void world.clock.sleep(1_000).then(() => controller.abort(new Error('enough')))

  const running = httpProbe({ url, address, transport }).run(
    contextOf({ clock: world.clock, signal: controller.signal }),
  )

  await expect(running).rejects.toThrow('enough')
  expect(world.clock.monotonic()).toBe(1_000)
})

test.each([
  [{ url: '/health' }, 'url is "/health"; wanted an absolute http or https URL'],
  [{ url: 'ftp://api.example.com/' }, 'url is "ftp:…"; wanted an http or https URL'],
  [
    { url: 'https://ana:pw@api.example.com/' },
    'url is "one with a password"; wanted that in headers, which are never printed',
  ],
  [{ url, address: '10.0.0.4:443' }, 'address is "10.0.0.4:443"; wanted an address alone, and the port in port'],
  [{ url, address: '' }, 'address is ""; wanted an IP address (without brackets) or a host name'],
  [{ url, port: 0 }, 'port is 0; wanted a whole number from 1 to 65535'],
  [{ url, method: 'POST' }, 'method is "POST"; wanted GET, HEAD or OPTIONS: a check changes nothing'],
  [{ url, method: 'HEAD', body: /ok/ }, 'method is "HEAD"; wanted GET: HEAD has no body to judge'],
  [{ url, status: 20 }, 'status is 20; wanted a status code from 200 to 599, or a list of them'],
  [{ url, status: [] }, 'status is []; wanted a status code from 200 to 599, or a list of them'],
  [
    { url, ca: '/etc/ca.pem' },
    'ca is "without a certificate"; wanted PEM text (-----BEGIN CERTIFICATE-----…), not a path',
  ],
  [{ url, within: '0s' }, 'within is "0s"; wanted more than 0'],
  [{ url, headers: { Host: 'x' } }, 'headers is "one with Host"; wanted the real name in url'],
  [{ url, headers: { 'a b': 'x' } }, 'headers is "a b"; wanted the name of an HTTP header'],
  [{ url, headers: { key: 'topsecret\n' } }, 'headers.key is "not printable"; wanted one line of Latin-1 text'],
  [{}, 'url is undefined; wanted an absolute http or https URL'],
  [{ url, status: '200' }, 'status is "200"; wanted a status code from 200 to 599, or a list of them'],
  [{ url, status: ['200'] }, 'status is [200]; wanted a status code from 200 to 599, or a list of them'],
  [{ url, address: 5 }, 'address is 5; wanted an IP address (without brackets) or a host name'],
  [{ url, headers: 'x-key: 5' }, 'headers is "not an object"; wanted { name: value }'],
  [{ url, headers: { retries: 5 } }, 'headers.retries is "not a text"; wanted one line of Latin-1 text'],
  [{ url, ca: 5 }, 'ca is "without a certificate"; wanted PEM text (-----BEGIN CERTIFICATE-----…), not a path'],
  [{ url, body: 'ok' }, 'body is "ok"; wanted an expression such as /ok/, or a function that answers true'],
  [{ url, json: { ok: true } }, 'json is an object; wanted a function that answers true'],
  [{ url, responseHeaders: 'x' }, 'responseHeaders is "x"; wanted { name: value or expression }'],
  [{ url, responseHeaders: { 'x-region': 5 } }, 'responseHeaders.x-region is 5; wanted a text, or an expression'],
  [{ url, transport: fetch }, 'transport is a function; wanted an HttpTransport, such as nodeTransport'],
  [{ url, title: 5 }, 'title is 5; wanted a text'],
  [{ url, id: '' }, 'id is ""; wanted a text'],
])('%o is refused when the check is made', (options, message) => {
  const error = thrown(() => httpProbe(options as Parameters<typeof httpProbe>[0]))

  expect(isCutoverError(error, 'HEALTH_OPTIONS_INVALID') && error.message).toBe(message)
})

test.each([
  [{ url, timeout: 5_000 }, /timeout\b.*url, address, port, method, headers, ca, status,/],
  [{ url, header: { 'x-key': 'topsecret' } }, /header\b.*headers/],
  [undefined, /options/],
  ['https://api.example.com/?code=topsecret', /^options is .*; wanted \{ url \}/],
])('%o is refused, and what is known is told', (options, message) => {
  const error = thrown(() => httpProbe(options as unknown as Parameters<typeof httpProbe>[0]))

  expect(isCutoverError(error, 'HEALTH_OPTIONS_INVALID') && error.message).toMatch(message)
  expect(String(error)).not.toContain('topsecret')
})

test('within that is no text is refused by name', () => {
  expect(() => httpProbe({ url, within: 5_000 as unknown as '5s' })).toThrow(/^within is 5000; wanted/)
})

function thrown(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error
  }
}
