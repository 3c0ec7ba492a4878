import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { dnsServer, dnsZoneConformance } from '@cutover/dns/testing'
import { afterAll, beforeAll, test } from 'vitest'

const key = { name: 'cutover-key', secret: 'Zm9yIHRlc3RzIG9ubHksIGFuZCBpbiB0aGUgb3BlbiE=' }
let server: Awaited<ReturnType<typeof dnsServer>>

beforeAll(async () => {
  server = await dnsServer({ zones: [{ name: 'example.com' }], keys: [key] })
})

afterAll(() => server.close())

for (const { name, run } of dnsZoneConformance({
  emptyZone: () => rfc2136Zone({ server: server.address, port: server.port, zone: 'example.com', key }),
  suffix: 'example.com',
})) {
  test(`an RFC 2136 zone at the server of this package: ${name}`, run)
}
