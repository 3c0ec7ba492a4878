import { isCutoverError } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import type { WeightedRecordSet } from '@cutover/dns'
import { inMemoryTrafficManager } from '@cutover/dns/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { found, weighing } from './example.ts'

const endpoint = fc.record({
  weight: fc.integer({ min: 1, max: 1_000 }),
  enabled: fc.boolean(),
  healthy: fc.boolean(),
  alwaysServe: fc.boolean(),
  next: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_000 })),
})

test('whatever is shifted, there and back: somebody well is always enabled before anybody is disabled, and nobody hears NXDOMAIN', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(endpoint, { minLength: 2, maxLength: 4 }),
      fc.integer({ min: 0, max: 4 }),
      async (all, toleratedFailures) => {
        const world = fakeWorld()
        const endpoints = all.map(({ next: _next, ...one }, place) => ({
          ...one,
          name: `e${place}`,
          target: `e${place}.example.net`,
        }))
        fc.pre(endpoints.some(({ enabled }) => enabled))
        const manager = inMemoryTrafficManager(world, { name: 'orders', endpoints, toleratedFailures })
        const { machine } = manager
        const zone = manager.zone()
        const configured = (): unknown =>
          machine.profile().endpoints?.map(({ endpointMonitorStatus: _status, ...one }) => one)
        const asFound = configured()
        // Before each write: who is well, and enabled, when somebody is disabled?
        const call = world.call.bind(world)
        world.call = (operation, how, body) =>
          call(operation, how, () => {
            const before = machine.profile().endpoints ?? []
            const answer = body()
            const after = machine.profile().endpoints ?? []
            const gone = after.filter(
              (one, place) => one.endpointStatus === 'Disabled' && before[place]?.endpointStatus === 'Enabled',
            )
            const well = after.filter((one) => ['Online', 'Unmonitored'].includes(one.endpointMonitorStatus ?? ''))
            expect([gone.length, gone.length === 0 || well.length > 0]).toEqual([gone.length, true])
            return answer
          })
        const replaceBy = async (next: WeightedRecordSet, from: WeightedRecordSet): Promise<unknown> => {
          let gaps = 0
          const stop = world.repeat(1_000, () => {
            if (machine.served().endpoints.length === 0) gaps += 1
          })
          const writing = zone.replace({ set: from }, next).catch((error: unknown) => error)
          const outcome = await world.runUntil(writing)
          stop()
          expect(gaps).toBe(0)
          return outcome
        }

        const before = await found(zone)
        const next = weighing(before, Object.fromEntries(all.map((one, place) => [`e${place}`, one.next])))
        const outcome = await replaceBy(next, before.set)

        const now = await found(zone)
        const weights = (set: WeightedRecordSet): string => set.members.map(({ weight }) => weight).join()
        const isGuard = ['DNS_NOT_SAFE_YET', 'DNS_CHANGE_REJECTED'].some((code) => isCutoverError(outcome, code))
        expect([outcome, isGuard || weights(now.set) === weights(next)]).toEqual([outcome, true])
        const back = await replaceBy(before.set, now.set)
        expect([back, back instanceof Error ? asFound : configured()]).toEqual([back, asFound])
      },
    ),
    { numRuns: 200 },
  )
})
