// says: Pass new Route53(...): a Route53Client has only send()
import { Route53Client } from '@aws-sdk/client-route-53'
import { route53Zone } from '@cutover/dns/route53'

export const zone = route53Zone({ client: new Route53Client({}), hostedZoneId: 'Z1' })
