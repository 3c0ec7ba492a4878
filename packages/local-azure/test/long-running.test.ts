import { manualClock } from '@cutover/core/testing'
import { armError, type Answer, type LongRunning, type Provider, sites } from '@cutover/local-azure'
import { expect, test } from 'vitest'

import { orders } from './orders.ts'
import { descriptions, failure, outcomes, send, serve, siteUrl } from './serve.ts'

const site = '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}'

/** What a later provider looks like: two operations that take half a minute. */
function slots(finish: () => Answer, poll?: LongRunning['poll']): Provider {
  const goesOn = { ms: 30_000, finish, poll }
  return {
    ...sites([]),
    resourceGroups: [],
    operations: [
      {
        id: 'WebApps_CreateOrUpdate',
        method: 'PUT',
        path: site,
        handle: ({ body }) => ({ status: 202, body, goesOn }),
      },
      {
        id: 'WebApps_SwapSlotWithProduction',
        method: 'POST',
        path: `${site}/slotsswap`,
        handle: () => ({ status: 202, goesOn }),
      },
    ],
  }
}

const swap = { targetSlot: 'staging', preserveVnet: true }

async function serveSlots(finish: () => Answer, poll?: LongRunning['poll']) {
  const clock = manualClock()
  const served = await serve({ clock, providers: [sites([orders()]), slots(finish, poll)] })
  const polled = (times: number) =>
    expect
      .poll(() => served.server.requests.filter(({ operation }) => operation?.startsWith('Arm_Operation')).length)
      .toBeGreaterThanOrEqual(times)
  return { ...served, clock, polled }
}

for (const poll of ['both', 'Azure-AsyncOperation', 'Location'] as const) {
  test(`the official client waits for what goes on, told by ${poll}`, async () => {
    let swaps = 0
    const finish = () => {
      swaps += 1
      return { status: 200 }
    }
    const { webApps, clock, polled, server } = await serveSlots(finish, poll)

    const swapping = webApps.swapSlotWithProduction('local', 'orders', swap, { updateIntervalInMs: 5 })
    const ended = swapping.pollUntilDone()
    await polled(2)
    await clock.advance(29_999)
    const before = swaps
    await clock.advance(1)
    await ended

    expect([before, swaps]).toEqual([0, 1])
    const first =
      poll === 'Location' ? ['Arm_OperationResult', undefined, 202] : ['Arm_OperationStatus', undefined, 200]
    expect(outcomes(server.requests).slice(0, 2)).toEqual([['WebApps_SwapSlotWithProduction', undefined, 202], first])
  })
}

test('after a PUT the official client gets the resource', async () => {
  const { webApps, clock, polled, server } = await serveSlots(() => ({ status: 200, body: {} }), 'Azure-AsyncOperation')

  const putting = webApps.createOrUpdate('local', 'orders', { location: 'westeurope' }, { updateIntervalInMs: 5 })
  const ended = putting.pollUntilDone()
  await polled(1)
  await clock.advance(30_000)

  expect(await ended).toMatchObject({ name: 'orders', state: 'Running' })
  expect(server.requests.at(-1)?.operation).toBe('WebApps_Get')
})

test('what fails in the end is an error with its code', async () => {
  const { webApps, clock, polled } = await serveSlots(() => armError(409, 'Conflict', 'The slots are busy.'))

  const swapping = webApps.swapSlotWithProduction('local', 'orders', swap, { updateIntervalInMs: 5 })
  const thrown = failure(swapping.pollUntilDone())
  await polled(1)
  await clock.advance(30_000)

  expect((await thrown)['message']).toContain('Conflict. The slots are busy.')
})

test('what throws in the end has failed', async () => {
  const { server, clock } = await serveSlots(() => {
    throw new Error('no such slot')
  })
  const init = { body: JSON.stringify(swap), headers: { 'content-type': 'application/json' } }
  const { headers } = await send(server, 'POST', siteUrl(server, '/slotsswap'), init)
  await clock.advance(30_000)

  const status = await send(
    server,
    'GET',
    (headers.get('azure-asyncoperation') ?? '').replace('https://management.azure.com', ''),
  )

  expect(status.body).toMatchObject({
    status: 'Failed',
    error: { code: 'InternalServerError', message: 'no such slot' },
  })
})

test('what goes on is told at absolute https addresses, with a Retry-After', async () => {
  const clock = manualClock()
  const providers = [sites([orders()]), slots(() => ({ status: 204 }))]
  const { server } = await serve({ clock, providers, retryAfterSeconds: 15 })
  const init = { body: JSON.stringify(swap), headers: { 'content-type': 'application/json' } }

  const { status, headers } = await send(server, 'POST', siteUrl(server, '/slotsswap'), init)

  expect([status, headers.get('retry-after')]).toEqual([202, '15'])
  const base = `https://management.azure.com/subscriptions/${server.subscriptionId}/providers/Microsoft.Web/locations/westeurope`
  const [statusUrl, resultUrl] = [headers.get('azure-asyncoperation') ?? '', headers.get('location') ?? '']
  expect([
    statusUrl.startsWith(`${base}/operationStatuses/`),
    resultUrl.startsWith(`${base}/operationResults/`),
  ]).toEqual([true, true])
  const ask = (url: string) => send(server, 'GET', url.replace('https://management.azure.com', ''))
  const running = [await ask(statusUrl), await ask(resultUrl)]
  expect(running.map((answer) => [answer.status, answer.headers.get('retry-after')])).toEqual([
    [200, '15'],
    [202, '15'],
  ])
  expect(running[0]?.body).toMatchObject({ status: 'InProgress', startTime: '2026-11-20T02:00:00Z' })
  expect(running[1]?.headers.get('location')).toBe(resultUrl)
  await clock.advance(30_000)
  expect((await ask(statusUrl)).body).toMatchObject({ status: 'Succeeded', endTime: '2026-11-20T02:00:30Z' })
  expect(await ask(resultUrl)).toMatchObject({ status: 204, body: undefined })
})

test('an operation that was never begun is not found', async () => {
  const { server } = await serve()
  const path = `/subscriptions/${server.subscriptionId}/providers/Microsoft.Web/locations/westeurope/operationStatuses/none`

  expect((await send(server, 'GET', `${path}?api-version=2024-04-01`)).status).toBe(404)
})

test('polls meet faults too', async () => {
  const { webApps, clock, polled, server } = await serveSlots(() => ({ status: 200 }), 'Azure-AsyncOperation')
  server.failNext('Arm_OperationStatus', 'unavailable')

  const swapping = webApps.swapSlotWithProduction('local', 'orders', swap, { updateIntervalInMs: 5 })
  const thrown = failure(swapping.pollUntilDone())
  await polled(1)
  await clock.advance(30_000)

  expect(await thrown).toMatchObject({ statusCode: 503 })
})

test.skipIf(!descriptions)('what another provider answers is held to the description too', async () => {
  descriptions?.checked.clear()
  const { server } = await serveSlots(() => ({ status: 200 }))
  const init = { body: JSON.stringify(swap), headers: { 'content-type': 'application/json' } }

  await send(server, 'POST', siteUrl(server, '/slotsswap'), init)

  expect(descriptions?.checked).toContain('WebApps_SwapSlotWithProduction')
})
