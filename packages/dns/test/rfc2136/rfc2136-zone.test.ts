import { inspect } from 'node:util'

import { apply, type DnsZone, dnsRecord, lowerTtl, type RecordSet, systemClock } from '@cutover/dns'
import { rfc2136Zone, type Rfc2136ZoneOptions } from '@cutover/dns/rfc2136'
import { type DnsServer, dnsServer } from '@cutover/dns/testing'
import { afterEach, expect, test } from 'vitest'

import { query, rr, update } from '../dns-server-client.ts'

const key = { name: 'cutover-key', secret: 'Zm9yIHRlc3RzIG9ubHksIGFuZCBpbiB0aGUgb3BlbiE=' } as const
const api: RecordSet = { name: 'api.example.com', type: 'CNAME', ttlSeconds: 300, values: ['source.example.net'] }
const moved: RecordSet = { ...api, ttlSeconds: 30, values: ['target.example.net'] }

const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]()
})

async function serve(
  records: readonly RecordSet[] = [api],
  log?: (line: string) => void,
): Promise<{ server: DnsServer; zone: DnsZone; connect: (options?: Partial<Rfc2136ZoneOptions>) => DnsZone }> {
  const server = await dnsServer({ zones: [{ name: 'example.com', records }], keys: [key], log })
  opened.push(server)
  const connect = (options: Partial<Rfc2136ZoneOptions> = {}): DnsZone =>
    rfc2136Zone({ server: server.address, port: server.port, zone: 'example.com', key, ...options })
  return { server, zone: connect(), connect }
}

const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'it did not reject',
    (error: unknown) => error,
  )

test('value, TTL and SOA are of one state of the zone', async () => {
  let edits = 0
  const { server, zone } = await serve([api], (line) => {
    // The answer to this query is already made: what follows it is another state.
    if (line.startsWith('query api.example.com') && edits++ === 0) server.edit('example.com', api.name, 'CNAME', moved)
  })

  const found = await zone.find(api.name, 'CNAME')

  expect(found?.set).toEqual(moved)
  expect(found?.token).toMatchObject({ serial: server.serial('example.com') })
})

test('a zone that changes under every read is not read wrongly, but told', async () => {
  const { server, zone } = await serve([api], (line) => {
    if (!line.startsWith('query api.example.com')) return
    server.edit('example.com', 'other.example.com', 'A', { ttlSeconds: 1, values: ['192.0.2.1'] })
  })

  expect(await rejection(zone.find(api.name, 'CNAME'))).toMatchObject({ code: 'DNS_UNAVAILABLE', retryable: true })
})

test('a CNAME is not the address that stands behind it', async () => {
  const address: RecordSet = { name: 'lb.example.com', type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] }
  const { zone } = await serve([{ ...api, values: ['lb.example.com'] }, address])

  expect(await zone.find(api.name, 'A')).toBeUndefined()
  expect(await zone.find(api.name, 'CNAME')).toMatchObject({ set: { values: ['lb.example.com'] } })
})

test('an edit elsewhere in the zone is in nobody’s way, also if the token is old', async () => {
  const { server, zone } = await serve()
  const found = await zone.find(api.name, 'CNAME')
  server.edit('example.com', 'other.example.com', 'A', { ttlSeconds: 1, values: ['192.0.2.1'] })

  await zone.replace(found, moved)

  expect(server.records('example.com')).toContainEqual(moved)
})

test('a zone that changes before every write is not written, and may be tried again', async () => {
  const updates: string[] = []
  const { server, zone } = await serve([api], (line) => void (line.startsWith('update') && updates.push(line)))
  const found = await zone.find(api.name, 'CNAME')
  let ttlSeconds = 0
  const fence = (): void => {
    server.edit('example.com', 'other.example.com', 'A', { ttlSeconds: ++ttlSeconds, values: ['192.0.2.1'] })
  }

  const error = await rejection(zone.replace(found, moved, { fence }))

  expect(error).toMatchObject({ code: 'DNS_CONFLICT', retryable: true })
  expect(updates).toHaveLength(5)
  expect(server.records('example.com')).toContainEqual(api)
})

test('an edit of the TTL alone, between two attempts, is not overwritten', async () => {
  const { server, zone } = await serve()
  const found = await zone.find(api.name, 'CNAME')
  const fence = (): void => server.edit('example.com', api.name, 'CNAME', { ...api, ttlSeconds: 60 })

  const error = await rejection(zone.replace(found, moved, { fence }))

  expect(error).toMatchObject({ code: 'DNS_CONFLICT', retryable: false })
  expect(server.records('example.com')).toEqual([{ ...api, ttlSeconds: 60 }])
})

