import { createRequire } from 'node:module'

import { recordText, type RecordType } from '@cutover/dns'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { decodeMessage, encodeMessage, type Message, type ResourceRecord } from '../../src/rfc2136/message.ts'
import { encodeValue } from '../../src/rfc2136/rdata.ts'
import { classCode, opcode, rcode, typeCode } from '../../src/rfc2136/registry.ts'
import { nsupdateSha256 } from './captured.ts'

/** A codec that is not ours, as the second opinion on what it can say: queries and their answers. */
interface OtherCodec {
  decode(bytes: Buffer): unknown
  encode(message: unknown): Buffer
}
const other = createRequire(import.meta.url)('dns-packet') as OtherCodec

const cname = (name: string, ttlSeconds: number, value: string): ResourceRecord => ({
  name,
  type: typeCode.CNAME,
  class: classCode.IN,
  ttlSeconds,
  rdata: encodeValue('CNAME', value),
})

test('an update as nsupdate sends it is read, names in its data written out', () => {
  const { questions, answers, authorities, additionals, ...header } = decodeMessage(nsupdateSha256.bytes)

  expect(header).toMatchObject({ id: 0xd7ac, isResponse: false, opcode: opcode.UPDATE, rcode: rcode.NOERROR })
  expect(questions).toEqual([{ name: 'example.com', type: typeCode.SOA, class: classCode.IN }])
  expect(answers).toEqual([
    cname('api.example.com', 0, 'source.example.net'),
    { name: 'api.example.com', type: typeCode.AAAA, class: classCode.NONE, ttlSeconds: 0, rdata: Buffer.alloc(0) },
  ])
  expect(authorities).toEqual([
    { name: 'api.example.com', type: typeCode.CNAME, class: classCode.ANY, ttlSeconds: 0, rdata: Buffer.alloc(0) },
    cname('api.example.com', 30, 'target.example.net'),
  ])
  expect(additionals).toMatchObject([{ name: 'cutover-key', type: typeCode.TSIG, class: classCode.ANY }])
})

const label = fc.stringMatching(/^[a-z0-9-]{1,12}$/)
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
const ttl = fc.integer({ min: 0, max: 0x7fff_ffff })
const number16 = fc.integer({ min: 0, max: 0xffff })

/** A value as this package has it, and the same as the other codec has it. */
const same = <Data>(type: RecordType, value: string, data: Data) => ({ type, value, data })
const valueOfAnyType = fc.oneof(
  fc.ipV4().map((address) => same('A', address, address)),
  name.map((target) => same('CNAME', target, target)),
  name.map((target) => same('NS', target, target)),
  fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => same('TXT', text, text)),
  fc
    .record({ preference: number16, exchange: name })
    .map((data) => same('MX', `${data.preference} ${data.exchange}`, data)),
  fc
    .record({ priority: number16, weight: number16, port: number16, target: name })
    .map((data) => same('SRV', `${data.priority} ${data.weight} ${data.port} ${data.target}`, data)),
  fc
    .record({
      flags: fc.constantFrom(0, 128),
      tag: fc.constantFrom('issue', 'iodef'),
      value: fc.stringMatching(/^[a-z;. ="\\]{0,40}$/),
    })
    .map((data) => same('CAA', recordText('CAA', data), { ...data, issuerCritical: data.flags === 128 })),
)
const answer = fc.tuple(name, ttl, valueOfAnyType).map(([of, ttlSeconds, data]) => ({ name: of, ttlSeconds, ...data }))

type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never

const responseOf = (records: readonly Answer[], id: number): Message => ({
  id,
  isResponse: true,
  opcode: opcode.QUERY,
  authoritative: true,
  rcode: rcode.NOERROR,
  questions: [{ name: 'api.example.com', type: typeCode.A, class: classCode.IN }],
  answers: records.map(({ name: of, type, ttlSeconds, value: text }) => ({
    name: of,
    type: typeCode[type],
    class: classCode.IN,
    ttlSeconds,
    rdata: encodeValue(type, text),
  })),
})

test('dns-packet reads what we write', () => {
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 5 }), fc.integer({ min: 0, max: 0xffff }), (records, id) => {
      expect(other.decode(encodeMessage(responseOf(records, id)))).toMatchObject({
        id,
        type: 'response',
        flag_aa: true,
        rcode: 'NOERROR',
        questions: [{ name: 'api.example.com', type: 'A', class: 'IN' }],
        answers: records.map(({ name: of, type, ttlSeconds, data }) => ({
          name: of,
          type,
          ttl: ttlSeconds,
          data: typeof data === 'string' && type === 'TXT' ? [Buffer.from(data)] : data,
        })),
      })
    }),
  )
})

test('we read what dns-packet writes', () => {
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 5 }), fc.integer({ min: 0, max: 0xffff }), (records, id) => {
      const bytes = other.encode({
        id,
        type: 'response',
        flags: 0x0400,
        questions: [{ name: 'api.example.com', type: 'A' }],
        answers: records.map(({ name: of, type, ttlSeconds, data }) => ({ name: of, type, ttl: ttlSeconds, data })),
      })

      expect(decodeMessage(bytes)).toMatchObject(responseOf(records, id))
    }),
  )
})

test('no bytes make the decoder do anything but answer or refuse', () => {
  const seeds = fc.constantFrom(nsupdateSha256.bytes, encodeMessage(responseOf([], 1)))
  const edits = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 8 })
  fc.assert(
    fc.property(seeds, edits, fc.nat(400), (seed, changes, length) => {
      const bytes = Buffer.from(seed.subarray(0, length))
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
      expect(nameOfError(() => decodeMessage(bytes))).toBeOneOf([undefined, 'Malformed'])
    }),
    { numRuns: 500 },
  )
})

test('bytes after the message are refused', () => {
  expect(() => decodeMessage(Buffer.concat([encodeMessage(responseOf([], 1)), Buffer.of(0)]))).toThrow('1 bytes follow')
})

function nameOfError(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return (error as Error).name
  }
}
