import { fakeWorld } from '@cutover/core/testing'
import { CutoverError, isCutoverError, type RecordSet } from '@cutover/dns'
import { inMemoryRoute53 } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

const set: RecordSet = { name: 'api.example.com', type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] }
const sdkError = (name: string, message: string, httpStatusCode?: number, more: object = {}) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode }, ...more })

test.each([
  [
    'DNS_CONFLICT',
    false,
    sdkError(
      'InvalidChangeBatch',
      "[Tried to delete resource record set [name='a.', type='A'] but the values provided do not match the current values]",
      400,
    ),
  ],
  [
    'DNS_CONFLICT',
    false,
    sdkError('InvalidChangeBatch', '', 400, {
      messages: ["Tried to create resource record set [name='a.', type='A'] but it already exists"],
    }),
  ],
  [
    'DNS_CONFLICT',
    false,
    sdkError('Unknown', 'UnknownError', 400, {
      Messages: { Message: ['Tried to delete resource record set but it was not found'] },
    }),
  ],
  [
    'DNS_CHANGE_REJECTED',
    false,
    sdkError(
      'InvalidChangeBatch',
      '[RRSet of type A with DNS name a. is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone b.]',
      400,
    ),
  ],
  ['DNS_CHANGE_REJECTED', false, sdkError('InvalidInput', 'Invalid request', 400)],
  ['DNS_UNAVAILABLE', true, sdkError('Throttling', 'Rate exceeded', 400)],
  ['DNS_UNAVAILABLE', true, sdkError('ThrottlingException', 'Rate exceeded', 400)],
  ['DNS_UNAVAILABLE', true, sdkError('PriorRequestNotComplete', 'The request was rejected', 400)],
  ['DNS_UNAVAILABLE', true, sdkError('InternalFailure', 'An internal error', 500)],
  ['DNS_UNAVAILABLE', true, sdkError('TimeoutError', 'socket hang up')],
  ['DNS_UNAVAILABLE', true, new Error('getaddrinfo ENOTFOUND route53.amazonaws.com')],
  ['DNS_NOT_AUTHORIZED', false, sdkError('AccessDenied', 'User is not authorized', 403)],
  ['DNS_NOT_AUTHORIZED', false, sdkError('AccessDeniedException', 'User is not authorized', 400)],
  ['DNS_NOT_AUTHORIZED', false, sdkError('ExpiredToken', 'The security token included in the request is expired', 403)],
  ['DNS_NOT_AUTHORIZED', false, sdkError('CredentialsProviderError', 'Could not load credentials from any providers')],
  ['DNS_ZONE_NOT_FOUND', false, sdkError('NoSuchHostedZone', 'No hosted zone found with ID: Z1', 404)],
])('replace answers %s, retryable %s, for %s', async (code, retryable, error) => {
  const route53 = inMemoryRoute53(fakeWorld())
  route53.failNext('changeResourceRecordSets', error)

  const thrown: unknown = await route53
    .zone()
    .replace(undefined, set)
    .catch((e: unknown) => e)

  expect(thrown).toMatchObject({ name: 'CutoverError', code, retryable })
  expect((thrown as Error).message).toContain('api.example.com A in hosted zone Z0123456789ABCDEFGHIJ')
})

test.each([
  ['listResourceRecordSets', 'route53:ListResourceRecordSets on arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ'],
  [
    'changeResourceRecordSets',
    'route53:ChangeResourceRecordSets on arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ',
  ],
  ['getChange', 'route53:GetChange on arn:aws:route53:::change/*'],
] as const)('a refused %s names what to allow', async (method, allow) => {
  const world = fakeWorld()
  const route53 = inMemoryRoute53(world)
  const zone = route53.zone()
  route53.failNext(method, sdkError('AccessDenied', 'User is not authorized', 403))

  const calls = {
    listResourceRecordSets: () => zone.find(set.name, set.type),
    changeResourceRecordSets: () => zone.replace(undefined, set),
    getChange: () => zone.waitUntilServed({ changeId: '/change/C1' }, { since: world.clock.now(), clock: world.clock }),
  }
  const error: unknown = await calls[method]().catch((e: unknown) => e)

  expect(isCutoverError(error, 'DNS_NOT_AUTHORIZED') && error.next).toBe(`Allow ${allow}`)
})

test('no part of a signed request gets into an error', async () => {
  const route53 = inMemoryRoute53(fakeWorld())
  const signed = "The Canonical String should have been 'x-amz-security-token:IQoJsecret'"
  route53.failNext('listResourceRecordSets', sdkError('SignatureDoesNotMatch', signed, 403))

  const error: unknown = await route53
    .zone()
    .find(set.name, set.type)
    .catch((e: unknown) => e)

  const { message, stack, cause } = error as Error
  expect([message, stack, String(cause), (cause as Error).stack].join()).not.toContain('IQoJsecret')
})

test('an error of ours passes unchanged', async () => {
  const route53 = inMemoryRoute53(fakeWorld())
  const fenced = new CutoverError('CUTOVER_FENCED', 'another runner has taken over')
  route53.failNext('changeResourceRecordSets', fenced)

  const error: unknown = await route53
    .zone()
    .replace(undefined, set)
    .catch((e: unknown) => e)

  expect(error).toBe(fenced)
})
