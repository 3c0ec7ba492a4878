import type { CallOptions, FakeWorld } from '@cutover/core/testing'

import type { LambdaLike, MappingLike } from '../aws/lambda-like.ts'
import type { LambdaMachine, MachineMapping } from './lambda-machine.ts'
import { aborted, asAwsError, awsError } from './service-errors.ts'

/** A fake client, and how to make it fail. */
export interface FakeLambdaClient {
  readonly client: LambdaLike
  failNext(method: keyof LambdaLike, error: unknown): void
  /** What was fenced in this turn. */
  fencing: (() => void) | undefined
}

/**
 * AWS Lambda at the level of the SDK's client, over the machine.
 *
 * Operations: `lambda.updateEventSourceMapping <uuid>`, `lambda.putFunctionConcurrency <function>`, …
 */
export function lambdaClient(world: FakeWorld, machine: LambdaMachine, changed: () => void): FakeLambdaClient {
  const failures: { readonly method: keyof LambdaLike; readonly error: unknown }[] = []
  const { functionName } = machine
  const fake: FakeLambdaClient = {
    client: {
      getEventSourceMapping: ({ UUID }, { abortSignal: signal } = {}) =>
        call('getEventSourceMapping', UUID, { signal }, () => asAnswer(machine.mapping(UUID))),
      listEventSourceMappings: ({ FunctionName }, { abortSignal: signal } = {}) =>
        call('listEventSourceMappings', FunctionName, { signal }, () => {
          checkFunction(FunctionName)
          return { EventSourceMappings: machine.mappings().map(asAnswer) }
        }),
      updateEventSourceMapping: ({ UUID, Enabled: enabled }, { abortSignal: signal } = {}) =>
        write('updateEventSourceMapping', UUID, signal, () => asAnswer(machine.updateMapping(UUID, { enabled }))),
      getFunctionConfiguration: ({ FunctionName }, { abortSignal: signal } = {}) =>
        call('getFunctionConfiguration', FunctionName, { signal }, () => {
          checkFunction(FunctionName)
          return { Timeout: machine.timeoutSeconds }
        }),
      getFunctionConcurrency: ({ FunctionName }, { abortSignal: signal } = {}) =>
        call('getFunctionConcurrency', FunctionName, { signal }, () => {
          checkFunction(FunctionName)
          const reserved = machine.reservedConcurrency()
          return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved }
        }),
      putFunctionConcurrency: ({ FunctionName, ReservedConcurrentExecutions: units }, { abortSignal: signal } = {}) =>
        write('putFunctionConcurrency', FunctionName, signal, () => {
          checkFunction(FunctionName)
          machine.putReservedConcurrency(units)
          return { ReservedConcurrentExecutions: units }
        }),
      deleteFunctionConcurrency: ({ FunctionName }, { abortSignal: signal } = {}) =>
        write('deleteFunctionConcurrency', FunctionName, signal, () => {
          checkFunction(FunctionName)
          machine.deleteReservedConcurrency()
          return {}
        }),
    },
    failNext: (method, error) => void failures.push({ method, error }),
    fencing: undefined,
  }

  function checkFunction(name: string): void {
    if (name === functionName) return
    throw awsError('ResourceNotFoundException', `Function not found: ${name}`, 404)
  }

  async function call<T>(method: keyof LambdaLike, about: string, how: CallOptions, body: () => T): Promise<T> {
    const failure = failures.findIndex((armed) => armed.method === method)
    if (failure >= 0) throw failures.splice(failure, 1)[0]?.error
    if (how.signal?.aborted) throw aborted()
    try {
      return await world.call(`lambda.${method} ${about}`, how, body)
    } catch (error) {
      throw how.signal?.aborted ? aborted() : asAwsError(error)
    }
  }

  function write<T>(
    method: keyof LambdaLike,
    about: string,
    signal: AbortSignal | undefined,
    body: () => T,
  ): Promise<T> {
    return call(method, about, { write: true, signal, fence: fake.fencing }, () => {
      const answer = body()
      changed()
      return answer
    })
  }
  return fake
}

const asAnswer = (mapping: MachineMapping): MappingLike => ({
  UUID: mapping.uuid,
  EventSourceArn: mapping.eventSourceArn,
  State: mapping.state,
  MaximumBatchingWindowInSeconds: mapping.maximumBatchingWindowSeconds,
})
