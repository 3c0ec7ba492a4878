import { fakeWorld } from '@cutover/core/testing'
import type { CountSource } from '@cutover/health-checks'
import { type CountedSide, type InMemoryAzureMonitor, inMemoryAzureMonitor } from '@cutover/health-checks/testing'

const minute = 60_000

/** A refusal as the official clients throw it. */
export const refusals = {
  throttled: () =>
    Object.assign(new Error('Rate limit is exceeded'), { name: 'RestError', statusCode: 429, code: 'TooManyRequests' }),
  denied: () => Object.assign(new Error('no'), { name: 'RestError', statusCode: 403, code: 'AuthorizationFailed' }),
}

/** Ten minutes of an app: a gap in minute 3 that never arrives, and one in minute 6; all else has arrived. */
export function recordedApp(
  make: (machine: InMemoryAzureMonitor, clock: ReturnType<typeof fakeWorld>['clock']) => CountSource,
  refuse: (machine: InMemoryAzureMonitor, how: 'throttled' | 'denied') => void,
  { slow = false, itemCount = 1 } = {},
): CountedSide {
  const world = fakeWorld({ startAt: Date.UTC(2026, 10, 20, 4) })
  const machine = inMemoryAzureMonitor(world)
  const start = world.clock.now() - 120 * minute
  const recorded = Array.from({ length: 10 }, (_, i) => ({ total: 40 + i, bad: i, slow: 2 }))
  machine.recordRequests(
    recorded.map((one, i) => ({ from: start + i * minute, to: start + (i + 1) * minute, ...one })),
    { itemCount },
  )
  machine.lose(start + 3 * minute, start + 4 * minute)
  machine.lose(start + 6 * minute, start + 7 * minute)
  return {
    source: make(machine, world.clock),
    start,
    recorded: recorded.map((one, i) =>
      i === 3 || i === 6 ? undefined : slow ? one : { total: one.total, bad: one.bad },
    ),
    refuse: (how) => refuse(machine, how),
  }
}
