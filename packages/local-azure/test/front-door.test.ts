import { systemClock } from '@cutover/core'
import { type ArmRequest, localAzureCredential, type Provider, sites } from '@cutover/local-azure'
import { expect, test } from 'vitest'

import { describedVersion } from './official-descriptions.ts'
import { clientOf, failure, outcomes, send, serve, siteUrl } from './serve.ts'

const code = (body: unknown): unknown => (body as { error?: { code?: unknown } } | undefined)?.error?.code

test('a request without a token is told where to get one', async () => {
  const { server } = await serve()

  const response = await fetch(`${server.url}${siteUrl(server)}`)

  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toMatch(
    /^Bearer authorization_uri="https:\/\/login\.windows\.net\/[\da-f-]{36}", error="invalid_token", error_description="The authentication failed because of missing 'Authorization' header\."$/,
  )
  expect(await response.json()).toEqual({
    error: {
      code: 'AuthenticationFailed',
      message: "Authentication failed. The 'Authorization' header is missing.",
    },
  })
})

test('a token is asked for first, before anything is said about what exists', async () => {
  const { server } = await serve()

  for (const path of ['/', '/none', siteUrl(server, '', 'none'), siteUrl(server).replace(/\?.*/, '')]) {
    expect((await fetch(`${server.url}${path}`)).status).toBe(401)
  }
})

for (const [what, authorization, refusal] of [
  ['another scheme', 'Basic aHVudGVyMg==', 'AuthenticationFailedInvalidHeader'],
  ['a scheme alone', 'Bearer ', 'AuthenticationFailedInvalidHeader'],
  ['a text', 'Bearer my-fake-token', undefined],
  ['a text with dots', 'bearer not.a.jwt', undefined],
] as const) {
  test(`${what} is ${refusal === undefined ? 'a token' : 'no token'}`, async () => {
    const { server } = await serve()

    const { status, body } = await send(server, 'GET', siteUrl(server), { headers: { authorization } })

    expect([status, code(body)]).toEqual(refusal === undefined ? [200, undefined] : [401, refusal])
  })
}

test('a token for another audience is refused', async () => {
  const { server } = await serve()
  const { token } = await server.credential().getToken('https://storage.azure.com/.default')

  const { status, body } = await send(server, 'GET', siteUrl(server), { headers: { authorization: `Bearer ${token}` } })

  expect([status, code(body)]).toEqual([401, 'InvalidAuthenticationTokenAudience'])
  expect(JSON.stringify(body)).toContain('https://storage.azure.com')
})

for (const scope of ['https://management.azure.com//.default', ['https://management.core.windows.net/.default']]) {
  test(`a token for ${String(scope)} is taken`, async () => {
    const { server } = await serve()
    const { token } = await server.credential().getToken(scope)

    expect((await send(server, 'GET', siteUrl(server), { headers: { authorization: `Bearer ${token}` } })).status).toBe(
      200,
    )
  })
}

test('a token expires after an hour', async () => {
  const now = Math.floor(systemClock.now() / 1_000) * 1_000
  const at = (ms: number) => ({ ...systemClock, now: () => now + ms })
  const issued = localAzureCredential({ clock: at(0) })
  const { token, expiresOnTimestamp } = await issued.getToken('https://management.azure.com/.default')
  const ask = async (ms: number) => {
    const { server } = await serve({ clock: at(ms) })
    return send(server, 'GET', siteUrl(server), { headers: { authorization: `Bearer ${token}` } })
  }

  expect(expiresOnTimestamp).toBe(now + 3_600_000)
  expect((await ask(3_599_999)).status).toBe(200)
  expect([(await ask(3_600_000)).status, code((await ask(3_600_000)).body)]).toEqual([
    401,
    'ExpiredAuthenticationToken',
  ])
})

test('the official client says 401 and the code', async () => {
  const { server } = await serve()
  const client = clientOf(server)
  server.failNext('*', { status: 401, code: 'InvalidAuthenticationToken', message: 'The access token is invalid.' })

  expect(await failure(client.webApps.get('local', 'orders'))).toMatchObject({
    statusCode: 401,
    code: 'InvalidAuthenticationToken',
  })
})