test('a TXT that somebody has cut into other strings is not overwritten', async () => {
  const text: RecordSet = { name: 'text.example.com', type: 'TXT', ttlSeconds: 60, values: ['abcd'] }
  const { server, zone } = await serve([text])
  const found = await zone.find(text.name, 'TXT')
  const cut = rr(text.name, 'TXT', 'IN', Buffer.from('\u0002ab\u0002cd'), 60)
  await update(server, key, [], [rr(text.name, 'TXT', 'ANY'), cut])

  const error = await rejection(zone.replace(found, { ...text, ttlSeconds: 30 }))

  expect(error).toMatchObject({ code: 'DNS_CONFLICT' })
  expect(server.records('example.com')).toEqual([text])
})

const cutText = async (server: DnsServer, ...strings: string[]): Promise<void> => {
  const rdata = Buffer.from(strings.map((each) => String.fromCharCode(each.length) + each).join(''), 'latin1')
  await update(server, key, [], [rr('text.example.com', 'TXT', 'ANY'), rr('text.example.com', 'TXT', 'IN', rdata, 60)])
}

test('the strings of a TXT come back as they were, from what a journal kept', async () => {
  const { server, zone } = await serve([])
  await cutText(server, 'ab', '', 'cd')
  const before = await zone.find('text.example.com', 'TXT')
  expect(before?.set).toMatchObject({ values: ['abcd'], spelling: expect.anything() as unknown })
  await zone.replace(before, undefined)

  await zone.replace(undefined, JSON.parse(JSON.stringify(before?.set)) as RecordSet)

  expect((await zone.find('text.example.com', 'TXT'))?.set).toEqual(before?.set)
  expect((await query(server, 'text.example.com', 'TXT')).answers[0]?.rdata).toEqual(Buffer.from('\u0002ab\0\u0002cd'))
})

test('a spelling that says something else than the values does not count', async () => {
  const { server, zone } = await serve([])
  await cutText(server, 'ab', 'cd')
  const found = await zone.find('text.example.com', 'TXT')

  await zone.replace(found, { ...(found?.set as RecordSet), values: ['other'] })

  expect((await zone.find('text.example.com', 'TXT'))?.set).toEqual({
    name: 'text.example.com',
    type: 'TXT',
    ttlSeconds: 60,
    values: ['other'],
  })
})

test('a delegation and the addresses of its servers are found and changed, though the server refers to it', async () => {
  const ns: RecordSet = { name: 'sub.example.com', type: 'NS', ttlSeconds: 60, values: ['ns1.sub.example.com'] }
  const glue: RecordSet = { name: 'ns1.sub.example.com', type: 'A', ttlSeconds: 60, values: ['192.0.2.53'] }
  const { zone } = await serve([ns, glue])

  await zone.replace(await zone.find(ns.name, 'NS'), { ...ns, ttlSeconds: 30 })
  await zone.replace(await zone.find(glue.name, 'A'), { ...glue, values: ['192.0.2.54'] })

  expect((await zone.find(ns.name, 'NS'))?.set).toEqual({ ...ns, ttlSeconds: 30 })
  expect((await zone.find(glue.name, 'A'))?.set).toEqual({ ...glue, values: ['192.0.2.54'] })
  expect(await zone.find(glue.name, 'AAAA')).toBeUndefined()
  expect(await rejection(zone.find('www.sub.example.com', 'A'))).toMatchObject({ code: 'DNS_UNAVAILABLE' })
})

test('without a token, or with that of another record set, what is there now is compared', async () => {
  const { server, zone } = await serve()
  const found = await zone.find(api.name, 'CNAME')
  const wrong = { ...api, values: ['theirs.example.net'] }

  for (const token of [undefined, 'etag', { soa: 'AAAA', rdata: ['AAAA'], ttlSeconds: 300 }, found?.token]) {
    expect(await rejection(zone.replace({ set: wrong, token }, moved))).toMatchObject({ code: 'DNS_CONFLICT' })
  }
  const otherTtl = { set: { ...api, ttlSeconds: 60 }, token: found?.token }
  expect(await rejection(zone.replace(otherTtl, moved))).toMatchObject({ code: 'DNS_CONFLICT' })
  await zone.replace({ set: api }, moved)

  expect(server.records('example.com')).toEqual([moved])
})

test('a lost reply is neither sent again nor taken for a refusal', async () => {
  const updates: string[] = []
  const { server, connect } = await serve([api], (line) => void (line.startsWith('update') && updates.push(line)))
  const zone = connect({ timeoutMs: 200 })
  const found = await zone.find(api.name, 'CNAME')
  server.dropNextReply()

  const error = await rejection(zone.replace(found, moved))

  expect(error).toMatchObject({ code: 'DNS_UNAVAILABLE', retryable: true })
  expect(updates).toHaveLength(1)
  expect(server.records('example.com')).toEqual([moved])
})

