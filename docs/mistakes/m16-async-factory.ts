// says: A Change does nothing until it is applied. Write: await cutover.apply(change)
import { type Change } from '@cutover/core'
import { dnsRecord, type DnsZone, repoint } from '@cutover/dns'

declare const zone: DnsZone
declare function lookup(): Promise<string>

export async function toAzure() {
  return repoint(dnsRecord(zone, 'api.example.com', 'CNAME'), { to: await lookup() })
}

// The remedy: look up first, in a step; or hand it over in a box.
export async function boxed(): Promise<{ readonly change: Change }> {
  return { change: repoint(dnsRecord(zone, 'api.example.com', 'CNAME'), { to: await lookup() }) }
}
