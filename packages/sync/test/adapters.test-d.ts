import type { S3, S3Client } from '@aws-sdk/client-s3'
import type { SQS, SQSClient } from '@aws-sdk/client-sqs'
import type { ContainerClient } from '@azure/storage-blob'
import type { QueueClient } from '@azure/storage-queue'
import type { MessageQueue, ObjectStore } from '@cutover/sync'
import { type S3Like, s3Store, type SqsLike, sqsQueue } from '@cutover/sync/aws'
import { blobStore, type ContainerClientLike, type QueueClientLike, storageQueue } from '@cutover/sync/azure'
import { expectTypeOf, test } from 'vitest'

test("the SDKs' clients fit as they are", () => {
  expectTypeOf<S3>().toExtend<S3Like>()
  expectTypeOf<SQS>().toExtend<SqsLike>()
  expectTypeOf<ContainerClient>().toExtend<ContainerClientLike>()
  expectTypeOf<QueueClient>().toExtend<QueueClientLike>()
  expectTypeOf(s3Store<S3>).returns.toEqualTypeOf<ObjectStore>()
  expectTypeOf(sqsQueue<SQS>).returns.toEqualTypeOf<MessageQueue>()
  expectTypeOf(blobStore).toBeCallableWith({ container: {} as ContainerClient })
  expectTypeOf(storageQueue).toBeCallableWith({ queue: {} as QueueClient })
})

test('a client that has only send() is refused in a sentence', () => {
  // @ts-expect-error -- 'Pass new S3(...): an S3Client has only send()'
  s3Store({ client: {} as S3Client, bucket: 'uploads' })
  // @ts-expect-error -- 'Pass new SQS(...): an SQSClient has only send()'
  sqsQueue({ client: {} as SQSClient, queueUrl: '' })
  type Wanted = Parameters<typeof s3Store<S3Client>>[0]['client']
  expectTypeOf<Wanted>().toExtend<'Pass new S3(...): an S3Client has only send()'>()
})
