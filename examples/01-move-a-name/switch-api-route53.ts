// node switch-api-route53.ts            moves api.example.com from AWS to Azure, and back if it is not well there
import { Route53 } from '@aws-sdk/client-route-53'
import { answersWith, apply, dnsRecord, lowerTtl, planRepoint, repoint, waitFor } from '@cutover/dns'
import { route53Zone } from '@cutover/dns/route53'
import pRetry from 'p-retry'

const zone = route53Zone({ client: new Route53({ region: 'us-east-1' }), hostedZoneId: 'Z0123456789ABCDEFGHIJ' })
const api = dnsRecord(zone, 'api.example.com', 'CNAME')
const to = 'orders.azurewebsites.net'
const onEvent = (event: { text: string }) => console.log(event.text)

const plan = await planRepoint(api, { to, rto: '5m' })
for (const finding of plan.findings) console.log(`${finding.severity}: ${finding.text} ${finding.fix}`)
if (!plan.ok) process.exit(1)

const lowered = await apply(lowerTtl(api, { ttlSeconds: 30 }), { onEvent })
const switched = await apply(repoint(api, { to, rto: '5m', notBefore: lowered.result.safeAt }), { onEvent })
try {
  await waitFor(answersWith(api, { to }), { within: '10m', onEvent })
  await pRetry(answersHealthy, { retries: 10, minTimeout: 3_000, factor: 1 })
  console.log(`Everybody has the new answer by ${new Date(switched.result.allMovedBy).toISOString()}.`)
} catch (error) {
  await switched.revert()
  await lowered.revert()
  throw error
}

async function answersHealthy(): Promise<void> {
  const response = await fetch('https://orders.azurewebsites.net/health', { signal: AbortSignal.timeout(5_000) })
  if (!response.ok) throw new Error(`health answered ${response.status}`)
}
