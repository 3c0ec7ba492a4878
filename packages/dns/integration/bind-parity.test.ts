// The small server of this package beside BIND: the same updates are answered and done alike.
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { type DnsServer, dnsServer } from '@cutover/dns/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { encodeName } from '../src/rfc2136/name.ts'
import { encodeValue } from '../src/rfc2136/rdata.ts'
import { rcodeName, type typeCode } from '../src/rfc2136/registry.ts'
import { rr, update } from '../test/dns-server-client.ts'
import { type BindServer, bindServer, missingBind } from './bind-server.ts'

if (missingBind !== undefined) {
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(missingBind)
  console.warn(`skipped: ${missingBind}`)
}

const key = { name: 'cutover-key', secret: 'Zm9yIHRlc3RzIG9ubHksIGFuZCBpbiB0aGUgb3BlbiE=' } as const

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const mx = (preference: number, name: string): Buffer => Buffer.concat([Buffer.of(0, preference), encodeName(name)])
const add = (name: string, type: keyof typeof typeCode, rdata: Buffer, ttlSeconds = 60) =>
  rr(`${name}.example.com`, type, 'IN', rdata, ttlSeconds)
const a = encodeValue('A', '192.0.2.1')

const updates: readonly [string, ReturnType<typeof rr>[]][] = [
  ['a host', [add('host', 'A', a)]],
  ['a host with an underscore', [add('_host', 'A', a)]],
  ['a host that ends in a hyphen', [add('host-', 'A', a)]],
  ['a host below a wildcard', [add('*.wild', 'A', a)]],
  ['an address at a name with an escape', [add(String.raw`a\.b`, 'AAAA', encodeValue('AAAA', '2001:db8::1'))]],
  ['a text with an underscore', [add('_dmarc', 'TXT', bytes('0161'))]],
  ['an alias with an underscore', [add('_alias', 'CNAME', encodeName('_x.example.net'))]],
  ['mail to a host', [add('mail', 'MX', mx(10, 'mail.example.net'))]],
  ['mail to a name with an underscore', [add('mail2', 'MX', mx(10, '_mail.example.net'))]],
  ['mail to nobody', [add('mail3', 'MX', mx(0, '.'))]],
  ['mail at a name with an underscore', [add('_mail', 'MX', mx(10, 'mail.example.net'))]],
  ['a service at a host', [add('_sip._tcp', 'SRV', encodeValue('SRV', '0 5 5060 sip.example.net'))]],
  ['a service at a name with an underscore', [add('_x._tcp', 'SRV', encodeValue('SRV', '0 5 5060 _sip.example.net'))]],
  ['a delegation', [add('sub', 'NS', encodeName('ns1.example.net'))]],
  ['a delegation to a name with an underscore', [add('sub2', 'NS', encodeName('_ns1.example.net'))]],
  ['an address of three bytes', [add('short', 'A', bytes('010203'))]],
  ['a text of no strings', [add('text', 'TXT', bytes(''))]],
  ['a text that is cut off', [add('text2', 'TXT', bytes('0561'))]],
  ['a text that is not UTF-8', [add('text3', 'TXT', bytes('02fffe'))]],
  ['a CAA', [add('caa', 'CAA', encodeValue('CAA', '0 issue "ca.example.net"'))]],
  ['a CAA whose tag is longer than it is', [add('caa2', 'CAA', bytes('00 05 69'))]],
  ['an HTTPS', [add('https', 'HTTPS', encodeValue('HTTPS', '1 . alpn="h2" port=443 ipv4hint=192.0.2.1'))]],
  [
    'an HTTPS whose parameters are in another order',
    [add('https2', 'HTTPS', bytes('0001 00 0003 0002 01bb 0001 0003 026832'))],
  ],
  ['an HTTPS with a parameter twice', [add('https3', 'HTTPS', bytes('0001 00 0003 0002 01bb 0003 0002 01bb'))]],
  ['an HTTPS with half a parameter', [add('https4', 'HTTPS', bytes('0001 00 0003 0002 01'))]],
  ['an HTTPS with a port of three bytes', [add('https5', 'HTTPS', bytes('0001 00 0003 0003 01bb00'))]],
  ['an HTTPS with an empty alpn', [add('https6', 'HTTPS', bytes('0001 00 0001 0000'))]],
  ['an HTTPS with a hint of three bytes', [add('https7', 'HTTPS', bytes('0001 00 0004 0003 c00002'))]],
  ['a PTR', [add('ptr', 'PTR', encodeName('Foo.Example.net'))]],
  ['a TTL of 32 bits', [add('ttl', 'A', a, 0x8000_0000)]],
  ['the longest TTL', [add('ttl2', 'A', a, 0x7fff_ffff)]],
  ['the same mail in other letters', [add('mail', 'MX', mx(10, 'MAIL.Example.net'))]],
  ['the same alias in other letters', [add('_alias', 'CNAME', encodeName('_X.Example.net'))]],
  ['the same alias in other letters, and another TTL', [add('_alias', 'CNAME', encodeName('_X.EXAMPLE.net'), 30)]],
  ['the same mail in other letters, and another TTL', [add('mail', 'MX', mx(10, 'MAIL.Example.net'), 30)]],
  ['another TTL of one value', [add('host', 'A', a, 30)]],
  ['a second value with another TTL', [add('host', 'A', encodeValue('A', '192.0.2.2'), 10)]],
  ['a deletion in other letters', [rr('mail.example.com', 'MX', 'NONE', mx(10, 'Mail.EXAMPLE.net'))]],
  ['a deletion of all name servers', [rr('example.com', 'NS', 'ANY')]],
  ['a deletion of the last name server', [rr('example.com', 'NS', 'NONE', encodeName('ns1.example.com'))]],
  [
    'other name servers',
    [
      rr('example.com', 'NS', 'IN', encodeName('ns9.example.net'), 60),
      rr('example.com', 'NS', 'NONE', encodeName('ns1.example.com')),
    ],
  ],
  ['a CNAME beside an address', [add('host', 'CNAME', encodeName('x.example.net'))]],
  [
    'a CNAME in the place of an address',
    [rr('host.example.com', 'A', 'ANY'), add('host', 'CNAME', encodeName('x.example.net'))],
  ],
  [
    'an address in the place of a CNAME, in the wrong order',
    [add('host', 'A', a), rr('host.example.com', 'CNAME', 'ANY')],
  ],
  ['a name of another zone', [rr('host.example.org', 'A', 'IN', a, 60)]],
  ['a deletion of everything at a name', [rr('caa.example.com', 'ANY', 'ANY')]],
]

