import { routesMatch, type RoutesMatchOptions, type TargetRoute } from '@cutover/health-checks'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

const gateway = (...keys: readonly string[]) => ({
  name: 'API Gateway abc',
  routes: () =>
    Promise.resolve(keys.map((key) => ({ method: key.split(' ')[0] ?? '', path: key.split(' ')[1] ?? '' }))),
})
const target = (...routes: readonly (readonly [path: string, methods?: string, isDisabled?: boolean])[]) => ({
  name: 'functions:orders',
  routes: () =>
    Promise.resolve(
      routes.map(([path, methods = '', isDisabled = false], i): TargetRoute => ({
        function: `f${i}`,
        methods: methods.split(',').filter((one) => one !== ''),
        path,
        isDisabled,
      })),
    ),
})

const found = async (key: string, to: ReturnType<typeof target>, options?: RoutesMatchOptions) => {
  const { status, evidence } = await routesMatch(gateway(key), to, options).run(contextOf())
  return [status, evidence?.rows[0]?.found]
}

test.each([
  ['GET /orders', ['/orders']],
  ['GET /orders', ['/Orders', 'GET,POST']],
  ['GET /orders/{id}', ['/orders/{orderId}']],
  ['GET /orders/{id}', ['/orders/{*rest}']],
  ['GET /orders', ['/orders/{id?}']],
  ['GET /', ['/{*all}']],
  ['ANY /{proxy+}', ['/{*all}']],
  ['ANY /v1/{proxy+}', ['/v1/{**all}']],
  ['GET /orders/new', ['/orders/{id}']],
] as const)('%s is taken by %j', async (key, route) => {
  expect(await found(key, target(route))).toEqual(['pass', 'matched'])
})

test.each([
  ['missing', 'GET /orders', ['/order']],
  ['missing', 'GET /orders/{id}', ['/orders']],
  ['missing', 'GET /orders/{id}', ['/orders/new']],
  ['missing', 'GET /orders', ['/orders/{id}']],
  ['missing', 'ANY /{proxy+}', ['/{one}']],
  ['narrower', 'GET /orders/{id}', ['/orders/{id:int}']],
  ['narrower', 'GET /orders/{id}/lines', ['/orders/{id:guid}/lines']],
  ['method-missing', 'POST /orders', ['/orders', 'GET']],
  ['method-missing', 'ANY /orders', ['/orders', 'GET,POST']],
] as const)('%s: %s is not wholly taken by %j', async (what, key, route) => {
  expect(await found(key, target(route))).toEqual(['fail', what])
})

test('a function that is disabled takes nothing', async () => {
  expect(await found('GET /orders', target(['/orders', '', true]))).toEqual(['fail', 'disabled'])
})

test('functions may divide the methods of a path', async () => {
  const read = ['/orders', 'GET,HEAD,OPTIONS'] as const
  const write = ['/orders', 'POST,PUT,PATCH,DELETE'] as const

  expect(await found('ANY /orders', target(read, write))).toEqual(['pass', 'matched'])
  expect(await found('ANY /orders', target(read))).toEqual(['fail', 'method-missing'])
  expect(await found('POST /orders', target(read, ['/orders', 'POST', true]))).toEqual(['fail', 'disabled'])
})

test('the front door may rewrite paths', async () => {
  const rewrite = (path: string) => path.replace(/^\/v1/, '/api')

  expect(await found('GET /v1/orders/{id}', target(['/api/orders/{id}']))).toEqual(['fail', 'missing'])
  expect(await found('GET /v1/orders/{id}', target(['/api/orders/{id}']), { rewrite })).toEqual(['pass', 'matched'])
})

test('a route that is not needed has a reason, and what the target has besides is told', async () => {
  const check = routesMatch(gateway('GET /orders', 'GET /legacy'), target(['/orders'], ['/admin']), {
    without: { 'GET /legacy': 'nobody calls it' },
  })

  expect(await check.run(contextOf())).toMatchObject({
    status: 'pass',
    evidence: { rows: [{ found: 'matched' }, { found: 'without' }], more: [{ function: 'f1', path: '/admin' }] },
  })
})

test('a gateway without routes is undecided', async () => {
  expect(await routesMatch(gateway(), target(['/orders'])).run(contextOf())).toMatchObject({ status: 'undecided' })
})

