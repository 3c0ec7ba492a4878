// Values of every type that can be written, and what they say.
import type { RecordData, RecordType } from '@cutover/dns'
import fc from 'fast-check'

const number16 = fc.integer({ min: 0, max: 0xffff })
const octets = (least: number, most: number) =>
  fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    minLength: least,
    maxLength: most,
  })
const name = fc.constantFrom('.', 'a.example.com', '*.example.com', String.raw`a\.\255\\.example.com`)
const key = fc.integer({ min: 7, max: 65_534 }).map((number): `key${number}` => `key${number}`)
const params = fc
  .record(
    {
      alpn: fc.array(octets(1, 20), { minLength: 1, maxLength: 4 }),
      port: number16,
      ipv4hint: fc.array(fc.ipV4(), { minLength: 1, maxLength: 3 }),
      ech: octets(1, 40).map((text) => Buffer.from(text, 'latin1').toString('base64')),
      ipv6hint: fc.array(fc.ipV6(), { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: [] },
  )
  .chain((known) => fc.dictionary(key, octets(0, 30), { maxKeys: 3 }).map((more) => ({ ...known, ...more })))
  .chain((all) => {
    const keys = Object.keys(all)
    return fc.subarray(keys).map((mandatory) => ({
      ...all,
      ...(mandatory.length > 0 && { mandatory }),
      ...('alpn' in all && mandatory.length === 1 && { 'no-default-alpn': true as const }),
    }))
  })

export const anyData: fc.Arbitrary<readonly [RecordType, RecordData]> = fc.oneof(
  fc.ipV4().map((data) => ['A', data] as const),
  fc.ipV6().map((data) => ['AAAA', data] as const),
  fc.string({ unit: 'grapheme', maxLength: 400 }).map((data) => ['TXT', data] as const),
  fc.record({ preference: number16, exchange: name }).map((data) => ['MX', data] as const),
  fc
    .record({ priority: number16, weight: number16, port: number16, target: name })
    .map((data) => ['SRV', data] as const),
  fc
    .record({
      flags: fc.integer({ min: 0, max: 255 }),
      tag: fc.stringMatching(/^[a-z0-9]{1,12}$/),
      value: octets(0, 60),
    })
    .map((data) => ['CAA', data] as const),
  fc
    .record({ priority: fc.integer({ min: 1, max: 0xffff }), target: name, params })
    .map((data) => ['SVCB', data] as const),
)
