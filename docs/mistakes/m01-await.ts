// says: A Change does nothing until it is applied. Write: await cutover.apply(change)
import { dnsRecord, type DnsZone, lowerTtl } from '@cutover/dns'

declare const zone: DnsZone

await lowerTtl(dnsRecord(zone, 'api.example.com', 'CNAME'), { ttlSeconds: 30 })