for (const [what, change, status, refusal] of [
  ['without an API version', (url: string) => url.replace(/\?.*/, ''), 400, 'MissingApiVersionParameter'],
  ['with an empty API version', (url: string) => url.replace(describedVersion, ''), 400, 'MissingApiVersionParameter'],
  ['with an API version of none', (url: string) => url.replace('2024', '1924'), 400, 'NoRegisteredProviderFound'],
  ['for no subscription', () => `/none?api-version=${describedVersion}`, 404, 'MissingSubscription'],
  ['for no GUID', (url: string) => url.replace('00000001', 'x'), 400, 'InvalidSubscriptionId'],
  ['for another subscription', (url: string) => url.replace('00000001', '00000002'), 404, 'SubscriptionNotFound'],
  [
    'for a namespace without provider',
    (url: string) => url.replace('.Web', '.Sql'),
    409,
    'MissingSubscriptionRegistration',
  ],
  ['for another resource group', (url: string) => url.replace('/local/', '/%zz/'), 404, 'ResourceGroupNotFound'],
  [
    'for what this server lacks',
    (url: string) => url.replace('/orders', '/orders/slots'),
    501,
    'LocalAzureNotImplemented',
  ],
  ['for resource groups', (url: string) => url.replace(/\/providers[^?]*/, ''), 501, 'LocalAzureNotImplemented'],
] as const) {
  test(`a request ${what} is refused`, async () => {
    const { server } = await serve()

    const { status: got, body } = await send(server, 'GET', change(siteUrl(server)))

    expect([got, code(body)]).toEqual([status, refusal])
    expect(outcomes(server.requests)).toEqual([[undefined, undefined, status]])
  })
}

test('an unknown API version is told the known ones', async () => {
  const { server } = await serve()

  const { body } = await send(server, 'GET', siteUrl(server).replace('2024', '1924'))

  expect(JSON.stringify(body)).toContain(
    "No registered resource provider found for location 'westeurope' and API version '1924-04-01' for type 'sites'. The supported api-versions are '2025-05-01, ",
  )
})

test('another method is not allowed, and those that are stand in the answer', async () => {
  const { server, app } = await serve()

  const { status, headers, body } = await send(server, 'DELETE', siteUrl(server))

  expect([status, headers.get('allow'), code(body)]).toEqual([405, 'GET, PATCH', 'MethodNotAllowed'])
  expect(app.calls).toEqual([])
})

const json = { 'content-type': 'application/json' }
for (const [what, init, status, refusal] of [
  ['no JSON', { body: '{"properties": hunter2', headers: json }, 400, 'InvalidRequestContent'],
  ['an empty body', { headers: json }, 400, 'InvalidRequestContent'],
  ['another type', { body: '{}', headers: { 'content-type': 'text/plain' } }, 415, 'UnsupportedMediaType'],
  ['too much', { body: `{"a":"${'x'.repeat(4 * 1_024 * 1_024)}"}`, headers: json }, 413, 'RequestContentTooLarge'],
] as const) {
  test(`${what} is refused, and not repeated`, async () => {
    const { server, app } = await serve()

    const { status: got, body } = await send(server, 'PUT', siteUrl(server, '/config/appsettings'), init)

    expect([got, code(body)]).toEqual([status, refusal])
    expect(JSON.stringify(body)).not.toContain('hunter2')
    expect(app.calls).toEqual([])
  })
}

test('a path may begin with two slashes, as one of the official clients sends it', async () => {
  const { server } = await serve()

  expect((await send(server, 'GET', `/${siteUrl(server)}`)).status).toBe(200)
})

test('a provider hears everything about a request but the token', async () => {
  const heard: ArmRequest[] = []
  const provider: Provider = {
    ...sites([]),
    operations: [
      {
        id: 'Listen',
        method: 'POST',
        path: '/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/Microsoft.Web/ears/{name}',
        handle(request) {
          heard.push(request)
          return { status: 200, body: {}, headers: { etag: '"1"' } }
        },
      },
    ],
  }
  const { server } = await serve({ providers: [provider] })
  const path = siteUrl(server).replace('/sites/orders?', '/ears/left%20one?$top=1&')

  const { headers } = await send(server, 'POST', path, { body: '[1]', headers: { ...json, 'if-match': '"1"' } })

  expect(heard).toMatchObject([
    {
      parameters: { subscriptionId: server.subscriptionId, group: 'local', name: 'left one' },
      headers: { 'if-match': '"1"' },
      apiVersion: describedVersion,
      body: [1],
    },
  ])
  expect(heard[0]?.query.get('$top')).toBe('1')
  expect(JSON.stringify(heard[0]?.headers)).not.toContain('Bearer')
  expect(headers.get('etag')).toBe('"1"')
})

test('an answer has identifiers, the same in the next run, and the caller may bring the correlation', async () => {
  const ids = async (headers: Record<string, string>) => {
    const { server } = await serve({ seed: 7 })
    const answer = await send(server, 'GET', siteUrl(server), { headers })
    return ['x-ms-request-id', 'x-ms-correlation-request-id'].map((name) => answer.headers.get(name))
  }

  const [id, correlation] = await ids({})

  expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/)
  expect(correlation).toBe(id)
  expect(await ids({ 'x-ms-correlation-request-id': 'mine' })).toEqual([id, 'mine'])
})

test('a site has no ETag, as on the real service', async () => {
  const { server } = await serve()

  expect((await send(server, 'GET', siteUrl(server))).headers.get('etag')).toBeNull()
})