describe.skipIf(missingBind !== undefined)('beside BIND', () => {
  let bind: BindServer
  let small: DnsServer

  beforeAll(async () => {
    bind = await bindServer([{ name: 'example.com' }], [key])
    const records = [
      { name: 'ns1.example.com', type: 'A', ttlSeconds: 300, values: ['127.0.0.1'] },
      { name: 'example.com', type: 'NS', ttlSeconds: 300, values: ['ns1.example.com'] },
    ] as const
    small = await dnsServer({ zones: [{ name: 'example.com', records }], keys: [key] })
  })

  afterAll(async () => {
    await bind?.[Symbol.asyncDispose]()
    await small?.close()
  })

  // One after the other: each starts from what the former ones left.
  for (const [what, changes] of updates) {
    test(`${what}: answered and done as BIND does`, async () => {
      const real = await update({ ...small, address: '127.0.0.1', port: bind.port }, key, [], changes)
      const ours = await update(small, key, [], changes)

      expect(rcodeName(ours.rcode)).toBe(rcodeName(real.rcode))
      expect(await recordsAt(small.port)).toEqual(await recordsAt(bind.port))
    })
  }
})

async function recordsAt(port: number): Promise<readonly unknown[]> {
  const zone = rfc2136Zone({ server: '127.0.0.1', port, zone: 'example.com', key })
  const sets: string[] = []
  for await (const { set } of zone.list?.() ?? []) if (set.type !== 'SOA') sets.push(JSON.stringify(set))
  return sets.toSorted()
}
