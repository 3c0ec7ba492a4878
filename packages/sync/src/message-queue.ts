import type { CallOptions, WriteOptions } from './call-options.ts'

/** A typed attribute, as Amazon SQS has them: `String`, `Number`, `Binary` (then base64), or a type of the user's own. */
export interface MessageAttribute {
  readonly type: string
  readonly value: string
}

export interface MessageContent {
  readonly body: string
  /** @default {} */
  readonly attributes?: Readonly<Record<string, MessageAttribute>> | undefined
  /** Where it was first sent, `sqs:orders/5fea7756`: the same through every transfer. `undefined` when it was never transferred. */
  readonly origin?: string | undefined
}

export interface Message extends MessageContent {
  /** The queue's own name for it; another one after each transfer. */
  readonly id: string
  /** What `remove` and `hide` need. */
  readonly receipt: string
  /** How often it was received, this time included. */
  readonly receivedCount: number
}

/** A place in a queue that nobody sees yet; JSON data. */
export interface Slot {
  readonly id: string
  readonly receipt: string
  /** Epoch milliseconds: after it the slot is gone, filled or not. */
  readonly expiresAt: number
}

/**
 * A send that can be repeated: a place is reserved, its receipt recorded, and then filled exactly once, however often that is
 * tried.
 */
export interface SlotSending {
  reserve(options: WriteOptions & { readonly now: number }): Promise<Slot>
  /**
   * Fills it and shows it to consumers; does nothing when it was filled before.
   *
   * @throws CutoverError `SYNC_SLOT_EXPIRED` when nobody can know any more.
   */
  fill(slot: Slot, content: MessageContent, options: WriteOptions & { readonly now: number }): Promise<void>
  /** Gives it back. `'filled'` when it has been filled, and stays. */
  cancel(slot: Slot, options: WriteOptions & { readonly now: number }): Promise<'cancelled' | 'filled'>
}

/** How many messages there are, as far as the service knows: all such numbers are approximate, and late. */
export interface MessageCounts {
  /** All: waiting, delayed, in flight. */
  readonly total: number
  readonly waiting?: number | undefined
  readonly inFlight?: number | undefined
}

/** The port: a queue at its service. Adapters translate, and decide nothing. */
export interface MessageQueue {
  /** Unique and the same in every process: `sqs:orders`. */
  readonly id: string
  readonly supports: {
    /** Can a message be sent exactly once? See `slots`. */
    readonly sendOnce: boolean
  }
  /** How long an unanswered request may still take effect, in milliseconds. */
  readonly lateMs: number
  readonly slots?: SlotSending | undefined
  /** IAM actions or Azure operations that receiving and sending need. */
  readonly permissions?: readonly string[] | undefined
  /** The command that counts its messages; absent where there is none. */
  readonly lookByHand?: string | undefined
  /** Why this message can never be sent here, in words; `undefined` when it can. */
  refuses(content: MessageContent): string | undefined
  /** Up to `max` messages (fewer where the service gives fewer), each hidden from everybody for `hiddenMs`. */
  receive(options: CallOptions & { readonly max: number; readonly hiddenMs: number }): Promise<readonly Message[]>
  /** @throws CutoverError `SYNC_MESSAGE_REJECTED` when it is refused; nothing sent. */
  send(content: MessageContent, options?: WriteOptions): Promise<void>
  /** Removes what was received; harmless when it is gone. Answers false when somebody else has received it since. */
  remove(message: Message, options?: WriteOptions): Promise<boolean>
  /** Hides it for that long from now on; 0 shows it. Harmless when it is gone, or somebody else has received it. */
  hide(message: Message, options: WriteOptions & { readonly hiddenMs: number }): Promise<void>
  /** `undefined` when the service does not say. */
  counts(options?: CallOptions): Promise<MessageCounts | undefined>
}
