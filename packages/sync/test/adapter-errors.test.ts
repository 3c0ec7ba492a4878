import { type S3Like, s3Store, type SqsLike, sqsQueue } from '@cutover/sync/aws'
import { type QueueClientLike, storageQueue } from '@cutover/sync/azure'
import { expect, test } from 'vitest'

import { rejection } from './example.ts'

const secret = 'sig=AbCdEf'

const failing = (error: object): S3Like & SqsLike & QueueClientLike => {
  const fail = async () => {
    throw Object.assign(new Error(`refused, ${secret}`), error)
  }
  const handler: ProxyHandler<object> = { get: (_target, name) => (name === 'name' ? 'orders' : fail) }
  return new Proxy({}, handler) as S3Like & SqsLike & QueueClientLike
}

const put = { bytes: new Uint8Array(), metadata: {} }

test.each([
  [{ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } }, 'SYNC_CONFLICT', false],
  [{ name: 'ConditionalRequestConflict', $metadata: { httpStatusCode: 409 } }, 'SYNC_CONFLICT', false],
  [{ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } }, 'SYNC_CONFLICT', false],
  [{ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }, 'SYNC_NOT_AUTHORIZED', false],
  [{ name: 'SlowDown', $metadata: { httpStatusCode: 503 } }, 'SYNC_UNAVAILABLE', true],
  [{ name: 'TimeoutError' }, 'SYNC_UNAVAILABLE', true],
  [{ name: 'EntityTooLarge', $metadata: { httpStatusCode: 400 } }, 'SYNC_OBJECT_REJECTED', false],
] as const)('S3 answers a put with %o', async (error, code, retryable) => {
  const store = s3Store({ client: failing(error), bucket: 'uploads' })

  expect(await rejection(store.put('a', put, { expected: '"1"' }))).toMatchObject({ code, retryable })
})

test('S3 names the permission that is missing', async () => {
  const store = s3Store({ client: failing({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }), bucket: 'b' })

  expect(await rejection(store.list())).toMatchObject({ next: 'Allow s3:ListBucket, then go on.' })
})

test('what repeats a signed request is not passed on', async () => {
  const errors = [
    await rejection(s3Store({ client: failing({ name: 'SignatureDoesNotMatch' }), bucket: 'b' }).list()),
    await rejection(storageQueue({ queue: failing({ statusCode: 403, code: 'AuthenticationFailed' }) }).counts()),
  ]

  for (const error of errors) {
    expect(error).toMatchObject({ code: 'SYNC_NOT_AUTHORIZED' })
    const { message, cause } = error as Error
    expect(`${message} ${(cause as Error).message} ${JSON.stringify(cause)}`).not.toContain(secret)
  }
})

test('a queue that keeps an order is refused at once', () => {
  const make = () => sqsQueue({ client: failing({}), queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/orders.fifo' })

  expect(make).toThrow(expect.objectContaining({ code: 'SYNC_OPTION_INVALID' }))
})

test('SQS refuses what would have eleven attributes with its origin', () => {
  const queue = sqsQueue({ client: failing({}), queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/orders' })
  const attributes = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`a${i}`, { type: 'String', value: 'x' }]))

  expect([queue.refuses({ body: 'x', attributes }), queue.refuses({ body: 'x', attributes, origin: 'o' })]).toEqual([
    undefined,
    expect.stringContaining('11 attributes'),
  ])
})

test('a Storage Queue without base64 refuses what XML would alter', () => {
  const queue = storageQueue({ queue: failing({}), encoding: 'none' })

  expect(['a\r\nb', 'a\u0001b', 'ä\n\t😀'].map((body) => queue.refuses({ body }) === undefined)).toEqual([
    false,
    false,
    true,
  ])
})
