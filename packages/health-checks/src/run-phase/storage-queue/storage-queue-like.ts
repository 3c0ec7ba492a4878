interface SendOptions {
  readonly abortSignal?: AbortSignal
}

/** The calls that are made. `new QueueServiceClient(...).getQueueClient(name)` of `@azure/storage-queue` fits as it is. */
export interface StorageQueueLike {
  readonly name: string
  readonly url: string
  sendMessage(text: string, options?: SendOptions): Promise<unknown>
  receiveMessages(
    options?: SendOptions & { readonly numberOfMessages?: number; readonly visibilityTimeout?: number },
  ): Promise<{
    readonly receivedMessageItems: readonly {
      readonly messageId: string
      readonly popReceipt: string
      readonly messageText: string
    }[]
  }>
  deleteMessage(messageId: string, popReceipt: string, options?: SendOptions): Promise<unknown>
  updateMessage(
    messageId: string,
    popReceipt: string,
    text?: string,
    visibilityTimeoutSeconds?: number,
    options?: SendOptions,
  ): Promise<unknown>
}
