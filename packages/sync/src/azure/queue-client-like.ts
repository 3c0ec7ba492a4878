interface Options {
  abortSignal?: AbortSignal
}

/** The five calls that this adapter makes. A `QueueClient` of `@azure/storage-queue` fits as it is. */
export interface QueueClientLike {
  readonly name: string
  sendMessage(
    messageText: string,
    options?: Options & { visibilityTimeout?: number; messageTimeToLive?: number },
  ): Promise<{ readonly messageId: string; readonly popReceipt: string; readonly expiresOn: Date }>
  receiveMessages(options?: Options & { numberOfMessages?: number; visibilityTimeout?: number }): Promise<{
    readonly receivedMessageItems: readonly {
      readonly messageId: string
      readonly popReceipt: string
      readonly messageText: string
      readonly dequeueCount: number
    }[]
  }>
  updateMessage(
    messageId: string,
    popReceipt: string,
    message?: string,
    visibilityTimeout?: number,
    options?: Options,
  ): Promise<unknown>
  deleteMessage(messageId: string, popReceipt: string, options?: Options): Promise<unknown>
  getProperties(options?: Options): Promise<{ readonly approximateMessagesCount?: number | undefined }>
}
