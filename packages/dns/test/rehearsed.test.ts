// Whole moves of a name, with a fault at every write and every record of the journal, while clients ask resolvers that cache.
import { type Check, defineCheck } from '@cutover/core'
import { createRecord, dnsRecord, lockRecord, lowerTtl, raiseTtl, repoint, shift, toWeighted } from '@cutover/dns'
import { inMemoryResolver, inMemoryZone, type ZoneProfile } from '@cutover/dns/testing'
import { clients, type FakeWorld, rehearse } from '@cutover/rehearsal'
import { type Cutover, runCutover, type RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { aws, azure } from './example.ts'
import { name } from './weighted.ts'

interface Scene {
  readonly profile: ZoneProfile
  readonly isAlias: boolean
  readonly falls: boolean
}

const gateway = '192.0.2.1'

function setUp(world: FakeWorld, { profile, isAlias, falls }: Scene) {
  const found = isAlias
    ? (['A', 'AAAA'] as const).map((type) => ({ kind: 'alias', name, type, alias: { target: aws } }) as const)
    : [{ name, type: 'CNAME', ttlSeconds: 300, values: [aws] } as const]
  const zone = inMemoryZone(world, found, { profile, aliases: { [aws]: [gateway] } })
  return { zone, api: dnsRecord(zone, name, 'CNAME'), healthy: health(falls) }
}

/** What the target says once it has traffic. */
const health = (falls: boolean): Check =>
  defineCheck({
    id: 'healthy',
    title: 'The target is well',
    run: async () => ({ status: falls ? 'fail' : 'pass', text: falls ? 'sick' : 'well' }),
  })

/** Both sides serve all the time: what must not be is a client that is told nothing, or a name that nobody has. */
function load({ zone }: ReturnType<typeof setUp>, world: FakeWorld): () => void {
  const resolvers = (['unbound', 'bind', 'dnsmasq'] as const).map((profile) =>
    inMemoryResolver(world, { zone, profile }),
  )
  return clients(world, {
    name,
    count: resolvers.length,
    everyMs: 20_000,
    resolve: (client) => resolvers[client]?.answer(name, 'A')?.values[0],
    reach: (address) => ([aws, azure, gateway].includes(address) ? address : undefined),
  })
}

type Parts = ReturnType<typeof setUp>
const moves: Readonly<Record<string, (parts: Parts, cutover: Cutover) => Promise<void>>> = {
  async 'a ramp by weights, from an alias'({ zone, api, healthy }, cutover) {
    await cutover.apply(createRecord(dnsRecord(zone, `asuid.${name}`, 'TXT'), { values: 'ABC123' }))
    await cutover.apply(toWeighted(api, { to: azure, ttlSeconds: 30 }))
    let { origin } = await cutover.apply(shift(api, { to: azure, percent: 5 }))
    await cutover.require(healthy, { as: 'well at 5 %' })
    ;({ origin } = await cutover.apply(shift(api, { to: azure, percent: 100, origin })))
    await cutover.apply(lockRecord(api))
  },
  async 'a repoint, with its TTL lowered before and raised again'({ api, healthy }, cutover) {
    const { safeAt, from } = await cutover.apply(lowerTtl(api, { ttlSeconds: 30, until: 'authoritative' }))
    await cutover.waitUntil('the former TTL is forgotten', () => safeAt)
    await cutover.apply(repoint(api, { to: azure, notBefore: safeAt, rto: '5m' }))
    await cutover.require(healthy)
    await cutover.apply(raiseTtl(api, { ttlSeconds: from }))
  },
}

for (const [title, profile, isAlias] of [
  ['a ramp by weights, from an alias', 'route53', true],
  ['a repoint, with its TTL lowered before and raised again', 'route53', false],
  ['a repoint, with its TTL lowered before and raised again', 'azure-dns', false],
] as const) {
  for (const falls of [false, true]) {
    const outcome = falls ? 'goes back since the target falls ill' : 'completes'
    test(`${title}, at ${profile}, ${outcome}: no fault breaks it`, { timeout: 60_000 }, async () => {
      const report = await rehearse({
        world: (world) => setUp(world, { profile, isAlias, falls }),
        cutover: (parts: Parts, run: RunOptions) =>
          runCutover({ id: 'move', ...run }, async (cutover) => moves[title]?.(parts, cutover)),
        load,
      })

      expect(report.end).toBe(falls ? 'rolled-back' : 'completed')
      expect(report.violations.map(({ text }) => text)).toEqual([])
      expect(report.runs).toBeGreaterThan(100)
    })
  }
}
