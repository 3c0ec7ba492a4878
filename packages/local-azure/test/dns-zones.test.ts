import { type DnsRecordSet, type DnsZoneMachine, dnsZones, type LocalAzure, localAzure } from '@cutover/local-azure'
import { afterEach, expect, test } from 'vitest'

import { send } from './serve.ts'

const opened: LocalAzure[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

const refusal = (statusCode: number, code: string, message: string): Error =>
  Object.assign(new Error(message), { statusCode, code })

/** A zone that keeps what it is given, and notes the conditions. */
function zone(name = 'example.com') {
  const sets = new Map<string, DnsRecordSet>()
  const calls: unknown[] = []
  const machine: DnsZoneMachine = {
    name,
    nameServers: ['ns1-07.azure-dns.com.'],
    get(relative, type) {
      const found = sets.get(`${relative} ${type}`)
      if (found) return found
      throw refusal(404, 'NotFound', `The resource record '${relative}' does not exist.`)
    },
    put(relative, type, set, conditions) {
      calls.push(conditions)
      if (conditions.ifMatch === 'stale') throw refusal(412, 'PreconditionFailed', 'It is another by now.')
      if (conditions.ifMatch === 'often') throw refusal(429, 'Throttled', 'Too many operations are requested.')
      const isNew = !sets.has(`${relative} ${type}`)
      const kept = {
        ...set,
        name: relative,
        type: `Microsoft.Network/dnszones/${type}`,
        etag: 'e1',
        fqdn: `${relative}.${name}.`,
      }
      sets.set(`${relative} ${type}`, kept)
      return { set: kept, isNew }
    },
    delete(relative, type, conditions) {
      calls.push(conditions)
      return sets.delete(`${relative} ${type}`)
    },
    list: () => [...sets.values()],
  }
  return { machine, calls, sets }
}

async function serve(options: { readonly pageSize?: number } = {}) {
  const made = zone()
  const server = await localAzure({ providers: [dnsZones({ machines: [made.machine], ...options })] })
  opened.push(server)
  const path = (rest: string, name = 'example.com', group = 'local', query = '') =>
    `/subscriptions/${server.subscriptionId}/resourceGroups/${group}/providers/Microsoft.Network/dnsZones/${name}${rest}?api-version=2018-05-01${query}`
  const put = (rest: string, properties: unknown, headers: Record<string, string> = {}) =>
    send(server, 'PUT', path(rest), {
      body: JSON.stringify({ properties }),
      headers: { 'content-type': 'application/json', ...headers },
    })
  return { ...made, server, path, put }
}

test('a record set is spelled on the wire as the service does, and in the machine as the client does', async () => {
  const { sets, put, server, path } = await serve()
  const properties = {
    TTL: 60,
    metadata: { owner: 'us' },
    TXTRecords: [{ value: ['a', 'b'] }],
    AAAARecords: [],
    targetResource: { id: '/subscriptions/x' },
  }

  expect(await put('/TXT/x', properties)).toMatchObject({ status: 201 })
  expect(await put('/TXT/x', properties)).toMatchObject({
    status: 200,
    body: {
      id: expect.stringMatching(/\/dnszones\/example\.com\/TXT\/x$/),
      name: 'x',
      type: 'Microsoft.Network/dnszones/TXT',
      etag: 'e1',
      properties: { ...properties, fqdn: 'x.example.com.' },
    },
  })
  expect(sets.get('x TXT')).toMatchObject({
    ttl: 60,
    metadata: { owner: 'us' },
    txtRecords: [{ value: ['a', 'b'] }],
    aaaaRecords: [],
  })
  expect(await send(server, 'GET', path('/txt/x'))).toMatchObject({ status: 200, body: { properties } })
})

test('the SOA is spelled as the service does, there and back', async () => {
  const { sets, put } = await serve()

  const { body } = await put('/SOA/@', { TTL: 60, SOARecord: { host: 'ns1.example.net.', minimumTTL: 300 } })

  expect(sets.get('@ SOA')?.soaRecord).toEqual({ host: 'ns1.example.net.', minimumTtl: 300 })
  expect(body).toMatchObject({ properties: { SOARecord: { host: 'ns1.example.net.', minimumTTL: 300 } } })
})

test('conditions reach the machine, and a deletion says whether there was anything', async () => {
  const { calls, put, server, path } = await serve()

  await put('/A/x', { TTL: 60 }, { 'if-none-match': '*' })
  await put('/A/x', { TTL: 60 }, { 'if-match': 'e1' })
  const first = await send(server, 'DELETE', path('/A/x'), { headers: { 'if-match': 'e1' } })
  const second = await send(server, 'DELETE', path('/A/x'))

  expect(calls).toEqual([
    { ifMatch: undefined, ifNoneMatch: '*' },
    { ifMatch: 'e1', ifNoneMatch: undefined },
    { ifMatch: 'e1' },
    { ifMatch: undefined },
  ])
  expect([first.status, second.status]).toEqual([200, 204])
})

test("the service's own errors have their code at the top, and what is throttled is JSON in a text", async () => {
  const { put, server, path } = await serve()

  expect(await send(server, 'GET', path('/A/x'))).toMatchObject({ status: 404, body: { code: 'NotFound' } })
  expect(await put('/A/x', { TTL: 60 }, { 'if-match': 'stale' })).toMatchObject({
    status: 412,
    body: { code: 'PreconditionFailed', message: 'It is another by now.' },
  })
  const throttled = await put('/A/x', { TTL: 60 }, { 'if-match': 'often' })
  expect([throttled.status, throttled.headers.get('retry-after'), typeof throttled.body]).toEqual([429, '10', 'string'])
  expect(JSON.parse(throttled.body as string)).toMatchObject({ code: 'Throttled' })
})

test("Resource Manager's own errors have theirs in error: a zone or a group that is not there", async () => {
  const { server, path } = await serve()
  const json = { body: '{"properties":{"TTL":1}}', headers: { 'content-type': 'application/json' } }

  expect(await send(server, 'GET', path('/A/x', 'example.org'))).toMatchObject({
    status: 404,
    body: { error: { code: 'ResourceNotFound' } },
  })
  expect(await send(server, 'PUT', path('/A/x', 'example.org'), json)).toMatchObject({
    status: 404,
    body: { error: { code: 'ParentResourceNotFound' } },
  })
  expect(await send(server, 'GET', path('/A/x', 'example.com', 'other'))).toMatchObject({
    body: { error: { code: 'ResourceGroupNotFound' } },
  })
})

test.each([
  ['a type that there is not', '/HTTPS/x', { TTL: 60 }],
  ['a property that there is not', '/A/x', { TTL: 60, Colour: 'blue' }],
  ['properties that are none', '/A/x', []],
])('%s is refused, and nothing is written', async (_what, rest, properties) => {
  const { put, calls } = await serve()

  expect(await put(rest, properties)).toMatchObject({ status: 400, body: { code: 'BadRequest' } })
  expect(calls).toEqual([])
})

test('lists come page by page, of one type or of all, with a suffix', async () => {
  const { put, server, path } = await serve({ pageSize: 2 })
  for (const name of ['a', 'b.sub', 'c.sub']) await put(`/A/${name}`, { TTL: 60 })
  await put('/TXT/d', { TTL: 60 })
  const names = async (url: string): Promise<string[]> => {
    const { body } = await send(server, 'GET', url)
    const { value, nextLink } = body as { value: { name: string }[]; nextLink?: string }
    const rest = nextLink === undefined ? [] : await names(nextLink.slice('https://management.azure.com'.length))
    return [...value.map(({ name }) => name), ...rest]
  }

  expect(await names(path('/recordsets'))).toEqual(['a', 'b.sub', 'c.sub', 'd'])
  expect(await names(path('/all', 'example.com', 'local', '&$top=1'))).toEqual(['a', 'b.sub', 'c.sub', 'd'])
  expect(await names(path('/A'))).toEqual(['a', 'b.sub', 'c.sub'])
  expect(await names(path('/recordsets', 'example.com', 'local', '&$recordsetnamesuffix=sub&$top=1'))).toEqual([
    'b.sub',
    'c.sub',
  ])
  expect(await send(server, 'GET', path('/recordsets', 'example.com', 'local', '&$top=0'))).toMatchObject({
    status: 400,
  })
})

test('the zone says its name servers, and what is not there is 501', async () => {
  const { server, path } = await serve()

  expect(await send(server, 'GET', path(''))).toMatchObject({
    body: { name: 'example.com', properties: { nameServers: ['ns1-07.azure-dns.com.'], zoneType: 'Public' } },
  })
  const json = { body: '{}', headers: { 'content-type': 'application/json' } }
  expect(await send(server, 'PATCH', path('/A/x'), json)).toMatchObject({ status: 501 })
})

test('two machines of one name, and a page of nothing, are refused', () => {
  const { machine } = zone()

  expect(() => dnsZones([machine, zone('EXAMPLE.com').machine])).toThrow(/one machine of each name/)
  expect(() => dnsZones({ machines: [machine], pageSize: 0 })).toThrow(/pageSize is 0/)
})
