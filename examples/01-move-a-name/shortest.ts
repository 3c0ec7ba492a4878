import { Route53 } from '@aws-sdk/client-route-53'
import { apply, dnsRecord, lowerTtl, repoint } from '@cutover/dns'
import { route53Zone } from '@cutover/dns/route53'

const zone = route53Zone({ client: new Route53({ region: 'us-east-1' }), hostedZoneId: 'Z0123456789ABCDEFGHIJ' })
const api = dnsRecord(zone, 'api.example.com', 'CNAME')

await apply(lowerTtl(api)) // waits until nobody remembers the old TTL
await apply(repoint(api, { to: 'orders.azurewebsites.net' }))
