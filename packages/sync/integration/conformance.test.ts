import { s3Store, sqsQueue } from '@cutover/sync/aws'
import { blobStore, storageQueue } from '@cutover/sync/azure'
import { messageQueueConformance, objectStoreConformance } from '@cutover/sync/testing'
import { afterAll, beforeAll, describe, test } from 'vitest'

import { clients, type Clients, type Servers, servers } from './servers.ts'

let running: Servers
let cloud: Clients
let names = 0
const fresh = (): string => `case-${++names}`

beforeAll(async () => {
  running = await servers()
  cloud = clients(running.endpoints)
})
afterAll(() => running[Symbol.asyncDispose]())

// It compares no etags on PUT, and sorts keys as dictionaries do.
describe('S3 at fauxqs', () => {
  const prefix = 'orders/'
  const emptyStore = async () => {
    const bucket = fresh()
    await cloud.s3.createBucket({ Bucket: bucket })
    await cloud.s3.putObject({ Bucket: bucket, Key: 'elsewhere', Body: 'not ours' })
    return s3Store({ client: cloud.s3, bucket, prefix, conditionalWrites: false, sortedListing: false })
  }
  for (const { name, run } of objectStoreConformance({ emptyStore, prefix })) test(`it ${name}`, run)
})

describe('Blob Storage at azurite', () => {
  const emptyStore = async () => {
    const container = cloud.container(fresh())
    await container.create()
    return blobStore({ container })
  }
  for (const { name, run } of objectStoreConformance({ emptyStore, moreThanOnePage: 5_001 })) test(`it ${name}`, run)
})

describe('SQS at fauxqs', () => {
  const emptyQueue = async () => {
    const { QueueUrl: queueUrl = '' } = await cloud.sqs.createQueue({ QueueName: fresh() })
    return sqsQueue({ client: cloud.sqs, queueUrl, waitSeconds: 0 })
  }
  for (const { name, run } of messageQueueConformance({ emptyQueue, tooLarge: 'x'.repeat(262_145) }))
    test(`it ${name}`, run)
})

describe('Queue Storage at azurite', () => {
  const emptyQueue = async () => {
    const queue = cloud.queue(fresh())
    await queue.create()
    return storageQueue({ queue })
  }
  for (const { name, run } of messageQueueConformance({ emptyQueue, tooLarge: 'x'.repeat(49_153) }))
    test(`it ${name}`, run)
})
