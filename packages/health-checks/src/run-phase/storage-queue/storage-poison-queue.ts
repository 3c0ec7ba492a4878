import { CutoverError, isCutoverError, knownOptions } from '@cutover/core'

import { refuseOption } from '../../health-error.ts'
import { asked, type SourceErrorCode } from '../../sources/service-error.ts'
import type { PoisonQueue } from '../failure/poison-message.ts'
import type { StorageQueueLike } from './storage-queue-like.ts'

export interface StoragePoisonQueueOptions {
  readonly queue: StorageQueueLike
  /** `orders-poison`: where the Functions host puts what was received `maxDequeueCount` times. It makes it when it needs it. */
  readonly poison: StorageQueueLike
  /** The host's `messageEncoding`. @default 'base64' */
  readonly encoding?: 'base64' | 'none' | undefined
}

const attempt = (what: string, permission: string, { name }: StorageQueueLike) => ({
  what: `${what} queue ${name}`,
  action: `Microsoft.Storage/storageAccounts/queueServices/queues/messages/${permission}`,
})

/** So many dead letters are looked through. */
const most = 1_000
const hiddenSeconds = 30

/**
 * A queue of Azure Storage with the poison queue of its function.
 *
 * To look, messages are received and made visible again at once, since a peek sees no more than 32. Needs
 * `Storage Queue Data Contributor` on both.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; calls reject with a `SourceErrorCode`.
 */
export function storagePoisonQueue(options: StoragePoisonQueueOptions): PoisonQueue {
  knownOptions(options, ['queue', 'poison', 'encoding'], 'HEALTH_OPTIONS_INVALID', 'storagePoisonQueue')
  const { queue, poison, encoding = 'base64' } = options
  for (const [field, client] of Object.entries({ queue, poison }))
    if (typeof (client as Partial<StorageQueueLike> | undefined)?.receiveMessages !== 'function')
      refuseOption(field, client, 'service.getQueueClient(name)')
  if (encoding !== 'base64' && encoding !== 'none') refuseOption('encoding', encoding, "'base64' or 'none'")
  const bodyOf = (text: string): string => (encoding === 'base64' ? Buffer.from(text, 'base64').toString('utf8') : text)

  /** Looks at every dead letter once; those that are not kept are removed. A queue that is not there yet has none. */
  async function lookThrough(keeps: (body: string) => boolean, signal: AbortSignal): Promise<void> {
    const kept: { readonly messageId: string; readonly popReceipt: string }[] = []
    const send = { abortSignal: signal }
    try {
      for (;;) {
        const { receivedMessageItems } = await asked(attempt('read', 'read', poison), signal, () =>
          poison.receiveMessages({ ...send, numberOfMessages: 32, visibilityTimeout: hiddenSeconds }),
        )
        if (receivedMessageItems.length === 0) return
        for (const { messageId, popReceipt, messageText } of receivedMessageItems) {
          if (keeps(bodyOf(messageText))) kept.push({ messageId, popReceipt })
          else
            await asked(attempt('remove from', 'delete', poison), signal, () =>
              poison.deleteMessage(messageId, popReceipt, send),
            )
        }
        if (kept.length >= most) refuseMany(poison.name)
      }
    } catch (error) {
      if (!isCutoverError(error, 'HEALTH_NOT_FOUND')) throw error
    } finally {
      // Not with the signal: others must not be hidden for longer because this was aborted.
      await Promise.allSettled(
        kept.map(({ messageId, popReceipt }) => poison.updateMessage(messageId, popReceipt, undefined, 0)),
      )
    }
  }

  return {
    name: `queue:${queue.name}`,
    host: new URL(queue.url).hostname,
    async send(body, { signal }) {
      const text = encoding === 'base64' ? Buffer.from(body).toString('base64') : body
      await asked(attempt('send to', 'add', queue), signal, () => queue.sendMessage(text, { abortSignal: signal }))
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
  throw new CutoverError(code, `queue ${name} has over ${most} messages; they are not looked through`, {
    next: 'Give the test a queue of its own, or empty that one first.',
  })
}
