import { localAzure, type Provider, sites } from '@cutover/local-azure'
import { describe, expect, test } from 'vitest'

import { orders } from './orders.ts'
import { descriptions, send, siteUrl } from './serve.ts'

/** A server whose provider is wrong in one answer. */
async function serveWrong(id: string, body: unknown, status = 200) {
  const right = sites([orders()])
  const operations = right.operations.map((operation) =>
    operation.id === id ? { ...operation, handle: () => ({ status, body }) } : operation,
  )
  const provider: Provider = { ...right, operations }
  return localAzure({ providers: [provider], descriptions })
}

const put = (body: unknown) => ({ body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })

describe.skipIf(!descriptions)('planted errors', () => {
  for (const [what, id, method, rest, body] of [
    [
      'a number among settings',
      'WebApps_ListApplicationSettings',
      'POST',
      '/config/appsettings/list',
      { properties: { A: 1 } },
    ],
    ['a property too many', 'WebApps_Get', 'GET', '', { location: 'westeurope', colour: 'blue' }],
    ['a text for a boolean', 'WebApps_GetFunction', 'GET', '/functions/queue', { properties: { isDisabled: 'no' } }],
    [
      'an unknown state of availability',
      'WebApps_Get',
      'GET',
      '',
      { location: 'westeurope', properties: { availabilityState: 'Fine' } },
    ],
    ['a list that is none', 'WebApps_ListFunctions', 'GET', '/functions', { value: {} }],
  ] as const) {
    test(`${what} in an answer is found`, async () => {
      await using server = await serveWrong(id, body)

      const answer = await send(server, method, siteUrl(server, rest))

      expect(answer).toMatchObject({ status: 500, body: { error: { code: 'LocalAzureAnswerInvalid' } } })
      expect(server.complaints).toMatchObject([{ operation: id, about: 'answer' }])
    })
  }

  test('a status that is not described is found', async () => {
    await using server = await serveWrong('WebApps_Start', undefined, 202)

    await send(server, 'POST', siteUrl(server, '/start'))

    expect(server.complaints).toMatchObject([{ operation: 'WebApps_Start', about: 'answer' }])
  })

  test('a number among the settings of a request is refused before anything is done, and not repeated', async () => {
    const app = orders()
    await using server = await localAzure({ providers: [sites([app])], descriptions })

    const answer = await send(server, 'PUT', siteUrl(server, '/config/appsettings'), put({ properties: { A: 4711 } }))

    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InvalidRequestContent' } } })
    expect(JSON.stringify(answer.body)).not.toContain('4711')
    expect(server.complaints).toEqual([
      { operation: 'WebApps_UpdateApplicationSettings', about: 'request', text: 'INVALID_TYPE at /properties/A' },
    ])
    expect(app.calls).toEqual([])
  })
})

test('a validator that breaks is an internal error', async () => {
  const broken = { request: () => Promise.reject(new Error('out of order')), answer: () => Promise.resolve([]) }
  await using server = await localAzure({ providers: [sites([orders()])], descriptions: broken })

  expect(await send(server, 'GET', siteUrl(server))).toMatchObject({
    status: 500,
    body: { error: { message: 'out of order' } },
  })
})
