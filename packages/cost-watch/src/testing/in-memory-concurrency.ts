import type { CallOptions, FakeWorld } from '@cutover/core/testing'

import { type ConcurrencyLike, lambdaCap } from '../aws/lambda-cap.ts'
import type { SpendCap } from '../cap/spend-cap.ts'
import { noticingFences } from './noticing-fences.ts'
import { aborted, asAwsError, awsError } from './service-errors.ts'

export interface InMemoryConcurrencyOptions {
  /** @default 'orders' */
  readonly functionName?: string | undefined
  /** @default not set */
  readonly reserved?: number | undefined
  /** @default none */
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** Of the account; 100 of it cannot be reserved. @default 1_000 */
  readonly accountConcurrency?: number | undefined
}

/** A Lambda function's reserved concurrency at the level of the SDK's client, as strict as the service. */
export interface InMemoryConcurrency {
  /** Our adapter over the fake client. */
  readonly cap: SpendCap
  readonly client: ConcurrencyLike
  /** `undefined` when it is not set. */
  reserved(): number | undefined
  /** Somebody else sets it. */
  edit(reserved: number | undefined): void
}

/** Operations: `lambda.putFunctionConcurrency orders`, … */
export function inMemoryConcurrency(world: FakeWorld, options: InMemoryConcurrencyOptions = {}): InMemoryConcurrency {
  const { functionName = 'orders', accountConcurrency = 1_000, tags = {} } = options
  const arn = `arn:aws:lambda:us-east-1:111122223333:function:${functionName}`
  let reserved = options.reserved
  let fencing: (() => void) | undefined
  world.watch(`lambda:${functionName}/limit`, () => ({ reserved: reserved ?? null }))

  async function call<T>(name: string, method: string, how: CallOptions, body: () => T): Promise<T> {
    if (how.signal?.aborted) throw aborted()
    try {
      return await world.call(`lambda.${method} ${name}`, how, () => {
        if (name !== functionName) {
          throw awsError('ResourceNotFoundException', `Function not found: ${name}`, 404)
        }
        return body()
      })
    } catch (error) {
      throw how.signal?.aborted ? aborted() : asAwsError(error)
    }
  }

  const client: ConcurrencyLike = {
    getFunctionConfiguration: ({ FunctionName }, { abortSignal: signal } = {}) =>
      call(FunctionName, 'getFunctionConfiguration', { signal }, () => ({
        FunctionName,
        FunctionArn: arn,
        MemorySize: 128,
      })),
    listTags: ({ Resource }, { abortSignal: signal } = {}) =>
      call(Resource === arn ? functionName : Resource, 'listTags', { signal }, () => ({ Tags: { ...tags } })),
    getFunctionConcurrency: ({ FunctionName }, { abortSignal: signal } = {}) =>
      call(FunctionName, 'getFunctionConcurrency', { signal }, () =>
        reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved },
      ),
    putFunctionConcurrency: ({ FunctionName, ReservedConcurrentExecutions: units }, { abortSignal: signal } = {}) =>
      call(FunctionName, 'putFunctionConcurrency', { write: true, signal, fence: fencing }, () => {
        if (accountConcurrency - units < 100) {
          throw awsError(
            'InvalidParameterValueException',
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
          )
        }
        reserved = units
        return { ReservedConcurrentExecutions: units }
      }),
    deleteFunctionConcurrency: ({ FunctionName }, { abortSignal: signal } = {}) =>
      call(FunctionName, 'deleteFunctionConcurrency', { write: true, signal, fence: fencing }, () => {
        reserved = undefined
        return {}
      }),
  }
  return {
    cap: noticingFences(lambdaCap({ client, functionName }), (fence) => (fencing = fence)),
    client,
    reserved: () => reserved,
    edit: (next) => void (reserved = next),
  }
}
