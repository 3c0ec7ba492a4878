import { type Found, type RecordSet, recordTypes } from '@cutover/dns'
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { dnsServer } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import type { DecodedMessage, ResourceRecord } from '../../src/rfc2136/message.ts'
import { decodeMessage, encodeMessage } from '../../src/rfc2136/message.ts'
import { encodeValue } from '../../src/rfc2136/rdata.ts'
import { classCode, opcode, rcode, typeCode } from '../../src/rfc2136/registry.ts'
import { encodeSoa } from '../../src/rfc2136/soa.ts'
import { tsigKey } from '../../src/rfc2136/tsig-key.ts'
import { tsigOf } from '../../src/rfc2136/tsig-record.ts'
import { sign } from '../../src/rfc2136/tsig.ts'
import { overTcpOnce, overUdpOnce, queryOf, rr, update } from '../dns-server-client.ts'
import { rejection } from '../example.ts'
import { scriptedServer } from './scripted-server.ts'

const key = { name: 'cutover-key', secret: 'Zm9yIHRlc3RzIG9ubHksIGFuZCBpbiB0aGUgb3BlbiE=' } as const

async function listed(
  port: number,
  { signal, timeoutMs }: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<Found[]> {
  const zone = rfc2136Zone({ server: '127.0.0.1', port, zone: 'example.com', key, timeoutMs })
  const found: Found[] = []
  for await (const each of zone.list?.({ signal }) ?? []) found.push(each)
  return found
}

const samples: Readonly<Record<(typeof recordTypes)[number], string>> = {
  A: '192.0.2.1',
  AAAA: '2001:db8::1',
  CNAME: 'target.example.net',
  TXT: 'a "text"',
  NS: 'ns1.example.net',
  MX: '10 mail.example.net',
  SRV: '0 5 443 api.example.net',
  CAA: '0 issue "ca.example.net"',
  HTTPS: '1 . alpn="h2"',
  SVCB: '0 svc.example.net',
}

test('lists every record set of the zone, in one state of it', async () => {
  const records = recordTypes.map((type): RecordSet => ({
    name: `${type.toLowerCase()}.example.com`,
    type,
    ttlSeconds: 60,
    values: [samples[type]],
  }))
  await using server = await dnsServer({ zones: [{ name: 'example.com', records }], keys: [key] })
  await update(server, key, [], [rr('other.example.com', 'LOC', 'IN', Buffer.alloc(16), 30)])

  const found = await listed(server.port)

  const plain = found.flatMap(({ set }) => (set.kind === undefined && set.name !== 'example.com' ? [set] : []))
  expect(plain.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
    records.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  )
  expect(found.flatMap(({ set }) => (set.kind === 'opaque' ? [`${set.name} ${set.type}`] : []))).toEqual(
    expect.arrayContaining(['example.com SOA', 'other.example.com LOC']),
  )
  expect(new Set(found.map(({ token }) => (token as { serial: number }).serial))).toEqual(new Set([2]))
  const zone = rfc2136Zone({ server: '127.0.0.1', port: server.port, zone: 'example.com', key })
  expect(found.find(({ set }) => set.name === 'mx.example.com')).toEqual(await zone.find('mx.example.com', 'MX'))
})

test('what the server makes of the other records is not listed', async () => {
  await using server = await dnsServer({ zones: [{ name: 'example.com' }], keys: [key] })
  const derived = (['RRSIG', 'NSEC', 'NSEC3'] as const).map((type) =>
    rr('a.example.com', type, 'IN', Buffer.alloc(20), 30),
  )
  await update(server, key, [], [...derived, rr('a.example.com', 'DNSKEY', 'IN', Buffer.alloc(20), 30)])

  expect((await listed(server.port)).map(({ set }) => set.type).toSorted()).toEqual(['DNSKEY', 'NS', 'SOA'])
})

test('a zone of many messages is whole', async () => {
  const records = Array.from({ length: 1_500 }, (_, i): RecordSet => ({
    name: `host-${i}.example.com`,
    type: 'A',
    ttlSeconds: 60,
    values: ['192.0.2.1'],
  }))
  await using server = await dnsServer({ zones: [{ name: 'example.com', records }], keys: [key] })

  expect(await listed(server.port)).toHaveLength(1_502)
})

test('a server with keys transfers to who signs, over TCP alone', async () => {
  await using server = await dnsServer({ zones: [{ name: 'example.com' }], keys: [key] })
  await using open = await dnsServer({ zones: [{ name: 'example.com' }] })
  const asked = queryOf('example.com', 'AXFR')

  expect(decodeMessage(await overTcpOnce(server, asked)).rcode).toBe(rcode.REFUSED)
  expect(decodeMessage((await overUdpOnce(open, asked)) ?? Buffer.alloc(0)).rcode).toBe(rcode.FORMERR)
  expect(decodeMessage(await overTcpOnce(open, asked)).answers.map(({ type }) => type)).toEqual([6, 2, 6])
  expect(decodeMessage(await overTcpOnce(open, queryOf('www.example.com', 'AXFR'))).rcode).toBe(rcode.NOTAUTH)
})

const record = (name: string, type: number, rdata: Buffer): ResourceRecord => ({
  name,
  type,
  class: classCode.IN,
  ttlSeconds: 60,
  rdata,
})
const soaOf = (serial: number): ResourceRecord =>
  record(
    'example.com',
    typeCode.SOA,
    encodeSoa({
      primary: 'ns1.example.com',
      mailbox: 'hostmaster.example.com',
      serial,
      refreshSeconds: 1,
      retrySeconds: 1,
      expireSeconds: 1,
      negativeTtlSeconds: 1,
    }),
  )
const soa = soaOf(7)
const host = (label: string, address = '192.0.2.1'): ResourceRecord =>
  record(`${label}.example.com`, typeCode.A, encodeValue('A', address))

type Signing = 'signed' | 'unsigned' | 'forged'
type Part = readonly [Signing, ...ResourceRecord[]]

/** Parts of an answer, each signed or not; a signature covers what was not since the last one, as RFC 8945 §5.3.1 has it. */
function transfer(request: DecodedMessage, parts: readonly Part[], code: number = rcode.NOERROR): Buffer[] {
  let requestMac = tsigOf(request)?.mac
  let unsigned: Buffer[] | undefined
  return parts.map(([signing, ...answers]) => {
    const { id, questions } = request
    const plain = encodeMessage({
      id,
      isResponse: true,
      opcode: opcode.QUERY,
      authoritative: true,
      rcode: code,
      questions,
      answers,
    })
    if (signing === 'unsigned') {
      unsigned?.push(plain)
      return plain
    }
    const secret = signing === 'forged' ? 'b3RoZXIgc2VjcmV0' : key.secret
    const signed = sign(plain, tsigKey({ ...key, secret }), {
      now: Date.now(),
      fudgeSeconds: 300,
      requestMac,
      unsigned,
    })
    requestMac = signed.mac
    unsigned = []
    return signed.bytes
  })
}

const transferOf = (parts: readonly Part[], code?: number) =>
  scriptedServer((request) => transfer(request, parts, code), undefined)

test('a transfer may come in parts, of which some are not signed by themselves', async () => {
  const parts: readonly Part[] = [
    ['signed', soa, host('a')],
    ['unsigned', host('b', '192.0.2.1')],
    ['unsigned', host('b', '192.0.2.2'), host('c')],
    ['signed', host('d')],
    ['signed', soa],
  ]
  await using server = await transferOf(parts)

  const found = await listed(server.port)

  expect(found.map(({ set }) => set.name)).toEqual([
    'example.com',
    ...['a', 'b', 'c', 'd'].map((of) => `${of}.example.com`),
  ])
  expect(found[2]?.set).toMatchObject({ values: ['192.0.2.1', '192.0.2.2'] })
})

const hundred = Array.from({ length: 100 }, (_, i): Part => ['unsigned', host(`host-${i}`)])

for (const [what, parts, wanted] of [
  ['has another SOA at its end', [['signed', soa, host('a'), soaOf(8)]], 'DNS_UNAVAILABLE'],
  ['goes on after its end', [['signed', soa, host('a'), soa, host('b')]], 'DNS_UNAVAILABLE'],
  ['does not begin with the SOA', [['signed', host('a'), soa]], 'DNS_UNAVAILABLE'],
  ['has an empty part', [['signed', soa], ['signed'], ['signed', soa]], 'DNS_UNAVAILABLE'],
  [
    'has records of another zone',
    [['signed', soa, record('a.example.org', typeCode.A, encodeValue('A', '192.0.2.1')), soa]],
    'DNS_UNAVAILABLE',
  ],
  ['is not signed', [['unsigned', soa, host('a'), soa]], 'DNS_NOT_AUTHORIZED'],
  ['is signed by somebody else', [['forged', soa, host('a'), soa]], 'DNS_NOT_AUTHORIZED'],
  [
    'ends without a signature',
    [
      ['signed', soa, host('a')],
      ['unsigned', soa],
    ],
    'DNS_NOT_AUTHORIZED',
  ],
  [
    'has a forged part',
    [
      ['signed', soa],
      ['forged', host('a')],
      ['signed', soa],
    ],
    'DNS_NOT_AUTHORIZED',
  ],
  ['has a hundred parts without a signature', [['signed', soa], ...hundred, ['signed', soa]], 'DNS_NOT_AUTHORIZED'],
] as const satisfies [string, Part[], string][]) {
  test(`a transfer that ${what} is no zone`, async () => {
    await using server = await transferOf(parts)

    expect(await rejection(listed(server.port))).toMatchObject({ code: wanted })
  })
}

test('a transfer that ends without its second SOA is no zone', async () => {
  await using server = await transferOf([['signed', soa, host('a')]])

  expect(await rejection(listed(server.port, { timeoutMs: 50 }))).toMatchObject({ code: 'DNS_UNAVAILABLE' })
})

test('ninety-nine parts without a signature are covered by the next one', async () => {
  await using server = await transferOf([['signed', soa], ...hundred.slice(1), ['signed', soa]])

  expect(await listed(server.port)).toHaveLength(100)
})

for (const [what, change] of [
  ['left out', (parts: Buffer[]) => parts.toSpliced(1, 1)],
  ['put in twice', (parts: Buffer[]) => parts.toSpliced(1, 0, parts[1] ?? Buffer.alloc(0))],
  ['changed places with another', (parts: Buffer[]) => [0, 2, 1, 3].flatMap((place) => parts[place] ?? [])],
] as const) {
  test(`a transfer of which a part was ${what} on the way is no zone`, async () => {
    for (const between of ['signed', 'unsigned'] as const) {
      const parts: readonly Part[] = [
        ['signed', soa],
        [between, host('a')],
        [between, host('b')],
        ['signed', soa],
      ]
      await using server = await scriptedServer((request) => change(transfer(request, parts)))

      expect(await rejection(listed(server.port))).toMatchObject({ code: 'DNS_NOT_AUTHORIZED' })
    }
  })
}

test('a connection that ends within a transfer is no zone', async () => {
  await using server = await scriptedServer((request) => [...transfer(request, [['signed', soa, host('a')]]), 'close'])

  expect(await rejection(listed(server.port))).toMatchObject({ code: 'DNS_UNAVAILABLE', retryable: true })
})

for (const [code, wanted] of [
  ['REFUSED', 'DNS_NOT_AUTHORIZED'],
  ['NOTAUTH', 'DNS_NOT_AUTHORIZED'],
  ['SERVFAIL', 'DNS_UNAVAILABLE'],
  ['NOTIMP', 'DNS_UNAVAILABLE'],
] as const) {
  test(`a transfer answered ${code} is ${wanted}`, async () => {
    await using server = await transferOf([['signed']], rcode[code])

    expect(await rejection(listed(server.port))).toMatchObject({ code: wanted })
  })
}

test('an abort within a transfer rejects with its own reason', async () => {
  const stop = new AbortController()
  const reason = new Error('stopped')
  await using server = await scriptedServer((request) => {
    setTimeout(() => stop.abort(reason), 5)
    return transfer(request, [['signed', soa, host('a')]])
  })

  expect(await rejection(listed(server.port, stop))).toBe(reason)
})
