import { fakeWorld } from '@cutover/core/testing'
import { apply, dnsRecord, isCutoverError, lowerTtl, type RecordSet, repoint } from '@cutover/dns'
import { inMemoryZone } from '@cutover/dns/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const label = fc.stringMatching(/^[a-z0-9_]([a-z0-9-]{0,10}[a-z0-9])?$/)
const host = fc.tuple(label, label).map(([a, b]) => `${a}.${b}.net`)
const values = {
  A: fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 4 }),
  AAAA: fc.uniqueArray(fc.ipV6(), { minLength: 1, maxLength: 4 }),
  CNAME: fc.tuple(host),
  TXT: fc.uniqueArray(fc.string({ maxLength: 300 }), { minLength: 1, maxLength: 3 }),
}
const ttlSeconds = fc.integer({ min: 0, max: 2_147_483_647 })
const move = fc
  .constantFrom(...(Object.keys(values) as (keyof typeof values)[]))
  .chain((type) => fc.record({ type: fc.constant(type), label, ttlSeconds, values: values[type], to: values[type] }))

const faults = ['refused', 'refused-though-done', 'reply-lost', 'late', 'slow'] as const

test('repoint and its revert leave every record exactly as found', async () => {
  await fc.assert(
    fc.asyncProperty(move, fc.option(ttlSeconds, { nil: undefined }), async ({ to, ...found }, ttl) => {
      const world = fakeWorld()
      const zone = inMemoryZone(world, [{ ...found, name: `${found.label}.example.com` }])
      const before = zone.records
      const { result, revert } = await apply(
        repoint(dnsRecord(zone, `${found.label}.example.com`, found.type as 'A'), { to, ttlSeconds: ttl }),
        world,
      )

      expect(result.allMovedBy).toBeGreaterThanOrEqual(world.clock.now() + found.ttlSeconds * 1_000)
      await world.runUntil(revert(), Number.POSITIVE_INFINITY)

      expect(zone.records).toEqual(before)
    }),
    { numRuns: 150 },
  )
})

test('whatever happens to two writes of lowering, repointing and going back, the record ends as found or is said to be in doubt', async () => {
  const found: RecordSet = { name: 'api.example.com', type: 'CNAME', ttlSeconds: 300, values: ['source.example.net'] }
  const two = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(...faults)), {
    maxLength: 2,
    selector: ([number]) => number,
  })
  await fc.assert(
    fc.asyncProperty(two, async (plan) => {
      const world = fakeWorld({ faults: new Map(plan) })
      const zone = inMemoryZone(world, [found])
      const api = dnsRecord(zone, found.name, 'CNAME')
      const reverts: (() => Promise<void>)[] = []
      const step = async (change: ReturnType<typeof lowerTtl> | ReturnType<typeof repoint>): Promise<void> => {
        try {
          reverts.unshift((await apply<unknown>(change, world)).revert)
        } catch (error) {
          if (isCutoverError(error, 'CHANGE_IN_DOUBT')) reverts.unshift(() => error.revert())
          else if (!isCutoverError(error, 'CHANGE_REFUSED')) throw error
        }
      }
      await step(lowerTtl(api, { ttlSeconds: 30 }))
      await step(repoint(api, { to: 'target.example.net' }))
      for (const revert of reverts) {
        for (let attempt = 1; ; attempt++) {
          const error: unknown = await revert().then(
            () => undefined,
            (reason: unknown) => reason,
          )
          if (error === undefined) break
          expect(error).toMatchObject({ code: 'CHANGE_NOT_REVERTED' })
          expect(attempt).toBeLessThan(4)
        }
      }

      expect(zone.records).toEqual([found])
    }),
    { numRuns: 150 },
  )
})
