import { inspect } from 'node:util'

import { isCutoverError } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { type AzureDnsLike, azureDnsZone, type AzureDnsZoneOptions } from '@cutover/dns/azure-dns'
import { inMemoryAzureDns } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { rejection, thrown } from '../example.ts'
import { azureDns, found } from './example.ts'

const refusal = (statusCode: number | undefined, code: string | undefined, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name: 'RestError', statusCode, code, ...more })
const inProgress = 'Another operation on this or a dependent resource is in progress.'
const cnameThere =
  'The record could not be created because a CNAME record with the same name already exists in this zone.'

test.each<
  [statusCode: number | undefined, code: string | undefined, message: string, wanted: string, retryable: boolean]
>([
  [412, 'PreconditionFailed', 'The condition was not satisfied.', 'DNS_CONFLICT', false],
  [404, 'NotFound', "The resource record 'api' does not exist.", 'DNS_CONFLICT', false],
  [404, 'ParentResourceNotFound', "Parent resource 'example.com' not found.", 'DNS_ZONE_NOT_FOUND', false],
  [404, 'ResourceGroupNotFound', "Resource group 'rg' could not be found.", 'DNS_ZONE_NOT_FOUND', false],
  [404, undefined, '', 'DNS_ZONE_NOT_FOUND', false],
  [409, 'Conflict', cnameThere, 'DNS_CHANGE_REJECTED', false],
  [409, 'ScopeLocked', 'The scope cannot perform write operation because it is locked.', 'DNS_CHANGE_REJECTED', false],
  [409, 'Conflict', inProgress, 'DNS_UNAVAILABLE', true],
  [400, 'BadRequest', "The domain name 'x' is invalid.", 'DNS_CHANGE_REJECTED', false],
  [401, 'ExpiredAuthenticationToken', 'The access token has expired.', 'DNS_NOT_AUTHORIZED', false],
  [403, 'AuthorizationFailed', 'The client does not have authorization.', 'DNS_NOT_AUTHORIZED', false],
  [429, 'TooManyRequests', 'throttled', 'DNS_UNAVAILABLE', true],
  [500, undefined, '', 'DNS_UNAVAILABLE', true],
  [503, 'ServerBusy', 'busy', 'DNS_UNAVAILABLE', true],
  [undefined, 'ECONNRESET', 'socket hang up', 'DNS_UNAVAILABLE', true],
])('a write that is answered with %s %s "%s" is %s', async (statusCode, code, message, wanted, retryable) => {
  const { zone, dns } = azureDns()
  const before = await found(zone, 'api.example.com', 'CNAME')
  dns.failNext('createOrUpdate', refusal(statusCode, code, message))

  const error = await rejection(zone.replace(before, before.set))

  expect(error).toMatchObject({ code: wanted, retryable })
  expect(dns.writes).toEqual([])
})

test('a read that finds no zone is not a record that is absent', async () => {
  const dns = inMemoryAzureDns(fakeWorld())
  const zone = azureDnsZone({ client: dns, resourceGroup: 'other', zone: 'example.com' })

  expect(await rejection(zone.find('api.example.com', 'CNAME'))).toMatchObject({ code: 'DNS_ZONE_NOT_FOUND' })
})

test('a missing permission is named, and how long to wait when it is throttled', async () => {
  const { zone, dns } = azureDns()
  const before = await found(zone, 'api.example.com', 'CNAME')
  dns.failNext('delete', refusal(403, 'AuthorizationFailed', 'no'))
  dns.failNext('get', refusal(429, 'TooManyRequests', 'throttled', { response: { headers: { get: () => '17' } } }))

  expect((await rejection(zone.replace(before, undefined))).next).toBe('Allow Microsoft.Network/dnsZones/CNAME/delete')
  expect((await rejection(zone.find('api.example.com', 'CNAME'))).next).toBe('Wait 17 s, then run it again.')
})

test('201 writes within a minute are throttled, and allowed again in the next', async () => {
  const { world, zone } = azureDns()
  const create = (from: number, to: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: to - from }, (_, place) =>
        zone.replace(undefined, {
          name: `n${from + place}.example.com`,
          type: 'A',
          ttlSeconds: 60,
          values: ['192.0.2.1'],
        }),
      ),
    )

  // One was created with the zone's records, but in another minute.
  await create(0, 200)
  const error = await rejection(create(200, 201))
  await world.advance(60_000)
  await create(200, 201)

  expect(isCutoverError(error, 'DNS_UNAVAILABLE') && error.next).toBe('Wait 10 s, then run it again.')
})

test('a deletion that is answered with 204 is a conflict: somebody else has deleted it', async () => {
  const { zone, dns } = azureDns()
  const before = await found(zone, 'api.example.com', 'CNAME')
  dns.editBehind('api', 'CNAME', undefined)

  expect(await rejection(zone.replace(before, undefined))).toMatchObject({ code: 'DNS_CONFLICT' })
})

test("an abort while a request is under way is the signal's own reason", async () => {
  const { dns } = azureDns()
  const stop = new AbortController()
  const reason = new Error('stopped')
  const client: AzureDnsLike = {
    recordSets: {
      ...dns.recordSets,
      get() {
        stop.abort(reason)
        return Promise.reject(Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' }))
      },
    },
  }
  const zone = azureDnsZone({ client, resourceGroup: 'local', zone: 'example.com' })

  expect(await rejection(zone.find('api.example.com', 'CNAME', { signal: stop.signal }))).toBe(reason)
})

test('no token, no header and no request gets into an error', async () => {
  const { zone, dns } = azureDns()
  const request = { headers: { authorization: 'Bearer not-a-real-token' } }
  dns.failNext('get', refusal(403, 'AuthorizationFailed', 'no', { request, response: { request } }))
  dns.failNext('get', Object.assign(new Error('secret=not-a-real-token'), { name: 'CredentialUnavailableError' }))

  for (const _ of [1, 2]) {
    const error = await rejection(zone.find('api.example.com', 'CNAME'))

    expect(error.code).toBe('DNS_NOT_AUTHORIZED')
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('not-a-real-token')
  }
})

test.each<[Readonly<Record<string, unknown>>, RegExp]>([
  [{ client: {} }, /client has no recordSets\.get/],
  [{ resourceGroup: '' }, /resourceGroup is ""/],
  [{ zone: 'com.' }, /zone is "com\."/],
  [{ propagationMs: -1 }, /propagationMs is -1/],
  [{ lateMs: Number.NaN }, /lateMs is NaN/],
  [{ resourcegroup: 'rg' }, /resourcegroup/],
])('a bad option is refused at once: %o', (bad, message) => {
  const { dns } = azureDns()
  const options = { client: dns, resourceGroup: 'local', zone: 'example.com', ...bad } as AzureDnsZoneOptions

  expect(thrown(() => azureDnsZone(options))).toMatchObject({ message: expect.stringMatching(message) })
})
