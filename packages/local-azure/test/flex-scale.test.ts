import { localAzure, type SiteMachine, sites } from '@cutover/local-azure'
import { expect, test } from 'vitest'

import { orders } from './orders.ts'
import { clientOf, descriptions, send, siteUrl } from './serve.ts'

/** An app on Flex Consumption. */
const flex = (): SiteMachine => {
  let config: Readonly<Record<string, unknown>> = {
    runtime: { name: 'node', version: '22' },
    scaleAndConcurrency: { maximumInstanceCount: 100, instanceMemoryMB: 2048, alwaysReady: [] },
  }
  return {
    ...orders(),
    functionAppConfig: () => config,
    putFunctionAppConfig: (next) => void (config = next),
  }
}
const serveFlex = (machine = flex()) =>
  localAzure({ providers: [sites([machine])], ...(descriptions ? { descriptions } : {}) })
const patch = (count: unknown) => ({
  body: JSON.stringify({ properties: { functionAppConfig: { scaleAndConcurrency: { maximumInstanceCount: count } } } }),
  headers: { 'content-type': 'application/json' },
})

test('the official client reads how far an app may scale', async () => {
  await using server = await serveFlex()
  const site = await clientOf(server).webApps.get('local', 'orders')
  expect(site.functionAppConfig?.scaleAndConcurrency?.maximumInstanceCount).toBe(100)
  expect(server.complaints).toEqual([])
})

test('a PATCH limits it, and is read back', async () => {
  await using server = await serveFlex()
  const answer = await send(server, 'PATCH', siteUrl(server), patch(40))
  expect(answer.status).toBe(200)
  const site = await clientOf(server).webApps.get('local', 'orders')
  expect(site.functionAppConfig?.scaleAndConcurrency?.maximumInstanceCount).toBe(40)
  expect(server.complaints).toEqual([])
})

test('the official client leaves it out of a PATCH, and so changes nothing', async () => {
  await using server = await serveFlex()
  const { webApps } = clientOf(server)
  const limited = { functionAppConfig: { scaleAndConcurrency: { maximumInstanceCount: 40 } } }
  // Nor do its types have it.
  await webApps.update('local', 'orders', limited as object)
  const site = await webApps.get('local', 'orders')
  expect(site.functionAppConfig?.scaleAndConcurrency?.maximumInstanceCount).toBe(100)
})

test.each([[0], [1_001], [1.5], ['40']])('%s instances are refused', async (count) => {
  await using server = await serveFlex()
  expect(await send(server, 'PATCH', siteUrl(server), patch(count))).toMatchObject({ status: 400 })
})

test('an app on another plan has no such limit, and one whose machine cannot be told says so', async () => {
  await using elastic = await localAzure({ providers: [sites([orders()])] })
  expect(await send(elastic, 'PATCH', siteUrl(elastic), patch(40))).toMatchObject({ status: 400 })
  const { putFunctionAppConfig: _, ...fixed } = flex()
  await using server = await serveFlex(fixed)
  expect(await send(server, 'PATCH', siteUrl(server), patch(40))).toMatchObject({ status: 501 })
})
