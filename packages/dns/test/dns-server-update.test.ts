// RFC 2136 §3, rule by rule, over the wire.
import type { RecordSet } from '@cutover/dns'
import { type DnsServer, dnsServer } from '@cutover/dns/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'

import type { ResourceRecord } from '../src/rfc2136/message.ts'
import { encodeName } from '../src/rfc2136/name.ts'
import { encodeValue } from '../src/rfc2136/rdata.ts'
import { classCode, rcodeName, tsigError, typeCode } from '../src/rfc2136/registry.ts'
import { encodeSoa, type Soa } from '../src/rfc2136/soa.ts'
import { tsigOf } from '../src/rfc2136/tsig-record.ts'
import { query, rr, update } from './dns-server-client.ts'

const key = { name: 'cutover-key', secret: 'Zm9yIHRlc3RzIG9ubHksIGFuZCBpbiB0aGUgb3BlbiE=' }
const www: RecordSet = { name: 'www.example.com', type: 'A', ttlSeconds: 300, values: ['192.0.2.1', '192.0.2.2'] }
const api: RecordSet = { name: 'api.example.com', type: 'CNAME', ttlSeconds: 300, values: ['source.example.net'] }
const soa: Soa = {
  primary: 'ns1.example.com',
  mailbox: 'hostmaster.example.com',
  serial: 7,
  refreshSeconds: 3_600,
  retrySeconds: 600,
  expireSeconds: 604_800,
  negativeTtlSeconds: 60,
}

let server: DnsServer
beforeEach(async () => {
  server = await dnsServer({ zones: [{ name: 'example.com', records: [www, api], soa }], keys: [key] })
})
afterEach(() => server.close())

const a = (value: string): Buffer => encodeValue('A', value)
const cname = (value: string): Buffer => encodeValue('CNAME', value)
const send = async (prerequisites: readonly ResourceRecord[], updates: readonly ResourceRecord[] = []) =>
  rcodeName((await update(server, key, prerequisites, updates)).rcode)

for (const [what, prerequisites, wanted] of [
  ['a set that exists', [rr('www.example.com', 'A', 'ANY')], 'NOERROR'],
  ['a set that does not', [rr('www.example.com', 'TXT', 'ANY')], 'NXRRSET'],
  ['no set where none is', [rr('www.example.com', 'TXT', 'NONE')], 'NOERROR'],
  ['no set where one is', [rr('www.example.com', 'A', 'NONE')], 'YXRRSET'],
  ['a name in use', [rr('www.example.com', 'ANY', 'ANY')], 'NOERROR'],
  ['a name in use that is not', [rr('none.example.com', 'ANY', 'ANY')], 'NXDOMAIN'],
  ['a name not in use', [rr('none.example.com', 'ANY', 'NONE')], 'NOERROR'],
  ['a name not in use that is', [rr('www.example.com', 'ANY', 'NONE')], 'YXDOMAIN'],
  [
    'all values of a set, in any order',
    [rr('www.example.com', 'A', 'IN', a('192.0.2.2')), rr('WWW.example.com', 'A', 'IN', a('192.0.2.1'))],
    'NOERROR',
  ],
  ['some values of a set', [rr('www.example.com', 'A', 'IN', a('192.0.2.1'))], 'NXRRSET'],
  ['another value', [rr('api.example.com', 'CNAME', 'IN', cname('target.example.net'))], 'NXRRSET'],
  ['the exact SOA', [rr('example.com', 'SOA', 'IN', encodeSoa(soa))], 'NOERROR'],
  ['another SOA', [rr('example.com', 'SOA', 'IN', encodeSoa({ ...soa, serial: 6 }))], 'NXRRSET'],
  ['a TTL', [rr('www.example.com', 'A', 'ANY', undefined, 1)], 'FORMERR'],
  ['data where none belongs', [rr('www.example.com', 'A', 'ANY', a('192.0.2.1'))], 'FORMERR'],
  ['another class', [{ ...rr('www.example.com', 'A', 'IN', a('192.0.2.1')), class: 3 }], 'FORMERR'],
  ['a name of another zone', [rr('www.example.org', 'A', 'ANY')], 'NOTZONE'],
] as const) {
  test(`the prerequisite of ${what} is answered ${wanted}`, async () => {
    const add = rr('new.example.com', 'A', 'IN', a('192.0.2.3'), 60)

    expect(await send(prerequisites, [add])).toBe(wanted)

    const isThere = server.records('example.com').some(({ name }) => name === 'new.example.com')
    expect(isThere).toBe(wanted === 'NOERROR')
    expect(server.serial('example.com')).toBe(wanted === 'NOERROR' ? 8 : 7)
  })
}

