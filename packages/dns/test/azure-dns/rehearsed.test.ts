// A whole move at Azure DNS, through our adapter over the service's own state machine, with every fault at every write.
import { defineCheck } from '@cutover/core'
import { createRecord, dnsRecord, lowerTtl, raiseTtl, repoint } from '@cutover/dns'
import { inMemoryAzureDns } from '@cutover/dns/testing'
import { clients, type FakeWorld, rehearse } from '@cutover/rehearsal'
import { runCutover, type RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { api, aws, azure } from './example.ts'

function setUp(world: FakeWorld) {
  const dns = inMemoryAzureDns(world, { records: [{ ...api, metadata: { owner: 'team-a' } }] })
  const zone = dns.zone()
  const record = dnsRecord(zone, 'api.example.com', 'CNAME')
  return { dns, record, proof: dnsRecord(zone, 'asuid.api.example.com', 'TXT') }
}
type Parts = ReturnType<typeof setUp>

const move = (falls: boolean) => (parts: Parts, run: RunOptions) =>
  runCutover({ id: 'move', ...run }, async (cutover) => {
    await cutover.apply(createRecord(parts.proof, { values: 'ABC123' }))
    const { safeAt, from } = await cutover.apply(lowerTtl(parts.record, { ttlSeconds: 30, until: 'authoritative' }))
    await cutover.waitUntil('the former TTL is forgotten', () => safeAt)
    await cutover.apply(repoint(parts.record, { to: azure, notBefore: safeAt, rto: '5m' }))
    await cutover.require(
      defineCheck({
        id: 'healthy',
        title: 'The target is well',
        run: async () => ({ status: falls ? 'fail' : 'pass', text: falls ? 'sick' : 'well' }),
      }),
    )
    await cutover.apply(raiseTtl(parts.record, { ttlSeconds: from }))
  })

for (const falls of [false, true]) {
  test(`a move that ${falls ? 'goes back' : 'completes'} is broken by no fault`, { timeout: 60_000 }, async () => {
    const report = await rehearse({
      world: setUp,
      cutover: move(falls),
      // Whoever asks a name server is told a name that somebody serves, at any moment.
      load: ({ dns }: Parts, world: FakeWorld) =>
        clients(world, {
          name: 'api.example.com',
          everyMs: 20_000,
          resolve: () => dns.machine.served('api', 'CNAME')?.cnameRecord?.cname,
          reach: (name) => ([aws, azure].includes(name) ? name : undefined),
        }),
    })

    expect(report.end).toBe(falls ? 'rolled-back' : 'completed')
    expect(report.violations.map(({ text }) => text)).toEqual([])
    expect(report.runs).toBeGreaterThan(100)
  })
}
