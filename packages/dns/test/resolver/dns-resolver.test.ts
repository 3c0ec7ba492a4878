import { isCutoverError } from '@cutover/dns'
import { dnsResolver, type DnsResolverOptions } from '@cutover/dns/resolver'
import { dnsServer } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { rcode, typeCode } from '../../src/rfc2136/registry.ts'
import { rejection, thrown } from '../example.ts'
import { a, cname, extendedError, type ScriptedResolver, scriptedResolver, soa } from './scripted-resolver.ts'

const name = 'api.example.com'

const lookup = ({ port }: { readonly port: number }, options: Partial<DnsResolverOptions> = {}) =>
  dnsResolver({ server: '127.0.0.1', port, timeoutMs: 500, ...options }).lookup(name, 'A')

test('it asks for recursion, with EDNS, and takes what comes over UDP', async () => {
  await using resolver = await scriptedResolver(() => ({ answers: [a(name, 17, '192.0.2.1')] }))

  const answer = await lookup(resolver)

  expect(answer).toEqual({ values: ['192.0.2.1'], ttlSeconds: 17 })
  expect(resolver.requests).toHaveLength(1)
  expect(resolver.requests[0]).toMatchObject({
    recursionDesired: true,
    questions: [{ name, type: typeCode.A, class: 1 }],
    additionals: [{ type: typeCode.OPT, class: 1_232 }],
  })
})

test('each question has an id of its own', async () => {
  await using resolver = await scriptedResolver(() => ({ answers: [a(name, 17, '192.0.2.1')] }))

  for (let i = 0; i < 8; i++) await lookup(resolver)

  expect(new Set(resolver.requests.map(({ id }) => id)).size).toBeGreaterThan(4)
})

test('an answer that is cut off is asked for again over TCP', async () => {
  const many = Array.from({ length: 100 }, (_, i) => a(name, 60, `192.0.2.${i}`))
  await using resolver = await scriptedResolver((_, transport) =>
    transport === 'udp' ? { truncated: true } : { answers: many },
  )

  expect((await lookup(resolver))?.values).toHaveLength(100)
})

test('over TCP alone no datagram is sent', async () => {
  await using resolver = await scriptedResolver((_, transport) =>
    transport === 'udp' ? undefined : { answers: [a(name, 60, '192.0.2.1')] },
  )

  expect((await lookup(resolver, { transport: 'tcp' }))?.values).toEqual(['192.0.2.1'])
  expect(resolver.requests).toHaveLength(1)
})

test('a chain of CNAMEs is answered with what stands at its end, for as long as its shortest link', async () => {
  const answers = [
    cname(name, 300, 'LB.example.com'),
    cname('lb.example.com', 20, 'x.example.net'),
    a('x.example.net', 60, '192.0.2.1'),
  ]
  await using resolver = await scriptedResolver(() => ({ answers }))

  expect(await lookup(resolver)).toEqual({ values: ['192.0.2.1'], ttlSeconds: 20 })
})

test('no such name, no such type and nothing at the end of a chain are told apart, with how long they are remembered', async () => {
  const said = [
    { rcode: rcode.NXDOMAIN, authorities: [soa(900, 60)] },
    { authorities: [soa(30, 60)] },
    { answers: [cname(name, 20, 'x.example.com')], authorities: [soa(900, 900)] },
    { rcode: rcode.NXDOMAIN },
  ]
  await using resolver = await scriptedResolver(() => said.shift())

  expect(await lookup(resolver)).toEqual({ values: [], ttlSeconds: 60, absent: 'nxdomain' })
  expect(await lookup(resolver)).toEqual({ values: [], ttlSeconds: 30, absent: 'nodata' })
  expect(await lookup(resolver)).toEqual({ values: [], ttlSeconds: 20, absent: 'nodata' })
  expect(await lookup(resolver)).toEqual({ values: [], ttlSeconds: 0, absent: 'nxdomain' })
})

test('an answer, or an absence, that is out of date says so', async () => {
  const said = [
    { answers: [a(name, 30, '192.0.2.1')], additionals: [extendedError(3)] },
    { rcode: rcode.NXDOMAIN, authorities: [soa(30, 30)], additionals: [extendedError(19)] },
    { answers: [a(name, 30, '192.0.2.1')], additionals: [extendedError(4, 'forged answer')] },
  ]
  await using resolver = await scriptedResolver(() => said.shift())

  expect(await lookup(resolver)).toMatchObject({ stale: true })
  expect(await lookup(resolver)).toMatchObject({ stale: true, absent: 'nxdomain' })
  expect(await lookup(resolver)).not.toHaveProperty('stale')
})

