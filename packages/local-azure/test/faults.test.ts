import { manualClock } from '@cutover/core/testing'
import { everyFaultKind, type FaultOptions } from '@cutover/local-azure'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { clientOf, failure, outcomes, serve } from './serve.ts'

test('a throttled request has done nothing, and says when to come again', async () => {
  const { server, app, webApps } = await serve({ retryAfterSeconds: 17 })
  server.failNext('WebApps_Stop', 'throttled')
  let retryAfter: string | undefined
  const onResponse = ({ headers }: { headers: { get(name: string): string | undefined } }) => {
    retryAfter = headers.get('retry-after')
  }

  const thrown = await failure(webApps.stop('local', 'orders', { onResponse }))

  expect(thrown).toMatchObject({ statusCode: 429, code: 'TooManyRequests' })
  expect([retryAfter, app.calls]).toEqual(['17', []])
})

test('a fault meets one request of that operation, and the next is well', async () => {
  const { server, app, webApps } = await serve()
  server.failNext('WebApps_Stop', 'unavailable')

  await webApps.start('local', 'orders')
  const thrown = await failure(webApps.stop('local', 'orders'))
  await webApps.stop('local', 'orders')

  expect(thrown).toMatchObject({ statusCode: 503, code: 'ServerBusy' })
  expect(app.calls).toEqual(['start', 'stop'])
})

test('the official client, left alone, comes again after Retry-After', async () => {
  const { server, app } = await serve()
  const { webApps } = clientOf(server, { retryOptions: {} })
  server.failNext('*', 'throttled')
  server.failNext('*', 'unavailable')

  await webApps.stop('local', 'orders')

  expect(app.calls).toEqual(['stop'])
  expect(server.requests.map(({ status }) => status)).toEqual([429, 503, 200])
})

test('an error without a body makes the official client forget the status', async () => {
  const { server, app, webApps } = await serve()
  server.failNext('WebApps_Start', 'empty-error')
  let status = 0
  const onResponse = (response: { status: number }) => void (status = response.status)

  const thrown = await failure(webApps.start('local', 'orders', { onResponse }))

  expect(thrown).toMatchObject({ name: 'TypeError', statusCode: undefined })
  expect([status, app.calls]).toEqual([500, []])
})

test('a reply can be lost after everything was done', async () => {
  const { server, app, webApps } = await serve()
  server.failNext('WebApps_UpdateApplicationSettings', 'reply-lost')

  const thrown = await failure(webApps.updateApplicationSettings('local', 'orders', { properties: { A: '1' } }))

  expect(thrown).toMatchObject({ statusCode: undefined, code: 'ECONNRESET' })
  expect(app.appSettings()).toEqual({ A: '1' })
  expect(outcomes(server.requests)).toEqual([['WebApps_UpdateApplicationSettings', 'reply-lost', undefined]])
})

test('what is done can be refused nevertheless', async () => {
  const { server, app, webApps } = await serve()
  server.failNext('WebApps_Stop', 'refused-though-done')

  const thrown = await failure(webApps.stop('local', 'orders'))

  expect(thrown).toMatchObject({ statusCode: 409, code: 'Conflict' })
  expect(app.calls).toEqual(['stop'])
})

test('a late request is done when its caller has long given up', async () => {
  const clock = manualClock()
  const { server, app, webApps } = await serve({ clock })
  server.failNext('WebApps_Stop', 'late')

  const thrown = await failure(webApps.stop('local', 'orders'))
  await clock.advance(39_999)
  const before = [...app.calls]
  await clock.advance(1)
  await expect.poll(() => app.calls).toEqual(['stop'])

  expect([thrown['code'], before]).toEqual(['ECONNRESET', []])
})

test('a slow answer comes slowMs after it was done', async () => {
  const clock = manualClock()
  const { server, app, webApps } = await serve({ clock, faults: { slowMs: 5_000 } })
  server.failNext('WebApps_Stop', 'slow')

  let answered = false
  const stopping = webApps.stop('local', 'orders').then(() => (answered = true))
  await expect.poll(() => clock.sleeping).toBe(1)
  const before = [answered, ...app.calls]
  await clock.advance(5_000)
  await stopping

  expect([before, answered]).toEqual([[false, 'stop'], true])
})

