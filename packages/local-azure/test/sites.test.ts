import { WebSiteManagementClient } from '@azure/arm-appservice'
import { isCutoverError } from '@cutover/core'
import { localAzure, sites } from '@cutover/local-azure'
import { expect, test } from 'vitest'

import { orders } from './orders.ts'
import { clientOf, descriptions, failure, outcomes, send, serve, siteUrl } from './serve.ts'

test('the official client gets an app', async () => {
  const { webApps, server } = await serve()

  const site = await webApps.get('local', 'orders')

  expect(site).toMatchObject({
    id: `/subscriptions/${server.subscriptionId}/resourceGroups/local/providers/Microsoft.Web/sites/orders`,
    name: 'orders',
    state: 'Running',
    enabled: true,
    hostNames: ['orders.azurewebsites.net'],
    defaultHostName: 'orders.azurewebsites.net',
  })
})

test('names and paths have no case, and answers have the names that were given', async () => {
  const { server } = await serve()
  const path = siteUrl(server)
    .replace('resourceGroups/local', 'RESOURCEGROUPS/LOCAL')
    .replace('sites/orders', 'Sites/ORDERS')

  expect(await send(server, 'GET', path)).toMatchObject({ status: 200, body: { name: 'orders' } })
})

test('an app is disabled and enabled again', async () => {
  const { webApps, app } = await serve()

  const disabled = await webApps.update('local', 'orders', { enabled: false })
  const enabled = await webApps.update('local', 'orders', { enabled: true })
  await webApps.update('local', 'orders', { enabled: true })

  expect([disabled.enabled, disabled.state, disabled.enabledHostNames]).toEqual([false, 'Stopped', []])
  expect([enabled.enabled, enabled.state]).toEqual([true, 'Running'])
  expect(app.calls).toEqual(['setEnabled false', 'setEnabled true'])
})

test('a machine that cannot be disabled does not pretend to be', async () => {
  const { setEnabled: _, ...plain } = orders()
  const { webApps } = await serve({ providers: [sites([plain])] })

  const refused = await failure(webApps.update('local', 'orders', { enabled: false }))

  expect(refused).toMatchObject({ statusCode: 501, code: 'LocalAzureNotImplemented' })
  expect(refused['message']).toContain('the machine of orders has no setEnabled')
  expect((await webApps.update('local', 'orders', { enabled: true })).enabled).toBe(true)
})

test('a change of anything else is refused, with nothing done, rather than forgotten', async () => {
  const { webApps, app } = await serve()

  const refused = await failure(webApps.update('local', 'orders', { enabled: false, httpsOnly: true }))

  expect(refused).toMatchObject({ statusCode: 501, code: 'LocalAzureNotImplemented' })
  expect(refused['message']).toContain('properties.httpsOnly')
  expect(app.calls).toEqual([])
})

test('an app is stopped, started and restarted', async () => {
  const { webApps, app } = await serve()

  await webApps.stop('local', 'orders')
  const { state } = await webApps.get('local', 'orders')
  await webApps.start('local', 'orders')
  await webApps.restart('local', 'orders', { softRestart: true, synchronous: true })

  expect([state, app.calls]).toEqual(['Stopped', ['stop', 'start', 'restart']])
})

test('settings are read, changed and written, all of them', async () => {
  const { webApps, app } = await serve()

  const { properties } = await webApps.listApplicationSettings('local', 'orders')
  const changed = { ...properties, 'AzureWebJobs.queue.Disabled': 'true' }
  const written = await webApps.updateApplicationSettings('local', 'orders', { properties: changed })

  expect(written.properties).toEqual(changed)
  expect(app.appSettings()).toEqual({
    FUNCTIONS_EXTENSION_VERSION: '~4',
    SECRET: 'hunter2',
    'AzureWebJobs.queue.Disabled': 'true',
  })
})

test('a setting that is not sent is gone', async () => {
  const { webApps, app } = await serve()

  await webApps.updateApplicationSettings('local', 'orders', { properties: { ONLY: 'this' } })

  expect(app.appSettings()).toEqual({ ONLY: 'this' })
})

test('settings that are no texts are refused as App Service does, without repeating them', async () => {
  const { server, app } = await serve({ descriptions: undefined })
  const put = (body: unknown) =>
    send(server, 'PUT', siteUrl(server, '/config/appsettings'), {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })

  for (const body of [{ properties: { SECRET: 42 } }, { properties: ['42'] }, {}, [], 42]) {
    const { status, body: answer } = await put(body)

    expect([status, answer]).toMatchObject([400, { Code: 'BadRequest' }])
    expect(JSON.stringify(answer)).not.toContain('42')
  }
  expect(app.calls).toEqual([])
})

