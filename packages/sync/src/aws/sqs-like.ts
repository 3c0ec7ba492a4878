interface Options {
  abortSignal?: AbortSignal
}

/** An attribute as SQS has it. */
export interface SqsAttribute {
  readonly DataType: string | undefined
  readonly StringValue?: string | undefined
  readonly BinaryValue?: Uint8Array | undefined
}

/** The five calls that this adapter makes. `new SQS(...)` of `@aws-sdk/client-sqs` fits as it is. */
export interface SqsLike {
  receiveMessage(
    input: {
      QueueUrl: string
      MaxNumberOfMessages: number
      VisibilityTimeout: number
      WaitTimeSeconds: number
      MessageAttributeNames: string[]
      MessageSystemAttributeNames: 'ApproximateReceiveCount'[]
    },
    options?: Options,
  ): Promise<{
    readonly Messages?:
      | readonly {
          readonly MessageId?: string | undefined
          readonly ReceiptHandle?: string | undefined
          readonly Body?: string | undefined
          readonly Attributes?: Readonly<Record<string, string | undefined>> | undefined
          readonly MessageAttributes?: Readonly<Record<string, SqsAttribute>> | undefined
        }[]
      | undefined
  }>
  sendMessage(
    input: {
      QueueUrl: string
      MessageBody: string
      MessageAttributes: Record<string, { DataType: string; StringValue?: string; BinaryValue?: Uint8Array }>
    },
    options?: Options,
  ): Promise<unknown>
  deleteMessage(input: { QueueUrl: string; ReceiptHandle: string }, options?: Options): Promise<unknown>
  changeMessageVisibility(
    input: { QueueUrl: string; ReceiptHandle: string; VisibilityTimeout: number },
    options?: Options,
  ): Promise<unknown>
  getQueueAttributes(
    input: {
      QueueUrl: string
      AttributeNames: (
        | 'ApproximateNumberOfMessages'
        | 'ApproximateNumberOfMessagesNotVisible'
        | 'ApproximateNumberOfMessagesDelayed'
      )[]
    },
    options?: Options,
  ): Promise<{ readonly Attributes?: Readonly<Record<string, string | undefined>> | undefined }>
}

/** Says in the compiler's message what to pass instead of an `SQSClient`. */
export type AggregatedSqs<Client> = Client extends SqsLike
  ? Client
  : Client extends { send: unknown }
    ? 'Pass new SQS(...): an SQSClient has only send()'
    : SqsLike
