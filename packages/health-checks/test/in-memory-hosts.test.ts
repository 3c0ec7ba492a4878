import { fakeWorld } from '@cutover/core/testing'
import { httpProbe } from '@cutover/health-checks'
import { inMemoryHosts } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { contextOf } from './context.ts'

test('a simulated client asks from the world’s timers, and sees every state at once', async () => {
  const world = fakeWorld()
  const hosts = inMemoryHosts(world)
  const server = hosts.serve('20.50.2.1', ({ host, path }) => ({ body: `${host}${path}` }))
  const seen: unknown[] = []
  const states = ['well', 'sick', 'slow', 'refused', 'silent'] as const
  for (const [i, state] of states.entries()) {
    world.later(1_000 * i, () => {
      server.turn(state)
      const reply = hosts.respond('20.50.2.1', 'api.example.com', '/orders')
      seen.push([reply.kind === 'response' ? `${reply.status} ${reply.body}` : reply.kind, reply.ms])
    })
  }

  await world.advance(10_000)

  expect(seen).toEqual([
    ['200 api.example.com/orders', 0],
    ['503 sick', 0],
    ['200 api.example.com/orders', 20_000],
    ['refused', 0],
    ['unreachable', 127_000],
  ])
  expect(hosts.respond('20.50.2.2', 'api.example.com', '/').kind).toBe('unreachable')
  expect(server.handled).toBe(2)
})

test('a certificate without the real name is refused, by probes and by clients', async () => {
  const world = fakeWorld()
  const hosts = inMemoryHosts(world)
  const app = hosts.serve('orders.azurewebsites.net', undefined, { names: ['*.azurewebsites.net'] })
  const ask = (name: string) =>
    httpProbe({ url: `https://${name}/`, address: app.address, transport: hosts.transport }).run(contextOf(world))

  expect((await ask('api.example.com')).text).toContain('for *.azurewebsites.net, not for api.example.com')
  expect((await ask('orders.azurewebsites.net')).status).toBe('pass')
  expect(hosts.respond(app.address, 'api.example.com', '/').kind).toBe('certificate')
  expect(app.handled).toBe(1)
})

test('the transport hears an abort', async () => {
  const world = fakeWorld()
  const hosts = inMemoryHosts(world)
  hosts.serve('20.50.2.1').turn('slow')
  const controller = new AbortController()
  void world.clock.sleep(1_000).then(() => controller.abort('enough'))
  const [name, address] = ['api.example.com', '20.50.2.1']
  const request = {
    method: 'GET',
    secure: true,
    name,
    address,
    port: 443,
    path: '/',
    headers: {},
    maxBodyBytes: 10,
  } as const

  const running = hosts.transport.request(request, { signal: controller.signal, onPeer: () => {} })

  await expect(running).rejects.toBe('enough')
  expect(world.clock.monotonic()).toBe(1_000)
})

test('an expired certificate fails', async () => {
  const world = fakeWorld()
  const hosts = inMemoryHosts(world)
  hosts.serve('20.50.2.1', undefined, { expired: true })

  const { text } = await httpProbe({
    url: 'https://api.example.com/',
    address: '20.50.2.1',
    transport: hosts.transport,
  }).run(contextOf(world))

  expect(text).toContain('has expired')
})

test('a probe is one read of the world: an outage of http makes it throw, and time passes for an answer', async () => {
  const world = fakeWorld({ trace: true })
  const hosts = inMemoryHosts(world)
  hosts.serve('20.50.2.1', undefined, { answerMs: 40 })
  const check = httpProbe({ url: 'https://api.example.com/', address: '20.50.2.1', transport: hosts.transport })

  const answer = await check.run(contextOf(world))

  expect(answer.evidence?.ms).toBe(40)
  expect(world.effects).toEqual([])
  world.failNext('http.break', 'outage')
  await world.call('http.break', { write: true }, () => {}).catch(() => {})
  await expect(check.run(contextOf(world))).rejects.toThrow('http.get 20.50.2.1 https://api.example.com/')
})

test('a server with an option, or a state, that is none is refused', () => {
  const hosts = inMemoryHosts(fakeWorld())

  expect(() => hosts.serve('20.50.2.1', undefined, { slow: 5 } as object)).toThrow(
    expect.objectContaining({
      code: 'HEALTH_OPTIONS_INVALID',
      message: expect.stringMatching(/slow\b.*names, expired, expiresAt, answerMs, slowMs/) as unknown,
    }),
  )
  hosts.serve('20.50.2.2', () => ({ statusCode: 500 }) as object)
  expect(() => hosts.respond('20.50.2.2', 'api.example.com', '/')).toThrow(/statusCode.*status, headers, body/)
  expect(() => hosts.serve('20.50.2.1').turn('down' as 'sick')).toThrow(
    expect.objectContaining({
      code: 'HEALTH_OPTIONS_INVALID',
      message: 'state is "down"; wanted well, sick, slow, refused or silent',
    }),
  )
})
