// Messages that cannot be handled, through real queues: SQS with its redrive policy in this process, Queue Storage in a child process
// with a consumer that does as the Functions host does.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'

import { SQS } from '@aws-sdk/client-sqs'
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue'
import { type Check, poisonMessage, type PoisonQueue, systemClock } from '@cutover/health-checks'
import { sqsPoisonQueue } from '@cutover/health-checks/sqs'
import { storagePoisonQueue } from '@cutover/health-checks/storage-queue'
import { startFauxqs } from 'fauxqs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { contextOf } from '../test/context.ts'

let fauxqs: Awaited<ReturnType<typeof startFauxqs>>
let azurite: ChildProcess
let sqs: SQS
let queues: QueueServiceClient
let made = 0
const stops: (() => Promise<void>)[] = []

beforeAll(async () => {
  fauxqs = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1' })
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  sqs = new SQS({ endpoint: `http://127.0.0.1:${fauxqs.port}`, region: 'eu-west-1', credentials, maxAttempts: 1 })
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js')
  const [blob, queue, table] = [await freePort(), await freePort(), await freePort()]
  const ports = ['--blobPort', blob, '--queuePort', queue, '--tablePort', table].map(String)
  const quiet = ['--silent', '--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry']
  azurite = spawn(process.execPath, [main, ...quiet, ...ports], { stdio: 'ignore' })
  const endpoint = `http://127.0.0.1:${queue}/devstoreaccount1`
  await answers(endpoint)
  // The well-known account of the emulator.
  const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
  queues = QueueServiceClient.fromConnectionString(
    `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${key};QueueEndpoint=${endpoint};`,
  )
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(async () => {
  azurite.kill()
  await once(azurite, 'exit')
  await fauxqs.stop()
})

interface Side {
  readonly queue: PoisonQueue
  /** Asks for a sound message to be handled. */
  readonly well: Check
  /** The bodies of the dead letters that are there. */
  dead(): Promise<readonly string[]>
  putDead(body: string): Promise<void>
}

function listen(take: () => Promise<void>): void {
  const stop = new AbortController()
  const listening = (async () => {
    while (!stop.signal.aborted) {
      await take()
      await systemClock.sleep(50)
    }
  })()
  stops.push(async () => {
    stop.abort()
    await listening
  })
}

function wellFor(send: (body: string) => Promise<unknown>, handled: readonly string[]): Check {
  let sent = false
  return {
    id: 'well',
    title: 'A sound message is handled',
    async run() {
      if (!sent) await send('{"id":17}')
      sent = true
      return handled.includes('{"id":17}')
        ? { status: 'pass', text: 'handled' }
        : { status: 'undecided', text: 'not yet' }
    },
  }
}

const local = (url: string): string => url.replace('sqs.eu-west-1.', '')

/** `limit`: after so many deliveries a message is a dead letter, if at all. */
async function aws(limit: number | undefined): Promise<Side> {
  made += 1
  const handled: string[] = []
  const { QueueUrl: deadLetterUrl = '' } = await sqs.createQueue({ QueueName: `orders-${made}-dead` })
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: deadLetterUrl, AttributeNames: ['QueueArn'] })
  const policy = JSON.stringify({ deadLetterTargetArn: Attributes?.['QueueArn'], maxReceiveCount: limit })
  const { QueueUrl: queueUrl = '' } = await sqs.createQueue({
    QueueName: `orders-${made}`,
    Attributes: { VisibilityTimeout: '1', ...(limit === undefined ? {} : { RedrivePolicy: policy }) },
  })
  listen(async () => {
    const { Messages = [] } = await sqs.receiveMessage({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 })
    for (const { Body = '', ReceiptHandle } of Messages) {
      if (!Body.startsWith('{')) continue
      handled.push(Body)
      await sqs.deleteMessage({ QueueUrl: queueUrl, ReceiptHandle })
    }
  })
  return {
    // fauxqs puts a host into its URLs that is none: `sqs.eu-west-1.127.0.0.1`.
    queue: sqsPoisonQueue({ client: sqs, queueUrl: local(queueUrl), deadLetterUrl: local(deadLetterUrl) }),
    well: wellFor((MessageBody) => sqs.sendMessage({ QueueUrl: queueUrl, MessageBody }), handled),
    async dead() {
      const { Messages = [] } = await sqs.receiveMessage({ QueueUrl: deadLetterUrl, MaxNumberOfMessages: 10 })
      return Messages.map(({ Body = '' }) => Body)
    },
    putDead: async (MessageBody) => void (await sqs.sendMessage({ QueueUrl: deadLetterUrl, MessageBody })),
  }
}

