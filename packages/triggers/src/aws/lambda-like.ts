/** What is asked of an event source mapping. */
export interface MappingLike {
  readonly UUID?: string | undefined
  readonly EventSourceArn?: string | undefined
  readonly FunctionArn?: string | undefined
  /** A free string: Creating, Enabling, Enabled, Disabling, Disabled, Updating, Deleting. */
  readonly State?: string | undefined
  readonly MaximumBatchingWindowInSeconds?: number | undefined
}

interface SendOptions {
  readonly abortSignal?: AbortSignal
}

/** The calls that this adapter makes. `new Lambda(...)` of `@aws-sdk/client-lambda` fits as it is. */
export interface LambdaLike {
  getEventSourceMapping(input: { UUID: string }, options?: SendOptions): Promise<MappingLike>
  listEventSourceMappings(
    input: { FunctionName: string; Marker?: string },
    options?: SendOptions,
  ): Promise<{
    readonly EventSourceMappings?: readonly MappingLike[] | undefined
    readonly NextMarker?: string | undefined
  }>
  updateEventSourceMapping(input: { UUID: string; Enabled: boolean }, options?: SendOptions): Promise<MappingLike>
  getFunctionConfiguration(
    input: { FunctionName: string },
    options?: SendOptions,
  ): Promise<{ readonly Timeout?: number | undefined }>
  getFunctionConcurrency(
    input: { FunctionName: string },
    options?: SendOptions,
  ): Promise<{ readonly ReservedConcurrentExecutions?: number | undefined }>
  putFunctionConcurrency(
    input: { FunctionName: string; ReservedConcurrentExecutions: number },
    options?: SendOptions,
  ): Promise<unknown>
  deleteFunctionConcurrency(input: { FunctionName: string }, options?: SendOptions): Promise<unknown>
}

/** Only for evidence: `new SQS(...)` of `@aws-sdk/client-sqs` fits as it is. */
export interface SqsLike {
  getQueueAttributes(
    input: { QueueUrl: string; AttributeNames: QueueCount[] },
    options?: SendOptions,
  ): Promise<{ readonly Attributes?: Readonly<Partial<Record<string, string>>> | undefined }>
}

export type QueueCount =
  | 'ApproximateNumberOfMessages'
  | 'ApproximateNumberOfMessagesDelayed'
  | 'ApproximateNumberOfMessagesNotVisible'

/** Says in the compiler's message what to pass instead of a `LambdaClient`. */
export type AggregatedLambda<Client> = Client extends LambdaLike
  ? Client
  : Client extends { send: unknown }
    ? 'Pass new Lambda(...): a LambdaClient has only send()'
    : LambdaLike

/** Says in the compiler's message what to pass instead of an `SQSClient`. */
export type AggregatedSqs<Client> = Client extends SqsLike
  ? Client
  : Client extends { send: unknown }
    ? 'Pass new SQS(...): an SQSClient has only send()'
    : SqsLike

export const abortable = (signal: AbortSignal | undefined): SendOptions =>
  signal === undefined ? {} : { abortSignal: signal }
