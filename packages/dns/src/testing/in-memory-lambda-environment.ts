import type { FakeWorld } from '@cutover/core/testing'

import type { EndpointSetting } from '../callers/endpoint-setting.ts'
import { type ConfigurationLike, type LambdaLike, lambdaVariable } from '../callers/lambda/index.ts'
import { aborted, asAwsError, awsError } from './fake-client-errors.ts'
import { fencedSetting, fenceNote, sorted } from './fake-client.ts'

export interface InMemoryLambdaEnvironmentOptions {
  readonly functionName: string
  readonly variables: Readonly<Record<string, string>>
  /** @default 3 */
  readonly timeoutSeconds?: number | undefined
  /** How long Lambda works on an update, in milliseconds, and refuses another. @default 4_000 */
  readonly updateMs?: number | undefined
}

/** The environment of one Lambda function, at the level of the SDK's client. */
export interface InMemoryLambdaEnvironment {
  readonly client: LambdaLike
  /** Our adapter over it; its writes are known to be fenced. */
  variable(name: string): EndpointSetting
  /** What is written; a copy. */
  readonly variables: Readonly<Record<string, string>>
  /** Somebody else's update, behind our back. */
  editBehind(variables: Readonly<Record<string, string>>): void
  /** The variables cannot be decrypted from now on. */
  denyDecryption(): void
  /** The next update fails after it was accepted. */
  failNextUpdate(): void
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: all of them as JSON, in bytes. */
const longestEnvironment = 4_096

/**
 * A function's variables, in this world's time and with its faults: `world.failNext('lambda.updateFunctionConfiguration', 'late')`.
 *
 * As strict as Lambda: each update makes a new revision, and its end another; while one goes on, the next is refused; a
 * `RevisionId` that is not the present one is refused; variables that are too long are refused in a message that repeats them.
 * The world watches the variables as `lambda:<function>`.
 */
export function inMemoryLambdaEnvironment(
  world: FakeWorld,
  options: InMemoryLambdaEnvironmentOptions,
): InMemoryLambdaEnvironment {
  const { functionName, timeoutSeconds = 3, updateMs = 4_000 } = options
  const now = (): number => world.clock.monotonic()
  let variables: Readonly<Record<string, string>> = { ...options.variables }
  let revision = 1
  let update: { readonly endsAt: number; readonly fails: boolean } | undefined
  let failed = false
  let failsNext = false
  let decryptable = true

  const atRest = (): boolean => {
    if (update === undefined) return true
    if (now() < update.endsAt) return false
    // The end of an update changes the function's state, and so its revision.
    failed = update.fails
    update = undefined
    revision += 1
    return true
  }
  const answer = (): ConfigurationLike => {
    const rests = atRest()
    return {
      RevisionId: `revision-${revision}`,
      Timeout: timeoutSeconds,
      LastUpdateStatus: rests ? (failed ? 'Failed' : 'Successful') : 'InProgress',
      ...(rests && failed && { LastUpdateStatusReasonCode: 'InternalError' }),
      Environment: decryptable ? { Variables: { ...variables } } : { Error: { ErrorCode: 'AccessDeniedException' } },
    }
  }
  const put = (next: Readonly<Record<string, string>>): void => {
    variables = { ...next }
    revision += 1
    update = { endsAt: now() + updateMs, fails: failsNext }
    failsNext = false
  }
  const note = fenceNote()
  const call = async <T>(
    operation: string,
    about: string,
    signal: AbortSignal | undefined,
    write: boolean,
    body: () => T,
  ) => {
    if (signal?.aborted) throw aborted()
    try {
      return await world.call(`lambda.${operation} ${about}`, { write, signal, fence: note.current }, () => {
        if (about !== functionName) throw awsError('ResourceNotFoundException', `Function not found: ${about}`, 404)
        return body()
      })
    } catch (error) {
      throw signal?.aborted ? aborted() : asAwsError(error, inProgress)
    }
  }
  world.watch(`lambda:${functionName}`, () => sorted(variables))
  const client: LambdaLike = {
    getFunctionConfiguration: ({ FunctionName }, { abortSignal } = {}) =>
      call('getFunctionConfiguration', FunctionName, abortSignal, false, answer),
    updateFunctionConfiguration({ FunctionName, RevisionId, Environment }, { abortSignal } = {}) {
      const next = { ...Environment.Variables }
      return call('updateFunctionConfiguration', FunctionName, abortSignal, true, () => {
        if (!atRest()) throw inProgress()
        if (RevisionId !== undefined && RevisionId !== `revision-${revision}`) {
          throw awsError(
            'PreconditionFailedException',
            'The Revision Id provided does not match the latest Revision Id.',
            412,
          )
        }
        const measured = JSON.stringify(next)
        if (new TextEncoder().encode(measured).length > longestEnvironment) {
          throw awsError(
            'InvalidParameterValueException',
            `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${measured}`,
          )
        }
        put(next)
        return answer()
      })
    },
  }
  return {
    client,
    variable: (variable) => fencedSetting(lambdaVariable({ client, functionName, variable }), note),
    get variables() {
      return { ...variables }
    },
    editBehind(edited) {
      put(edited)
      if (update) update = { ...update, endsAt: now() }
    },
    denyDecryption: () => void (decryptable = false),
    failNextUpdate: () => void (failsNext = true),
  }
}

const inProgress = (): Error =>
  awsError('ResourceConflictException', 'An update is in progress for resource: function', 409)
