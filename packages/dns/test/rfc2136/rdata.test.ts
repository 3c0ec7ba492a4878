import fc from 'fast-check'
import { expect, test } from 'vitest'

import { canonicalRdata, decodeValue, encodeValue, sameRdata } from '../../src/rfc2136/rdata.ts'
import { typeCode } from '../../src/rfc2136/registry.ts'
import { decodeSoa, encodeSoa, isAtLeast } from '../../src/rfc2136/soa.ts'

test('IPv6 addresses read back in the form that a URL has', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(0xffff), (bytes, zeros) => {
      const address = Buffer.from(bytes.map((byte, i) => ((zeros >> i) & 1 ? 0 : byte)))
      const text = decodeValue('AAAA', address)

      expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`)
      expect(encodeValue('AAAA', text)).toEqual(address)
    }),
  )
})

test('an IPv6 address may end as IPv4 is written', () => {
  expect(encodeValue('AAAA', '64:ff9b::192.0.2.1')).toEqual(encodeValue('AAAA', '64:ff9b::c000:201'))
})

test('any text survives as TXT, cut into strings of 255 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 1_000 }), (text) => {
      expect(decodeValue('TXT', encodeValue('TXT', text))).toBe(text)
    }),
  )
  expect(encodeValue('TXT', 'a'.repeat(256))).toEqual(
    Buffer.concat([Buffer.of(255), Buffer.from('a'.repeat(255)), Buffer.of(1), Buffer.from('a')]),
  )
})

test('a TXT that is no text is refused, since it could not be put back', () => {
  expect(() => decodeValue('TXT', Buffer.from('02fffe', 'hex'))).toThrow('not UTF-8')
})

test('names in data are compared without regard to case, other data bytewise', () => {
  const upper = Buffer.from('03415049076578616d706c6503434f4d00', 'hex')

  expect(sameRdata(typeCode.CNAME, [upper], [encodeValue('CNAME', 'api.example.com')])).toBe(true)
  expect(sameRdata(typeCode.TXT, [encodeValue('TXT', 'A')], [encodeValue('TXT', 'a')])).toBe(false)
  expect(canonicalRdata(typeCode.A, Buffer.of(65, 66, 67, 68))).toEqual(Buffer.of(65, 66, 67, 68))
})

test('values are compared in any order, and all of them', () => {
  const [one, two] = [encodeValue('A', '192.0.2.1'), encodeValue('A', '192.0.2.2')]

  expect(sameRdata(typeCode.A, [one, two], [two, one])).toBe(true)
  expect(sameRdata(typeCode.A, [one, two], [one])).toBe(false)
})

test('an SOA survives', () => {
  const soa = {
    primary: 'ns1.example.com',
    mailbox: String.raw`host\.master.example.com`,
    serial: 4_294_967_295,
    refreshSeconds: 1,
    retrySeconds: 2,
    expireSeconds: 3,
    negativeTtlSeconds: 4,
  }

  expect(decodeSoa(encodeSoa(soa))).toEqual(soa)
})

test('serials wrap', () => {
  expect(isAtLeast(5, 5)).toBe(true)
  expect(isAtLeast(6, 5)).toBe(true)
  expect(isAtLeast(5, 6)).toBe(false)
  expect(isAtLeast(1, 4_294_967_295)).toBe(true)
  expect(isAtLeast(4_294_967_295, 1)).toBe(false)
})