test('a change whose reply is lost is found to be applied', async () => {
  const { server, connect } = await serve()
  server.dropNextReply()

  const zone = connect({ lateMs: 50, timeoutMs: 200 })
  const { revert } = await apply(
    lowerTtl(dnsRecord(zone, api.name, 'CNAME'), { ttlSeconds: 30, until: 'authoritative' }),
  )

  expect(server.records('example.com')).toEqual([{ ...api, ttlSeconds: 30 }])
  await revert()
  expect(server.records('example.com')).toEqual([api])
})

test('the fence is asked in the turn of each write, and of no read', async () => {
  const { server, zone } = await serve()
  const calls: string[] = []
  const found = await zone.find(api.name, 'CNAME')
  server.edit('example.com', 'other.example.com', 'A', { ttlSeconds: 1, values: ['192.0.2.1'] })

  await zone.replace(found, moved, { fence: () => void calls.push('fence') })

  expect(calls).toEqual(['fence', 'fence'])
})

test('what BIND would ignore silently is refused before anything is lost', async () => {
  const a: RecordSet = { name: 'www.example.com', type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] }
  const aaaa: RecordSet = { ...a, type: 'AAAA', values: ['2001:db8::1'] }
  const { server, zone } = await serve([api, a, aaaa])
  const before = server.records('example.com')

  const errors = [
    await rejection(zone.replace(await zone.find(a.name, 'A'), { ...moved, name: a.name })),
    await rejection(zone.replace(undefined, { ...moved, name: a.name })),
    await rejection(zone.replace(undefined, { ...a, name: api.name })),
  ]

  for (const error of errors) expect(error).toMatchObject({ code: 'DNS_CHANGE_REJECTED' })
  expect(server.records('example.com')).toEqual(before)
})

test('one type becomes another in one update', async () => {
  const a: RecordSet = { name: 'www.example.com', type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] }
  const { server, zone } = await serve([a])
  const next: RecordSet = { ...moved, name: a.name }
  const serial = server.serial('example.com')

  const receipt = await zone.replace(await zone.find(a.name, 'A'), next)

  expect(server.records('example.com')).toEqual([next])
  expect(receipt).toMatchObject({ serial: serial + 1, records: [{ set: next }, { name: a.name, type: 'A' }] })
})

test('a name that only a wildcard answers for is not replaced, and the error says why', async () => {
  const { zone } = await serve([{ ...api, name: '*.wild.example.com' }])
  const found = await zone.find('api.wild.example.com', 'CNAME')

  const error = await rejection(zone.replace(found, { ...moved, name: 'api.wild.example.com' }))

  expect(error).toMatchObject({ code: 'DNS_CONFLICT', message: expect.stringContaining('wildcard') as unknown })
})

test('what does not fit into one message is refused before it is sent', async () => {
  const { server, zone } = await serve([])
  const values = Array.from({ length: 300 }, (_, i) => `${i} `.padEnd(250, 'x'))

  const error = await rejection(
    zone.replace(undefined, { name: 'big.example.com', type: 'TXT', ttlSeconds: 1, values }),
  )

  expect(error).toMatchObject({ code: 'DNS_CHANGE_REJECTED', message: expect.stringContaining('65535') as unknown })
  expect(server.serial('example.com')).toBe(1)
})

test('a record that is none is refused before it is sent, in the words of the port', async () => {
  const { server, zone } = await serve()

  for (const set of [
    { ...moved, name: 'api.example.org' },
    { ...moved, ttlSeconds: -1 },
    { ...moved, values: ['one.example.net', 'two.example.net'] },
    { ...moved, name: 'example.com' },
  ]) {
    expect(await rejection(zone.replace(undefined, set))).toMatchObject({ code: 'DNS_CHANGE_REJECTED' })
  }
  expect(await rejection(zone.replace(undefined, undefined))).toMatchObject({ code: 'DNS_CHANGE_REJECTED' })
  expect(server.serial('example.com')).toBe(1)
})

test('a server that is not there is unavailable', async () => {
  const { server, zone } = await serve()
  await server.close()

  expect(await rejection(zone.find(api.name, 'CNAME'))).toMatchObject({ code: 'DNS_UNAVAILABLE', retryable: true })
})

test('an abort in the middle rejects with its own reason, at once', async () => {
  const { server, connect } = await serve()
  const stop = new AbortController()
  const reason = new Error('stopped')
  server.dropNextReply('query')

  const found = rejection(connect({ timeoutMs: 60_000 }).find(api.name, 'CNAME', { signal: stop.signal }))
  setTimeout(() => stop.abort(reason), 20)

  expect(await found).toBe(reason)
})

