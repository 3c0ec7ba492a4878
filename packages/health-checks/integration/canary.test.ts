// A marked message through real queues: SQS of the source in this process, Queue Storage of the target in a child process.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'

import { SQS } from '@aws-sdk/client-sqs'
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue'
import { systemClock } from '@cutover/core'
import { type Canary, consumersBound, type Sighting, waitFor } from '@cutover/health-checks'
import { startFauxqs } from 'fauxqs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

type Handled = Sighting & { readonly body: string }

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

/** A queue of each cloud, and what its consumers have handled. Producers that were not moved yet send to both. */
async function sides() {
  made += 1
  const handled: Handled[] = []
  const { QueueUrl = '' } = await sqs.createQueue({ QueueName: `orders-${made}` })
  const queue = queues.getQueueClient(`orders-${made}`)
  await queue.create()
  const canary = (toSource: boolean): Canary => ({
    async send(marker) {
      await queue.sendMessage(JSON.stringify({ marker }))
      if (toSource) await sqs.sendMessage({ QueueUrl, MessageBody: JSON.stringify({ marker }) })
    },
    seen: (marker) => Promise.resolve(handled.filter(({ body }) => body.includes(marker))),
  })
  const host = {
    name: 'functions:orders',
    functions: () => Promise.resolve([{ name: 'consume', isDisabled: false, triggers: [{ type: 'queueTrigger' }] }]),
  }
  const check = (toSource = false) =>
    consumersBound(host, {
      expected: { consume: { type: 'queueTrigger' } },
      canaries: { consume: canary(toSource) },
      within: '2s',
      quiet: '1s',
    })
  return {
    check,
    targetListens: () => listen(() => takeFromAzure(queue), 'target', handled),
    sourceListens: () => listen(() => takeFromAws(QueueUrl), 'source', handled),
  }
}

function listen(take: () => Promise<readonly string[]>, by: Sighting['by'], handled: Handled[]): void {
  const stop = new AbortController()
  const listening = (async () => {
    while (!stop.signal.aborted) {
      for (const body of await take()) handled.push({ by, at: systemClock.now(), body })
      await systemClock.sleep(50)
    }
  })()
  stops.push(async () => {
    stop.abort()
    await listening
  })
}

async function takeFromAzure(queue: QueueClient): Promise<readonly string[]> {
  const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 10 })
  for (const { messageId, popReceipt } of receivedMessageItems) await queue.deleteMessage(messageId, popReceipt)
  return receivedMessageItems.map(({ messageText }) => messageText)
}

async function takeFromAws(QueueUrl: string): Promise<readonly string[]> {
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 })
  for (const { ReceiptHandle } of Messages) await sqs.deleteMessage({ QueueUrl, ReceiptHandle })
  return Messages.map(({ Body = '' }) => Body)
}

const asking = { within: '10s', every: '200ms' } as const

test('a message that the target alone consumes, exactly once, is a pass', async () => {
  const { check, targetListens } = await sides()
  targetListens()

  const { evidence } = await waitFor(check(), asking)

  expect(evidence?.rows).toMatchObject([{ found: 'handled', sightings: [{ by: 'target' }] }])
})

test('a message that the source consumes as well is a fail', async () => {
  const { check, targetListens, sourceListens } = await sides()
  targetListens()
  sourceListens()

  await expect(waitFor(check(true), asking)).rejects.toMatchObject({
    code: 'CHECK_FAILED',
    message: expect.stringMatching(/the source handled it/),
  })
})

test('consumers that are listed and take nothing are a fail', async () => {
  const { check } = await sides()

  await expect(waitFor(check(), asking)).rejects.toMatchObject({
    code: 'CHECK_FAILED',
    message: expect.stringMatching(/did not handle cutover-canary-consume-/),
  })
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
