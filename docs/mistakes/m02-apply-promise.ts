// says: Property 'result' does not exist on type 'Promise<
import { apply, dnsRecord, type DnsZone, lowerTtl } from '@cutover/dns'

declare const zone: DnsZone

const lowered = apply(lowerTtl(dnsRecord(zone, 'api.example.com', 'CNAME')))
console.log(lowered.result.safeAt)
