import { CutoverError } from '@cutover/core'

import { refuseOption } from '../../option-error.ts'
import { asked } from '../aws-error.ts'
import type { EndpointErrorCode } from '../endpoint-error-code.ts'
import type { EndpointContext, EndpointSetting } from '../endpoint-setting.ts'
import type { AggregatedLambda, ConfigurationLike, LambdaLike } from './lambda-like.ts'

export interface LambdaVariableOptions<Client> {
  /** `new Lambda(...)` of `@aws-sdk/client-lambda`, with `maxAttempts: 1`: the outcome is read back. */
  readonly client: Client & AggregatedLambda<Client>
  /** A name or an ARN, without a version or an alias: published versions never change. */
  readonly functionName: string
  /** `PAYMENTS_URL` */
  readonly variable: string
  /** How long an unanswered request may still take effect, in milliseconds. @default 60_000 */
  readonly lateMs?: number | undefined
  /** An upper bound for an update and the longest invocation, in milliseconds; for estimates. @default 960_000, 1 + 15 min */
  readonly movedMs?: number | undefined
  /** How long between two looks at an update. @default 1_000 */
  readonly pollMs?: number | undefined
}

/**
 * One environment variable of a Lambda function, as a handle for `repointEndpoint`.
 *
 * Lambda has no other way than to write all variables: they are read directly before, and written with the `RevisionId` of
 * that read, so that an edit of any of them in between is refused (`DNS_CONFLICT`) and none is lost. The other variables are
 * in no `before`, event or error. A variable that is not there is not made.
 *
 * It is `$LATEST` that changes: callers behind an alias or a version go on as they were until a new version is published.
 *
 * @throws CutoverError `DNS_OPTION_INVALID` at once; its methods as `EndpointErrorCode` says.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
 */
export function lambdaVariable<Client>(options: LambdaVariableOptions<Client>): EndpointSetting {
  const { functionName, variable, lateMs = 60_000, movedMs = 960_000, pollMs = 1_000 } = options
  const client = options.client as unknown as LambdaLike
  check(client, functionName, variable)
  const text = `${variable} of function ${functionName}`

  const read = async (signal: AbortSignal | undefined): Promise<ConfigurationLike | undefined> =>
    asked({ what: `read ${text}`, action: 'lambda:GetFunctionConfiguration', quiet: true }, signal, () =>
      client.getFunctionConfiguration({ FunctionName: functionName }, abortable(signal)),
    )
  /** Waits until Lambda is done with an earlier update: it refuses another until then. */
  const readAtRest = async ({ clock, signal, report }: EndpointContext): Promise<ConfigurationLike | undefined> => {
    for (let told = false; ; told = true) {
      const found = await read(signal)
      if (found?.LastUpdateStatus !== 'InProgress') return found
      if (!told) report({ kind: 'waiting', why: `Lambda updates function ${functionName}` })
      await clock.sleep(pollMs, { signal })
    }
  }
  return {
    id: `lambda:${functionName}/${variable}`,
    text,
    supports: { compareAndSwap: 'version' },
    lateMs,
    movedMs,
    async find({ signal } = {}) {
      const found = await read(signal)
      const value = variablesOf(found, text)[variable]
      return value === undefined ? undefined : { value, version: found?.RevisionId ?? '' }
    },
    async replace(expected, value, context) {
      const found = await readAtRest(context)
      const variables = variablesOf(found, text)
      if (variables[variable] !== expected.value)
        throw conflict(`${text} was changed by somebody else; nothing was written`)
      const { RevisionId } = found ?? {}
      if (RevisionId === undefined)
        throw conflict(`Lambda tells no revision of function ${functionName}; nothing was written`)
      const input = {
        FunctionName: functionName,
        RevisionId,
        Environment: { Variables: { ...variables, [variable]: value } },
      }
      const attempt = { what: `write ${text}`, action: 'lambda:UpdateFunctionConfiguration', quiet: true }
      context.fence()
      const written = await asked(attempt, context.signal, () =>
        client.updateFunctionConfiguration(input, abortable(context.signal)),
      )
      if (written === undefined) throw conflict(`function ${functionName} is not there any more`)
      // Its answer has all variables: nothing of it goes on.
      return undefined
    },
    async waitUntilRead(_since, context) {
      const found = await readAtRest(context)
      if (found?.LastUpdateStatus === 'Failed') {
        throw new CutoverError(
          'DNS_CHANGE_REJECTED' satisfies EndpointErrorCode,
          `Lambda could not put the update of function ${functionName} into effect: ${found.LastUpdateStatusReasonCode ?? 'no reason'}`,
          { next: `Look: aws lambda get-function-configuration --function-name ${functionName}` },
        )
      }
      // An invocation that runs has the variables with which it began, for at most the function's timeout.
      return context.clock.now() + (found?.Timeout ?? longestInvocationSeconds) * 1_000
    },
    permissions: ['lambda:GetFunctionConfiguration', 'lambda:UpdateFunctionConfiguration'],
    byHand: (value) => ({
      set: `In the console of function ${functionName}, Configuration, Environment variables: set ${variable} to ${value ?? 'the address that was found'}`,
      look: `aws lambda get-function-configuration --function-name ${functionName} --query 'Environment.Variables.${variable}'`,
    }),
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const longestInvocationSeconds = 900

/** All of them, or none is written: what could not be read would be lost. */
function variablesOf(found: ConfigurationLike | undefined, text: string): Readonly<Record<string, string>> {
  const { Variables, Error: failure } = found?.Environment ?? {}
  if (failure === undefined) return Variables ?? {}
  throw new CutoverError(
    'DNS_ENDPOINT_UNSUPPORTED' satisfies EndpointErrorCode,
    `Lambda could not decrypt the variables, so ${text} cannot be read, and writing it would lose the others: ${failure.ErrorCode ?? 'no reason'}`,
    { next: "Allow kms:Decrypt with the function's key." },
  )
}

const conflict = (text: string): CutoverError => new CutoverError('DNS_CONFLICT' satisfies EndpointErrorCode, text)

const abortable = (signal: AbortSignal | undefined): { abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal }

function check(client: unknown, functionName: unknown, variable: unknown): void {
  const methods = Object(client) as Partial<Record<string, unknown>>
  const missing = ['getFunctionConfiguration', 'updateFunctionConfiguration'].filter(
    (method) => typeof methods[method] !== 'function',
  )
  if (missing.length > 0) refuseOption('client', client, `new Lambda(...), which has ${missing.join(' and ')}`)
  // `orders`, `arn:aws:lambda:us-east-1:123456789012:function:orders`; a qualifier would be one part more.
  if (typeof functionName !== 'string' || !/^(?:arn:[^:]+:lambda:[^:]+:\d+:function:)?[\w-]+$/.test(functionName)) {
    refuseOption('functionName', functionName, "a function's name or ARN, without a version or an alias")
  }
  if (typeof variable !== 'string' || !/^[A-Za-z]\w+$/.test(variable)) {
    refuseOption('variable', variable, 'the name of an environment variable')
  }
}
