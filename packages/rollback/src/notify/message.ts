/** What a message is about. */
export type MessageKind =
  | 'start'
  | 'pause'
  | 'question'
  | 'approval'
  | 'alarm'
  | 'slip'
  | 'rollback'
  | 'waiting'
  | 'interrupted'
  | 'end'

/** One fact of a cutover, for people who do not look at its screen. Plain text, no markup, no secret. */
export interface Message {
  /** Names the fact, the same in every process: `question dns:repoint:api 1763604900000`. Receivers can tell a repetition by it. */
  readonly fact: string
  readonly kind: MessageKind
  readonly cutover: string
  /** When it became true, epoch milliseconds. */
  readonly at: number
  /** One line: `orders: PARKED, waits for an answer`. */
  readonly title: string
  /** Whole sentences, perhaps several lines. */
  readonly text: string
  /** What else is known, in the order in which it is read. */
  readonly details: readonly { readonly name: string; readonly value: string }[]
  /** Commands to copy. */
  readonly commands: readonly string[]
}

/** Who is told; `webhook`, `teams` and `slack` make one, and so does anybody with a pager. */
export interface Notifier {
  /** Unique in a cutover, and the same in every process: the journal remembers by it who has been told. */
  readonly name: string
  /**
   * Resolves when the message was accepted. Called again when it rejects or does not end within ten seconds, up to four times;
   * then that is told as an event, and nothing else follows from it.
   */
  send(message: Message, options: { readonly signal: AbortSignal }): Promise<void>
}
