import {
  dnsZones,
  type LocalAzure,
  localAzure,
  type TrafficManagerProfileMachine,
  trafficManagerProfiles,
} from '@cutover/local-azure'
import { afterEach, expect, test } from 'vitest'

import { send } from './serve.ts'

const opened: LocalAzure[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

/** A profile with one endpoint that notes what it is told. */
function orders(name = 'orders') {
  const calls: unknown[] = []
  const endpoint = { name: 'aws', type: 'Microsoft.Network/trafficManagerProfiles/externalEndpoints', weight: 5 }
  const machine: TrafficManagerProfileMachine = {
    name,
    profile: () => ({ profileStatus: 'Enabled', dnsConfig: { relativeName: name, ttl: 60 }, endpoints: [endpoint] }),
    updateProfile: (change) => void calls.push(change),
    endpoint(type, asked) {
      if (type === 'ExternalEndpoints' && asked === 'aws') return endpoint
      throw Object.assign(new Error('There is none.'), { statusCode: 404, code: 'NotFound' })
    },
    updateEndpoint: (type, asked, change) => void calls.push([type, asked, change]),
  }
  return { machine, calls }
}

async function serve() {
  const made = orders()
  const server = await localAzure({ providers: [trafficManagerProfiles([made.machine])] })
  opened.push(server)
  const ask = (method: string, rest = '', body?: unknown, profile = 'orders') =>
    send(
      server,
      method,
      `/subscriptions/${server.subscriptionId}/resourceGroups/local/providers/Microsoft.Network/trafficmanagerprofiles/${profile}${rest}?api-version=2022-04-01`,
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
    )
  return { ...made, server, ask }
}

test('a profile has its endpoints as resources of their own', async () => {
  const { ask } = await serve()

  expect(await ask('GET')).toMatchObject({
    status: 200,
    body: {
      name: 'orders',
      type: 'Microsoft.Network/trafficManagerProfiles',
      location: 'global',
      properties: {
        dnsConfig: { ttl: 60 },
        endpoints: [
          {
            id: expect.stringMatching(/\/trafficManagerProfiles\/orders\/externalEndpoints\/aws$/),
            name: 'aws',
            properties: { weight: 5 },
          },
        ],
      },
    },
  })
  expect(await ask('GET', '/externalendpoints/aws')).toMatchObject({ status: 200, body: { name: 'aws' } })
})

test('a PATCH reaches the machine with what was given alone', async () => {
  const { ask, calls } = await serve()

  await ask('PATCH', '', { properties: { dnsConfig: { ttl: 20 } } })
  await ask('PATCH', '/ExternalEndpoints/aws', { properties: { weight: 7 } })

  expect(calls).toEqual([{ dnsConfig: { ttl: 20 } }, ['ExternalEndpoints', 'aws', { weight: 7 }]])
})

test('what is not there is 404, and what this does not do is 501', async () => {
  const { ask, calls } = await serve()

  expect(await ask('GET', '', undefined, 'other')).toMatchObject({
    status: 404,
    body: { error: { code: 'ResourceNotFound' } },
  })
  expect(await ask('GET', '/AzureEndpoints/aws')).toMatchObject({ status: 404, body: { error: { code: 'NotFound' } } })
  expect(await ask('PUT', '', { properties: {} })).toMatchObject({ status: 501 })
  expect(await ask('DELETE', '/ExternalEndpoints/aws')).toMatchObject({ status: 501 })
  expect(calls).toEqual([])
})

test.each([
  ['', { properties: [] }],
  ['/OtherEndpoints/aws', { properties: { weight: 1 } }],
  ['/ExternalEndpoints/aws', { weight: 1 }],
])('a PATCH of "%s" with %o is refused, and reaches nobody', async (rest, body) => {
  const { ask, calls } = await serve()

  expect(await ask('PATCH', rest, body)).toMatchObject({ status: 400, body: { error: { code: 'BadRequest' } } })
  expect(calls).toEqual([])
})

test('two machines of one name are refused', () => {
  expect(() => trafficManagerProfiles([orders().machine, orders('Orders').machine])).toThrow(/one machine of each name/)
})

test('zones and profiles stand in one namespace', async () => {
  const server = await localAzure({ providers: [dnsZones([]), trafficManagerProfiles([orders().machine])] })
  opened.push(server)
  const path = `/subscriptions/${server.subscriptionId}/resourceGroups/local/providers/Microsoft.Network`

  expect(await send(server, 'GET', `${path}/trafficmanagerprofiles/orders?api-version=2022-04-01`)).toMatchObject({
    status: 200,
  })
  expect(await send(server, 'GET', `${path}/dnsZones/example.com?api-version=2018-05-01`)).toMatchObject({
    status: 404,
  })
})