test('the official client lists functions page by page', async () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const app = orders('orders', names)
  app.putAppSettings({ 'AzureWebJobs.b.Disabled': 'true' })
  const { webApps, server } = await serve({ providers: [sites({ machines: [app], pageSize: 2 })] })

  const pages: string[][] = []
  for await (const page of webApps.listFunctions('local', 'orders').byPage()) {
    pages.push(page.map(({ name, isDisabled }) => `${name} ${isDisabled}`))
  }

  expect(pages).toEqual([['orders/a false', 'orders/b true'], ['orders/c false', 'orders/d false'], ['orders/e false']])
  expect(outcomes(server.requests)).toEqual(names.slice(0, 3).map(() => ['WebApps_ListFunctions', undefined, 200]))
})

test('a page that does not exist is refused', async () => {
  const { server } = await serve()
  const page = (token: string) => send(server, 'GET', `${siteUrl(server, '/functions')}&%24skipToken=${token}`)

  expect([(await page('x')).status, (await page('3')).body]).toEqual([400, { value: [] }])
})

test('the official client gets one function', async () => {
  const { webApps } = await serve()

  expect(await webApps.getFunction('local', 'orders', 'Queue')).toMatchObject({
    name: 'orders/queue',
    isDisabled: false,
  })
})

test('an unknown function is an error in the words of App Service, whose code the official client does not find', async () => {
  const { webApps, server } = await serve()

  const { body } = await send(server, 'GET', siteUrl(server, '/functions/none'))
  const thrown = await failure(webApps.getFunction('local', 'orders', 'none'))

  expect(body).toMatchObject({ Code: 'NotFound', Message: 'Cannot find Function with name none.', Innererror: null })
  expect(thrown).toMatchObject({ name: 'RestError', statusCode: 404, code: undefined })
})

test('synchronising triggers succeeds, and the official client takes that for a failure', async () => {
  const { webApps, server, app } = await serve()

  const thrown = await failure(webApps.syncFunctionTriggers('local', 'orders'))

  expect(thrown).toMatchObject({ name: 'RestError', statusCode: 200 })
  expect((await send(server, 'POST', siteUrl(server, '/syncfunctiontriggers'))).body).toEqual({ status: 'success' })
  expect(app.calls).toEqual(['syncTriggers', 'syncTriggers'])
})

test('the keys of the host are listed', async () => {
  const masterKey = (name: string) => `key of ${name}`
  const { webApps } = await serve({ providers: [sites({ machines: [orders()], masterKey })] })

  expect((await webApps.listHostKeys('local', 'orders')).masterKey).toBe('key of orders')
})

test('an app or a resource group that does not exist is told as Resource Manager does', async () => {
  const { webApps } = await serve()

  expect(await failure(webApps.get('local', 'none'))).toMatchObject({
    statusCode: 404,
    code: 'ResourceNotFound',
    message: expect.stringContaining("'Microsoft.Web/sites/none' under resource group 'local' was not found"),
  })
  expect(await failure(webApps.get('other', 'orders'))).toMatchObject({
    statusCode: 404,
    code: 'ResourceGroupNotFound',
    message: "Resource group 'other' could not be found.",
  })
})

test('an app stands only in its own resource group', async () => {
  const other = sites({ machines: [], resourceGroup: 'other' })
  const empty = { ...other, operations: [] }
  const { webApps } = await serve({ providers: [sites([orders()]), empty] })

  expect(await failure(webApps.get('other', 'orders'))).toMatchObject({ code: 'ResourceNotFound' })
})

test('the version that the official client asks for by itself is served', async () => {
  const { server } = await serve()
  const client = new WebSiteManagementClient(server.credential(), server.subscriptionId, {
    additionalPolicies: [server.policy()],
  })

  expect((await client.webApps.get('local', 'orders')).name).toBe('orders')
  expect(server.requests[0]?.apiVersion).toBe('2025-05-01')
})

test('what a test changes on the machine is answered', async () => {
  const { webApps, app } = await serve()

  app.stop()

  expect((await webApps.get('local', 'orders')).state).toBe('Stopped')
})

test('a machine that throws is an internal error, and its words are not in the log', async () => {
  const log: string[] = []
  const app = {
    ...orders(),
    putAppSettings: ({ SECRET }: Record<string, string>) => {
      throw new TypeError(`what is ${SECRET}?`)
    },
  }
  const { webApps } = await serve({ providers: [sites([app])], log: (line) => void log.push(line) })

  const thrown = await failure(
    webApps.updateApplicationSettings('local', 'orders', { properties: { SECRET: 'hunter3' } }),
  )

  expect(thrown).toMatchObject({ statusCode: 500, code: 'InternalServerError', message: 'what is hunter3?' })
  expect(log[0]).toBe('WebApps_UpdateApplicationSettings threw TypeError')
  expect(log.join('\n')).not.toContain('hunter3')
})

