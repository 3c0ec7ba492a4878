import { changeConformance } from '@cutover/core/testing'
import { createRecord, dnsRecord, lowerTtl, repoint } from '@cutover/dns'
import type { AzureRecordSet } from '@cutover/dns/azure-dns'
import { inMemoryAzureDns } from '@cutover/dns/testing'
import { test } from 'vitest'

import { api, aws, azure } from './example.ts'

const record = { ...api, metadata: { owner: 'team-a' } }

for (const [verb, make] of [
  ['lowerTtl', (zone) => lowerTtl(dnsRecord(zone, 'api.example.com', 'CNAME'), { ttlSeconds: 30 })],
  ['repoint', (zone) => repoint(dnsRecord(zone, 'api.example.com', 'CNAME'), { to: azure })],
  ['createRecord', (zone) => createRecord(dnsRecord(zone, 'asuid.example.com', 'TXT'), { values: 'A1B2' })],
] as const satisfies readonly (readonly [
  string,
  (zone: ReturnType<ReturnType<typeof inMemoryAzureDns>['zone']>) => unknown,
])[]) {
  const [label, type] = verb === 'createRecord' ? (['asuid', 'TXT'] as const) : (['api', 'CNAME'] as const)
  const edits: readonly (readonly [string, AzureRecordSet | undefined])[] =
    type === 'TXT'
      ? [['the value', { ttl: 300, txtRecords: [{ value: ['theirs'] }] }]]
      : [
          ['the value', { ttl: 300, cnameRecord: { cname: 'theirs.example.net' } }],
          ['the TTL alone', { ttl: 7, cnameRecord: { cname: aws }, metadata: { owner: 'team-a' } }],
          ['the metadata alone', { ttl: 300, cnameRecord: { cname: aws }, metadata: { owner: 'them' } }],
          ['it, by deleting it', undefined],
        ]
  for (const [what, edit] of edits) {
    for (const { name, run } of changeConformance({
      setUp(world) {
        const dns = inMemoryAzureDns(world, { records: [record] })
        return { change: () => make(dns.zone()), editBehind: () => dns.editBehind(label, type, edit) }
      },
    })) {
      test(`${verb} at Azure DNS, where somebody else edits ${what}: ${name}`, run)
    }
  }
}
