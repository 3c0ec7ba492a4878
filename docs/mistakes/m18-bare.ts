// The compiler sees nothing here; lint does.
import { dnsRecord, type DnsZone, lowerTtl } from '@cutover/dns'
import { memoryJournal, runCutover } from '@cutover/rollback'

declare const zone: DnsZone
const api = dnsRecord(zone, 'api.example.com', 'CNAME')

await runCutover({ id: 'x', journal: memoryJournal() }, async (cutover) => {
  lowerTtl(api)
  cutover.apply(lowerTtl(api))
})
