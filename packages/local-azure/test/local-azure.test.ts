import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

import { WebSiteManagementClient } from '@azure/arm-appservice'
import { localAzure, localAzureCredential, localAzurePolicy, type PolicyRequest, sites } from '@cutover/local-azure'
import { expect, test } from 'vitest'

import { orders } from './orders.ts'
import { clientOf, send, serve, siteUrl } from './serve.ts'

test('two servers at once know nothing of each other', async () => {
  const [one, two] = [await serve(), await serve()]
  one.server.failNext('WebApps_Get', 'throttled')

  await one.webApps.stop('local', 'orders')
  const { state } = await two.webApps.get('local', 'orders')

  expect([one.app.calls, two.app.calls, state]).toEqual([['stop'], [], 'Running'])
  expect([one.server.requests.length, two.server.requests.length]).toEqual([1, 1])
  expect(one.server.port).not.toBe(two.server.port)
})

test('the policy takes an address as well, and gives every request its own address back', async () => {
  const { server } = await serve()
  const { policy, position } = localAzurePolicy(`${server.url}/`)
  const headers = new Map<string, string>()
  const request: PolicyRequest = { url: 'https://management.azure.com/a%20b?c=d', headers }

  const sent = await policy.sendRequest(request, ({ url, allowInsecureConnection }) =>
    Promise.resolve({ url, allowInsecureConnection, host: headers.get('x-local-azure-host') }),
  )

  const host = 'management.azure.com'
  expect([position, sent]).toEqual([
    'perRetry',
    { url: `${server.url}/a%20b?c=d`, allowInsecureConnection: true, host },
  ])
  expect(request).toEqual({ url: `https://${host}/a%20b?c=d`, allowInsecureConnection: false, headers: new Map() })
})

test('a client authenticates as it does in Azure', async () => {
  const { server } = await serve()
  const scopes: unknown[] = []
  const real = localAzureCredential()
  const getToken = (scope: string | readonly string[]) => {
    scopes.push(scope)
    return real.getToken(scope)
  }
  const client = new WebSiteManagementClient({ getToken }, server.subscriptionId, {
    additionalPolicies: [localAzurePolicy(server)],
  })

  expect((await client.webApps.get('local', 'orders')).name).toBe('orders')
  expect(scopes.flat()).toEqual(['https://management.azure.com/.default'])
})

test('requests are told in the order of their arrival, as copies', async () => {
  const { server, webApps } = await serve()
  await webApps.start('local', 'orders')
  const first = server.requests
  await webApps.stop('local', 'orders')

  expect(first.map(({ number, operation }) => [number, operation])).toEqual([[1, 'WebApps_Start']])
  expect(server.requests.map(({ number, operation }) => [number, operation])).toEqual([
    [1, 'WebApps_Start'],
    [2, 'WebApps_Stop'],
  ])
})

test('only the loopback interface is served, on the port that is asked for', async () => {
  const { server: any } = await serve()
  await any.close()

  const { server } = await serve({ port: any.port })

  expect(server.url).toBe(`http://127.0.0.1:${any.port}`)
})

test('nobody is served elsewhere', async () => {
  const { server } = await serve()

  // All of 127.0.0.0/8 is the loopback interface where it is served at all.
  for (const host of ['127.0.0.2', '[::1]']) {
    const asked = fetch(`http://${host}:${server.port}/`, { signal: AbortSignal.timeout(500) })
    await expect(asked.then(({ status }) => status)).rejects.toBeInstanceOf(Error)
  }
})

test('a taken port is told', async () => {
  const { server } = await serve()

  await expect(localAzure({ providers: [sites([])], port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

for (const [what, options] of [
  ['no providers', { providers: [] }],
  ['a provider that stands in no list', { providers: sites([]) as never }],
  ['an option that there is not', { provider: [sites([])] } as never],
  ['a subscription that is no GUID', { subscriptionId: 'mine' }],
  ['a share above 1', { faults: { rate: 1.5 } }],
  ['a share that is no number', { faults: { rate: Number.NaN } }],
  ['faults of no kind', { faults: { kinds: [] } }],
  ['a negative delay', { faults: { slowMs: -1 } }],
  ['a delay that is no number', { faults: { lateMs: Number.NaN } }],
  ['a broken Retry-After', { retryAfterSeconds: 0.5 }],
] as const) {
  test(`${what} is refused, and nothing is started`, async () => {
    await expect(localAzure({ providers: [sites([])], ...options })).rejects.toMatchObject({
      name: 'CutoverError',
      code: 'LOCAL_AZURE_OPTION_INVALID',
    })
  })
}

test('a closed server answers nobody, and can be closed again', async () => {
  const { server, webApps } = await serve()
  await webApps.get('local', 'orders')

  await Promise.all([server.close(), server.close()])

  await expect(send(server, 'GET', siteUrl(server))).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
})

test('closing cuts who has not finished asking', async () => {
  const { server } = await serve()
  const socket = connect({ host: '127.0.0.1', port: server.port })
  socket.write('POST /subscriptions HTTP/1.1\r\nhost: local\r\ncontent-length: 100\r\n\r\n{')
  await once(socket, 'connect')
  const { promise: cut, resolve: end } = Promise.withResolvers<void>()
  socket.on('error', () => {}).on('close', () => end())

  await server.close()
  await cut

  expect(server.requests).toEqual([])
})

test('closing ends what is slow, late or goes on, and leaves nothing that keeps a process alive', async () => {
  const fixture = resolve(import.meta.dirname, 'closing.ts')

  const { stdout } = await promisify(execFile)(process.execPath, [fixture], { timeout: 4_000 })

  expect(stdout).toBe('slow, late, goes on, answered 200, 200; closed; stopped once\n')
})

test('a caller that goes away in the middle does no harm', async () => {
  const { server, webApps } = await serve()
  const gone = new AbortController()
  server.failNext('WebApps_Stop', 'slow')

  const stopping = send(server, 'POST', siteUrl(server, '/stop'), { signal: gone.signal })
  await expect.poll(() => server.requests.length).toBe(1)
  gone.abort()

  await expect(stopping).rejects.toMatchObject({ name: 'AbortError' })
  expect((await webApps.get('local', 'orders')).state).toBe('Stopped')
})

test('a client of another version of the API is served beside', async () => {
  const { server } = await serve()
  const [earlier, later] = ['2024-04-01', '2025-03-01'].map((apiVersion) => clientOf(server, { apiVersion }).webApps)

  expect((await earlier?.get('local', 'orders'))?.name).toBe('orders')
  expect((await later?.get('local', 'orders'))?.name).toBe('orders')
})

test('an app of an example is served in three lines', async () => {
  await using server = await localAzure({ providers: [sites([orders('shop')])] })

  expect(await send(server, 'GET', siteUrl(server, '', 'shop'))).toMatchObject({ status: 200, body: { name: 'shop' } })
})
