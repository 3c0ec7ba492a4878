import { recordData, recordSet, recordText, type RecordType } from '@cutover/dns'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { anyData } from './any-record-data.ts'
import { thrown } from './example.ts'

const forms: readonly [RecordType, string, string, unknown][] = [
  ['A', '192.0.2.1', '192.0.2.1', '192.0.2.1'],
  ['AAAA', '2001:DB8:0::1', '2001:db8::1', '2001:db8::1'],
  ['CNAME', 'Target.Example.NET.', 'target.example.net', 'target.example.net'],
  ['NS', 'NS1.example.net.', 'ns1.example.net', 'ns1.example.net'],
  ['TXT', 'say "yes"; \\', 'say "yes"; \\', 'say "yes"; \\'],
  ['MX', '010  Mail.Example.com.', '10 mail.example.com', { preference: 10, exchange: 'mail.example.com' }],
  ['MX', '0 .', '0 .', { preference: 0, exchange: '.' }],
  [
    'SRV',
    '0\t5 5060 Sip.bücher.example.',
    '0 5 5060 sip.xn--bcher-kva.example',
    { priority: 0, weight: 5, port: 5_060, target: 'sip.xn--bcher-kva.example' },
  ],
  ['SRV', '0 0 0 .', '0 0 0 .', { priority: 0, weight: 0, port: 0, target: '.' }],
  ['CAA', '0 Issue ca.example.net', '0 issue "ca.example.net"', { flags: 0, tag: 'issue', value: 'ca.example.net' }],
  [
    'CAA',
    String.raw`128 iodef "mailto:\"me\" \\ \233\009"`,
    String.raw`128 iodef "mailto:\"me\" \\ \233\009"`,
    { flags: 128, tag: 'iodef', value: 'mailto:"me" \\ \u00e9\t' },
  ],
  ['CAA', '0 issue ";"', '0 issue ";"', { flags: 0, tag: 'issue', value: ';' }],
  ['HTTPS', '0 Api.Example.net.', '0 api.example.net', { priority: 0, target: 'api.example.net', params: {} }],
  ['HTTPS', '1 .', '1 .', { priority: 1, target: '.', params: {} }],
  [
    'HTTPS',
    '1 . ipv6hint=2001:DB8::0:1,::1 port="443" alpn=h3,h2 no-default-alpn ech=AEj+DQ== ipv4hint="192.0.2.1,192.0.2.2" mandatory=port,alpn',
    '1 . mandatory=alpn,port alpn="h3,h2" no-default-alpn port=443 ipv4hint=192.0.2.1,192.0.2.2 ech=AEj+DQ== ipv6hint=2001:db8::1,::1',
    {
      priority: 1,
      target: '.',
      params: {
        mandatory: ['alpn', 'port'],
        alpn: ['h3', 'h2'],
        'no-default-alpn': true,
        port: 443,
        ipv4hint: ['192.0.2.1', '192.0.2.2'],
        ech: 'AEj+DQ==',
        ipv6hint: ['2001:db8::1', '::1'],
      },
    },
  ],
  // RFC 9460 appendix D.2
  ['SVCB', '16 foo.example.com. port=53', '16 foo.example.com port=53', expect.anything()],
  ['SVCB', '1 foo.example.com. key667=hello', '1 foo.example.com key667="hello"', expect.anything()],
  [
    'SVCB',
    String.raw`1 foo.example.com. key667="hello\210qoo"`,
    String.raw`1 foo.example.com key667="hello\210qoo"`,
    { priority: 1, target: 'foo.example.com', params: { key667: 'hello\u00d2qoo' } },
  ],
  [
    'SVCB',
    '1 example.com. ipv6hint="2001:db8:122:344::192.0.2.33"',
    '1 example.com ipv6hint=2001:db8:122:344::c000:221',
    expect.anything(),
  ],
  [
    'SVCB',
    '16 foo.example.org. alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1',
    '16 foo.example.org mandatory=alpn,ipv4hint alpn="h2,h3-19" ipv4hint=192.0.2.1',
    expect.anything(),
  ],
  [
    'SVCB',
    String.raw`16 foo.example.org. alpn="f\\\\oo\\,bar,h2"`,
    String.raw`16 foo.example.org alpn="f\\\\oo\\,bar,h2"`,
    { priority: 16, target: 'foo.example.org', params: { alpn: [String.raw`f\oo,bar`, 'h2'] } },
  ],
  [
    'SVCB',
    String.raw`16 foo.example.org. alpn=f\\\092oo\092,bar,h2`,
    String.raw`16 foo.example.org alpn="f\\\\oo\\,bar,h2"`,
    { priority: 16, target: 'foo.example.org', params: { alpn: [String.raw`f\oo,bar`, 'h2'] } },
  ],
  ['SVCB', '1 . key65534 key7="/q{?dns}"', '1 . key7="/q{?dns}" key65534', expect.anything()],
]
for (const [type, value, text, data] of forms) {
  test(`${type} ${value.slice(0, 50)} has one form, and fields`, () => {
    expect(recordData(type, value)).toEqual(data)
    expect(recordText(type, recordData(type, value))).toBe(text)
    expect(recordText(type, recordData(type, text))).toBe(text)
  })
}

