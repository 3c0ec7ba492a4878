import type { MessageAttribute, MessageContent } from './message-queue.ts'

interface Envelope {
  readonly cutover: 1
  readonly origin?: string
  readonly attributes?: Readonly<Record<string, MessageAttribute>>
  readonly body: string
}

export interface OpenedMessage extends MessageContent {
  readonly attributes: Readonly<Record<string, MessageAttribute>>
  /** The same for every delivery of one message in both clouds; `undefined` when it was never transferred: take the queue's own id. */
  readonly origin: string | undefined
}

/**
 * What a text from a queue without attributes says: of a transferred message its body, its attributes and its origin, of any
 * other the text itself. What consumes a Storage Queue calls it first.
 */
export function openMessage(text: string): OpenedMessage {
  const envelope = envelopeOf(text)
  return { body: envelope?.body ?? text, attributes: envelope?.attributes ?? {}, origin: envelope?.origin }
}

/** The text that stands for a message where there are no attributes: the body itself, unless something else has to be kept. */
export function messageText({ body, attributes = {}, origin }: MessageContent): string {
  const hasAttributes = Object.keys(attributes).length > 0
  if (!hasAttributes && origin === undefined && !envelopeOf(body)) return body
  const envelope: Envelope = {
    cutover: 1,
    ...(origin === undefined ? {} : { origin }),
    ...(hasAttributes ? { attributes } : {}),
    body,
  }
  return JSON.stringify(envelope)
}

function envelopeOf(text: string): Envelope | undefined {
  if (!text.startsWith('{"cutover":1,')) return undefined
  try {
    const found = JSON.parse(text) as Partial<Envelope>
    return found.cutover === 1 && typeof found.body === 'string' ? (found as Envelope) : undefined
  } catch (error) {
    // A body of the user's own that only begins like an envelope.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
