import { CutoverError } from '@cutover/core'

import type { Message, MessageAttribute, MessageContent, MessageQueue } from '../message-queue.ts'
import { shellWord } from '../store-commands.ts'
import { awsError } from './aws-error.ts'
import type { AggregatedSqs, SqsAttribute, SqsLike } from './sqs-like.ts'

export interface SqsQueueOptions<Client> {
  readonly client: AggregatedSqs<Client>
  readonly queueUrl: string
  /** The queue's MaximumMessageSize, in bytes. @default 262_144 */
  readonly maxBytes?: number | undefined
  /** How long `receive` waits for a message, in seconds, up to 20: fewer requests, and all servers are asked. @default 1 */
  readonly waitSeconds?: number | undefined
  /** @default 60_000 */
  readonly lateMs?: number | undefined
}

/** The message attribute in which a message's origin travels. */
const originName = 'cutover-origin'
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
const mostAttributes = 10

/**
 * A standard queue of Amazon SQS. A FIFO queue is refused: its order and groups would be lost.
 *
 * Sending to it is at least once: after a crash between the send and its record the same message is sent again, with the same
 * origin. Its timers (DelaySeconds) and system attributes are not carried.
 */
export function sqsQueue<Client>(options: SqsQueueOptions<Client>): MessageQueue {
  const { client, queueUrl, maxBytes = 262_144, waitSeconds = 1, lateMs = 60_000 } = options
  const name = queueUrl.split('/').at(-1) ?? ''
  if (name === '') throw invalid(`queueUrl is '${queueUrl}'; wanted the URL of a queue`)
  if (name.endsWith('.fifo'))
    throw invalid(`${name} is a FIFO queue, whose order would be lost; wanted a standard queue`)
  if (!(waitSeconds >= 0 && waitSeconds <= 20)) throw invalid(`waitSeconds is ${waitSeconds}; wanted 0 to 20`)
  const sqs = client as SqsLike
  const id = `sqs:${name}`

  const asked = async <T>(
    what: string,
    needs: string,
    signal: AbortSignal | undefined,
    call: (options: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> => {
    signal?.throwIfAborted()
    try {
      return await call(signal ? { abortSignal: signal } : {})
    } catch (error) {
      throw awsError(error, { what: `${id}: ${what}`, needs, rejected: 'SYNC_MESSAGE_REJECTED', signal })
    }
  }

  const refuses = (content: MessageContent): string | undefined => {
    const attributes = attributesWithOrigin(content)
    const count = Object.keys(attributes).length
    if (count > mostAttributes) return `it has ${count} attributes, with its origin; ${id} takes ${mostAttributes}`
    const bytes =
      Buffer.byteLength(content.body) + Object.entries(attributes).reduce((sum, one) => sum + sizeOf(one), 0)
    return bytes > maxBytes ? `it has ${bytes} bytes; ${id} takes ${maxBytes}` : undefined
  }

  return {
    id,
    supports: { sendOnce: false },
    lateMs,
    permissions: [
      'ReceiveMessage',
      'SendMessage',
      'DeleteMessage',
      'ChangeMessageVisibility',
      'GetQueueAttributes',
    ].map((action) => `sqs:${action} ${arnOf(queueUrl)}`),
    lookByHand: `aws sqs get-queue-attributes --queue-url ${shellWord(queueUrl)} --attribute-names All`,
    refuses,
    async receive({ max, hiddenMs, signal }) {
      const { Messages = [] } = await asked('receive', 'sqs:ReceiveMessage', signal, (send) =>
        sqs.receiveMessage(
          {
            QueueUrl: queueUrl,
            MaxNumberOfMessages: Math.min(max, 10),
            VisibilityTimeout: Math.ceil(hiddenMs / 1_000),
            WaitTimeSeconds: waitSeconds,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['ApproximateReceiveCount'],
          },
          send,
        ),
      )
      return Messages.map(
        ({ MessageId = '', ReceiptHandle = '', Body = '', Attributes, MessageAttributes = {} }): Message => {
          const { [originName]: origin, ...rest } = MessageAttributes
          return {
            id: MessageId,
            receipt: ReceiptHandle,
            body: Body,
            attributes: Object.fromEntries(
              Object.entries(rest).map(([key, attribute]) => [key, attributeOf(attribute)]),
            ),
            origin: origin?.StringValue,
            receivedCount: Number(Attributes?.['ApproximateReceiveCount'] ?? 1),
          }
        },
      )
    },
    async send(content, { signal, fence } = {}) {
      const why = refuses(content)
      if (why !== undefined) throw new CutoverError('SYNC_MESSAGE_REJECTED', `${id}: ${why}`)
      const attributes = Object.entries(attributesWithOrigin(content)).map(([key, { type, value }]) => [
        key,
        type.startsWith('Binary')
          ? { DataType: type, BinaryValue: Buffer.from(value, 'base64') }
          : { DataType: type, StringValue: value },
      ])
      const input = {
        QueueUrl: queueUrl,
        MessageBody: content.body,
        MessageAttributes: Object.fromEntries(attributes) as Sent,
      }
      fence?.()
      await asked('send', 'sqs:SendMessage', signal, (send) => sqs.sendMessage(input, send))
    },
    async remove({ receipt }, { signal, fence } = {}) {
      fence?.()
      await asked('delete', 'sqs:DeleteMessage', signal, (send) =>
        sqs.deleteMessage({ QueueUrl: queueUrl, ReceiptHandle: receipt }, send),
      )
      return true
    },
    async hide({ receipt }, { hiddenMs, signal, fence }) {
      fence?.()
      await asked('hide', 'sqs:ChangeMessageVisibility', signal, async (send) => {
        const input = { QueueUrl: queueUrl, ReceiptHandle: receipt, VisibilityTimeout: Math.ceil(hiddenMs / 1_000) }
        try {
          await sqs.changeMessageVisibility(input, send)
        } catch (error) {
          if (!gone.has((error as Error).name)) throw error
        }
      })
    },
    async counts({ signal } = {}) {
      const { Attributes = {} } = await asked('count', 'sqs:GetQueueAttributes', signal, (send) =>
        sqs.getQueueAttributes({ QueueUrl: queueUrl, AttributeNames: [...countNames] }, send),
      )
      const [waiting = Number.NaN, inFlight = Number.NaN, delayed = Number.NaN] = countNames.map((key) =>
        Number(Attributes[key] ?? Number.NaN),
      )
      const total = waiting + inFlight + delayed
      return Number.isNaN(total) ? undefined : { total, waiting: waiting + delayed, inFlight }
    },
  }
}

type Sent = Parameters<SqsLike['sendMessage']>[0]['MessageAttributes']

const countNames = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const

const gone = new Set(['MessageNotInflight', 'ReceiptHandleIsInvalid', 'InvalidParameterValue'])

const attributesWithOrigin = ({ attributes = {}, origin }: MessageContent): Record<string, MessageAttribute> => ({
  ...attributes,
  ...(origin === undefined ? {} : { [originName]: { type: 'String', value: origin } }),
})

const attributeOf = ({ DataType = 'String', StringValue, BinaryValue }: SqsAttribute): MessageAttribute => ({
  type: DataType,
  value: BinaryValue ? Buffer.from(BinaryValue).toString('base64') : (StringValue ?? ''),
})

/** Name, type and value count. */
const sizeOf = ([name, { type, value }]: [string, MessageAttribute]): number =>
  Buffer.byteLength(name) +
  Buffer.byteLength(type) +
  (type.startsWith('Binary') ? Buffer.from(value, 'base64').length : Buffer.byteLength(value))

const invalid = (message: string): CutoverError => new CutoverError('SYNC_OPTION_INVALID', message)

/** `https://sqs.us-east-1.amazonaws.com/123456789012/orders`; of another server only the last two parts are known. */
function arnOf(queueUrl: string): string {
  const [account = '', name = ''] = queueUrl.split('/').slice(-2)
  const region = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com\//.exec(queueUrl)?.[1] ?? '*'
  return `arn:aws:sqs:${region}:${/^\d{12}$/.test(account) ? account : '*'}:${name}`
}