test('SERVFAIL and REFUSED are errors, not absences, and say what the resolver says', async () => {
  const said = [
    { rcode: rcode.SERVFAIL, additionals: [extendedError(22, 'at delegation\u0000\u001b[31m example.com.')] },
    { rcode: rcode.REFUSED },
  ]
  await using resolver = await scriptedResolver(() => said.shift())

  const errors = [await rejection(lookup(resolver)), await rejection(lookup(resolver))]

  expect(errors.map((error) => isCutoverError(error, 'DNS_UNAVAILABLE') && error.retryable)).toEqual([true, true])
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^127\.0\.0\.1:\d+ answered SERVFAIL to a query for api\.example\.com \(extended error 22 at delegation \[31m example\.com\.\)$/,
    ),
    expect.stringMatching(/answered REFUSED to a query for api\.example\.com$/),
  ])
})

test('an old server that does not know EDNS is asked again without', async () => {
  await using resolver = await scriptedResolver(({ additionals }) =>
    additionals.length > 0 ? { rcode: rcode.FORMERR, questions: [] } : { answers: [a(name, 60, '192.0.2.1')] },
  )

  expect((await lookup(resolver))?.values).toEqual(['192.0.2.1'])
})

test('what belongs to another question, and what is none, is not taken', async () => {
  const forged = { answers: [a(name, 60, '203.0.113.66')] }
  await using resolver = await scriptedResolver(({ id, questions }) => [
    { ...forged, id: (id + 1) & 0xffff },
    { ...forged, questions: [{ name: 'other.example.com', type: typeCode.A, class: 1 }] },
    { ...forged, isResponse: false },
    Buffer.from('no message'),
    { questions, answers: [a(name, 60, '192.0.2.1')] },
  ])

  expect((await lookup(resolver))?.values).toEqual(['192.0.2.1'])
})

test('records of other names are not taken for the answer', async () => {
  await using resolver = await scriptedResolver(() => ({ answers: [a('other.example.com', 60, '203.0.113.66')] }))

  expect(await lookup(resolver)).toMatchObject({ values: [], absent: 'nodata' })
})

test('a chain that runs in a circle ends', async () => {
  const answers = [cname(name, 300, 'b.example.com'), cname('b.example.com', 300, name)]
  await using resolver = await scriptedResolver(() => ({ answers }))

  expect(await lookup(resolver)).toMatchObject({ values: [] })
})

test('an answer with broken data is none', async () => {
  const broken = { ...a(name, 60, '192.0.2.1'), rdata: Buffer.of(1, 2, 3) }
  await using resolver = await scriptedResolver(() => ({ answers: [broken] }))

  expect(await rejection(lookup(resolver))).toMatchObject({
    code: 'DNS_UNAVAILABLE',
    message: expect.stringMatching(/sent what is no answer/),
  })
})

test('a resolver that is silent, and one that is not there, are errors', async () => {
  const resolver: ScriptedResolver = await scriptedResolver(() => undefined)
  const silent = await rejection(lookup(resolver, { timeoutMs: 20 }))
  await resolver[Symbol.asyncDispose]()
  const gone = await rejection(lookup(resolver))

  expect(silent).toMatchObject({
    code: 'DNS_UNAVAILABLE',
    message: expect.stringMatching(/did not answer within 20 ms$/),
  })
  expect(gone).toMatchObject({ code: 'DNS_UNAVAILABLE', message: expect.stringMatching(/cannot be reached/) })
})

test('an abort ends it with the reason of the signal', async () => {
  await using resolver = await scriptedResolver(() => undefined)
  const stop = new AbortController()
  const reason = new Error('stopped')

  const error = rejection(
    dnsResolver({ server: '127.0.0.1', port: resolver.port }).lookup(name, 'A', { signal: stop.signal }),
  )
  stop.abort(reason)

  expect(await error).toBe(reason)
})

test('the server of this package is answered for as it is', async () => {
  await using server = await dnsServer({
    zones: [
      { name: 'example.com', records: [{ name, type: 'A', ttlSeconds: 60, values: ['192.0.2.2', '192.0.2.1'] }] },
    ],
  })
  const resolver = dnsResolver({ server: server.address, port: server.port })

  expect(resolver.name).toBe(`127.0.0.1:${server.port}`)
  expect(await resolver.lookup(name, 'A')).toEqual({ values: ['192.0.2.1', '192.0.2.2'], ttlSeconds: 60 })
  expect(await resolver.lookup(name, 'AAAA')).toEqual({ values: [], ttlSeconds: 60, absent: 'nodata' })
  expect(await resolver.lookup('none.example.com', 'A')).toEqual({ values: [], ttlSeconds: 60, absent: 'nxdomain' })
})

test.each<[Partial<DnsResolverOptions> & object, RegExp]>([
  [{ server: '' }, /^server is ""; wanted an address or a name/],
  [{ port: 0 }, /^port is 0; wanted a whole number from 1/],
  [{ transport: 'tls' as 'tcp' }, /^transport is "tls"; wanted one of "udp", "tcp"/],
  [{ timeoutMs: 0 }, /^timeoutMs is 0/],
  [{ address: '1.1.1.1' } as object, /address\b/],
])('dnsResolver refuses %j at once', (options, message) => {
  expect(thrown(() => dnsResolver({ server: '192.0.2.53', ...options })).message).toMatch(message)
})
