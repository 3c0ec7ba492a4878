// says: 'ttl' does not exist in type 'LowerTtlOptions'
import { dnsRecord, type DnsZone, lowerTtl } from '@cutover/dns'

declare const zone: DnsZone

export const change = lowerTtl(dnsRecord(zone, 'api.example.com', 'CNAME'), { ttl: 30 })
