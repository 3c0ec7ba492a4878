// A service in a process of its own whose dependency refuses it, is slow, and which is restarted while it is asked.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { WebSiteManagementClient } from '@azure/arm-appservice'
import {
  apply,
  dependencyRefused,
  faultSetting,
  httpProbe,
  restartUnderLoad,
  slowDependency,
  systemClock,
} from '@cutover/health-checks'
import { editableAppSettings } from '@cutover/health-checks/function-app'
import { localAzure, type SiteMachine, sites } from '@cutover/local-azure'
import { memoryJournal, runCutover } from '@cutover/rollback'
import { expect, onTestFinished, test } from 'vitest'

import { contextOf } from '../test/context.ts'
import { restartedService } from './restarted-service.ts'

const hosts = ['127.0.0.1']
const asking = { hosts, within: '10s', every: '200ms', name: 'INVENTORY_URL' } as const

function looks(url: string) {
  return {
    during: httpProbe({ id: 'says so', url, status: 503, responseHeaders: { 'retry-after': '5' }, within: '2s' }),
    well: httpProbe({ id: 'well', url, body: /^stock: 3$/ }),
  }
}

test('a service that says so when its dependency refuses passes, and has its setting back', async () => {
  await using service = await restartedService()

  const { end } = await runCutover({ id: 'night', journal: memoryJournal() }, (cutover) =>
    cutover.run(dependencyRefused(service.settings, { ...asking, ...looks(service.url) })),
  )

  expect(end).toBe('completed')
  expect(service.values()).toEqual({ INVENTORY_URL: service.inventoryUrl })
})

/** Answers after three seconds. */
async function slowProxy(): Promise<string> {
  const server = createServer((_, response) => void setTimeout(() => response.end('3'), 3_000).unref())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test('a service that gives up on a slow dependency passes; one that waits for it goes back, with its setting', async () => {
  const to = await slowProxy()
  await using quick = await restartedService()
  await using patient = await restartedService({ PATIENT: 'yes' })
  const run = (service: typeof quick): Promise<unknown> =>
    runCutover({ id: 'night', journal: memoryJournal() }, (cutover) =>
      cutover.run(slowDependency(service.settings, { ...asking, ...looks(service.url), to })),
    ).catch((error: unknown) => error)

  const [well, ill] = await Promise.all([run(quick), run(patient)])

  expect(well).toMatchObject({ end: 'completed' })
  expect(ill).toMatchObject({ code: 'CUTOVER_ROLLED_BACK' })
  expect((ill as Error).cause).toMatchObject({ message: expect.stringMatching(/did not answer within 2s/) })
  expect(quick.values()).toEqual({ INVENTORY_URL: quick.inventoryUrl })
  expect(patient.values()).toEqual({ INVENTORY_URL: patient.inventoryUrl, PATIENT: 'yes' })
})

test('a restart under load is seen, with what it cost', async () => {
  await using service = await restartedService()
  const target = { url: service.url.replace('/stock', '') }
  const check = restartUnderLoad(service.app, {
    target,
    requests: [{ path: '/stock', expect: { body: /^stock: 3$/ } }],
    hosts,
    ratePerSecond: 40,
    for: '8s',
    bad: 0.6,
  })

  const answer = await check.run(contextOf())

  expect(answer).toMatchObject({
    status: 'pass',
    evidence: { reason: 'held', before: 'start 1', after: 'start 2', lateBad: 0 },
  })
  expect(answer.evidence?.load.bad).toBeGreaterThan(0)
  expect(answer.evidence?.load.sent).toBeGreaterThan(200)
})

test('a setting of a function app is altered and put back through the official client', async () => {
  let settings: Readonly<Record<string, string>> = { INVENTORY_URL: 'https://inventory.example.com', LOG: 'warn' }
  const nothing = (): void => {}
  const machine: SiteMachine = {
    name: 'orders',
    site: () => ({ enabled: true, state: 'Running', hostNames: ['orders.azurewebsites.net'] }),
    start: nothing,
    stop: nothing,
    restart: nothing,
    appSettings: () => settings,
    putAppSettings: (put: Readonly<Record<string, string>>) => {
      settings = put
    },
    functions: () => [],
    syncTriggers: nothing,
  }
  const server = await localAzure({ providers: [sites({ machines: [machine] })] })
  onTestFinished(() => server.close())
  const client = new WebSiteManagementClient(server.credential(), server.subscriptionId, {
    additionalPolicies: [server.policy()],
    retryOptions: { maxRetries: 0 },
  })
  const app = editableAppSettings({ client, resourceGroup: 'local', name: 'orders' })

  const { revert } = await apply(faultSetting(app, { name: 'INVENTORY_URL', to: 'http://127.0.0.1:9' }), {
    clock: systemClock,
  })
  const meanwhile = settings
  await revert()

  expect(app.host).toBe('orders.azurewebsites.net')
  expect(meanwhile).toEqual({
    INVENTORY_URL: 'http://127.0.0.1:9',
    INVENTORY_URL_CUTOVER_KEPT: 'https://inventory.example.com',
    LOG: 'warn',
  })
  expect(settings).toEqual({ INVENTORY_URL: 'https://inventory.example.com', LOG: 'warn' })
})
