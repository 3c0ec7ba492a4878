import { changeConformance, fakeWorld } from '@cutover/core/testing'
import { apply, restore, snapshot, type ZoneSnapshot } from '@cutover/dns'
import { inMemoryAzureDns, type InMemoryAzureDnsOptions } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { kept, profileId } from './example.ts'

const records: NonNullable<InMemoryAzureDnsOptions['records']> = [
  { name: '@', type: 'A', ttl: 30, targetResource: { id: profileId }, metadata: { owner: 'us' } },
  { name: 'api', type: 'CNAME', ttl: 300, cnameRecord: { cname: 'D-1.execute-api.us-east-1.amazonaws.com.' } },
  {
    name: 'mail',
    type: 'MX',
    ttl: 300,
    mxRecords: [
      { preference: 20, exchange: 'b.example.net' },
      { preference: 10, exchange: 'a.example.net' },
    ],
  },
  { name: 't', type: 'TXT', ttl: 300, txtRecords: [{ value: ['v=spf1 ', '-all'] }] },
  { name: 'p', type: 'PTR', ttl: 300, ptrRecords: [{ ptrdname: 'a.example.net' }] },
]

async function spoiled() {
  const world = fakeWorld()
  const dns = inMemoryAzureDns(world, { records })
  const taken = JSON.parse(JSON.stringify(await snapshot(dns.zone()))) as ZoneSnapshot
  const found = dns.records.map(kept)
  dns.editBehind('@', 'A', { ttl: 60, aRecords: [{ ipv4Address: '192.0.2.1' }] })
  dns.editBehind('api', 'CNAME', { ttl: 60, cnameRecord: { cname: 'orders.azurewebsites.net' } })
  dns.editBehind('mail', 'MX', undefined)
  dns.editBehind('t', 'TXT', { ttl: 60, txtRecords: [{ value: ['other'] }] })
  dns.editBehind('p', 'PTR', undefined)
  dns.editBehind('new', 'A', { ttl: 60, aRecords: [{ ipv4Address: '192.0.2.2' }] })
  return { world, dns, taken, found }
}

const accept = ['example.com/A']

test('a whole zone is restored byte for byte from what a file kept, aliases, metadata and split texts too', async () => {
  const { world, dns, taken, found } = await spoiled()

  const { result } = await apply(restore(dns.zone(), taken, { accept }), world)

  expect(dns.records.map(kept)).toEqual(found)
  expect(result).toEqual({ created: 2, replaced: 3, deleted: 1 })
})

for (const { name, run } of changeConformance({
  setUp(world) {
    const dns = inMemoryAzureDns(world, { records })
    const zone = dns.zone()
    const wanted: ZoneSnapshot = {
      version: 1,
      names: ['api.example.com', 'new.example.com'],
      records: [
        { name: 'api.example.com', type: 'CNAME', ttlSeconds: 60, values: ['orders.azurewebsites.net'] },
        { name: 'new.example.com', type: 'TXT', ttlSeconds: 60, values: ['x'] },
      ],
    }
    return {
      change: () => restore(zone, wanted),
      editBehind: () => dns.editBehind('api', 'CNAME', { ttl: 7, cnameRecord: { cname: 'theirs.example.net' } }),
    }
  },
})) {
  test(`restore at Azure DNS: ${name}`, run)
}
