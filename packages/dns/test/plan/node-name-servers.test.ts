// The server of this package on real sockets; one that refers is BIND, in integration/.
import { dnsRecord, planRepoint } from '@cutover/dns'
import { nodeNameServers } from '@cutover/dns/preflight'
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { dnsServer } from '@cutover/dns/testing'
import { expect, onTestFinished, test } from 'vitest'

import { api, asuid } from './setting.ts'

const key = { name: 'cutover', secret: Buffer.alloc(32, 7).toString('base64') }

async function setUp(transport: 'udp' | 'tcp' = 'udp') {
  const server = await dnsServer({ zones: [{ name: 'example.com', records: [api, asuid] }], keys: [key] })
  onTestFinished(() => server.close())
  const nameServers = nodeNameServers({ roots: [server.address], port: server.port, transport, timeoutMs: 1_000 })
  return {
    server,
    nameServers,
    ask: (
      name: string,
      type: Parameters<typeof nameServers.ask>[1] extends string ? 'SOA' | 'CNAME' | 'TXT' | 'A' | 'DS' : never,
    ) => nameServers.ask(server.address, name, type),
  }
}

for (const transport of ['udp', 'tcp'] as const) {
  test(`a server is asked without recursion over ${transport}, and its answers are read`, async () => {
    const { ask } = await setUp(transport)

    expect(await ask(api.name, 'CNAME')).toMatchObject({
      found: 'answer',
      authoritative: true,
      answers: [{ name: api.name, type: 'CNAME', ttlSeconds: 300, value: api.values[0] }],
    })
    expect(await ask('example.com', 'SOA')).toMatchObject({
      found: 'answer',
      answers: [{ type: 'SOA', value: expect.stringMatching(/^\d+$/) }],
    })
    expect(await ask(asuid.name, 'TXT')).toMatchObject({ answers: [{ value: asuid.values[0] }] })
    expect((await ask('example.com', 'DS')).found).toBe('nodata')
    expect((await ask('gone.example.com', 'A')).found).toBe('nxdomain')
  })
}

test('a server that does not have the zone rejects', async () => {
  const { ask } = await setUp()

  await expect(ask('example.net', 'SOA')).rejects.toMatchObject({ code: 'DNS_UNAVAILABLE' })
})

test('a plan looks at a zone and its server, and finds that no parent sends there', async () => {
  const { server, nameServers } = await setUp()
  const zone = rfc2136Zone({ server: server.address, port: server.port, zone: 'example.com', key })

  const { findings } = await planRepoint(dnsRecord(zone, api.name, 'CNAME'), { to: 'orders.example.com', nameServers })

  expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual(
    expect.arrayContaining(['blocker delegation-lame', 'blocker target-not-found']),
  )
})
