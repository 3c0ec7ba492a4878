// A process of its own that moves messages, or copies objects, until all is done: there to be killed.
import { allMoved, apply, caughtUp, fileLedger, follow, link, sameContent, transferQueue, waitFor } from '@cutover/sync'
import { s3Store, sqsQueue } from '@cutover/sync/aws'
import { blobStore, storageQueue } from '@cutover/sync/azure'

import { clients, type Endpoints } from './servers.ts'

export interface Task {
  readonly endpoints: Endpoints
  readonly ledger: string
  readonly what: 'sqs to storage queue' | 'storage queue to sqs' | 's3 to blob'
  /** The name of both queues, or of bucket and container. */
  readonly name: string
}

const task = JSON.parse(process.argv[2] ?? '') as Task
const { endpoints, name } = task
const cloud = clients(endpoints, { attempts: 3 })
const ledger = fileLedger(task.ledger)

if (task.what === 's3 to blob') {
  const from = s3Store({ client: cloud.s3, bucket: name, conditionalWrites: false, sortedListing: false })
  const objects = link(name, { from, to: blobStore({ container: cloud.container(name) }), ledger, every: '100ms' })
  const { detach } = await apply(follow(objects))
  console.log('begun')
  await waitFor(caughtUp(objects), { within: '1m', every: '100ms' })
  await waitFor(sameContent(objects), { within: '1m', every: '100ms' })
  await detach()
} else {
  const queueUrl = `${endpoints.aws}/000000000000/${name}`
  const sqs = sqsQueue({ client: cloud.sqs, queueUrl, waitSeconds: 0 })
  const azure = storageQueue({ queue: cloud.queue(name) })
  const [from, to] = task.what === 'sqs to storage queue' ? [sqs, azure] : [azure, sqs]
  const options = { from, to, ledger, every: '50ms', hiddenFor: '1s' } as const
  const { detach } = await apply(transferQueue(name, options))
  console.log('begun')
  await waitFor(allMoved(name, options), { within: '1m', every: '100ms', consecutive: 3 })
  await detach()
}
console.log('done')
