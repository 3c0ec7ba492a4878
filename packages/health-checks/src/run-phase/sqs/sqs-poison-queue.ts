import { CutoverError, knownOptions } from '@cutover/core'

import { refuseOption } from '../../health-error.ts'
import { asked, type SourceErrorCode } from '../../sources/service-error.ts'
import type { PoisonQueue } from '../failure/poison-message.ts'
import type { SqsLike } from './sqs-like.ts'

export interface SqsPoisonQueueOptions {
  /** `new SQS({ region })` */
  readonly client: SqsLike
  readonly queueUrl: string
  /** Where its redrive policy sends what was received too often. */
  readonly deadLetterUrl: string
}

/** So many dead letters are looked through. */
const most = 1_000
/** How long those that were looked at stay hidden, if this process dies meanwhile. */
const hiddenSeconds = 30

/**
 * A queue of SQS with its dead-letter queue.
 *
 * SQS has no peek: to look, dead letters are received and made visible again at once, which counts as a receive. Needs
 * `sqs:SendMessage` on the queue, and `sqs:ReceiveMessage`, `sqs:ChangeMessageVisibility`, `sqs:DeleteMessage` on its dead letters.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; calls reject with a `SourceErrorCode`.
 */
export function sqsPoisonQueue(options: SqsPoisonQueueOptions): PoisonQueue {
  knownOptions(options, ['client', 'queueUrl', 'deadLetterUrl'], 'HEALTH_OPTIONS_INVALID', 'sqsPoisonQueue')
  const { client, queueUrl, deadLetterUrl } = options
  if (typeof (client as Partial<SqsLike> | undefined)?.receiveMessage !== 'function')
    refuseOption('client', client, 'new SQS(…)')
  for (const [field, url] of Object.entries({ queueUrl, deadLetterUrl }))
    if (typeof url !== 'string' || !URL.canParse(url)) refuseOption(field, url, 'the URL of a queue')
  const name = queueUrl.split('/').at(-1) ?? queueUrl
  const attempt = (what: string, action: string) => ({ what: `${what} queue ${name}`, action: `sqs:${action}` })

  /** Looks at every dead letter once; those that are not kept are removed. */
  async function lookThrough(keeps: (body: string) => boolean, signal: AbortSignal): Promise<void> {
    const send = { abortSignal: signal }
    const seen: string[] = []
    try {
      for (;;) {
        const { Messages = [] } = await asked(attempt('read dead letters of', 'ReceiveMessage'), signal, () =>
          client.receiveMessage(
            // A wait asks all of its servers: without it an answer may be empty though there are messages.
            { QueueUrl: deadLetterUrl, MaxNumberOfMessages: 10, VisibilityTimeout: hiddenSeconds, WaitTimeSeconds: 1 },
            send,
          ),
        )
        if (Messages.length === 0) return
        for (const { Body = '', ReceiptHandle = '' } of Messages) {
          if (keeps(Body)) seen.push(ReceiptHandle)
          else
            await asked(attempt('remove a dead letter of', 'DeleteMessage'), signal, () =>
              client.deleteMessage({ QueueUrl: deadLetterUrl, ReceiptHandle }, send),
            )
        }
        if (seen.length >= most) refuseMany(name)
      }
    } finally {
      // Not with the signal: others must not be hidden for longer because this was aborted.
      await Promise.allSettled(
        seen.map((ReceiptHandle) =>
          client.changeMessageVisibility({ QueueUrl: deadLetterUrl, ReceiptHandle, VisibilityTimeout: 0 }),
        ),
      )
    }
  }

  return {
    name: `sqs:${name}`,
    host: new URL(queueUrl).hostname,
    async send(body, { signal }) {
      const input = { QueueUrl: queueUrl, MessageBody: body }
      await asked(attempt('send to', 'SendMessage'), signal, () => client.sendMessage(input, { abortSignal: signal }))
    },
    async deadLetters(text, { signal }) {
      let found = 0
      await lookThrough((body) => {
        if (body.includes(text)) found += 1
        return true
      }, signal)
      return found
    },
    discard: (text, { signal }) => lookThrough((body) => !body.includes(text), signal),
  }
}

function refuseMany(name: string): never {
  const code: SourceErrorCode = 'HEALTH_SOURCE_REJECTED'
  throw new CutoverError(code, `queue ${name} has over ${most} dead letters; they are not looked through`, {
    next: 'Give the test a queue of its own, or redrive them first.',
  })
}
