import { type RecordSet, systemClock } from '@cutover/dns'
import { type DnsServer, dnsServer, type DnsServerOptions, type ServedZone } from '@cutover/dns/testing'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'

import { decodeMessage } from '../src/rfc2136/message.ts'
import { decodeName } from '../src/rfc2136/name.ts'
import { rcodeName, typeName } from '../src/rfc2136/registry.ts'
import { decodeSoa } from '../src/rfc2136/soa.ts'
import { overTcpOnce, overUdpOnce, query, queryOf, rr } from './dns-server-client.ts'
import { digSha256, digSha512, nsupdateSha256, secret } from './rfc2136/captured.ts'

const record = (name: string, type: RecordSet['type'], ...values: string[]): RecordSet => ({
  name,
  type,
  ttlSeconds: 300,
  values,
})

const records = [
  record('api.example.com', 'CNAME', 'lb.example.com'),
  record('lb.example.com', 'A', '192.0.2.1', '192.0.2.2'),
  record('lb.example.com', 'AAAA', '2001:db8::1'),
  record('out.example.com', 'CNAME', 'fn.azurewebsites.example'),
  record('away.example.com', 'CNAME', 'elsewhere.example.org'),
  record('deep.below.example.com', 'TXT', 'text'),
  record('*.wild.example.com', 'A', '192.0.2.9'),
  record('real.wild.example.com', 'TXT', 'text'),
  record('loop-a.example.com', 'CNAME', 'loop-b.example.com'),
  record('loop-b.example.com', 'CNAME', 'loop-a.example.com'),
]

