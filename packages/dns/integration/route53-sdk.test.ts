// The real SDK, its retries on, against the strict in-memory Route 53 behind HTTP on this machine.
import { Route53 } from '@aws-sdk/client-route-53'
import { fakeWorld } from '@cutover/core/testing'
import { apply, dnsRecord, isCutoverError, lockRecord, plainSet, repoint, shift, toWeighted } from '@cutover/dns'
import { route53Zone } from '@cutover/dns/route53'
import { dnsZoneConformance, inMemoryRoute53, localRoute53, route53ErrorBody } from '@cutover/dns/testing'
import { afterAll, expect, test } from 'vitest'

const secret = 'wJalrXUtnFEMI-not-a-real-key'
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: secret, sessionToken: 'token-not-real' }
const set = { name: 'api.example.com', type: 'CNAME', ttlSeconds: 60, values: ['source.example.net'] } as const
const raw = { Name: set.name, Type: set.type, TTL: 60, ResourceRecords: [{ Value: 'source.example.net' }] }

const aliasOf = {
  target: 'd-1.execute-api.us-east-1.amazonaws.com',
  extra: { hostedZoneId: 'Z1UJRXOUMOOFQ8', evaluateTargetHealth: false },
}

const servers: AsyncDisposable[] = []
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]()
})

async function setUp(options: { insyncMs?: number; maxAttempts?: number } = {}) {
  const { insyncMs = 0, maxAttempts = 3 } = options
  const world = fakeWorld()
  const route53 = inMemoryRoute53(world, { records: [raw], insyncMs })
  const server = await localRoute53(route53)
  servers.push(server)
  const client = new Route53({ endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts })
  const zone = route53Zone({ client, hostedZoneId: route53.hostedZoneId, name: 'example.com' })
  return { world, route53, server, zone }
}

const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )

for (const maxAttempts of [3, 1]) {
  const shared = setUp({ maxAttempts })
  let cases = 0
  const suffix = 'example.com'
  const emptyZone = async () => (await shared).zone
  for (const { name, run } of dnsZoneConformance({ emptyZone, suffix, aliasOf })) {
    cases += 1
    test(`the SDK with ${maxAttempts} attempts: a Route 53 zone ${name}`, run)
  }
  test(`the SDK with ${maxAttempts} attempts was asked by every case`, async () => {
    expect((await shared).server.requests.length).toBeGreaterThan(cases)
  })
}

test('a lost reply that the SDK retries is a conflict, and the record is changed once', async () => {
  const { route53, server, zone } = await setUp()
  const found = await zone.find(set.name, set.type)
  server.loseReplies(1)

  const error = await rejection(zone.replace(found, { ...set, ttlSeconds: 30 }))

  expect(isCutoverError(error, 'DNS_CONFLICT')).toBe(true)
  expect(route53.writes).toHaveLength(1)
  expect(plainSet((await zone.find(set.name, set.type))!.set).ttlSeconds).toBe(30)
})

test('repoint is known to have happened though the SDK met its own success, and is undone', async () => {
  const { world, route53, server, zone } = await setUp({ insyncMs: 8_000 })
  server.loseReplies(1)

  const { revert } = await apply(repoint(dnsRecord(zone, set.name, 'CNAME'), { to: 'orders.azurewebsites.net' }), world)

  expect(plainSet((await zone.find(set.name, set.type))!.set).values).toEqual(['orders.azurewebsites.net'])
  await revert()
  expect((await zone.find(set.name, set.type))?.set).toEqual(set)
  expect(route53.writes).toHaveLength(2)
})

test('a lost reply that nobody retries is unavailable, and may have happened', async () => {
  const { route53, server, zone } = await setUp({ maxAttempts: 1 })
  server.loseReplies(1)

  const error = await rejection(zone.replace(await zone.find(set.name, set.type), undefined))

  expect(isCutoverError(error, 'DNS_UNAVAILABLE') && error.retryable).toBe(true)
  expect(route53.records).toEqual([])
})