const bad: readonly [RecordType, string, RegExp][] = [
  ['MX', 'mail.example.com', /^values is "mail.example.com"; wanted preference, exchange such as 10 mail.example.com$/],
  ['MX', 'ten mail.example.com', /^preference of values is "ten"; wanted a whole number$/],
  ['MX', '65536 mail.example.com', /^preference of values is 65536; wanted a whole number from 0 to 65535$/],
  ['MX', '10 mail', /^exchange of values is "mail"; wanted an absolute name/],
  ['MX', '10 mail.example.com ; comment', /^values is .*wanted preference, exchange/],
  ['MX', '10 mail.example.com\n', /^values is .*wanted preference, exchange/],
  ['NS', '.', /^values is "."; wanted/],
  ['SRV', '0 5 sip.example.com', /^values is .*wanted priority, weight, port, target/],
  ['SRV', '0 -5 5060 sip.example.com', /^weight of values is "-5"/],
  ['SRV', '0 5 65536 sip.example.com', /^port of values is 65536/],
  ['CAA', '256 issue "ca.example.net"', /^flags of values is 256; wanted a whole number from 0 to 255/],
  ['CAA', '0 is-sue "ca.example.net"', /^tag of values is "is-sue"/],
  ['CAA', '0 issue ca.example.net policy=ev', /^values is .*wanted flags, tag, value/],
  ['CAA', '0 issue "ca.example.net', /^values is /],
  ['CAA', '0 issue "bücher.example"', /^value of values is /],
  ['HTTPS', '1', /^values is "1"; wanted priority, target/],
  ['HTTPS', '65536 .', /^priority of values is 65536/],
  ['HTTPS', '0 api.example.com alpn=h2', /^params of values is .*wanted none beside priority 0/],
  ['HTTPS', '1 . alpn=h2 alpn=h3', /^params of values is "alpn=h3"; wanted each parameter once/],
  ['HTTPS', '1 . alpn', /^alpn of params of values is \[""\]|^alpn of params of values is ""/],
  ['HTTPS', '1 . alpn=h2,,h3', /^alpn of params of values is ""/],
  ['HTTPS', String.raw`1 . alpn="h\\2"`, /^alpn of params of values is .*single commas/],
  ['HTTPS', '1 . port=65536', /^port of params of values is 65536/],
  ['HTTPS', '1 . port', /^port of params of values is ""/],
  ['HTTPS', '1 . no-default-alpn', /^no-default-alpn of params of values is true; wanted alpn beside it/],
  ['HTTPS', '1 . alpn=h2 no-default-alpn=abc', /^no-default-alpn of params of values is "abc"; wanted no value/],
  ['HTTPS', '1 . ipv4hint', /^ipv4hint of params of values is ""/],
  ['HTTPS', '1 . ipv4hint=::1', /^ipv4hint of params of values is "::1"; wanted IPv4 addresses/],
  ['HTTPS', '1 . ipv6hint=192.0.2.1', /^ipv6hint of params of values is "192.0.2.1"; wanted IPv6 addresses/],
  ['HTTPS', '1 . ech=%', /^ech of params of values is "%"; wanted base64/],
  ['HTTPS', '1 . ech=AAAAAB==', /^ech of params of values is "AAAAAB=="; wanted base64/],
  ['HTTPS', '1 . mandatory=port', /^mandatory of params of values is "port"; wanted keys of this record/],
  ['HTTPS', '1 . mandatory=mandatory', /^mandatory of params of values is "mandatory"/],
  [
    'HTTPS',
    '1 . mandatory=key123,key123 key123=abc',
    /^mandatory of params of values is "key123"; wanted each key once/,
  ],
  ['HTTPS', '1 . key1=h2', /^params of values is "key1"; wanted one of mandatory, alpn/],
  ['HTTPS', '1 . key0123=a', /^params of values is "key0123"/],
  ['HTTPS', '1 . key65535=a', /^params of values is "key65535"/],
  ['HTTPS', '1 . h2', /^params of values is "h2"/],
  ['HTTPS', '1 . __proto__=1', /^params of values is "__proto__=1"; wanted parameters such as/],
  ['HTTPS', '1 . constructor=1', /^params of values is "constructor"/],
]
for (const [type, value, message] of bad) {
  test(`${type} ${JSON.stringify(value)} is refused, and the error names the field`, () => {
    const error = thrown(() => recordSet({ name: 'www.example.com', type, ttlSeconds: 60, values: [value] }, undefined))

    expect(error.code).toMatch(/^DNS_(RECORD|NAME)_INVALID$/)
    expect(error.message).toMatch(message)
  })
}

for (const [what, call] of [
  ['preference of data', () => recordText('MX', { exchange: 'mail.example.com' } as never)],
  ['tag of data', () => recordText('CAA', { flags: 0, tag: '', value: '' })],
  ['value of data', () => recordText('CAA', { flags: 0, tag: 'issue', value: '\u20ac' })],
  ['params of data', () => recordText('HTTPS', { priority: 1, target: '.' } as never)],
  ['params of data', () => recordText('HTTPS', { priority: 1, target: '.', params: { alnp: ['h2'] } as never })],
  ['alpn of params of data', () => recordText('HTTPS', { priority: 1, target: '.', params: { alpn: [] } })],
  ['data', () => recordText('A', 192 as never)],
  ['value', () => recordData('A', undefined as never)],
  ['type', () => recordData('PTR' as never, 'a.example.com')],
] as const) {
  test(`without types, ${what} is refused by its name`, () => {
    expect(thrown(call).message).toMatch(new RegExp(`^${what} is `))
  })
}

test('whatever fields a value has, its text says them all, in one form', () => {
  fc.assert(
    fc.property(anyData, ([type, data]) => {
      const text = recordText(type, data)

      expect(recordText(type, recordData(type, text))).toBe(text)
    }),
  )
})

test('whatever fields a value has, they are read back from its text', () => {
  // The addresses of these have several texts.
  const inOneForm = anyData.filter(([type]) => type !== 'AAAA' && type !== 'SVCB')
  fc.assert(
    fc.property(inOneForm, ([type, data]) => {
      expect(recordData(type, recordText(type, data))).toEqual(data)
    }),
  )
})