test('any refusal can be arranged', async () => {
  const { server, app, webApps } = await serve()
  const message = 'Cannot modify this site because another operation is in progress.'
  server.failNext('WebApps_Stop', { status: 409, code: 'Conflict', message, retryAfterSeconds: 3 })
  server.failNext('WebApps_Start', { status: 403 })

  expect(await failure(webApps.stop('local', 'orders'))).toMatchObject({ statusCode: 409, code: 'Conflict', message })
  expect(await failure(webApps.start('local', 'orders'))).toMatchObject({ name: 'TypeError' })
  expect(server.requests.map(({ fault }) => fault)).toEqual(['refused with 409', 'refused with 403'])
  expect(app.calls).toEqual([])
})

test('a fault for an operation that nobody has is refused, and the known ones are named', async () => {
  const { server } = await serve()

  expect(() => server.failNext('WebApps_Strat', 'slow')).toThrow(
    expect.objectContaining({
      code: 'LOCAL_AZURE_OPERATION_UNKNOWN',
      message: 'no provider has the operation "WebApps_Strat"',
      next: expect.stringContaining('WebApps_Start'),
    }),
  )
})

for (const status of [200, 399, 600, 404.5, Number.NaN]) {
  test(`a refusal with ${status} is refused`, async () => {
    const { server } = await serve()

    expect(() => server.failNext('*', { status })).toThrow(
      expect.objectContaining({ code: 'LOCAL_AZURE_OPTION_INVALID' }),
    )
  })
}

const faultsOf = async (seed: number, faults: FaultOptions, order: 'in turn' | 'at once') => {
  const { server, webApps } = await serve({ seed, faults })
  const ask = (): Promise<unknown>[] => [
    webApps.get('local', 'orders').catch(() => {}),
    webApps.getFunction('local', 'orders', 'queue').catch(() => {}),
  ]
  for (let i = 0; i < 10; i++) {
    if (order === 'at once') await Promise.all(ask())
    else for (const one of [0, 1]) await ask()[one]
  }
  const by = (operation: string) =>
    server.requests.filter((request) => request.operation === operation).map(({ fault }) => fault)
  return { get: by('WebApps_Get'), getFunction: by('WebApps_GetFunction') }
}

const quick = { rate: 0.5, kinds: ['throttled', 'empty-error', 'reply-lost'] } as const

test('one seed gives one run, and another seed another', async () => {
  const [first, again, other] = [
    await faultsOf(1, quick, 'at once'),
    await faultsOf(1, quick, 'at once'),
    await faultsOf(2, quick, 'at once'),
  ]

  expect(again).toEqual(first)
  expect(other).not.toEqual(first)
  expect(new Set(first.get)).toContain(undefined)
  expect(new Set([...first.get, ...first.getFunction]).size).toBe(4)
})

test('without a rate nothing fails, and with 1 everything does', async () => {
  const kinds = ['throttled'] as const

  expect(new Set((await faultsOf(3, { kinds }, 'at once')).get)).toEqual(new Set([undefined]))
  expect(new Set((await faultsOf(3, { kinds, rate: 1 }, 'at once')).get)).toEqual(new Set(['throttled']))
})

test('whatever was refused has done nothing, and whatever was answered is done', async () => {
  const kinds = everyFaultKind.filter((kind) => kind !== 'slow' && kind !== 'late')
  const property = fc.asyncProperty(fc.integer({ min: 1 }), async (seed) => {
    const { server, app, webApps } = await serve({ seed, faults: { rate: 0.7, kinds } })

    for (let i = 0; i < 8; i++) await webApps.stop('local', 'orders').catch(() => {})

    const done = server.requests.filter(
      ({ status, fault }) => status === 200 || fault === 'reply-lost' || status === 409,
    )
    expect(app.calls).toHaveLength(done.length)
  })
  await fc.assert(property, { numRuns: 20 })
})

test('a fault that there is not is refused, and not armed', async () => {
  const { server, webApps } = await serve()

  expect(() => server.failNext('WebApps_Get', 'throttle' as never)).toThrow(
    expect.objectContaining({
      code: 'LOCAL_AZURE_OPTION_INVALID',
      message: expect.stringMatching(/^fault is "throttle"; wanted one of throttled, /),
    }),
  )
  await webApps.get('local', 'orders')

  expect(outcomes(server.requests)).toEqual([['WebApps_Get', undefined, 200]])
})