const opened: DnsServer[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

type Options = Omit<DnsServerOptions, 'zones' | 'secondaryOf'>

async function serve(options: Options & { zones?: readonly ServedZone[] } = {}): Promise<DnsServer> {
  const fallback = [
    { name: 'example.com', records, soa: { serial: 7, negativeTtlSeconds: 60 } },
    { name: 'azurewebsites.example', records: [record('fn.azurewebsites.example', 'A', '192.0.2.3')] },
  ]
  const server = await dnsServer({ ...options, zones: options.zones ?? fallback })
  opened.push(server)
  return server
}

const summary = ({ rcode, answers, authorities, authoritative }: ReturnType<typeof decodeMessage>) => ({
  rcode: rcodeName(rcode),
  authoritative,
  answers: answers.map(({ name, type }) => `${name} ${typeName(type)}`),
  authorities: authorities.map(({ name, type, ttlSeconds }) => `${name} ${typeName(type)} ${ttlSeconds}`),
})

const no = { authoritative: true, answers: [], authorities: ['example.com SOA 60'] }

for (const [what, name, type, wanted] of [
  ['its records', 'lb.example.com', 'A', { rcode: 'NOERROR', answers: ['lb.example.com A', 'lb.example.com A'] }],
  ['a name in any case', 'LB.Example.com', 'AAAA', { rcode: 'NOERROR', answers: ['LB.Example.com AAAA'] }],
  ['no data', 'lb.example.com', 'TXT', { rcode: 'NOERROR', ...no }],
  ['no such name', 'none.example.com', 'A', { rcode: 'NXDOMAIN', ...no }],
  ['no data at a name that only has names below', 'below.example.com', 'A', { rcode: 'NOERROR', ...no }],
  [
    'a CNAME and what is behind it',
    'api.example.com',
    'AAAA',
    { rcode: 'NOERROR', answers: ['api.example.com CNAME', 'lb.example.com AAAA'] },
  ],
  ['the CNAME itself', 'api.example.com', 'CNAME', { rcode: 'NOERROR', answers: ['api.example.com CNAME'] }],
  [
    'no data behind a CNAME',
    'api.example.com',
    'TXT',
    { rcode: 'NOERROR', answers: ['api.example.com CNAME'], authorities: ['example.com SOA 60'] },
  ],
  [
    'a CNAME into another zone of its own',
    'out.example.com',
    'A',
    { rcode: 'NOERROR', answers: ['out.example.com CNAME', 'fn.azurewebsites.example A'] },
  ],
  ['a CNAME that leads away', 'away.example.com', 'A', { answers: ['away.example.com CNAME'], authorities: [] }],
  ['a name below a wildcard', 'any.wild.example.com', 'A', { answers: ['any.wild.example.com A'] }],
  ['no data at a name that hides the wildcard', 'real.wild.example.com', 'A', { rcode: 'NOERROR', ...no }],
  ['its SOA', 'example.com', 'SOA', { rcode: 'NOERROR', answers: ['example.com SOA'] }],
  ['its name servers', 'example.com', 'NS', { answers: ['example.com NS'] }],
  ['refusal of a zone that is not its own', 'example.org', 'A', { rcode: 'REFUSED', authoritative: false }],
] as const) {
  test(`answers ${what}`, async () => {
    expect(summary(await query(await serve(), name, type))).toMatchObject(wanted)
  })
}

test('refers to the servers of what is delegated, with their addresses', async () => {
  const delegated = [
    record('sub.example.com', 'NS', 'ns1.sub.example.com', 'ns9.example.net'),
    record('ns1.sub.example.com', 'A', '192.0.2.53'),
    record('www.sub.example.com', 'A', '192.0.2.1'),
  ]
  const server = await serve({ zones: [{ name: 'example.com', records: delegated }] })

  for (const [name, type] of [
    ['sub.example.com', 'NS'],
    ['ns1.sub.example.com', 'A'],
    ['www.sub.example.com', 'A'],
  ] as const) {
    const response = await query(server, name, type)

    expect(summary(response)).toEqual({
      rcode: 'NOERROR',
      authoritative: false,
      answers: [],
      authorities: ['sub.example.com NS 300', 'sub.example.com NS 300'],
    })
    expect(response.additionals.map((glue) => `${glue.name} ${typeName(glue.type)}`)).toEqual(['ns1.sub.example.com A'])
  }
})

test('ends a circle of CNAMEs', async () => {
  const { rcode, answers } = await query(await serve(), 'loop-a.example.com', 'A')

  expect([rcodeName(rcode), answers.length]).toEqual(['NOERROR', 16])
})

test('answers over UDP, and asks to come again over TCP with what does not fit', async () => {
  const values = Array.from({ length: 5 }, (_, i) => `${i}`.repeat(200))
  const server = await serve({ zones: [{ name: 'example.com', records: [record('t.example.com', 'TXT', ...values)] }] })
  const udp = async (request: Buffer) => decodeMessage((await overUdpOnce(server, request)) ?? Buffer.alloc(0))

  const plain = await udp(queryOf('t.example.com', 'TXT'))
  const edns = await udp(queryOf('t.example.com', 'TXT', { additionals: [{ ...rr('', 'OPT', 'IN'), class: 4_096 }] }))

  expect([plain.truncated, plain.answers.length]).toEqual([true, 0])
  expect([edns.truncated, edns.answers.length]).toEqual([false, 5])
  expect(edns.additionals.map(({ type }) => typeName(type))).toEqual(['OPT'])
  expect((await query(server, 't.example.com', 'TXT')).answers).toHaveLength(5)
})

for (const [what, captured] of Object.entries({ digSha256, digSha512 })) {
  test(`answers what ${what} signed, and signs the answer`, async () => {
    const clock = { ...systemClock, now: () => captured.signedAt }
    const server = await serve({ keys: [{ name: 'cutover-key', algorithm: captured.algorithm, secret }], clock })

    const response = decodeMessage(await overTcpOnce(server, captured.bytes))

    expect(summary(response).answers).toEqual(['api.example.com CNAME'])
    expect(typeName(response.additionals.at(-1)?.type ?? 0)).toBe('TSIG')
  })
}

test('does what nsupdate asks for, when its prerequisites hold', async () => {
  const clock = { ...systemClock, now: () => nsupdateSha256.signedAt }
  const api = record('api.example.com', 'CNAME', 'source.example.net')
  const zones = [{ name: 'example.com', records: [api] }]
  const server = await serve({ zones, keys: [{ name: 'cutover-key', secret }], clock })

  const first = decodeMessage(await overTcpOnce(server, nsupdateSha256.bytes))
  const second = decodeMessage(await overTcpOnce(server, nsupdateSha256.bytes))

  expect([first, second].map(({ rcode }) => rcodeName(rcode))).toEqual(['NOERROR', 'NXRRSET'])
  expect(server.records('example.com')).toEqual([{ ...api, ttlSeconds: 30, values: ['target.example.net'] }])
  expect(server.serial('example.com')).toBe(2)
})

test('answers malformed messages with FORMERR, drops what is none, and goes on', async () => {
  const server = await serve()
  const broken = Buffer.concat([queryOf('api.example.com', 'A'), Buffer.of(0)])
  const response = queryOf('api.example.com', 'A', { isResponse: true })

  expect(rcodeName(decodeMessage((await overUdpOnce(server, broken)) ?? Buffer.alloc(0)).rcode)).toBe('FORMERR')
  expect(await overUdpOnce(server, Buffer.from('short'))).toBeUndefined()
  expect(await overUdpOnce(server, response)).toBeUndefined()
  const notify = decodeMessage(await overTcpOnce(server, queryOf('example.com', 'SOA', { opcode: 4 })))
  expect(rcodeName(notify.rcode)).toBe('NOTIMP')
})

test('no bytes end it', async () => {
  const lines: string[] = []
  const server = await serve({ keys: [{ name: 'cutover-key', secret }], log: (line) => void lines.push(line) })
  const edits = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 })
  const requests = fc.sample(fc.tuple(edits, fc.nat(250)), 200).map(([changes, length], i) => {
    const bytes = Buffer.from((i % 2 ? nsupdateSha256 : digSha512).bytes.subarray(0, length))
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
    return bytes
  })

  await Promise.all(requests.map((request) => overUdpOnce(server, request)))

  expect(summary(await query(server, 'lb.example.com', 'AAAA')).answers).toEqual(['lb.example.com AAAA'])
  expect(lines.filter((line) => line.startsWith('failed'))).toEqual([])
})