test.each([
  [400, route53ErrorBody('Throttling', 'Rate exceeded'), 'DNS_UNAVAILABLE'],
  [400, route53ErrorBody('PriorRequestNotComplete', 'The request was rejected'), 'DNS_UNAVAILABLE'],
  [503, 'Service Unavailable', 'DNS_UNAVAILABLE'],
  [403, route53ErrorBody('AccessDenied', 'User: arn:aws:iam::1:user/x is not authorized'), 'DNS_NOT_AUTHORIZED'],
  [
    403,
    route53ErrorBody('SignatureDoesNotMatch', `x-amz-security-token:token-not-real ${secret}`),
    'DNS_NOT_AUTHORIZED',
  ],
  [404, route53ErrorBody('NoSuchHostedZone', 'No hosted zone found with ID: Z1'), 'DNS_ZONE_NOT_FOUND'],
  [
    400,
    route53ErrorBody(
      'InvalidChangeBatch',
      "[Tried to create resource record set [name='a.', type='A'] but it already exists]",
    ),
    'DNS_CONFLICT',
  ],
  [
    400,
    '<InvalidChangeBatch><Messages><Message>Tried to delete resource record set but it was not found</Message></Messages></InvalidChangeBatch>',
    'DNS_CONFLICT',
  ],
  [
    400,
    route53ErrorBody('InvalidChangeBatch', '[RRSet with DNS name a. is not permitted in zone b.]'),
    'DNS_CHANGE_REJECTED',
  ],
])('the SDK makes of %i %s what is answered as %s, and no credential is in it', async (status, body, code) => {
  const { server, zone } = await setUp({ maxAttempts: 1 })
  server.answerNext(status, body)

  const error = await rejection(zone.replace(undefined, set))

  expect(error).toMatchObject({ code })
  const { message, cause } = error as Error
  expect(`${message} ${String(cause)} ${(cause as Error).stack} ${JSON.stringify(error)}`).not.toMatch(
    /not-a-real-key|token-not-real/,
  )
})

test('a server that is not there is unavailable', async () => {
  const { server, zone } = await setUp({ maxAttempts: 1 })
  await server[Symbol.asyncDispose]()

  const error = await rejection(zone.find(set.name, set.type))

  expect(isCutoverError(error, 'DNS_UNAVAILABLE') && error.message).toMatch(/ECONNREFUSED/)
})

test("an abort ends a request that hangs, with the signal's own reason", async () => {
  const { server, zone } = await setUp()
  server.hang()
  const stop = new AbortController()
  const reason = new Error('stopped')

  const find = rejection(zone.find(set.name, set.type, { signal: stop.signal }))
  while (server.requests.length === 0) await new Promise((resolve) => void setImmediate(resolve))
  stop.abort(reason)

  expect(await find).toBe(reason)
})

test('a ramp from an alias to weighted answers and back, with a lock, leaves everything as it was', async () => {
  const { world, route53, zone } = await setUp()
  const name = 'orders.example.com'
  route53.editBehind({
    Action: 'CREATE',
    ResourceRecordSet: {
      Name: name,
      Type: 'A',
      AliasTarget: { HostedZoneId: 'Z1UJRXOUMOOFQ8', DNSName: `${aliasOf.target}.`, EvaluateTargetHealth: false },
    },
  })
  const before = route53.records
  const orders = dnsRecord(zone, name, 'CNAME')

  const weighted = await apply(toWeighted(orders, { to: 'orders.azurewebsites.net' }), world)
  const shifted = await apply(shift(orders, { to: 'target', percent: 100 }), world)
  const locked = await apply(lockRecord(orders), world)
  const refused = await rejection(apply(shift(orders, { to: 'target', percent: 0 }), world))
  expect(refused).toMatchObject({ cause: { code: 'DNS_RECORD_LOCKED' } })
  expect((await zone.find(name, 'CNAME'))?.set).toMatchObject({
    members: [
      { id: 'source', weight: 0, values: [aliasOf.target] },
      { id: 'target', weight: 100, values: ['orders.azurewebsites.net'] },
    ],
  })
  for (const { revert } of [locked, shifted, weighted]) await revert()

  expect(route53.records).toEqual(before)
})

test('a zone is listed over several pages, weighted members of one name across a boundary as one', async () => {
  const { route53, zone } = await setUp()
  for (let place = 0; place < 7; place += 1) {
    route53.editBehind(
      ...Array.from({ length: 99 }, (_, member) => ({
        Action: 'CREATE' as const,
        ResourceRecordSet: {
          Name: `w${place}.example.com`,
          Type: 'A',
          TTL: 60,
          SetIdentifier: String(member).padStart(2, '0'),
          Weight: 1,
          ResourceRecords: [{ Value: `192.0.2.${member}` }],
        },
      })),
    )
  }

  const sizes = new Map<string, number>()
  for await (const { set: listed } of zone.list?.() ?? [])
    if (listed.kind === 'weighted') sizes.set(listed.name, listed.members.length)

  expect([...sizes.values()]).toEqual([99, 99, 99, 99, 99, 99, 99])
})
