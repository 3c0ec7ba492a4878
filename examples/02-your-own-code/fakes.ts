// What the code touches, in a fake world: a zone, two stores, both clouds' functions, and a health check.
import { defineCheck } from '@cutover/core'
import { dnsRecord } from '@cutover/dns'
import { inMemoryZone } from '@cutover/dns/testing'
import type { FakeWorld } from '@cutover/rehearsal'
import { link } from '@cutover/sync'
import { inMemoryLedger, inMemoryStore } from '@cutover/sync/testing'
import { inMemoryFunctionApp, inMemoryLambda } from '@cutover/triggers/testing'

export function orders(world: FakeWorld, { errorRate = 0.01 } = {}) {
  const zone = inMemoryZone(world, [
    { name: 'api.example.com', type: 'CNAME', ttlSeconds: 300, values: ['d-1.execute-api.us-east-1.amazonaws.com'] },
  ])
  const s3 = inMemoryStore(world, { 'a.pdf': 'A', 'b.pdf': 'B' }, { id: 's3' })
  const blob = inMemoryStore(world, {}, { id: 'blob' })
  return {
    zone,
    s3,
    blob,
    api: dnsRecord(zone, 'api.example.com', 'CNAME'),
    lambda: inMemoryLambda(world, {
      functionName: 'orders',
      triggers: { queue: { sqs: 'orders' }, nightly: { sqs: 'nightly-jobs' } },
    }),
    app: inMemoryFunctionApp(world, { name: 'orders', triggers: { queue: 'consumeOrders', nightly: 'nightlyReport' } }),
    uploads: link('uploads', { from: s3, to: blob, ledger: inMemoryLedger(world) }),
    healthy: defineCheck({
      id: 'healthy',
      title: 'As healthy as Lambda',
      run: async () => ({
        status: errorRate > 0.015 ? 'fail' : 'pass',
        text: `${errorRate * 100} % of the requests fail, 1 % did at Lambda`,
      }),
    }),
  }
}
