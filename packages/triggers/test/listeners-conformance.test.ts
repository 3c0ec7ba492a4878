import { fakeWorld } from '@cutover/core/testing'
import { lambdaFunction } from '@cutover/triggers/aws'
import { functionApp } from '@cutover/triggers/azure'
import { inMemoryFunctionApp, inMemoryLambda, listenersConformance } from '@cutover/triggers/testing'
import { expect, test } from 'vitest'

const world = fakeWorld()
const { clock } = world

const mapping = () => {
  const triggers = { queue: { sqs: 'orders' }, audit: { sqs: 'audit' } } as const
  const listeners = inMemoryLambda(world, { functionName: 'orders', triggers })
  const gone = { queue: { sqs: 'gone' }, audit: { sqs: 'gone' } }
  const missing = lambdaFunction({ client: listeners.client, functionName: 'orders', triggers: gone })
  return { listeners, name: 'queue', other: 'audit', missing: { listeners: missing, name: 'queue' } } as const
}

const concurrency = (reservedConcurrency?: number) => () => {
  const triggers = { api: { http: true }, queue: { sqs: 'orders' } } as const
  const listeners = inMemoryLambda(world, { functionName: 'orders', triggers, listening: ['api'], reservedConcurrency })
  const missing = lambdaFunction({ client: listeners.client, functionName: 'gone', triggers })
  return { listeners, name: 'api', other: 'queue', missing: { listeners: missing, name: 'api' } } as const
}

const azure = (appSettings: Readonly<Record<string, string>>) => () => {
  const triggers = { queue: 'consumeOrders', audit: 'writeAudit' }
  const listeners = inMemoryFunctionApp(world, { name: 'orders', triggers, listening: ['queue'], appSettings })
  const gone = { queue: 'gone', audit: 'gone' }
  const missing = functionApp({ client: listeners.client, resourceGroup: 'rg', name: 'orders', triggers: gone })
  return { listeners, name: 'queue', other: 'audit', missing: { listeners: missing, name: 'queue' } } as const
}

const sides = {
  'an event source mapping': listenersConformance({ listening: mapping, clock }),
  'a function without a reserved concurrency': listenersConformance({ listening: concurrency(), clock }),
  'a function with a reserved concurrency': listenersConformance({ listening: concurrency(5), clock }),
  'a function of an app': listenersConformance({ listening: azure({}), clock }),
  'a function that is not disabled in so many words': listenersConformance({
    listening: azure({ AzureWebJobs_consumeOrders_Disabled: 'false', Foreign: 'x' }),
    clock,
  }),
}

for (const [side, cases] of Object.entries(sides)) {
  for (const { name, run } of cases) test(`${side} ${name}`, run)
}

test('an implementation that forgets what was there is found out', async () => {
  const forgetful = () => {
    const { listeners, ...under } = concurrency(5)()
    const write: typeof listeners.write = (name, { from, to }, context) =>
      listeners.write(name, { from, to: to['reserved'] === 5 ? {} : to }, context)
    return { ...under, listeners: { ...listeners, write } }
  }
  const cases = listenersConformance({ listening: forgetful, clock })

  const exactly = cases.find(({ name }) => name.startsWith('puts back exactly'))

  await expect(exactly?.run()).rejects.toMatchObject({ code: 'CONFORMANCE_FAILED' })
})
