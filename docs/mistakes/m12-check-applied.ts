// says: Type 'Check<
// says: Property 'run' is missing in type 'Change<
import { defineCheck } from '@cutover/core'
import { dnsRecord, type DnsZone, lowerTtl } from '@cutover/dns'
import { memoryJournal, runCutover } from '@cutover/rollback'

declare const zone: DnsZone
const drained = defineCheck({
  id: 'queue:drained',
  title: 'The queue is drained',
  run: async () => ({ status: 'pass', text: '0 messages left' }),
})

await runCutover({ id: 'x', journal: memoryJournal() }, async (cutover) => {
  await cutover.apply(drained)
  await cutover.require(lowerTtl(dnsRecord(zone, 'api.example.com', 'CNAME')))
})
