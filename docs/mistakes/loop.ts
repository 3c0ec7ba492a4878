// No mistake: a variable that a loop feeds back into the next change makes nothing `any`.
import { dnsRecord, type DnsZone, repoint } from '@cutover/dns'
import { memoryJournal, runCutover } from '@cutover/rollback'

declare const zone: DnsZone
const api = dnsRecord(zone, 'api.example.com', 'CNAME')

await runCutover({ id: 'x', journal: memoryJournal() }, async (cutover) => {
  let notBefore: number | undefined
  do {
    const moved = await cutover.apply(repoint(api, { to: 'x', notBefore }))
    notBefore = moved.allMovedBy
  } while (notBefore < 5)
})

await runCutover({ id: 'x', journal: memoryJournal() }, async (cutover) => {
  let last = 0
  for (const to of ['a', 'b', 'c']) {
    const moved = await cutover.apply(repoint(api, { to, notBefore: last }))
    last = moved.allMovedBy
  }
})
