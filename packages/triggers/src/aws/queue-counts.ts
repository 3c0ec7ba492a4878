import type { Activity, CallOptions } from '../listeners.ts'
import { asked } from './lambda-error.ts'
import { abortable, type QueueCount, type SqsLike } from './lambda-like.ts'

const counts: QueueCount[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
]

/** What SQS counts; approximate, and right a minute after the last change. A count that is missing is no zero. */
export async function queueCounts(sqs: SqsLike, queueUrl: string, { signal }: CallOptions): Promise<Activity> {
  const attempt = { what: `count the messages of ${queueUrl}`, action: 'sqs:GetQueueAttributes' }
  const input = { QueueUrl: queueUrl, AttributeNames: counts }
  const { Attributes: attributes = {} } = await asked(attempt, signal, () =>
    sqs.getQueueAttributes(input, abortable(signal)),
  )
  const [visible, delayed, inFlight] = counts.map((name) => count(attributes[name]))
  const waiting = visible === undefined || delayed === undefined ? undefined : visible + delayed
  const text = `SQS: ${shown(waiting)} waiting, ${shown(inFlight)} not visible`
  return { inFlight, waiting, longestMs: undefined, text }
}

const count = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined

const shown = (number: number | undefined): string => (number === undefined ? 'an unknown number' : String(number))
