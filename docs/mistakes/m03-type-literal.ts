// says: is not assignable to parameter of type 'DnsRecord
import { type DnsZone, lowerTtl } from '@cutover/dns'

declare const zone: DnsZone
const api = { zone, name: 'api.example.com', type: 'CNAME' }

export const change = lowerTtl(api)