test('waits until every server listed serves the write', async () => {
  const { server, connect } = await serve()
  const secondary = await dnsServer({ secondaryOf: server, delayMs: 150 })
  opened.push(secondary)
  const zone = connect({ servers: [server, secondary].map(({ address, port }) => ({ server: address, port })) })
  const since = systemClock.now()
  const receipt = await zone.replace(await zone.find(api.name, 'CNAME'), moved)
  expect(secondary.records('example.com')).toEqual([api])

  await zone.waitUntilServed(JSON.parse(JSON.stringify(receipt)), { since, clock: systemClock })

  expect(secondary.records('example.com')).toEqual([moved])
})

test('without a receipt it waits until every server has what the primary has now', async () => {
  const { server, connect } = await serve()
  const secondary = await dnsServer({ secondaryOf: server, delayMs: 150 })
  opened.push(secondary)
  const zone = connect({ servers: [secondary].map(({ address, port }) => ({ server: address, port })) })
  server.edit('example.com', api.name, 'CNAME', moved)

  await zone.waitUntilServed(undefined, { since: systemClock.now(), clock: systemClock })

  expect(secondary.records('example.com')).toEqual([moved])
})

test('does not wait for a write that somebody has changed since', async () => {
  const { server, zone } = await serve()
  const since = systemClock.now()
  const receipt = await zone.replace(await zone.find(api.name, 'CNAME'), moved)
  server.edit('example.com', api.name, 'CNAME', { ...api, values: ['theirs.example.net'] })

  await zone.waitUntilServed(receipt, { since, clock: systemClock })
})

test('waiting for a server that is down ends with an abort, and its reason', async () => {
  const { server, connect } = await serve()
  const secondary = await dnsServer({ secondaryOf: server })
  const zone = connect({ servers: [{ server: secondary.address, port: secondary.port }] })
  await secondary.close()
  const stop = new AbortController()
  const reason = new Error('stopped')

  const { signal } = stop
  const waited = rejection(zone.waitUntilServed(undefined, { since: 0, clock: systemClock, signal }))
  setTimeout(() => stop.abort(reason), 50)

  expect(await waited).toBe(reason)
})

test('shows its secret nowhere', async () => {
  const { connect } = await serve()
  const zone = connect({ key: { ...key, secret: 'b3RoZXIgc2VjcmV0' } })
  const errors = [
    await rejection(zone.find(api.name, 'CNAME')),
    await rejection(zone.replace(undefined, { ...moved, name: 'new.example.com' })),
  ]

  for (const thing of [zone, ...errors]) {
    expect(
      [inspect(thing, { depth: 9, showHidden: true }), JSON.stringify(thing), String(thing)].join('\n'),
    ).not.toMatch(/b3RoZXIgc2VjcmV0|other secret|6f7468657220736563726574/)
  }
  for (const error of errors) expect(error).toMatchObject({ code: 'DNS_NOT_AUTHORIZED' })
})

for (const [field, options] of [
  ['server', { server: '' }],
  ['port', { port: 0 }],
  ['port', { port: 65_536 }],
  ['zone', { zone: 'a..b' }],
  ['zone', { zone: '' }],
  ['timeoutMs', { timeoutMs: 0 }],
  ['fudgeSeconds', { fudgeSeconds: 1.5 }],
  ['lateMs', { lateMs: -1 }],
  ['propagationMs', { propagationMs: Number.NaN }],
  ['servers', { servers: [] }],
  ['key', { key: undefined as unknown as Rfc2136ZoneOptions['key'] }],
  ['port in port', { server: '127.0.0.1:53' }],
  ['port in port', { server: 'ns1.example.com:53' }],
  ['port in port', { server: '[::1]:53' }],
  ['without brackets', { server: '[::1]' }],
  ['servers[1].server is "192.0.2.2:53"', { servers: [{ server: '192.0.2.1' }, { server: '192.0.2.2:53' }] }],
  ['servers[0] is "192.0.2.1"; wanted { server, port }', { servers: ['192.0.2.1'] as unknown as [] }],
  ['servers is "192.0.2.1"; wanted a list', { servers: '192.0.2.1' as unknown as [] }],
  ['server, port', { servers: [{ server: '192.0.2.1', address: '192.0.2.1' } as { server: string }] }],
  ['key, ', { keys: [key] } as object],
  ['name, algorithm, secret', { key: { ...key, algorithms: 'hmac-sha512' } as typeof key }],
] as const) {
  test(`${field} ${JSON.stringify(options)} is refused before anything is sent`, () => {
    expect(() => rfc2136Zone({ server: '127.0.0.1', zone: 'example.com', key, ...options })).toThrow(
      expect.objectContaining({
        code: 'DNS_OPTION_INVALID',
        message: expect.stringContaining(field) as unknown,
      }) as Error,
    )
  })
}
