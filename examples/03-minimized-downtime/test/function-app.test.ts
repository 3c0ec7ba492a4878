// The adapter, the official client, our local Azure Resource Manager and the state machine, held together to the port's contract.
import { WebSiteManagementClient } from '@azure/arm-appservice'
import { localAzure, localAzureCredential, sites } from '@cutover/local-azure'
import { functionApp } from '@cutover/triggers/azure'
import { listenersConformance, siteMachine } from '@cutover/triggers/testing'
import { afterAll, test } from 'vitest'

const functions = { http: 'receiveOrder', queue: 'consumeOrders' } as const
const servers: AsyncDisposable[] = []

afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]()
})

async function app(name: string, existing = name) {
  const machine = siteMachine({
    now: () => Date.now(),
    name: existing,
    functions: Object.values(functions),
    restartMs: 30,
  })
  const server = await localAzure({ providers: [sites([machine])] })
  servers.push(server)
  const client = new WebSiteManagementClient(localAzureCredential(), server.subscriptionId, {
    additionalPolicies: [server.policy()],
    retryOptions: { maxRetries: 0 },
  })
  return functionApp({
    client,
    resourceGroup: 'local',
    name,
    triggers: functions,
    functionTimeout: '1s',
    lateMs: 100,
    switchMs: 500,
  })
}

for (const { name, run } of listenersConformance({
  async listening() {
    return {
      listeners: await app('orders'),
      name: 'queue',
      other: 'http',
      missing: { listeners: await app('nowhere', 'orders'), name: 'queue' },
    }
  },
})) {
  test(`a function app over HTTP ${name}`, run)
}
