import { drainEstimate, type DrainEstimateOptions } from '@cutover/dns'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { thrown } from './example.ts'

const servedAt = Date.UTC(2026, 10, 20, 2)
const after = (seconds: number): number => servedAt + seconds * 1_000

test('without connections that live on, the tail is the TTL and a second', () => {
  const drain = drainEstimate({ servedAt, ttlSeconds: 59, connectionAge: '0s' })

  expect(drain.dnsDoneAt).toBe(after(60))
  expect(drain.doneAt).toBe(after(60))
  expect([0, 15, 30, 60, 90].map((seconds) => drain.oldShare(after(seconds)))).toEqual([1, 0.75, 0.5, 0, 0])
  expect(drain.p99DoneAt).toBe(after(59.4))
})

test('connections that live for a while come on top of the TTL', () => {
  const drain = drainEstimate({ servedAt, ttlSeconds: 59, connectionAge: '5m' })

  expect(drain.dnsDoneAt).toBe(after(60))
  expect(drain.doneAt).toBe(after(360))
  expect(drain.oldShare(after(0))).toBe(1)
  // Of the connections of five minutes, a minute's were opened while half of the caches had moved.
  expect(drain.oldShare(after(60))).toBeCloseTo((240 + 30) / 300)
  expect(drain.oldShare(after(360))).toBe(0)
})

test('a floor of the resolvers and a cache of the clients lengthen the tail', () => {
  const drain = drainEstimate({ servedAt, ttlSeconds: 1, floorSeconds: 5, clientCache: '30s', connectionAge: '0s' })

  expect(drain.dnsDoneAt).toBe(after(36))
  expect(drain.advice.join(' ')).toMatch(/Clients keep addresses for 30s themselves/)
})

test('connections that nobody closes never move, and the advice says who has to close them', () => {
  const drain = drainEstimate({ servedAt, ttlSeconds: 59 })

  expect(drain).toMatchObject({ dnsDoneAt: after(60), doneAt: undefined, p99DoneAt: undefined })
  expect(drain.oldShare(after(86_400))).toBe(1)
  expect(drain.advice).toEqual([
    'Clients that keep connections alive never move: let the former endpoint answer `Connection: close` (HTTP/2: send GOAWAY), or close idle connections at its load balancer.',
    'Do not stop the former endpoint before 2026-11-20T02:01:00Z, and then only once it sees no requests.',
  ])
})

test('the estimate is what simulated clients do', () => {
  const [ttlSeconds, ageSeconds] = [59, 120]
  const drain = drainEstimate({ servedAt, ttlSeconds, connectionAge: `${ageSeconds}s` })
  // Each connection has an age, and was opened through a cache that forgets at a moment of its own.
  const clients = Array.from({ length: 200 }, (_, age) =>
    Array.from({ length: 200 }, (__, phase) => ({
      ageSeconds: ((age + 0.5) / 200) * ageSeconds,
      forgetsAt: ((phase + 0.5) / 200) * (ttlSeconds + 1),
    })),
  ).flat()

  for (const seconds of [0, 10, 45, 60, 100, 150, 179]) {
    const old = clients.filter((client) => seconds - client.ageSeconds < client.forgetsAt).length
    expect(drain.oldShare(after(seconds))).toBeCloseTo(old / clients.length, 2)
  }
})

test('the share falls all the time, is one at first and nothing in the end, and a hundredth where it says so', () => {
  const seconds = fc.integer({ min: 0, max: 100_000 })
  fc.assert(
    fc.property(seconds, seconds, fc.array(seconds, { minLength: 2 }), (ttlSeconds, age, moments) => {
      const drain = drainEstimate({ servedAt, ttlSeconds, connectionAge: `${age}s` })
      const shares = moments.toSorted((a, b) => a - b).map((moment) => drain.oldShare(after(moment)))
      const { doneAt = 0, p99DoneAt = 0 } = drain
      expect(shares).toEqual(shares.toSorted((a, b) => b - a))
      expect(drain.oldShare(servedAt)).toBe(1)
      expect(drain.oldShare(doneAt)).toBeCloseTo(0)
      expect(drain.oldShare(p99DoneAt)).toBeLessThanOrEqual(0.01 + 1e-9)
      expect(drain.oldShare(p99DoneAt - 1)).toBeGreaterThan(0.01)
    }),
  )
})

test.each<[Partial<DrainEstimateOptions> & object, RegExp]>([
  [{ servedAt: 1_700_000_000 }, /^servedAt is 1700000000; wanted epoch milliseconds/],
  [{ ttlSeconds: -1 }, /^ttlSeconds is -1/],
  [{ connectionAge: 'forever' as '1s' }, /^connectionAge is "forever"/],
  [{ ttl: 60 } as object, /ttl\b/],
])('drainEstimate refuses %j at once', (options, message) => {
  expect(thrown(() => drainEstimate({ servedAt, ttlSeconds: 60, ...options })).message).toMatch(message)
})
