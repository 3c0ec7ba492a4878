import { recordData, recordText, type RecordType } from '@cutover/dns'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { decodeValue, encodeValue, expandRdata } from '../../src/rfc2136/rdata.ts'
import { typeCode, typeName, typeNumber } from '../../src/rfc2136/registry.ts'
import { anyData } from '../any-record-data.ts'

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')

const fooExampleCom = '03 666f6f 07 6578616d706c65 03 636f6d 00'
const fooExampleOrg = '03 666f6f 07 6578616d706c65 03 6f7267 00'

/** RFC 9460 appendix D, by the number of the figure. */
const rfc9460: readonly [string, RecordType, string, string][] = [
  ['2', 'HTTPS', '0 foo.example.com', `0000 ${fooExampleCom}`],
  ['3', 'SVCB', '1 .', '0001 00'],
  ['4', 'SVCB', '16 foo.example.com port=53', `0010 ${fooExampleCom} 0003 0002 0035`],
  ['5', 'SVCB', '1 foo.example.com key667="hello"', `0001 ${fooExampleCom} 029b 0005 68656c6c6f`],
  [
    '6',
    'SVCB',
    String.raw`1 foo.example.com key667="hello\210qoo"`,
    `0001 ${fooExampleCom} 029b 0009 68656c6c6fd2716f6f`,
  ],
  [
    '7',
    'SVCB',
    '1 foo.example.com ipv6hint=2001:db8::1,2001:db8::53:1',
    `0001 ${fooExampleCom} 0006 0020 20010db8000000000000000000000001 20010db8000000000000000000530001`,
  ],
  [
    '8',
    'SVCB',
    '1 example.com ipv6hint=2001:db8:122:344::c000:221',
    '0001 07 6578616d706c65 03 636f6d 00 0006 0010 20010db8012203440000 0000c0000221',
  ],
  [
    '9',
    'SVCB',
    '16 foo.example.org mandatory=alpn,ipv4hint alpn="h2,h3-19" ipv4hint=192.0.2.1',
    `0010 ${fooExampleOrg} 0000 0004 0001 0004 0001 0009 02 6832 05 68332d3139 0004 0004 c0000201`,
  ],
  [
    '10',
    'SVCB',
    String.raw`16 foo.example.org alpn="f\\\\oo\\,bar,h2"`,
    `0010 ${fooExampleOrg} 0001 000c 08 665c6f6f2c626172 02 6832`,
  ],
]
for (const [figure, type, value, hex] of rfc9460) {
  test(`RFC 9460, figure ${figure}: ${type} ${value}`, () => {
    expect(encodeValue(type, value).toString('hex')).toBe(bytes(hex).toString('hex'))
    expect(decodeValue(type, bytes(hex))).toBe(value)
    expect(recordText(type, recordData(type, value))).toBe(value)
  })
}

for (const [type, value, hex] of [
  ['NS', 'ns1.example.com', '03 6e7331 07 6578616d706c65 03 636f6d 00'],
  ['MX', '10 foo.example.com', `000a ${fooExampleCom}`],
  ['MX', '0 .', '0000 00'],
  ['SRV', '1 2 5060 foo.example.com', `0001 0002 13c4 ${fooExampleCom}`],
  ['CAA', '128 issue "ca; a=\\"b\\""', '80 05 6973737565 63613b20613d226222'],
] as const) {
  test(`${type} ${value} on the wire`, () => {
    expect(encodeValue(type, value).toString('hex')).toBe(bytes(hex).toString('hex'))
    expect(decodeValue(type, bytes(hex))).toBe(value)
  })
}

test('whatever a value says survives the wire', () => {
  fc.assert(
    fc.property(anyData, ([type, data]) => {
      const value = recordText(type, data)

      expect(decodeValue(type, encodeValue(type, value))).toBe(value)
    }),
  )
})

test('no bytes are a value that says something else', () => {
  const type = fc.constantFrom<RecordType>('A', 'AAAA', 'CNAME', 'NS', 'MX', 'SRV', 'CAA', 'HTTPS', 'SVCB')
  const seed = anyData.map(([of, data]) => ({ of, rdata: encodeValue(of, recordText(of, data)) }))
  const edits = fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { maxLength: 3 })
  fc.assert(
    fc.property(
      seed,
      type,
      fc.boolean(),
      edits,
      fc.nat(100),
      ({ of, rdata: valid }, other, isOther, changes, length) => {
        const [as, rdata] = [isOther ? other : of, Buffer.from(valid.subarray(0, length))]
        for (const [at, value] of changes) if (at < rdata.length) rdata[at] = value
        const value = valueOrError(as, rdata)

        // A text may be cut into other strings; of all else there is one form, but for the case of letters.
        const isFine = value instanceof Error ? value.name === 'Malformed' : as === 'TXT' || isSame(as, value, rdata)
        expect(isFine).toBe(true)
      },
    ),
    { numRuns: 2_000 },
  )
})

const isSame = (type: RecordType, value: string, rdata: Buffer): boolean =>
  decodeValue(type, encodeValue(type, value)) === value && encodeValue(type, value).length === rdata.length

function valueOrError(type: RecordType, rdata: Buffer): string | Error {
  try {
    return decodeValue(type, rdata)
  } catch (error) {
    return error as Error
  }
}

test('a compressed name in an SRV or MX is written out, and one in an SVCB is none', () => {
  const message = bytes('03 666f6f 00 0001 0002 13c4 c000')
  const expanded = expandRdata(typeCode.SRV, message, 5, 8)

  expect(expanded.toString('hex')).toBe('0001000213c403666f6f00')
  expect(() => decodeValue('SVCB', bytes('0001 c000'))).toThrow(expect.objectContaining({ name: 'Malformed' }) as Error)
})

test('a type has a name and a number, also one that is not known', () => {
  expect([typeNumber('HTTPS'), typeName(65)]).toEqual([65, 'HTTPS'])
  expect([typeNumber('TYPE4711'), typeName(4_711)]).toEqual([4_711, 'TYPE4711'])
  expect([typeNumber('TYPE65536'), typeNumber('constructor'), typeNumber('A ')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