for (const [what, updates, wanted] of [
  ['a name of another zone', [rr('new.example.org', 'A', 'IN', a('192.0.2.3'), 60)], 'NOTZONE'],
  ['a type that no zone holds', [rr('new.example.com', 'TSIG', 'IN', a('192.0.2.3'), 60)], 'FORMERR'],
  ['an address of 3 bytes', [rr('new.example.com', 'A', 'IN', Buffer.alloc(3), 60)], 'FORMERR'],
  ['a deletion with a TTL', [rr('www.example.com', 'A', 'ANY', undefined, 60)], 'FORMERR'],
  ['a deletion of every type with a value', [rr('www.example.com', 'ANY', 'NONE')], 'FORMERR'],
] as const) {
  test(`${what} is answered ${wanted}, and nothing else of the update is done`, async () => {
    const fine = rr('fine.example.com', 'A', 'IN', a('192.0.2.3'), 60)

    expect(await send([], [fine, ...updates])).toBe(wanted)

    expect(server.records('example.com')).toEqual([api, www])
  })
}

for (const [what, updates, wanted] of [
  [
    'adds a value',
    [rr('www.example.com', 'A', 'IN', a('192.0.2.3'), 300)],
    [api, { ...www, values: [...www.values, '192.0.2.3'] }],
  ],
  [
    'gives the whole set the TTL of the last',
    [rr('www.example.com', 'A', 'IN', a('192.0.2.1'), 60)],
    [api, { ...www, ttlSeconds: 60 }],
  ],
  [
    'replaces the one value of a CNAME',
    [rr('api.example.com', 'CNAME', 'IN', cname('target.example.net'), 60)],
    [{ ...api, ttlSeconds: 60, values: ['target.example.net'] }, www],
  ],
  ['deletes a set', [rr('www.example.com', 'A', 'ANY')], [api]],
  ['deletes all sets of a name', [rr('www.example.com', 'ANY', 'ANY')], [api]],
  ['deletes one value', [rr('www.example.com', 'A', 'NONE', a('192.0.2.1'))], [api, { ...www, values: ['192.0.2.2'] }]],
  ['ignores a deletion of what is not there', [rr('none.example.com', 'A', 'ANY')], [api, www]],
  [
    'ignores a CNAME beside another type',
    [rr('www.example.com', 'CNAME', 'IN', cname('a.example.net'), 60)],
    [api, www],
  ],
  ['ignores another type beside a CNAME', [rr('api.example.com', 'A', 'IN', a('192.0.2.3'), 60)], [api, www]],
  ['ignores an SOA that is older', [rr('example.com', 'SOA', 'IN', encodeSoa({ ...soa, serial: 1 }), 60)], [api, www]],
] as const) {
  test(`an update ${what}`, async () => {
    expect(await send([], updates)).toBe('NOERROR')

    expect(server.records('example.com')).toEqual(wanted)
    expect(server.serial('example.com')).toBe(what.startsWith('ignores') ? 7 : 8)
  })
}

test('an update takes neither its SOA nor its last name server from a zone', async () => {
  await send([], [rr('example.com', 'ANY', 'ANY'), rr('example.com', 'NS', 'NONE', encodeName('ns1.example.com'))])
  await send([], [rr('example.com', 'SOA', 'ANY')])

  expect((await query(server, 'example.com', 'NS')).answers).toHaveLength(1)
  expect((await query(server, 'example.com', 'SOA')).answers).toHaveLength(1)
})

test('a TTL of 32 bits counts as 0, as BIND has it', async () => {
  expect(
    await send([], [rr('www.example.com', 'A', 'ANY'), rr('www.example.com', 'A', 'IN', a('192.0.2.1'), 0x8000_0000)]),
  ).toBe('NOERROR')

  expect(server.records('example.com')).toEqual([api, { ...www, ttlSeconds: 0, values: ['192.0.2.1'] }])
})

