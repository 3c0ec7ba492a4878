import { manualClock } from '@cutover/core/testing'
import type { RecordSet } from '@cutover/dns'
import { type DnsServer, dnsServer, resolverFor } from '@cutover/dns/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'

const record = (name: string, type: RecordSet['type'], ttlSeconds: number, ...values: string[]): RecordSet => ({
  name,
  type,
  ttlSeconds,
  values,
})

let server: DnsServer
let queries: string[]
beforeEach(async () => {
  queries = []
  server = await dnsServer({
    zones: [
      {
        name: 'example.com',
        records: [
          record('api.example.com', 'CNAME', 30, 'lb.example.com'),
          record('lb.example.com', 'A', 300, '192.0.2.2', '192.0.2.1'),
          record('now.example.com', 'A', 0, '192.0.2.1'),
          record('away.example.com', 'CNAME', 30, 'elsewhere.example.org'),
          record('loop.example.com', 'CNAME', 30, 'loop2.example.com'),
          record('loop2.example.com', 'CNAME', 30, 'loop.example.com'),
          record('big.example.com', 'TXT', 30, ...Array.from({ length: 8 }, (_, i) => `${i}`.repeat(200))),
        ],
        soa: { negativeTtlSeconds: 7 },
      },
    ],
    log: (line) => void queries.push(line),
  })
})
afterEach(() => server.close())

/** In the middle of a second. */
const clock = () => manualClock(Date.UTC(2026, 10, 20, 2) + 500)

test('answers what the server has, values sorted', async () => {
  const resolver = resolverFor({ port: server.port, name: 'unbound', clock: clock() })

  expect(resolver.name).toBe('unbound')
  expect(await resolver.lookup('LB.example.com.', 'A')).toEqual({ values: ['192.0.2.1', '192.0.2.2'], ttlSeconds: 300 })
})

test('follows a CNAME, and its answer is as old as the shortest TTL', async () => {
  const resolver = resolverFor({ port: server.port, clock: clock() })

  expect(await resolver.lookup('api.example.com', 'A')).toEqual({ values: ['192.0.2.1', '192.0.2.2'], ttlSeconds: 30 })
  expect(await resolver.lookup('api.example.com', 'CNAME')).toEqual({ values: ['lb.example.com'], ttlSeconds: 30 })
  expect(queries).toHaveLength(1)
})

test('gives a former answer until its last second is over', async () => {
  const time = clock()
  const resolver = resolverFor({ port: server.port, clock: time })
  await resolver.lookup('api.example.com', 'CNAME')
  server.edit('example.com', 'api.example.com', 'CNAME', { ttlSeconds: 30, values: ['target.example.net'] })

  await time.advance(30_400)
  expect(await resolver.lookup('api.example.com', 'CNAME')).toEqual({ values: ['lb.example.com'], ttlSeconds: 0 })
  await time.advance(100)

  expect(await resolver.lookup('api.example.com', 'CNAME')).toEqual({ values: ['target.example.net'], ttlSeconds: 30 })
})

test('each name behind a CNAME is remembered by its own TTL', async () => {
  const time = clock()
  const resolver = resolverFor({ port: server.port, clock: time })
  await resolver.lookup('api.example.com', 'A')
  server.edit('example.com', 'lb.example.com', 'A', { ttlSeconds: 300, values: ['192.0.2.3'] })

  await time.advance(31_000)

  // The server sends both; the new address is in the answer that renews the CNAME.
  expect((await resolver.lookup('api.example.com', 'A'))?.values).toEqual(['192.0.2.3'])
  expect(queries).toHaveLength(2)
})

test('remembers that there is no such record, for as long as the SOA says', async () => {
  const time = clock()
  const resolver = resolverFor({ port: server.port, clock: time })
  expect(await resolver.lookup('new.example.com', 'A')).toBeUndefined()
  server.edit('example.com', 'new.example.com', 'A', { ttlSeconds: 30, values: ['192.0.2.1'] })

  await time.advance(7_400)
  expect(await resolver.lookup('new.example.com', 'A')).toBeUndefined()
  await time.advance(200)

  expect(await resolver.lookup('new.example.com', 'A')).toMatchObject({ values: ['192.0.2.1'] })
})

test('remembers nothing with TTL 0', async () => {
  const resolver = resolverFor({ port: server.port, clock: clock() })

  await resolver.lookup('now.example.com', 'A')
  await resolver.lookup('now.example.com', 'A')

  expect(queries).toHaveLength(2)
})

test('asks over TCP for what does not fit into a datagram', async () => {
  const resolver = resolverFor({ port: server.port, clock: clock() })

  expect((await resolver.lookup('big.example.com', 'TXT'))?.values).toHaveLength(8)
  expect(queries).toHaveLength(2)
})

test('a server that does not answer, refuses or is not there is an error, not an absence', async () => {
  const resolver = resolverFor({ port: server.port, timeoutMs: 50 })
  const unavailable = { code: 'DNS_UNAVAILABLE', retryable: true }

  server.dropNextReply('query')
  await expect(resolver.lookup('lb.example.com', 'A')).rejects.toMatchObject(unavailable)
  await expect(resolver.lookup('away.example.com', 'A')).rejects.toMatchObject(unavailable)
  await expect(resolver.lookup('loop.example.com', 'A')).rejects.toMatchObject(unavailable)
  await server.close()
  await expect(resolver.lookup('lb.example.com', 'A')).rejects.toMatchObject(unavailable)
})

test('a lookup that is aborted rejects with the reason itself', async () => {
  const resolver = resolverFor({ port: server.port })
  const reason = new Error('stopped')
  const stop = new AbortController()
  server.dropNextReply('query')

  const lookup = resolver.lookup('lb.example.com', 'A', { signal: stop.signal })
  stop.abort(reason)

  await expect(lookup).rejects.toBe(reason)
  await expect(resolver.lookup('lb.example.com', 'A', { signal: stop.signal })).rejects.toBe(reason)
})

test('a port that is none is refused', () => {
  expect(() => resolverFor({ port: 0 })).toThrow(expect.objectContaining({ code: 'DNS_OPTION_INVALID' }) as Error)
})
