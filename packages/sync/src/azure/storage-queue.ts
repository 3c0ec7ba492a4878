import { CutoverError } from '@cutover/core'

import { messageText, openMessage } from '../message-envelope.ts'
import type { Message, MessageContent, MessageQueue, Slot } from '../message-queue.ts'
import { azureError, isGone, isNotHeld } from './azure-error.ts'
import type { QueueClientLike } from './queue-client-like.ts'

export interface StorageQueueOptions {
  readonly queue: QueueClientLike
  /** How texts are kept; what Azure Functions expects unless host.json says `"messageEncoding": "none"`. @default 'base64' */
  readonly encoding?: 'base64' | 'none' | undefined
  /** @default 60_000 */
  readonly lateMs?: number | undefined
}

/** https://learn.microsoft.com/rest/api/storageservices/put-message */
const maxBytes = 65_536
const weekSeconds = 604_800
const processor = 'the role Storage Queue Data Contributor'
/** A slot says what it is, should a person ever see one. */
const emptySlot = 'cutover-slot'

/**
 * A queue of Azure Queue Storage: 64 KiB a message, in base64 48 KiB; no attributes, so that a message which has some, or an
 * origin, is wrapped: `openMessage` opens it.
 *
 * A message is sent exactly once: a hidden, empty message is put, and later overwritten and shown with its pop receipt, which
 * the service accepts once. It lives seven days, the service's default. A crash can leave an empty one behind: never shown but
 * for the last second of its seven days, and counted by the service until then.
 */
export function storageQueue(options: StorageQueueOptions): MessageQueue {
  const { queue, encoding = 'base64', lateMs = 60_000 } = options
  const id = `queue:${queue.name}`
  const encode = (text: string): string => (encoding === 'base64' ? Buffer.from(text).toString('base64') : text)
  const decode = (text: string): string => (encoding === 'base64' ? Buffer.from(text, 'base64').toString('utf8') : text)

  const asked = async <T>(
    what: string,
    signal: AbortSignal | undefined,
    call: (options: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> => {
    signal?.throwIfAborted()
    try {
      return await call(signal ? { abortSignal: signal } : {})
    } catch (error) {
      throw azureError(error, { what: `${id}: ${what}`, needs: processor, rejected: 'SYNC_MESSAGE_REJECTED', signal })
    }
  }
  /** False when it is gone, or somebody else has received it since. */
  const held = (
    what: string,
    signal: AbortSignal | undefined,
    call: (options: { abortSignal?: AbortSignal }) => Promise<unknown>,
  ): Promise<boolean> =>
    asked(what, signal, async (send) => {
      try {
        await call(send)
        return true
      } catch (error) {
        if (isNotHeld(error)) return false
        throw error
      }
    })

  const refuses = (content: MessageContent): string | undefined => {
    const text = messageText(content)
    const bytes = Buffer.byteLength(encode(text))
    if (bytes > maxBytes)
      return `it has ${bytes} bytes${encoding === 'base64' ? ' in base64' : ''}; ${id} takes ${maxBytes}`
    // XML 1.0 cannot carry the others, and turns \r\n into \n.
    const isXml = encoding === 'base64' || !/[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text)
    return isXml ? undefined : `it has characters that ${id} cannot keep without base64`
  }
  const textOf = (content: MessageContent): string => {
    const why = refuses(content)
    if (why !== undefined) throw new CutoverError('SYNC_MESSAGE_REJECTED', `${id}: ${why}`)
    return encode(messageText(content))
  }
  const refuseExpired = (slot: Slot, now: number): void => {
    // The clocks of the service and of this machine may differ by some minutes.
    if (now < slot.expiresAt - 900_000) return
    throw new CutoverError(
      'SYNC_SLOT_EXPIRED',
      `${id}: slot ${slot.id} has expired: whether it was filled, nobody knows`,
      {
        next: 'Look for the message at the target by hand; then remove it at the source, or the ledger.',
      },
    )
  }

  return {
    id,
    supports: { sendOnce: true },
    lateMs,
    permissions: [
      ...['read', 'write', 'delete', 'add/action', 'process/action'].map(
        (what) => `Microsoft.Storage/storageAccounts/queueServices/queues/messages/${what}`,
      ),
      'Microsoft.Storage/storageAccounts/queueServices/queues/read',
    ],
    refuses,
    async receive({ max, hiddenMs, signal }) {
      const { receivedMessageItems } = await asked('receive', signal, (send) =>
        queue.receiveMessages({
          ...send,
          numberOfMessages: Math.min(max, 32),
          visibilityTimeout: Math.ceil(hiddenMs / 1_000),
        }),
      )
      return receivedMessageItems.map((item) => messageOf(item, decode))
    },
    async send(content, { signal, fence } = {}) {
      const text = textOf(content)
      fence?.()
      await asked('send', signal, (send) => queue.sendMessage(text, send))
    },
    async remove({ id: messageId, receipt }, { signal, fence } = {}) {
      fence?.()
      return asked('delete', signal, async (send) => {
        try {
          await queue.deleteMessage(messageId, receipt, send)
          return true
        } catch (error) {
          if (isNotHeld(error)) return isGone(error)
          throw error
        }
      })
    },
    async hide({ id: messageId, receipt }, { hiddenMs, signal, fence }) {
      fence?.()
      await held('hide', signal, (send) =>
        queue.updateMessage(messageId, receipt, undefined, Math.ceil(hiddenMs / 1_000), send),
      )
    },
    async counts({ signal } = {}) {
      const { approximateMessagesCount: total } = await asked('count', signal, (send) => queue.getProperties(send))
      return total === undefined ? undefined : { total }
    },
    slots: {
      async reserve({ signal, fence }) {
        fence?.()
        return asked('reserve', signal, async (send) => {
          const lives = { visibilityTimeout: weekSeconds - 1, messageTimeToLive: weekSeconds }
          const { messageId, popReceipt, expiresOn } = await queue.sendMessage(encode(emptySlot), { ...send, ...lives })
          return { id: messageId, receipt: popReceipt, expiresAt: expiresOn.getTime() }
        })
      },
      async fill(slot, content, { signal, fence, now }) {
        refuseExpired(slot, now)
        const text = textOf(content)
        // Not held: it was filled before, and whoever consumes has it.
        fence?.()
        await held('fill', signal, (send) => queue.updateMessage(slot.id, slot.receipt, text, 0, send))
      },
      async cancel(slot, { signal, fence, now }) {
        refuseExpired(slot, now)
        fence?.()
        const isCancelled = await held('cancel', signal, (send) => queue.deleteMessage(slot.id, slot.receipt, send))
        return isCancelled ? 'cancelled' : 'filled'
      },
    },
  }
}

type Received = Awaited<ReturnType<QueueClientLike['receiveMessages']>>['receivedMessageItems'][number]

const messageOf = (
  { messageId, popReceipt, messageText: text, dequeueCount }: Received,
  decode: (text: string) => string,
): Message => ({ ...openMessage(decode(text)), id: messageId, receipt: popReceipt, receivedCount: dequeueCount })
