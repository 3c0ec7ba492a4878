// What the adapter makes of answers that a good server does not give.
import { type Found, type RecordType, systemClock } from '@cutover/dns'
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { dnsServer } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import type { Message, ResourceRecord } from '../../src/rfc2136/message.ts'
import { encodeValue } from '../../src/rfc2136/rdata.ts'
import { classCode, opcode, rcode, typeCode } from '../../src/rfc2136/registry.ts'
import { encodeSoa } from '../../src/rfc2136/soa.ts'
import { type Script, scriptedServer } from './scripted-server.ts'

const key = { name: 'cutover-key', secret: 'Zm9yIHRlc3RzIG9ubHksIGFuZCBpbiB0aGUgb3BlbiE=' } as const
const otherKey = { ...key, secret: 'b3RoZXIgc2VjcmV0' } as const
const set = { name: 'api.example.com', type: 'CNAME', ttlSeconds: 30, values: ['target.example.net'] } as const

const record = (name: string, type: number, rdata: Buffer, ttlSeconds = 300): ResourceRecord => ({
  name,
  type,
  class: classCode.IN,
  ttlSeconds,
  rdata,
})

const soa = record(
  'example.com',
  typeCode.SOA,
  encodeSoa({
    primary: 'ns1.example.com',
    mailbox: 'hostmaster.example.com',
    serial: 7,
    refreshSeconds: 1,
    retrySeconds: 1,
    expireSeconds: 1,
    negativeTtlSeconds: 1,
  }),
)

/** Answers the SOA, and to all else as the test says. */
const besideSoa =
  (said: ReturnType<Script>): Script =>
  ({ opcode: code, questions }) =>
    code === opcode.QUERY && questions[0]?.type === typeCode.SOA ? { answers: [soa] } : said

async function outcome(
  script: Script,
  signedWith: typeof key | typeof otherKey | undefined,
  act: 'find' | 'replace',
  timeoutMs?: number,
): Promise<unknown> {
  await using server = await scriptedServer(script, signedWith)
  const { port } = server
  const zone = rfc2136Zone({ server: '127.0.0.1', port, zone: 'example.com', key, timeoutMs })
  const call = act === 'find' ? zone.find(set.name, set.type) : zone.replace(undefined, set)
  return await call.then(
    (value) => ({ value, updates: server.requests.filter((request) => request.opcode === opcode.UPDATE).length }),
    (error: unknown) => error,
  )
}

for (const [what, said] of [
  ['SERVFAIL', { rcode: rcode.SERVFAIL }],
  ['REFUSED', { rcode: rcode.REFUSED }],
  ['NOTIMP', { rcode: rcode.NOTIMP }],
  ['an RCODE that nobody knows', { rcode: 15 }],
  ['no answer', undefined],
  ['a closed connection', 'close'],
  ['bytes that are no message', Buffer.from('no message at all')],
  ['the answer to another question', { questions: [{ name: 'other.example.com', type: 5, class: 1 }] }],
  ['a question instead of an answer', { isResponse: false }],
  ['an answer without the question', { questions: [] }],
] as const) {
  test(`${what} is an error that may pass, not an absent record`, async () => {
    const timeoutMs = said === undefined ? 50 : undefined

    expect(await outcome(besideSoa(said), key, 'find', timeoutMs)).toMatchObject({
      code: 'DNS_UNAVAILABLE',
      retryable: true,
    })
  })
}

test('the answer to a message with another id is an error', async () => {
  expect(await outcome((request) => ({ id: request.id ^ 1, answers: [soa] }), key, 'find')).toMatchObject({
    code: 'DNS_UNAVAILABLE',
    retryable: true,
  })
})

test('an answer without authority is an error, and asking again does not help', async () => {
  expect(await outcome(besideSoa({ authoritative: false }), key, 'find')).toMatchObject({
    code: 'DNS_UNAVAILABLE',
    retryable: false,
  })
})

test('a zone without SOA at its name is told to be another one', async () => {
  expect(await outcome(() => ({}), key, 'find')).toMatchObject({ code: 'DNS_UNAVAILABLE', retryable: false })
})

for (const [what, said] of [
  ['NXDOMAIN', { rcode: rcode.NXDOMAIN }],
  ['no data', {}],
  ['another type at the name', { answers: [record(set.name, typeCode.TXT, encodeValue('TXT', 'no'))] }],
  [
    'the type at another name',
    { answers: [record('other.example.com', typeCode.CNAME, encodeValue('CNAME', 'no.example.net'))] },
  ],
] as const satisfies [string, Partial<Message>][]) {
  test(`${what} is an absent record`, async () => {
    expect(await outcome(besideSoa(said), key, 'find')).toEqual({ value: undefined, updates: 0 })
  })
}

test('data that is none is an error', async () => {
  const answers = [record(set.name, typeCode.CNAME, Buffer.from('not a name'))]

  expect(await outcome(besideSoa({ answers }), key, 'find')).toMatchObject({ code: 'DNS_UNAVAILABLE' })
})