test('a machine that refuses as the official clients do is the service speaking', async () => {
  const log: string[] = []
  const refusal = Object.assign(new Error('The value of A is not a string'), { statusCode: 400, code: 'BadRequest' })
  const app = {
    ...orders(),
    putAppSettings: () => {
      throw refusal
    },
  }
  const { webApps } = await serve({ providers: [sites([app])], log: (line) => void log.push(line) })

  const thrown = await failure(webApps.updateApplicationSettings('local', 'orders', { properties: { A: '' } }))

  expect(thrown).toMatchObject({ statusCode: 400, code: 'BadRequest', message: 'The value of A is not a string' })
  expect(log).toHaveLength(1)
})

test('neither settings nor keys nor tokens are in the log or in the requests', async () => {
  const log: string[] = []
  const { webApps, server } = await serve({ log: (line) => void log.push(line) })

  await webApps.listApplicationSettings('local', 'orders')
  await webApps.updateApplicationSettings('local', 'orders', { properties: { SECRET: 'hunter3' } })
  await webApps.listHostKeys('local', 'orders')
  await send(server, 'GET', `${siteUrl(server)}&code=hunter4`)

  const { token } = await server.credential().getToken('https://management.azure.com/.default')
  expect(log[1]).toMatch(/^#2 PUT \/subscriptions\/.*\/config\/appsettings 200 \(WebApps_UpdateApplicationSettings\)$/)
  expect(`${log.join('\n')}${JSON.stringify(server.requests)}`).not.toMatch(/hunter|master-key|Bearer/)
  expect(JSON.stringify(server.requests)).not.toContain(token)
})

for (const [what, options] of [
  ['two machines of one name', { machines: [orders('a'), orders('A')] }],
  ['pages of no functions', { machines: [], pageSize: 0 }],
  ['pages of half a function', { machines: [], pageSize: 0.5 }],
] as const) {
  test(`${what} are refused`, () => {
    let thrown: unknown
    try {
      sites(options)
    } catch (error) {
      thrown = error
    }

    expect(isCutoverError(thrown, 'LOCAL_AZURE_OPTION_INVALID')).toBe(true)
  })
}

test('two providers of one operation are refused', async () => {
  const twice = localAzure({ providers: [sites([]), sites([])] })

  await expect(twice).rejects.toMatchObject({ code: 'LOCAL_AZURE_OPTION_INVALID' })
})

test('references to a vault are listed with what became of them', async () => {
  const references = [
    { setting: 'DB', reference: '@Microsoft.KeyVault(SecretUri=https://v/s)', status: 'SecretNotFound' },
  ]
  const { webApps } = await serve({ providers: [sites([{ ...orders(), references: () => references }])] })

  const [one] = await listed(webApps.listAppSettingsKeyVaultReferences('local', 'orders'))

  expect(one).toMatchObject({ name: 'DB', status: 'SecretNotFound', reference: references[0]?.reference })
})

test('functions have the configuration that their machine gives', async () => {
  const config = { bindings: [{ type: 'httpTrigger', route: 'orders/{id}', methods: ['get'] }] }
  const functions = () => [{ name: 'http', isDisabled: false, config }]
  const { webApps } = await serve({ providers: [sites([{ ...orders(), functions }])] })

  expect((await webApps.getFunction('local', 'orders', 'http')).config).toEqual(config)
})

test('what a subscription has used in a location is listed, and nothing of another', async () => {
  const usages = { FlexConsumptionCores: { used: 12, limit: 250 } }
  const { server } = await serve({ providers: [sites({ machines: [], usages })] })
  const { getUsagesInLocation } = clientOf(server)

  const here = await listed(getUsagesInLocation.list('westeurope'))
  const elsewhere = await listed(getUsagesInLocation.list('eastus'))

  expect(here).toMatchObject([{ name: { value: 'FlexConsumptionCores' }, currentValue: 12, limit: 250, unit: 'Count' }])
  expect(elsewhere).toEqual([])
})

async function listed<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of pages) all.push(one)
  return all
}

test.skipIf(!descriptions)('every operation is held to the official description', async () => {
  const { webApps, server } = await serve()
  descriptions?.checked.clear()

  await webApps.get('local', 'orders')
  await webApps.update('local', 'orders', { enabled: true })
  await webApps.start('local', 'orders')
  await webApps.stop('local', 'orders')
  await webApps.restart('local', 'orders')
  await webApps.listApplicationSettings('local', 'orders')
  await webApps.updateApplicationSettings('local', 'orders', { properties: {} })
  await webApps.listFunctions('local', 'orders').next()
  await webApps.getFunction('local', 'orders', 'queue')
  await failure(webApps.syncFunctionTriggers('local', 'orders'))
  await webApps.listHostKeys('local', 'orders')
  await webApps.listAppSettingsKeyVaultReferences('local', 'orders').next()
  await clientOf(server).getUsagesInLocation.list('westeurope').next()

  expect([...(descriptions?.checked ?? [])].sort()).toEqual(
    sites([])
      .operations.map(({ id }) => id)
      // Those are in host-names.test.ts.
      .filter((id) => !id.includes('HostNameBinding'))
      .sort(),
  )
})
