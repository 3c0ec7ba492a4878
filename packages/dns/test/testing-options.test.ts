// What the fakes of `@cutover/dns/testing` are given: a misspelt option would make a test pass for the wrong reason.
import { fakeWorld } from '@cutover/core/testing'
import { blastRadius } from '@cutover/dns'
import {
  bindServer,
  dnsServer,
  dnsZoneConformance,
  inMemoryResolver,
  inMemoryRoute53,
  inMemoryTrafficManager,
  inMemoryZone,
  resolverFor,
} from '@cutover/dns/testing'
import { expect, test } from 'vitest'

const key = { name: 'cutover-key', secret: 'Zm9yIHRlc3RzIG9ubHksIGFuZCBpbiB0aGUgb3BlbiE=' }
const zones = [{ name: 'example.com' }]
const make = (call: (options: never) => unknown) => async (options: object) => call(options as never)

for (const [what, call, options, message] of [
  [
    'inMemoryZone',
    make((given) => inMemoryZone(fakeWorld(), [], given)),
    { propagation: 1 },
    /propagation\b.*name, profile, serverDelaysMs, propagationMs/,
  ],
  [
    'inMemoryTrafficManager',
    make((given) => inMemoryTrafficManager(fakeWorld(), given)),
    { name: 'orders' },
    /^endpoints is undefined/,
  ],
  ['blastRadius', make(blastRadius), { percent: 5, shares: [1] }, /shares\b.*percent, resolvers/],
  ['blastRadius', make(blastRadius), { percent: '5' }, /^percent is "5"/],
  [
    'inMemoryZone',
    make((given) => inMemoryZone(fakeWorld(), [], given)),
    { compareAndSwap: 'ttl' },
    /compareAndSwap is "ttl"; wanted .*value and ttl.*value/,
  ],
  [
    'inMemoryResolver',
    make((given: object) => inMemoryResolver(fakeWorld(), { zone: inMemoryZone(fakeWorld()), ...given })),
    { floorSeconds: 5 },
    /floorSeconds\b.*zone, profile, name/,
  ],
  [
    'inMemoryResolver',
    make((given: object) => inMemoryResolver(fakeWorld(), { zone: inMemoryZone(fakeWorld()), ...given })),
    { profile: { floor: 5 } },
    /floor\b.*floorSeconds/,
  ],
  ['inMemoryResolver', make((given) => inMemoryResolver(fakeWorld(), given)), {}, /^zone is undefined/],
  [
    'inMemoryRoute53',
    make((given) => inMemoryRoute53(fakeWorld(), given)),
    { records: [{ name: 'api.example.com', type: 'CNAME', ttlSeconds: 60, values: ['aws.example.net'] }] },
    /^records is .*; wanted records as the SDK has them: \{ Name: /,
  ],
  [
    'inMemoryRoute53',
    make((given) => inMemoryRoute53(fakeWorld(), given)),
    { insync: 1 },
    /insync\b.*name, hostedZoneId, records, insyncMs, replyMs/,
  ],
  ['resolverFor', make(resolverFor), { port: 53, ttl: 1 }, /ttl\b.*server, port, name, clock, timeoutMs/],
  ['resolverFor', make(resolverFor), { server: '127.0.0.1:53', port: 53 }, /port in port/],
  ['dnsServer', make(dnsServer), { zones, key }, /key\b.*keys, port, address, log, clock, zones, secondaryOf, delayMs/],
  ['dnsServer', make(dnsServer), {}, /^zones is undefined; wanted/],
  ['dnsServer', make(dnsServer), { zones, delayMs: 5 }, /delayMs/],
  ['dnsServer', make(dnsServer), { zones: [{ zone: 'example.com' }] }, /zone\b.*name, records, soa/],
  [
    'dnsServer',
    make(dnsServer),
    { zones: [{ name: 'example.com', soa: { refresh: 5 } }] },
    /refresh\b.*refreshSeconds/,
  ],
  ['dnsServer', make(dnsServer), { zones, keys: [{ ...key, alg: 'x' }] }, /alg\b.*name, algorithm, secret/],
  [
    'bindServer',
    make((role) => bindServer(zones, [key], role)),
    { secondary: 5 },
    /secondary\b.*port, notify, primary/,
  ],
  [
    'dnsZoneConformance',
    make((given: object) =>
      dnsZoneConformance({ emptyZone: () => inMemoryZone(fakeWorld()), suffix: 'a.b', ...given }),
    ),
    { weight: true },
    /weight\b.*emptyZone, suffix, weighted/,
  ],
] as const) {
  test(`${what} refuses ${JSON.stringify(options)}`, async () => {
    await expect(call(options)).rejects.toMatchObject({
      code: 'DNS_OPTION_INVALID',
      message: expect.stringMatching(message) as unknown,
    })
  })
}

test('a fault or a lost reply is refused where it would never come', async () => {
  const wrong = { code: 'DNS_OPTION_INVALID', message: expect.stringMatching(/^\w+ is "updates"; wanted/) as unknown }
  const zone = inMemoryZone(fakeWorld())
  const route53 = inMemoryRoute53(fakeWorld())
  await using server = await dnsServer({ zones })

  expect(() => zone.failNext('updates' as 'find', new Error('no'))).toThrow(expect.objectContaining(wrong))
  expect(() => route53.failNext('updates' as 'getChange', new Error('no'))).toThrow(expect.objectContaining(wrong))
  expect(() => server.dropNextReply('updates' as 'update')).toThrow(expect.objectContaining(wrong))
})

test('a secret alone is no key, and is not shown', async () => {
  const keys = [key.secret as unknown as typeof key]
  const refused = expect.objectContaining({
    code: 'DNS_OPTION_INVALID',
    message: 'a key is no object; wanted { name, secret }',
  }) as Error

  await expect(dnsServer({ zones, keys })).rejects.toEqual(refused)
  await expect(bindServer(zones, keys)).rejects.toEqual(refused)
})