const encoded = (text: string): string => Buffer.from(text).toString('base64')
const decoded = (text: string): string => Buffer.from(text, 'base64').toString('utf8')

async function azure(limit: number | undefined): Promise<Side> {
  made += 1
  const handled: string[] = []
  const queue = queues.getQueueClient(`orders-${made}`)
  const poison = queues.getQueueClient(`orders-${made}-poison`)
  await queue.create()
  listen(() => asTheHostDoes(queue, poison, limit, handled))
  return {
    queue: storagePoisonQueue({ queue, poison }),
    well: wellFor((body) => queue.sendMessage(encoded(body)), handled),
    async dead() {
      const { peekedMessageItems } = await poison.peekMessages({ numberOfMessages: 32 })
      return peekedMessageItems.map(({ messageText }) => decoded(messageText))
    },
    async putDead(body) {
      await poison.createIfNotExists()
      await poison.sendMessage(encoded(body))
    },
  }
}

async function asTheHostDoes(
  queue: QueueClient,
  poison: QueueClient,
  limit: number | undefined,
  handled: string[],
): Promise<void> {
  const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 16, visibilityTimeout: 1 })
  for (const { messageId, popReceipt, messageText, dequeueCount } of receivedMessageItems) {
    const body = decoded(messageText)
    if (body.startsWith('{')) handled.push(body)
    else if (limit === undefined || dequeueCount < limit) continue
    else {
      await poison.createIfNotExists()
      await poison.sendMessage(messageText)
    }
    await queue.deleteMessage(messageId, popReceipt)
  }
}

const asking = { hosts: ['127.0.0.1'], every: '200ms' } as const

test.each([
  ['SQS', aws],
  ['Queue Storage', azure],
])('%s: a message that cannot be handled becomes a dead letter and is removed, another’s stays', async (_, side) => {
  const { queue, well, dead, putDead } = await side(2)
  await putDead("somebody else's")
  await putDead('not an order: cutover-poison-of-a-killed-run')

  const answer = await poisonMessage(queue, { ...asking, well, within: '30s' }).run(contextOf())

  expect(answer).toMatchObject({ status: 'pass', evidence: { reason: 'held', left: 0, well: { status: 'pass' } } })
  expect(await dead()).toEqual(["somebody else's"])
})

test.each([
  ['SQS', aws],
  ['Queue Storage', azure],
])('%s: a queue without a limit of deliveries fails', async (_, side) => {
  const { queue, well, dead } = await side(undefined)

  const answer = await poisonMessage(queue, { ...asking, well, within: '5s' }).run(contextOf())

  expect(answer).toMatchObject({ status: 'fail', evidence: { reason: 'not-dead-lettered' } })
  expect(await dead().catch(() => [])).toEqual([])
})

test('a queue that is not there is no word of the consumer: the check rejects, and is undecided for who waits', async () => {
  const { queue, well } = await aws(2)
  const url = `http://127.0.0.1:${fauxqs.port}/000000000000/nobody`
  const other = sqsPoisonQueue({ client: sqs, queueUrl: url, deadLetterUrl: url })

  await expect(poisonMessage(other, { ...asking, well }).run(contextOf())).rejects.toMatchObject({
    code: 'HEALTH_NOT_FOUND',
  })
  expect(() => poisonMessage(queue, { hosts: ['sqs.eu-west-1.amazonaws.com'], well })).toThrow(/would ask 127\.0\.0\.1/)
})

async function answers(endpoint: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const isUp = await fetch(endpoint).then(
      () => true,
      () => false,
    )
    if (isUp) return
    await systemClock.sleep(100)
  }
  throw new Error(`azurite does not answer at ${endpoint}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