test('an update may bring a later SOA', async () => {
  await send([], [rr('example.com', 'SOA', 'IN', encodeSoa({ ...soa, serial: 100 }), 60)])

  expect(server.serial('example.com')).toBe(100)
})

test('the deletions and additions of one update are seen together', async () => {
  const updates = [
    rr('www.example.com', 'A', 'ANY'),
    rr('www.example.com', 'CNAME', 'IN', cname('target.example.net'), 60),
  ]

  await send([], updates)

  expect(server.records('example.com')).toEqual([
    api,
    { name: 'www.example.com', type: 'CNAME', ttlSeconds: 60, values: ['target.example.net'] },
  ])
  expect(server.serial('example.com')).toBe(8)
})

for (const [what, record] of [
  ['an address of no host', rr('_host.example.com', 'A', 'IN', a('192.0.2.1'), 60)],
  ['mail at no host', rr('_mail.example.com', 'MX', 'IN', encodeValue('MX', '10 mail.example.net'), 60)],
  ['mail to no host', rr('mail.example.com', 'MX', 'IN', encodeValue('MX', '10 _mail.example.net'), 60)],
  [
    'a service at no host',
    rr('_sip._tcp.example.com', 'SRV', 'IN', encodeValue('SRV', '0 5 5060 sip-.example.net'), 60),
  ],
  ['a name server that is no host', rr('sub.example.com', 'NS', 'IN', encodeName('_ns.example.net'), 60)],
] as const) {
  test(`${what} is refused, as BIND does`, async () => {
    expect(await send([], [record])).toBe('REFUSED')

    expect(server.records('example.com')).toEqual([api, www])
  })
}

test('a host below a wildcard, and what is no host where none is meant, is taken', async () => {
  const updates = [
    rr('*.wild.example.com', 'A', 'IN', a('192.0.2.1'), 60),
    rr('_sip._tcp.example.com', 'SRV', 'IN', encodeValue('SRV', '0 5 5060 sip.example.net'), 60),
    rr('_alias.example.com', 'CNAME', 'IN', cname('_x.example.net'), 60),
  ]

  expect(await send([], updates)).toBe('NOERROR')
  expect(server.records('example.com')).toHaveLength(5)
})

const add = [rr('new.example.com', 'A', 'IN', a('192.0.2.3'), 60)]

test('an unsigned update is refused', async () => {
  expect(rcodeName((await update(server, undefined, [], add)).rcode)).toBe('REFUSED')
  expect(server.records('example.com')).toEqual([api, www])
})

for (const [what, wrong, error] of [
  ['another secret', { ...key, secret: 'AAAA' }, tsigError.BADSIG],
  ['a key that is not known', { ...key, name: 'other-key' }, tsigError.BADKEY],
  ['another algorithm', { ...key, algorithm: 'hmac-sha512' as const }, tsigError.BADKEY],
] as const) {
  test(`an update signed with ${what} is answered NOTAUTH and the reason, unsigned`, async () => {
    const response = await update(server, wrong, [], add)

    expect(rcodeName(response.rcode)).toBe('NOTAUTH')
    expect(tsigOf(response)).toMatchObject({ error, mac: Buffer.alloc(0) })
    expect(server.records('example.com')).toEqual([api, www])
  })
}

for (const [what, questions, wanted] of [
  ['another zone', [{ name: 'example.org', type: typeCode.SOA, class: classCode.IN }], 'NOTAUTH'],
  ['another class', [{ name: 'example.com', type: typeCode.SOA, class: 3 }], 'NOTAUTH'],
  ['no zone', [], 'FORMERR'],
  ['a zone of another type', [{ name: 'example.com', type: typeCode.A, class: classCode.IN }], 'FORMERR'],
] as const) {
  test(`an update of ${what} is answered ${wanted}`, async () => {
    expect(rcodeName((await update(server, key, [], add, { questions })).rcode)).toBe(wanted)
  })
}

test('a secondary refuses updates', async () => {
  const secondary = await dnsServer({ secondaryOf: server, keys: [key] })

  expect(rcodeName((await update(secondary, key, [], add)).rcode)).toBe('REFUSED')

  await secondary.close()
})