test('one request is sent for each route and method, and only with a sample where it may write', async () => {
  const sent: [string, string, string | undefined][] = []
  const statuses: Record<string, number> = { 'GET /orders': 200, 'GET /orders/1': 401, 'POST /orders': 400 }
  const requests = {
    url: 'https://orders.azurewebsites.net/',
    headers: { 'x-functions-key': 'hunter2' },
    samples: { 'GET /orders/{id}': { path: '/orders/1' }, 'POST /orders': { body: '{}', status: 400 } },
    fetch: (
      url: string,
      { method, body, headers }: { method: string; body?: string; headers: Record<string, string> },
    ) => {
      sent.push([method, url, headers['x-functions-key']])
      return Promise.resolve({ status: statuses[`${method} ${new URL(url).pathname}`] ?? 404, body })
    },
  }
  const to = target(['/orders'], ['/orders/{id}'])
  const ask = (...keys: string[]) => routesMatch(gateway(...keys), to, { requests }).run(contextOf())

  const answered = await ask('GET /orders', 'GET /orders/{id}', 'POST /orders')
  const untold = await ask('DELETE /orders/{id}')

  expect(answered.status).toBe('pass')
  expect(answered.evidence?.rows.map(({ answered: status }) => status)).toEqual([200, 401, 400])
  expect(sent).toEqual([
    ['GET', 'https://orders.azurewebsites.net/orders', 'hunter2'],
    ['GET', 'https://orders.azurewebsites.net/orders/1', 'hunter2'],
    ['POST', 'https://orders.azurewebsites.net/orders', 'hunter2'],
  ])
  expect(untold).toMatchObject({
    status: 'undecided',
    text: 'DELETE /orders/{id} was not asked: give a sample of it',
  })
  expect(JSON.stringify([answered, untold])).not.toContain('hunter2')
})

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is never sent without a sample', async (method) => {
  const requests = { url: 'https://orders.azurewebsites.net', fetch: () => Promise.reject(new Error('it was sent')) }

  expect(
    await routesMatch(gateway(`${method} /orders`), target(['/orders']), { requests }).run(contextOf()),
  ).toMatchObject({
    status: 'undecided',
    evidence: { rows: [{ request: 'not-asked' }] },
  })
})

test.each([
  [404, 'fail', 'not-routed'],
  [405, 'fail', 'not-routed'],
  [502, 'fail', 'error'],
  [301, 'pass', 'answered'],
] as const)('an answer of %i is a %s: %s', async (status, wanted, request) => {
  const requests = { url: 'https://orders.azurewebsites.net', fetch: () => Promise.resolve({ status }) }

  expect(await routesMatch(gateway('GET /orders'), target(['/orders']), { requests }).run(contextOf())).toMatchObject({
    status: wanted,
    evidence: { rows: [{ request, answered: status }] },
  })
})

test('no word of the target is undecided', async () => {
  const requests = { url: 'https://orders.azurewebsites.net', fetch: () => Promise.reject(new Error('ECONNRESET')) }

  expect(await routesMatch(gateway('GET /orders'), target(['/orders']), { requests }).run(contextOf())).toMatchObject({
    status: 'undecided',
    evidence: { rows: [{ request: 'unreachable' }] },
  })
})

test('ANY is asked by its samples', async () => {
  const methods: string[] = []
  const requests = {
    url: 'https://orders.azurewebsites.net',
    samples: { 'POST /orders': {}, 'GET /orders': {} },
    fetch: (_: string, { method }: { method: string }) => {
      methods.push(method)
      return Promise.resolve({ status: 200 })
    },
  }

  await routesMatch(gateway('ANY /orders'), target(['/orders']), { requests }).run(contextOf())

  expect(methods).toEqual(['POST', 'GET'])
})

test('a route is always taken by its own copy, and by one that takes everything', async () => {
  const segment = fc.oneof(fc.constantFrom('orders', 'v1', 'lines'), fc.constantFrom('{id}', '{name}'))
  const path = fc.array(segment, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`)
  await fc.assert(
    fc.asyncProperty(path, fc.constantFrom('GET', 'POST', 'ANY'), async (one, method) => {
      expect(await found(`${method} ${one}`, target([one]))).toEqual(['pass', 'matched'])
      expect(await found(`${method} ${one}`, target(['/{*all}']))).toEqual(['pass', 'matched'])
      expect(await found(`${method} /x${one}`, target([`/y${one}`]))).toEqual(['fail', 'missing'])
    }),
  )
})

test('options that cannot be meant are refused', () => {
  const [one, other] = [gateway(), target()]

  for (const make of [
    () => routesMatch({} as never, other),
    () => routesMatch(one, other, { rewrite: 'x' as never }),
    () => routesMatch(one, other, { without: { 'GET /': '' } }),
    () => routesMatch(one, other, { requests: { url: 'orders', fetch: () => Promise.resolve({ status: 200 }) } }),
    () => routesMatch(one, other, { requests: { url: 'https://a' } as never }),
  ]) {
    expect(make).toThrow(expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID' }))
  }
})
