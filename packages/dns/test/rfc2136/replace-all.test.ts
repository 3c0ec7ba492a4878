import { type DnsZone, type Edit, type RecordSet, type RecordType } from '@cutover/dns'
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { type DnsServer, dnsServer } from '@cutover/dns/testing'
import { afterEach, expect, test } from 'vitest'

import { rejection } from '../example.ts'

const key = { name: 'cutover-key', secret: 'Zm9yIHRlc3RzIG9ubHksIGFuZCBpbiB0aGUgb3BlbiE=' } as const

const record = (name: string, type: RecordType, ...values: string[]): RecordSet => ({
  name: `${name}.example.com`,
  type,
  ttlSeconds: 300,
  values,
})
const [a, aaaa, cname] = [
  record('api', 'A', '192.0.2.1'),
  record('api', 'AAAA', '2001:db8::1'),
  record('api', 'CNAME', 'target.example.net'),
]

const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]()
})

async function serveWith(
  { timeoutMs, log }: { readonly timeoutMs?: number; readonly log?: (line: string) => unknown },
  ...records: RecordSet[]
): Promise<{ server: DnsServer; zone: DnsZone; updates: string[]; write(...edits: Edit[]): Promise<unknown> }> {
  const updates: string[] = []
  const logged = (line: string): void => {
    if (line.startsWith('update')) updates.push(line)
    log?.(line)
  }
  const server = await dnsServer({ zones: [{ name: 'example.com', records }], keys: [key], log: logged })
  opened.push(server)
  const zone = rfc2136Zone({ server: server.address, port: server.port, zone: 'example.com', key, timeoutMs })
  return { server, zone, updates, write: async (...edits) => zone.replaceAll?.(edits) }
}

const serve = (...records: RecordSet[]) => serveWith({}, ...records)

const remove = (set: RecordSet): Edit => ({ expected: { set }, next: undefined })
const create = (next: RecordSet): Edit => ({ expected: undefined, next })

test('a type gives way to another in one update, in whatever order', async () => {
  for (const order of [
    [remove(a), remove(aaaa), create(cname)],
    [create(cname), remove(aaaa), remove(a)],
    [{ expected: { set: a }, next: cname }, remove(aaaa)],
  ]) {
    const { server, updates, write } = await serve(a, aaaa)

    await write(...order)

    expect(server.records('example.com')).toEqual([cname])
    expect(updates).toHaveLength(1)
  }
})

test('a CNAME gives way to addresses in one update', async () => {
  const { server, updates, write } = await serve(cname)

  await write(create(a), create(aaaa), remove(cname))

  expect(server.records('example.com')).toEqual([a, aaaa])
  expect(updates).toHaveLength(1)
})

test('two records change places', async () => {
  const [one, two] = [record('one', 'A', '192.0.2.1'), record('two', 'A', '192.0.2.2')]
  const { server, write } = await serve(one, two)

  await write(
    { expected: { set: one }, next: { ...one, values: two.values } },
    { expected: { set: two }, next: { ...two, values: one.values } },
  )

  expect(server.records('example.com').map(({ values }) => values)).toEqual([['192.0.2.2'], ['192.0.2.1']])
})

test('the rest of the zone may change meanwhile: the update is made for its new state', async () => {
  const { server, zone, updates } = await serve(a, aaaa)
  const edits = [
    { expected: await zone.find(a.name, 'A'), next: undefined },
    { expected: await zone.find(a.name, 'AAAA'), next: cname },
  ]
  server.edit('example.com', 'other.example.com', 'A', { ttlSeconds: 1, values: ['192.0.2.1'] })

  await zone.replaceAll?.(edits)

  expect(updates).toHaveLength(2)
  expect(server.records('example.com')).toContainEqual(cname)
})

test('what was read in two states of the zone is read again in one', async () => {
  const { server, zone, updates } = await serve(a, aaaa)
  const first = await zone.find(a.name, 'A')
  server.edit('example.com', 'other.example.com', 'A', { ttlSeconds: 1, values: ['192.0.2.1'] })
  const second = await zone.find(a.name, 'AAAA')

  await zone.replaceAll?.([first, second].map((expected) => ({ expected, next: undefined })))

  expect(updates).toHaveLength(1)
  expect(server.records('example.com').map(({ name }) => name)).toEqual(['other.example.com'])
})

