// The workload, once per cloud: an HTTP function that takes orders, and a queue function that writes receipts. What may run is
// said by the control planes alone.
import { appendFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

import { openMessage } from '@cutover/sync'

import type { Clients } from './stores.ts'

/** What a cloud's functions use. */
export interface Cloud {
  readonly side: 'aws' | 'azure'
  /** May the HTTP function run, and what do callers get when not? */
  http(): { readonly runs: boolean; readonly status: number }
  /** Does the queue function listen? */
  consumes(): boolean
  put(key: string, text: string): Promise<void>
  send(text: string): Promise<void>
  /** Some messages, hidden for a while. */
  receive(): Promise<readonly { readonly text: string; remove(): Promise<unknown> }[]>
}

export const bucket = 'orders'

export function aws(clients: Clients, queueUrl: string, control: Pick<Cloud, 'http' | 'consumes'>): Cloud {
  const { s3, sqs } = clients
  return {
    side: 'aws',
    ...control,
    put: async (Key, Body) => void (await s3.putObject({ Bucket: bucket, Key, Body })),
    send: async (MessageBody) => void (await sqs.sendMessage({ QueueUrl: queueUrl, MessageBody })),
    async receive() {
      const { Messages = [] } = await sqs.receiveMessage({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 5,
      })
      return Messages.map(({ Body = '', ReceiptHandle = '' }) => ({
        text: Body,
        remove: () => sqs.deleteMessage({ QueueUrl: queueUrl, ReceiptHandle }),
      }))
    },
  }
}

export function azure(clients: Clients, control: Pick<Cloud, 'http' | 'consumes'>): Cloud {
  const container = clients.container(bucket)
  const queue = clients.queue(bucket)
  return {
    side: 'azure',
    ...control,
    put: async (key, text) => void (await container.getBlockBlobClient(key).upload(text, Buffer.byteLength(text))),
    // The Functions host expects base64.
    send: async (text) => void (await queue.sendMessage(Buffer.from(text).toString('base64'))),
    async receive() {
      const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 10, visibilityTimeout: 5 })
      return receivedMessageItems.map(({ messageText, messageId, popReceipt }) => ({
        text: openMessage(Buffer.from(messageText, 'base64').toString()).body,
        remove: () => queue.deleteMessage(messageId, popReceipt),
      }))
    },
  }
}

/** The HTTP function: an order is kept and queued before the client is told that it is accepted. */
export function httpFunction(cloud: Cloud, isIll: () => boolean): Server {
  return createServer((request, response) => {
    const answer = (status: number): void =>
      void response.writeHead(status, { 'x-side': cloud.side, connection: 'close' }).end()
    request.resume()
    if (request.url === '/health') return answer(isIll() ? 503 : 200)
    const { runs, status } = cloud.http()
    if (!runs) return answer(status)
    const id = request.url?.slice('/orders/'.length) ?? ''
    void cloud
      .put(`orders/${id}.json`, JSON.stringify({ id }))
      .then(() => cloud.send(id))
      .then(
        () => answer(202),
        () => answer(500),
      )
  })
}

/** The queue function: writes a receipt, notes that it has, and removes the message. */
export async function queueFunction(cloud: Cloud, log: string, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const messages = cloud.consumes() ? await cloud.receive().catch(() => []) : []
    for (const { text: id, remove } of messages) {
      await cloud.put(`receipts/${id}.json`, JSON.stringify({ id, by: cloud.side }))
      appendFileSync(log, `${JSON.stringify({ id, by: cloud.side })}\n`)
      await remove().catch(() => {})
    }
    if (messages.length === 0) await pause(40)
  }
}
