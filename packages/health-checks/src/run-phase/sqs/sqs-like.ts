interface SendOptions {
  readonly abortSignal?: AbortSignal
}

/** The calls that are made. `new SQS(...)` of `@aws-sdk/client-sqs` fits as it is. */
export interface SqsLike {
  sendMessage(input: { QueueUrl: string; MessageBody: string }, options?: SendOptions): Promise<unknown>
  receiveMessage(
    input: { QueueUrl: string; MaxNumberOfMessages: number; VisibilityTimeout: number; WaitTimeSeconds: number },
    options?: SendOptions,
  ): Promise<{
    readonly Messages?:
      | readonly { readonly Body?: string | undefined; readonly ReceiptHandle?: string | undefined }[]
      | undefined
  }>
  deleteMessage(input: { QueueUrl: string; ReceiptHandle: string }, options?: SendOptions): Promise<unknown>
  changeMessageVisibility(
    input: { QueueUrl: string; ReceiptHandle: string; VisibilityTimeout: number },
    options?: SendOptions,
  ): Promise<unknown>
}