for (const [what, edit] of [
  ['value', { ttlSeconds: 300, values: ['2001:db8::9'] }],
  ['TTL alone', { ttlSeconds: 60, values: aaaa.values }],
  ['deletion', undefined],
] as const) {
  test(`somebody else’s edit of one of them (${what}) stops all of them`, async () => {
    const { server, zone } = await serve(a, aaaa)
    const edits = [
      { expected: await zone.find(a.name, 'A'), next: undefined },
      { expected: await zone.find(a.name, 'AAAA'), next: cname },
    ]
    const fence = (): void => server.edit('example.com', aaaa.name, 'AAAA', edit)

    const error = await rejection(zone.replaceAll?.(edits, { fence }) ?? Promise.resolve())

    expect(error).toMatchObject({ code: 'DNS_CONFLICT', message: expect.stringContaining('AAAA') as unknown })
    expect(server.records('example.com')).toContainEqual(a)
    expect(server.records('example.com')).not.toContainEqual(cname)
  })
}

test('a lost reply is neither sent again nor taken for a refusal', async () => {
  const { server, updates, write } = await serveWith({ timeoutMs: 100 }, a)
  server.dropNextReply()

  expect(await rejection(write(remove(a), create(cname)))).toMatchObject({ code: 'DNS_UNAVAILABLE', retryable: true })
  expect(updates).toHaveLength(1)
  expect(server.records('example.com')).toEqual([cname])
})

for (const [what, edits, says] of [
  ['a CNAME beside another type', [create(cname), create(a)], 'CNAME beside other types'],
  ['one record written twice', [create(a), create({ ...a, ttlSeconds: 60 })], 'two edits'],
  ['one record expected twice', [remove(a), { expected: { set: a }, next: cname }], 'two edits'],
  ['an edit of nothing', [{ expected: undefined, next: undefined }], 'neither'],
  [
    'an alias',
    [{ expected: undefined, next: { kind: 'alias', name: 'b.example.com', type: 'A', alias: { target: 'c.net' } } }],
    'no such records',
  ],
  [
    'an SOA',
    [
      {
        expected: undefined,
        next: { kind: 'opaque', name: 'example.com', type: 'SOA', what: '', extra: { rdata: ['AA=='] } },
      },
    ],
    'makes SOA records itself',
  ],
  [
    'a signature',
    [
      {
        expected: undefined,
        next: { kind: 'opaque', name: 'b.example.com', type: 'RRSIG', what: '', extra: { rdata: ['AA=='] } },
      },
    ],
    'makes RRSIG records itself',
  ],
  [
    'an opaque record without its bytes',
    [{ expected: undefined, next: { kind: 'opaque', name: 'b.example.com', type: 'PTR', what: '', extra: {} } }],
    'no RDATA',
  ],
  [
    'a type that is none',
    [
      {
        expected: undefined,
        next: { kind: 'opaque', name: 'b.example.com', type: 'NO', what: '', extra: { rdata: ['AA=='] } },
      },
    ],
    'no type',
  ],
  ['a TXT that is no text', [create({ ...a, type: 'TXT', values: ['\ud800'] })], 'surrogate'],
  [
    'the last of the zone’s name servers',
    [remove({ ...a, name: 'example.com', type: 'NS', values: ['ns1.example.com'] })],
    'not deleted',
  ],
] as const satisfies [string, Edit[], string][]) {
  test(`${what} is refused before anything is sent`, async () => {
    const { server, updates, write } = await serve(a)

    expect(await rejection(write(...edits))).toMatchObject({
      code: 'DNS_CHANGE_REJECTED',
      message: expect.stringContaining(says) as unknown,
    })
    expect(updates).toEqual([])
    expect(server.serial('example.com')).toBe(1)
  })
}

const hosts = Array.from({ length: 40 }, (_, i) => record(`host-${i}`, 'A', '192.0.2.1'))

