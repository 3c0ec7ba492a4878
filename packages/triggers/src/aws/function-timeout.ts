import type { CallOptions } from '../listeners.ts'
import { asked } from './lambda-error.ts'
import { abortable } from './lambda-like.ts'
import type { LambdaParts } from './lambda-trigger.ts'

/** How long one invocation can run, in milliseconds: Lambda ends it at the function's `Timeout`. */
export async function functionTimeoutMs(
  { client, functionName }: LambdaParts,
  { signal }: CallOptions,
): Promise<number | undefined> {
  const attempt = {
    what: `read the configuration of function ${functionName}`,
    action: 'lambda:GetFunctionConfiguration',
  }
  const { Timeout: seconds } = await asked(attempt, signal, () =>
    client.getFunctionConfiguration({ FunctionName: functionName }, abortable(signal)),
  )
  return seconds === undefined ? undefined : seconds * 1_000
}
