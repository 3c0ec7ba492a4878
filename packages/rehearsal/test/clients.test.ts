import { fakeWorld } from '@cutover/core/testing'
import { clients } from '@cutover/rehearsal'
import { expect, test } from 'vitest'

test('each client calls in its turn through its own resolver, and the world hears who answered', async () => {
  const world = fakeWorld()
  const asked: number[] = []
  const stop = clients(world, {
    name: 'api',
    count: 2,
    everyMs: 10_000,
    resolve: (client) => {
      asked.push(client)
      return client === 0 ? '192.0.2.1' : world.clock.monotonic() > 10_000 ? undefined : '192.0.2.9'
    },
    reach: (address) => (address === '192.0.2.1' ? 'source' : undefined),
  })

  await world.advance(11_000)
  stop()
  await world.advance(60_000)

  expect(asked).toEqual([0, 1, 0, 1])
  expect(world.observed).toEqual([
    { kind: 'answered', name: 'api', client: 'client-1', by: 'source', why: undefined, at: 0 },
    { kind: 'answered', name: 'api', client: 'client-2', by: undefined, why: 'nobody at 192.0.2.9', at: 777 },
    { kind: 'answered', name: 'api', client: 'client-1', by: 'source', why: undefined, at: 10_000 },
    { kind: 'answered', name: 'api', client: 'client-2', by: undefined, why: 'no address', at: 10_777 },
  ])
})