test('a secondary serves what its primary has, later, and takes no update', async () => {
  const primary = await serve()
  const secondary = await dnsServer({ secondaryOf: primary, delayMs: 50 })
  opened.push(secondary)
  primary.edit('example.com', 'new.example.com', 'A', { ttlSeconds: 1, values: ['192.0.2.1'] })

  const early = await query(secondary, 'new.example.com', 'A')
  await systemClock.sleep(100)
  const late = await query(secondary, 'new.example.com', 'A')

  expect([early, late].map(({ rcode }) => rcodeName(rcode))).toEqual(['NXDOMAIN', 'NOERROR'])
  expect(secondary.serial('example.com')).toBe(8)
})

test('an edit counts the serial up, also past its end', async () => {
  const server = await serve({ zones: [{ name: 'example.com', soa: { serial: 4_294_967_295 } }] })

  server.edit('example.com', 'a.example.com', 'A', { ttlSeconds: 1, values: ['192.0.2.1'] })
  server.edit('example.com', 'a.example.com', 'A', undefined)

  expect(server.records('example.com')).toEqual([])
  const [soa] = (await query(server, 'example.com', 'SOA')).answers
  expect(decodeSoa(soa?.rdata ?? Buffer.alloc(0))).toMatchObject({ serial: 2, primary: 'ns1.example.com' })
})

test('a reply is dropped when asked, once, and only of that kind', async () => {
  const server = await serve()
  server.dropNextReply('update')
  expect(await overUdpOnce(server, queryOf('lb.example.com', 'A'))).toBeDefined()

  server.dropNextReply('query')

  expect(await overUdpOnce(server, queryOf('lb.example.com', 'A'))).toBeUndefined()
  expect(await overUdpOnce(server, queryOf('lb.example.com', 'A'))).toBeDefined()
})

test('logs a line for each request', async () => {
  const lines: string[] = []
  const server = await serve({ log: (line) => void lines.push(line) })

  await query(server, 'none.example.com', 'A')

  expect(lines).toEqual(['query none.example.com A: NXDOMAIN'])
})

for (const [what, zones] of [
  ['a record of another zone', [{ name: 'example.com', records: [record('a.example.org', 'A', '192.0.2.1')] }]],
  ['a record that is given twice', [{ name: 'example.com', records: [...records, ...records] }]],
  [
    'a CNAME beside another type',
    [
      {
        name: 'example.com',
        records: [record('a.example.com', 'CNAME', 'b.example.com'), record('a.example.com', 'TXT', 't')],
      },
    ],
  ],
] as const) {
  test(`${what} is refused`, async () => {
    await expect(dnsServer({ zones })).rejects.toMatchObject({ name: 'CutoverError' })
  })
}

test('names in data may be in any case', async () => {
  const [cname] = (await query(await serve(), 'api.example.com', 'CNAME')).answers

  expect(decodeName(cname?.rdata ?? Buffer.alloc(0), 0).name).toBe('lb.example.com')
})
