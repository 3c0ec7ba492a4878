import { type CutoverError, dnsName } from '@cutover/dns'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { nameInZone } from '../src/dns-name.ts'
import { nameOf } from '../src/name-labels.ts'
import { decodeName, encodeName } from '../src/rfc2136/name.ts'
import { thrown } from './example.ts'

for (const [text, wanted] of [
  ['API.Example.com.', 'api.example.com'],
  ['*.example.com', '*.example.com'],
  [String.raw`\042.example.com`, '*.example.com'],
  [String.raw`\*.example.com`, '*.example.com'],
  ['_443._tcp.example.com', '_443._tcp.example.com'],
  ['1.0/26.2.0.192.in-addr.arpa', '1.0/26.2.0.192.in-addr.arpa'],
  [String.raw`\065pi.example.com`, 'api.example.com'],
  [String.raw`a\.b.example.com`, String.raw`a\.b.example.com`],
  [String.raw`a\046b.example.com`, String.raw`a\.b.example.com`],
  [String.raw`a\\b.example.com`, String.raw`a\\b.example.com`],
  [String.raw`a\ b.example.com`, String.raw`a\032b.example.com`],
  [String.raw`\201.example.com`, String.raw`\201.example.com`],
  [String.raw`a.\042.example.com`, String.raw`a.\042.example.com`],
  [String.raw`example.com\\.`, String.raw`example.com\\`],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['BÜCHER.example', 'xn--bcher-kva.example'],
  ['bu\u0308cher.example', 'xn--bcher-kva.example'],
  ['*.münchen.example', '*.xn--mnchen-3ya.example'],
  ['_dmarc.straße.example', '_dmarc.xn--strae-oqa.example'],
  ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
  ['ａｐｉ.example', 'api.example'],
  [`${String.raw`\255`.repeat(63)}.example`, `${String.raw`\255`.repeat(63)}.example`],
] as const) {
  test(`dnsName makes ${wanted.slice(0, 40)} of ${text.slice(0, 40)}`, () => {
    expect(dnsName(text)).toBe(wanted)
    expect(dnsName(wanted)).toBe(wanted)
  })
}

for (const [what, text, message] of [
  ['an escape of no octet', String.raw`a\256.example`, /escaped/],
  ['an unfinished escape', 'a.example\\', /escaped/],
  ['an octal escape of two digits', String.raw`a\05.example`, /escaped/],
  ['a space', 'a b.example', /escaped \(\\032 is a space\)/],
  ['a quote', 'a"b.example', /escaped/],
  ['a semicolon', 'a;b.example', /escaped/],
  ['an asterisk within a label', 'a*b.example', /escaped/],
  ['escapes in a label that is not ASCII', String.raw`b\252ü.example`, /A-label/],
  ['a label without an A-label', '\u200d.example', /A-label/],
  ['what would be two labels', 'a\u3002b.example', /A-label/],
  ['what would be a path', 'ü/x.example', /A-label/],
  ['64 octets in a label, however they are written', `${String.raw`\255`.repeat(64)}.example`, /at most 63 octets/],
  ['an A-label of more than 63 octets', `${'ü'.repeat(80)}.example`, /A-label|at most 63/],
  ['256 octets', `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(62)}`, /253 octets; it has 254/],
  ['an empty label', String.raw`a\..example`, /relative|empty/],
] as const) {
  test(`dnsName refuses ${what}`, () => {
    const error = thrown(() => (what === 'an empty label' ? dnsName('a..example') : dnsName(text)))

    expect(error.code).toBe('DNS_NAME_INVALID')
    expect(error.message).toMatch(message)
  })
}

test('the last dot of an escape parts nothing: another name than the one that looks alike', () => {
  expect(nameInZone(String.raw`a\.b.example.com`, 'example.com')).toBe(String.raw`a\.b.example.com`)
  expect(thrown(() => nameInZone(String.raw`a\.example.com`, 'example.com')).code).toBe('DNS_NAME_INVALID')
  expect(nameInZone('bücher.münchen.example', 'xn--mnchen-3ya.example')).toBe('xn--bcher-kva.xn--mnchen-3ya.example')
})

test('a zone of one label has names, itself among them', () => {
  expect(nameInZone('internal', 'internal')).toBe('internal')
  expect(nameInZone('api.internal', 'Internal.')).toBe('api.internal')
})

const octet = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
const label = fc.string({ unit: octet, minLength: 1, maxLength: 20 })

test('any name of any octets survives the wire, and is one text', () => {
  fc.assert(
    fc.property(fc.array(label, { minLength: 2, maxLength: 6 }), (labels) => {
      const name = dnsName(nameOf(labels))

      expect(dnsName(name)).toBe(name)
      expect(decodeName(encodeName(name), 0).name).toBe(name)
      expect(name).toMatch(/^[a-z0-9_/*.\\-]+$/)
    }),
  )
})

test('names that differ in more than the case of ASCII letters stay different', () => {
  const lower = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  fc.assert(
    fc.property(label, label, (a, b) => {
      expect(dnsName(nameOf([a, 'example'])) === dnsName(nameOf([b, 'example']))).toBe(lower(a) === lower(b))
    }),
  )
})

test('a URL is refused with the name in it', () => {
  expect(thrown(() => dnsName('https://orders.azurewebsites.net/health', 'to'))).toMatchObject({
    code: 'DNS_NAME_INVALID',
    next: 'DNS knows names, not URLs: orders.azurewebsites.net',
  })
})

// fast-check prepares its table of all characters once, which takes seconds where the machine is busy.
test('any text is a name in one form, or refused with its code', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const name = nameOrCode(`${text}.example`)

      expect(
        name === 'DNS_NAME_INVALID' || (dnsName(name) === name && decodeName(encodeName(name), 0).name === name),
      ).toBe(true)
    }),
  )
})

function nameOrCode(text: string): string {
  try {
    return dnsName(text)
  } catch (error) {
    return (error as CutoverError).code
  }
}
