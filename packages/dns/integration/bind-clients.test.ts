// BIND's own clients against the server of this package: what they send is understood, and what it answers too.
import { spawnSync } from 'node:child_process'

import { type DnsServer, dnsServer } from '@cutover/dns/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { dig, missingBind, nsupdate } from './bind-server.ts'

if (missingBind !== undefined) {
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(missingBind)
  console.warn(`skipped: ${missingBind}`)
}

const keys = [
  { name: 'cutover-key', secret: 'Zm9yIHRlc3RzIG9ubHksIGFuZCBpbiB0aGUgb3BlbiE=' },
  { name: 'strong-key', algorithm: 'hmac-sha512', secret: Buffer.alloc(64, 7).toString('base64') },
] as const
const [key] = keys

const long = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(250))

describe.skipIf(missingBind !== undefined)('with BIND’s clients', () => {
  let server: DnsServer

  beforeAll(async () => {
    const records = [
      { name: 'api.example.com', type: 'CNAME', ttlSeconds: 300, values: ['lb.example.com'] },
      { name: 'lb.example.com', type: 'AAAA', ttlSeconds: 60, values: ['2001:db8::1'] },
      { name: 'long.example.com', type: 'TXT', ttlSeconds: 60, values: long },
    ] as const
    server = await dnsServer({ zones: [{ name: 'example.com', records }], keys })
  })

  afterAll(() => server.close())

  for (const signedBy of [undefined, ...keys]) {
    for (const transport of ['+notcp', '+tcp']) {
      test(`dig ${transport} is answered, ${signedBy ? `signed with ${signedBy.name}` : 'unsigned'}`, async () => {
        const output = await dig(server, signedBy, [transport, 'api.example.com', 'AAAA'])

        expect(output).toMatch(/status: NOERROR/)
        expect(output).toMatch(/flags: qr aa/)
        expect(output).toMatch(/api\.example\.com\.\s+300\s+IN\s+CNAME\s+lb\.example\.com\./)
        expect(output).toMatch(/lb\.example\.com\.\s+60\s+IN\s+AAAA\s+2001:db8::1/)
        // dig verifies the signature of what it prints, and complains.
        expect(output).not.toMatch(/warning|couldn't verify|malformed|extra bytes/i)
        expect(/TSIG\s+hmac-sha/.test(output)).toBe(signedBy !== undefined)
      })
    }
  }

  test('dig comes again over TCP for what does not fit', async () => {
    const output = await dig(server, undefined, ['long.example.com', 'TXT'])

    expect(output).toMatch(/Truncated, retrying in TCP mode/)
    expect(output.match(/\s60\s+IN\s+TXT/g)).toHaveLength(8)
  })

  test('dig sees for how long there is no such name', async () => {
    expect(await dig(server, undefined, ['none.example.com', 'A'])).toMatch(
      /status: NXDOMAIN[\s\S]*example\.com\.\s+60\s+IN\s+SOA\s+ns1\.example\.com\. hostmaster\.example\.com\. \d+/,
    )
  })

  for (const signedBy of keys) {
    test(`nsupdate with ${signedBy.name} changes what it finds as it expects`, async () => {
      const name = `${signedBy.name}.example.com`
      const add = await nsupdate(server, signedBy, [
        'zone example.com',
        `prereq nxdomain ${name}`,
        `add ${name} 60 A 192.0.2.1`,
        `add ${name} 60 A 192.0.2.2`,
      ])
      const stale = await nsupdate(server, signedBy, [
        'zone example.com',
        `prereq yxrrset ${name} A 192.0.2.1`,
        `del ${name}`,
      ])
      const exact = await nsupdate(server, signedBy, [
        'zone example.com',
        `prereq yxrrset ${name} A 192.0.2.2`,
        `prereq yxrrset ${name} A 192.0.2.1`,
        `del ${name} A 192.0.2.1`,
      ])

      expect([add.status, stale.status, exact.status]).toEqual([0, 2, 0])
      expect(stale.output).toContain('NXRRSET')
      expect(server.records('example.com')).toContainEqual({
        name,
        type: 'A',
        ttlSeconds: 60,
        values: ['192.0.2.2'],
      })
    })
  }

  test('nsupdate is told why it is not let in', async () => {
    const lines = ['zone example.com', 'add denied.example.com 60 A 192.0.2.1']

    const unsigned = await nsupdate(server, undefined, lines)
    const wrong = await nsupdate(server, { ...key, secret: 'AAAA' }, lines)
    const unknown = await nsupdate(server, { ...key, name: 'other-key' }, lines)

    expect(unsigned.output).toContain('REFUSED')
    expect(wrong.output).toContain('BADSIG')
    expect(unknown.output).toContain('BADKEY')
    expect(server.records('example.com').filter(({ name }) => name === 'denied.example.com')).toEqual([])
  })

  test('keys that tsig-keygen makes are taken', async () => {
    const { stdout } = spawnSync('tsig-keygen', ['-a', 'hmac-sha256', 'made-key'], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin` },
    })
    const secret = /secret "(.*)";/.exec(stdout)?.[1] ?? ''
    const made = { name: 'made-key', secret }
    const own = await dnsServer({ zones: [{ name: 'example.com' }], keys: [made] })

    const { status } = await nsupdate(own, made, ['zone example.com', 'add a.example.com 60 A 192.0.2.1'])

    expect([status, own.records('example.com').length]).toEqual([0, 1])
    await own.close()
  })
})