test('of many records all are compared after the update, by the server itself', async () => {
  const lines: string[] = []
  const { server, zone } = await serveWith({ log: (line) => lines.push(line) })

  const receipt = await zone.replaceAll?.(hosts.map(create))

  expect(server.records('example.com')).toHaveLength(40)
  expect(receipt).toMatchObject({ serial: 2, records: { length: 8 } })
  // The update, the question whether all is there, SOA twice, and some of the records.
  expect(lines).toHaveLength(12)
})

for (const [what, edit] of [
  ['another value', { ttlSeconds: 300, values: ['192.0.2.9'] }],
  ['gone', undefined],
] as const) {
  test(`one of many that is ${what} directly after the update is told`, async () => {
    const { server, zone } = await serveWith({
      log: (line) => {
        // The update is done, and its answer on the way.
        if (line.startsWith('update')) server.edit('example.com', 'host-33.example.com', 'A', edit)
      },
    })

    expect(await rejection(zone.replaceAll?.(hosts.map(create)) ?? Promise.resolve())).toMatchObject({
      code: 'DNS_CONFLICT',
      message: expect.stringContaining('found host-33.example.com') as unknown,
    })
  })
}

test('one of many that is there again directly after its removal is told', async () => {
  const { server, zone } = await serveWith(
    {
      log: (line) => {
        if (line.startsWith('update')) server.edit('example.com', 'host-33.example.com', 'A', hosts[33])
      },
    },
    ...hosts,
  )

  expect(await rejection(zone.replaceAll?.(hosts.map(remove)) ?? Promise.resolve())).toMatchObject({
    code: 'DNS_CONFLICT',
    message: expect.stringContaining('found host-33.example.com A 192.0.2.1') as unknown,
  })
})

test('of many records of which the TTL alone changes, each TTL is read', async () => {
  let updates = 0
  const { server, zone } = await serveWith(
    {
      log: (line) => {
        if (line.startsWith('update') && updates++ === 0)
          server.edit('example.com', 'host-33.example.com', 'A', hosts[33])
      },
    },
    ...hosts,
  )
  const edits = hosts.map((set) => ({ expected: { set }, next: { ...set, ttlSeconds: 30 } }))

  expect(await rejection(zone.replaceAll?.(edits) ?? Promise.resolve())).toMatchObject({
    code: 'DNS_CONFLICT',
    message: expect.stringContaining('found host-33.example.com A 192.0.2.1, TTL 300') as unknown,
  })
})

test('no edits are no update', async () => {
  const { updates, write } = await serve(a)

  expect(await write()).toBeUndefined()
  expect(updates).toEqual([])
})

test('more than one message holds is refused before anything is sent', async () => {
  const { updates, write } = await serve()
  const many = Array.from({ length: 1_000 }, (_, i) => create(record(`host-${i}`, 'A', '192.0.2.1')))

  expect(await rejection(write(...many))).toMatchObject({
    code: 'DNS_BATCH_TOO_LARGE',
    message: expect.stringContaining('host-0.example.com and 999 more') as unknown,
  })
  expect(updates).toEqual([])
})

test('more than a message can count is refused before anything is read', async () => {
  const { server, write } = await serve(a)
  const seventyThousand = Array.from({ length: 70_000 }, (_, i) => i)
  await server.close()

  const edits = seventyThousand.map((i) => remove(record(`host-${i}`, 'A', '192.0.2.1')))
  expect(await rejection(write(...edits))).toMatchObject({ code: 'DNS_BATCH_TOO_LARGE' })
})

const long = (param: string): string => `${param}=${'a'.repeat(40_000)}`
const alpns = Array.from({ length: 300 }, () => 'a'.repeat(255)).join(',')

for (const [what, set] of [
  [
    'one set of more values than a message can count',
    record('many', 'TXT', ...Array.from({ length: 70_000 }, (_, i) => `${i}`)),
  ],
  ['one value of more bytes than a record has', record('long', 'SVCB', `1 . ${long('key100')} ${long('key101')}`)],
  ['one parameter of more bytes than it may have', record('long', 'SVCB', `1 . alpn=${alpns}`)],
] as const) {
  test(`${what} is refused before it is sent`, async () => {
    const { zone, updates } = await serve()

    expect(await rejection(zone.replace(undefined, set))).toMatchObject({ code: 'DNS_CHANGE_REJECTED' })
    expect(updates).toEqual([])
  })
}