for (const [what, type, bytes] of [
  ['a TXT that is not UTF-8', 'TXT', '02fffe'],
  ['a TXT that is cut off', 'TXT', '0561'],
  ['a CNAME to a name of one label', 'CNAME', '096c6f63616c686f737400'],
  ['an MX with bytes after its name', 'MX', '000a 0161 0162 00 ff'],
  ['a CAA whose tag is longer than it is', 'CAA', '000569'],
  ['an HTTPS alias with parameters', 'HTTPS', '00000000030002 01bb'],
  ['an HTTPS whose parameters are in another order', 'HTTPS', '00010000030002 01bb 0001 0003 026832'],
  ['an HTTPS with a parameter twice', 'HTTPS', '00010000030002 01bb 0003 0002 01bb'],
  ['an HTTPS with a hint of five bytes', 'HTTPS', '00010000040005 c0000201ff'],
  ['an HTTPS with half a parameter', 'HTTPS', '00010000030002 01'],
] as const) {
  test(`${what} is answered as bytes, not as something that it is not`, async () => {
    const rdata = Buffer.from(bytes.replaceAll(' ', ''), 'hex')

    const found = await outcomeOf(besideSoa({ answers: [record(set.name, typeCode[type], rdata)] }), type)

    expect(found?.set).toMatchObject({ kind: 'opaque', type, extra: { ttlSeconds: 300 } })
    expect(found?.set).toMatchObject({ extra: { rdata: [rdata.toString('base64')] } })
  })
}

for (const [what, type, one, two] of [
  ['bytes', 'TXT', '02fffe', '02fffd'],
  ['a spelling', 'TXT', '0161 0162', '0161 0163'],
] as const) {
  test(`${what} of several records are the same in whatever order the server answers them`, async () => {
    const answers = [one, two].map((hex) =>
      record(set.name, typeCode[type], Buffer.from(hex.replaceAll(' ', ''), 'hex')),
    )

    const found = await outcomeOf(besideSoa({ answers }), type)

    expect(await outcomeOf(besideSoa({ answers: answers.toReversed() }), type)).toEqual(found)
  })
}

test('a CNAME with a dot in a label is answered with its escape', async () => {
  const answers = [record(set.name, typeCode.CNAME, Buffer.from('03612e6203636f6d00', 'hex'))]

  const found = await outcomeOf(besideSoa({ answers }), 'CNAME')

  expect(found?.set).toMatchObject({ values: [String.raw`a\.b.com`] })
})

async function outcomeOf(script: Script, type: RecordType): Promise<Found | undefined> {
  await using server = await scriptedServer(script, key)
  const zone = rfc2136Zone({ server: '127.0.0.1', port: server.port, zone: 'example.com', key })
  return await zone.find(set.name, type)
}

test('a TTL with the highest bit set counts as 0', async () => {
  const answers = [record(set.name, typeCode.CNAME, encodeValue('CNAME', 'target.example.net'), 0xffff_ffff)]

  expect(await outcome(besideSoa({ answers }), key, 'find')).toMatchObject({ value: { set: { ttlSeconds: 0 } } })
})

for (const act of ['find', 'replace'] as const) {
  test(`${act} believes no answer that nobody signed`, async () => {
    expect(await outcome(besideSoa({}), undefined, act)).toMatchObject({ code: 'DNS_NOT_AUTHORIZED' })
  })

  test(`${act} believes no answer that somebody else signed`, async () => {
    expect(await outcome(besideSoa({}), otherKey, act)).toMatchObject({ code: 'DNS_NOT_AUTHORIZED' })
  })
}

test('a refusal that nobody signed does not count as one: the update may have been made', async () => {
  expect(await outcome(() => ({ rcode: rcode.NXRRSET }), undefined, 'replace')).toMatchObject({
    code: 'DNS_NOT_AUTHORIZED',
  })
})

for (const [code, wanted] of [
  ['FORMERR', 'DNS_CHANGE_REJECTED'],
  ['SERVFAIL', 'DNS_UNAVAILABLE'],
  ['NOTIMP', 'DNS_CHANGE_REJECTED'],
  ['REFUSED', 'DNS_CHANGE_REJECTED'],
  ['NOTZONE', 'DNS_CHANGE_REJECTED'],
  ['NOTAUTH', 'DNS_NOT_AUTHORIZED'],
  ['NXRRSET', 'DNS_CONFLICT'],
  ['YXDOMAIN', 'DNS_CONFLICT'],
  ['NXDOMAIN', 'DNS_CONFLICT'],
] as const) {
  test(`an update answered ${code} is ${wanted}, and is not sent again`, async () => {
    await using server = await scriptedServer(() => ({ rcode: rcode[code] }), key)
    const zone = rfc2136Zone({ server: '127.0.0.1', port: server.port, zone: 'example.com', key })

    await expect(zone.replace(undefined, set)).rejects.toMatchObject({ code: wanted })

    expect(server.requests).toHaveLength(1)
  })
}

test('an update that is taken and ignored is rejected', async () => {
  expect(await outcome(besideSoa({}), key, 'replace')).toMatchObject({
    code: 'DNS_CHANGE_REJECTED',
    message: expect.stringContaining('did nothing') as unknown,
  })
})

test('an update that somebody has changed since is no success', async () => {
  const answers = [record(set.name, typeCode.CNAME, encodeValue('CNAME', 'theirs.example.net'))]

  expect(await outcome(besideSoa({ answers }), key, 'replace')).toMatchObject({ code: 'DNS_CONFLICT' })
})

for (const [minutes, says] of [
  [60, '3600 s ahead of ours'],
  [-60, '3600 s behind ours'],
] as const) {
  test(`BADTIME says that the server's clock is ${says}`, async () => {
    // Both stand still: between two readings of a running clock a second may end.
    const at = (ms: number) => ({ ...systemClock, now: () => ms })
    const ours = Date.UTC(2026, 10, 20, 2)
    const clock = at(ours + minutes * 60_000)
    await using server = await dnsServer({ zones: [{ name: 'example.com' }], keys: [key], clock })
    const zone = rfc2136Zone({ server: server.address, port: server.port, zone: 'example.com', key, clock: at(ours) })

    await expect(zone.find(set.name, set.type)).rejects.toMatchObject({
      code: 'DNS_NOT_AUTHORIZED',
      message: expect.stringMatching(new RegExp(`BADTIME.*${says}`)) as unknown,
    })
  })
}
