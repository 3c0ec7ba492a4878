// What @azure/arm-appservice 19 and the service really do, with the real SDK; its transport is a function of ours.
import { WebSiteManagementClient } from '@azure/arm-appservice'
import type { TokenCredential } from '@azure/core-auth'
import { isCutoverError } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { apply, cordon } from '@cutover/triggers'
import { functionApp } from '@cutover/triggers/azure'
import { siteMachine } from '@cutover/triggers/testing'
import { expect, test } from 'vitest'

type Answer = readonly [status: number, body?: unknown]
const base = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/orders'
const secret = 'AccountKey=not-a-real-secret'

/** A Functions app behind the real SDK. `answer` may say something else to a request. */
function setUp(answer: (request: string) => Answer | undefined = () => undefined) {
  const world = fakeWorld()
  const appSettings: Record<string, string> = {
    AzureWebJobsStorage: secret,
    'azurewebjobs.consumeorders.disabled': '0',
  }
  const site = siteMachine({ now: world.clock.now, name: 'orders', functions: ['consumeOrders', 'audit'], appSettings })
  const requests: { readonly request: string; readonly body: unknown }[] = []

  const serve = (request: string, body: { properties: Record<string, string> }): Answer => {
    switch (request) {
      case `GET ${base}`:
        return [200, { properties: site.site() }]
      case `POST ${base}/config/appsettings/list`:
        return [200, { properties: site.appSettings() }]
      case `PUT ${base}/config/appsettings`:
        site.putAppSettings(body.properties)
        return [200, { properties: site.appSettings() }]
      case `GET ${base}/functions`:
        return [
          200,
          { value: site.functions().map(({ name, ...properties }) => ({ name: `orders/${name}`, properties })) },
        ]
      case `POST ${base}/syncfunctiontriggers`:
        return [200, { status: 'success' }]
      default:
        return [404, { error: { code: 'NotFound', message: request } }]
    }
  }
  const httpClient = {
    async sendRequest(sent: { method: string; url: string; body?: unknown; headers: unknown }) {
      const request = `${sent.method} ${new URL(sent.url).pathname}`
      const body: unknown = typeof sent.body === 'string' ? JSON.parse(sent.body) : undefined
      requests.push({ request, body })
      const [status, answered] = answer(request) ?? serve(request, body as never)
      const headers = { ...Object.fromEntries(sent.headers as never), 'content-type': 'application/json' }
      return {
        request: sent,
        status,
        headers: Object.assign(new Map(Object.entries(headers)), { toJSON: () => headers }),
        bodyAsText: answered === undefined ? '' : JSON.stringify(answered),
      }
    },
  }
  const credential: TokenCredential = {
    getToken: async () => ({ token: 'token-not-real', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
  }
  const client = new WebSiteManagementClient(credential, 's', {
    httpClient: httpClient as never,
    retryOptions: { maxRetries: 0 },
  })
  const triggers = { queue: 'consumeOrders' }
  return { world, site, requests, app: functionApp({ client, resourceGroup: 'rg', name: 'orders', triggers }) }
}

const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )

test('a sync that answers 200 instead of 204 is a success, though the SDK rejects', async () => {
  const { world, site, requests, app } = setUp()

  const { revert } = await apply(cordon(app, 'queue'), world)

  expect(requests.map(({ request }) => request)).toContain(`POST ${base}/syncfunctiontriggers`)
  expect(site.listens('consumeOrders')).toBe(false)
  await revert()
  expect(site.appSettings()).toEqual({ AzureWebJobsStorage: secret, 'azurewebjobs.consumeorders.disabled': '0' })
})

test('a sync that answers 500 is not', async () => {
  const { world, app } = setUp((request) => (request.endsWith('/syncfunctiontriggers') ? [500, {}] : undefined))
  const context = { ...world, clock: world.clock, fence: () => {}, report: () => {} }
  const { setting = {} } = await app.look('queue')

  const error = await rejection(
    app.write('queue', { from: setting, to: app.switched('queue', setting, 'stopped') }, context),
  )

  expect(isCutoverError(error, 'TRIGGERS_UNAVAILABLE')).toBe(true)
})

for (const [status, code, retryable] of [
  [401, 'TRIGGERS_NOT_AUTHORIZED', false],
  [403, 'TRIGGERS_NOT_AUTHORIZED', false],
  [404, 'TRIGGERS_NOT_FOUND', false],
  [409, 'TRIGGERS_BUSY', true],
  [400, 'TRIGGERS_REJECTED', false],
  [429, 'TRIGGERS_UNAVAILABLE', true],
  [503, 'TRIGGERS_UNAVAILABLE', true],
] as const) {
  test(`an error ${status} without a body, which the SDK turns into a TypeError, is still ${code}`, async () => {
    const { app } = setUp(() => [status])

    const error = await rejection(app.look('queue'))

    expect(isCutoverError(error, code) && error.retryable).toBe(retryable)
    expect((error as Error).message).toMatch(new RegExp(`status ${status} without a body`))
  })

  test(`an error ${status} with a body is ${code}`, async () => {
    const { app } = setUp(() => [status, { error: { code: 'Said', message: 'so' } }])

    expect(isCutoverError(await rejection(app.look('queue')), code)).toBe(true)
  })
}

test('the settings are read directly before they are written, and all others are written back', async () => {
  const { world, site, requests, app } = setUp((request) => {
    // Somebody else deploys a setting after everything was looked at.
    if (request === `GET ${base}/functions`) site.putAppSettings({ ...site.appSettings(), NEW: '1' })
    return undefined
  })

  await apply(cordon(app, 'queue'), world)

  const put = requests.findIndex(({ request }) => request.startsWith('PUT'))
  expect(requests[put - 1]?.request).toBe(`POST ${base}/config/appsettings/list`)
  expect(requests[put]?.body).toEqual({
    properties: { AzureWebJobsStorage: secret, NEW: '1', 'AzureWebJobs.consumeOrders.Disabled': 'true' },
  })
})

test('a setting that somebody else writes between that read and our write is lost: the service compares nothing', async () => {
  let reads = 0
  const { world, site, app } = setUp((request) => {
    if (request !== `POST ${base}/config/appsettings/list`) return undefined
    const properties = site.appSettings()
    reads += 1
    if (reads === 3) site.putAppSettings({ ...properties, NEW: '1' })
    return [200, { properties }]
  })

  await apply(cordon(app, 'queue'), world)

  expect(site.appSettings()).not.toHaveProperty('NEW')
})

test('no value of a setting stands in an error', async () => {
  const { app } = setUp((request) => {
    if (request.startsWith('GET')) return [400, { error: { code: 'Bad', message: 'no' } }]
    return undefined
  })

  const error = await rejection(app.look('queue'))

  expect(`${String(error)} ${JSON.stringify(error)} ${String((error as Error).cause)}`).not.toContain('not-a-real')
})

test('a function that the app does not have is not found, and those that it has are named', async () => {
  const { app } = setUp((request) =>
    request.endsWith('/functions') ? [200, { value: [{ name: 'orders/x' }] }] : undefined,
  )

  await expect(app.look('queue')).rejects.toMatchObject({
    code: 'TRIGGERS_NOT_FOUND',
    message: expect.stringMatching(/found: x/),
  })
})

test('a function of which the service does not say whether it is disabled is changing', async () => {
  const value = [{ name: 'orders/consumeOrders', properties: {} }]
  const { app } = setUp((request) => (request.endsWith('/functions') ? [200, { value }] : undefined))

  expect(await app.look('queue')).toMatchObject({
    state: 'changing',
    text: expect.stringMatching(/in an unknown state/),
  })
})

test('bad options are refused at once, by name', () => {
  const triggers = { queue: 'consumeOrders' }
  const client = { webApps: {} } as never

  expect(() => functionApp({ client, resourceGroup: 'rg', name: 'orders', triggers })).toThrow(
    /client.webApps has no get, listApplicationSettings/,
  )
})
