import { CutoverError, knownOptions, sameJson } from '@cutover/core'

import type { CapState, SpendCap } from '../cap/spend-cap.ts'
import type { CostErrorCode } from '../cost-error-code.ts'
import { checkedClient, checkedMs, checkedTexts } from '../cost-options.ts'
import type { ReadOptions } from '../usage/usage-row.ts'
import { asked } from './aws-error.ts'
import { abortable, type LambdaConfigurationLike, type SendOptions } from './cloudwatch-like.ts'
import { lambdaTags } from './lambda-shape.ts'

/** `new Lambda(...)` of `@aws-sdk/client-lambda` fits as it is. */
export interface ConcurrencyLike extends LambdaConfigurationLike {
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

export interface LambdaCapOptions {
  readonly client: ConcurrencyLike
  readonly functionName: string
  /** How long an unanswered request may still take effect, in milliseconds. @default 60_000 */
  readonly lateMs?: number | undefined
}

/**
 * A function's reserved concurrency as a limit of what it can spend. It also reserves: so many are taken from what the account's
 * other functions share, and 100 must stay there.
 *
 * @throws CutoverError `COST_OPTION_INVALID`
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
export function lambdaCap(options: LambdaCapOptions): SpendCap {
  knownOptions(options, ['client', 'functionName', 'lateMs'], 'COST_OPTION_INVALID', 'lambdaCap')
  const { client, functionName, lateMs = 60_000 } = options
  const concurrency = ['getFunctionConcurrency', 'putFunctionConcurrency', 'deleteFunctionConcurrency']
  const methods = [...concurrency, 'getFunctionConfiguration', 'listTags']
  checkedClient(client, methods, 'lambdaCap', 'new Lambda(...)')
  checkedTexts({ functionName }, 'lambdaCap')
  checkedMs({ lateMs }, 'lambdaCap')
  const FunctionName = functionName
  const of = `the reserved concurrency of ${functionName}`

  const read = async ({ signal }: ReadOptions): Promise<CapState> => {
    signal?.throwIfAborted()
    const attempt = { what: `read ${of}`, action: 'lambda:GetFunctionConcurrency' }
    // `{}` is not set, `{ ReservedConcurrentExecutions: 0 }` is zero.
    const { ReservedConcurrentExecutions: reserved } = await asked(attempt, signal, () =>
      client.getFunctionConcurrency({ FunctionName }, abortable(signal)),
    )
    return reserved === undefined ? {} : { limit: reserved }
  }

  return {
    id: `lambda:${functionName}`,
    name: functionName,
    unit: 'runs at once',
    least: 1,
    most: 1_000_000,
    lateMs,
    supports: { compareAndSwap: false },
    refuses: (limit) =>
      `above ${limit} runs at once synchronous callers get 429, asynchronous events wait for up to 6 hours and are then dead letters or lost, and messages of a queue come back until they are dead letters`,
    read,
    async tags({ signal }) {
      const attempt = { what: `read the configuration of ${functionName}`, action: 'lambda:GetFunctionConfiguration' }
      const { FunctionArn: arn = '' } = await asked(attempt, signal, () =>
        client.getFunctionConfiguration({ FunctionName }, abortable(signal)),
      )
      return lambdaTags(client, arn, { signal })
    },
    async write({ from, to }, { signal, fence }) {
      const found = await read({ signal })
      if (sameJson(found, to)) return
      if (!sameJson(found, from)) throw conflict(functionName, found)
      const { limit } = to
      const attempt =
        limit === undefined
          ? { what: `remove ${of}`, action: 'lambda:DeleteFunctionConcurrency' }
          : { what: `set ${of}`, action: 'lambda:PutFunctionConcurrency' }
      // Directly before the request, in the same turn.
      fence()
      await asked(attempt, signal, () =>
        limit === undefined
          ? client.deleteFunctionConcurrency({ FunctionName }, abortable(signal))
          : client.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: limit }, abortable(signal)),
      )
    },
    permissions: ['lambda:GetFunctionConcurrency', 'lambda:PutFunctionConcurrency', 'lambda:DeleteFunctionConcurrency'],
    byHand(to) {
      const name = `--function-name ${functionName}`
      if (to === undefined) return `aws lambda get-function-concurrency ${name}`
      return to.limit === undefined
        ? `aws lambda delete-function-concurrency ${name}`
        : `aws lambda put-function-concurrency ${name} --reserved-concurrent-executions ${to.limit}`
    },
  }
}

const conflict = (name: string, { limit }: CapState): CutoverError<CostErrorCode> =>
  new CutoverError('COST_CONFLICT', `the reserved concurrency of ${name} is ${limit ?? 'not set'}; expected another`)
