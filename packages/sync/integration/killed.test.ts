import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openMessage } from '@cutover/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'

import type { Task } from './moving.ts'
import { clients, type Clients, type Servers, servers } from './servers.ts'

let running: Servers
let cloud: Clients
let folder: string

beforeAll(async () => {
  running = await servers()
  cloud = clients(running.endpoints, { attempts: 3 })
  folder = await mkdtemp(join(tmpdir(), 'sync-'))
})
afterAll(async () => {
  await running[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

/** Runs it, and kills it at a random moment after it has begun; answers whether it was done before. */
async function run(task: Task, killWithinMs?: number): Promise<boolean> {
  const main = join(import.meta.dirname, 'moving.ts')
  const child = spawn(process.execPath, [main, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => void (said += String(chunk)))
  child.stdout.on('data', (chunk: Buffer) => {
    said += String(chunk)
    if (killWithinMs === undefined || !String(chunk).includes('begun')) return
    setTimeout(() => child.kill('SIGKILL'), Math.random() * killWithinMs)
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (signal === 'SIGKILL' && killWithinMs !== undefined) return said.includes('done')
  expect({ code, said }).toEqual({ code: 0, said: 'begun\ndone\n' })
  return true
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `order-${i}`)

async function queues(name: string): Promise<string> {
  await cloud.queue(name).create()
  return (await cloud.sqs.createQueue({ QueueName: name })).QueueUrl ?? ''
}

/** Handles what it receives, as a function does, until told to stop and nothing is left. */
function consumer(name: string): { readonly handled: string[]; stop(): Promise<void> } {
  const handled: string[] = []
  let stopping = false
  const loop = (async () => {
    for (;;) {
      const { receivedMessageItems } = await cloud.queue(name).receiveMessages({ numberOfMessages: 32 })
      if (receivedMessageItems.length === 0 && stopping) return
      for (const { messageText, messageId, popReceipt } of receivedMessageItems) {
        handled.push(openMessage(Buffer.from(messageText, 'base64').toString()).body)
        await cloud.queue(name).deleteMessage(messageId, popReceipt)
      }
      await pause(20)
    }
  })()
  return {
    handled,
    stop() {
      stopping = true
      return loop
    },
  }
}

test('of a transfer to a Storage Queue that is killed ten times, every message is handled exactly once', async () => {
  const name = 'forth'
  const bodies = names(600)
  const queueUrl = await queues(name)
  for (let i = 0; i < bodies.length; i += 10) {
    const Entries = bodies.slice(i, i + 10).map((MessageBody, n) => ({ Id: String(n), MessageBody }))
    await cloud.sqs.sendMessageBatch({ QueueUrl: queueUrl, Entries })
  }
  const functions = consumer(name)
  const task: Task = { endpoints: running.endpoints, ledger: join(folder, name), what: 'sqs to storage queue', name }

  let kills = 0
  for (; kills < 10; kills++) if (await run(task, 150)) break
  await run(task)
  await functions.stop()

  expect(functions.handled.sort()).toEqual(bodies.sort())
  expect(kills).toBeGreaterThan(5)
}, 120_000)

test('of a transfer to SQS that is killed, no message is lost, and what is sent twice has one origin', async () => {
  const name = 'back'
  const bodies = names(300)
  const queueUrl = await queues(name)
  await Promise.all(bodies.map((body) => cloud.queue(name).sendMessage(Buffer.from(body).toString('base64'))))
  const task: Task = { endpoints: running.endpoints, ledger: join(folder, name), what: 'storage queue to sqs', name }

  for (let kills = 0; kills < 5; kills++) if (await run(task, 150)) break
  await run(task)

  const arrived = new Map<string, Set<string>>()
  for (;;) {
    const input = { QueueUrl: queueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }
    const { Messages = [] } = await cloud.sqs.receiveMessage(input)
    if (Messages.length === 0) break
    for (const { Body = '', MessageAttributes = {} } of Messages) {
      const origins = arrived.get(Body) ?? new Set()
      arrived.set(Body, origins.add(MessageAttributes['cutover-origin']?.StringValue ?? 'none'))
    }
  }
  expect([...arrived.keys()].sort()).toEqual(bodies.sort())
  expect([...arrived.values()].every((origins) => origins.size === 1 && !origins.has('none'))).toBe(true)
}, 120_000)

test('of a follower that is killed while the bucket is written, everything is at the target in the end', async () => {
  const name = 'uploads'
  await cloud.container(name).create()
  await cloud.s3.createBucket({ Bucket: name })
  const put = (i: number, content: string) => cloud.s3.putObject({ Bucket: name, Key: `${i}.txt`, Body: content })
  for (let i = 0; i < 200; i++) await put(i, `first ${i}`)
  const task: Task = { endpoints: running.endpoints, ledger: join(folder, name), what: 's3 to blob', name }

  for (let kills = 0; kills < 5; kills++) {
    await run(task, 200)
    for (let i = kills; i < 200; i += 20) await put(i, `again ${i} ${kills}`)
    await cloud.s3.deleteObject({ Bucket: name, Key: `${kills + 10}.txt` })
  }
  await run(task)

  const [source, target] = [new Map<string, string>(), new Map<string, string>()]
  for (const { Key = '' } of (await cloud.s3.listObjectsV2({ Bucket: name })).Contents ?? [])
    source.set(Key, (await (await cloud.s3.getObject({ Bucket: name, Key })).Body?.transformToString()) ?? '')
  for await (const blob of cloud.container(name).listBlobsFlat())
    target.set(blob.name, String(await cloud.container(name).getBlobClient(blob.name).downloadToBuffer()))
  expect(Object.fromEntries(target)).toEqual(Object.fromEntries(source))
  expect(source.size).toBe(195)
}, 120_000)
