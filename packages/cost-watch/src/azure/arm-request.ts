import { CutoverError, isCutoverError } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import type { ArmOptions } from './arm-like.ts'
import { exactJson, textOf } from './exact-json.ts'

export interface ArmRequest {
  readonly method: 'GET' | 'POST' | 'PATCH'
  /** From the host on, with its query; or an address of the same host. */
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
  /** Called in the same turn as the request is sent. */
  readonly fence?: (() => void) | undefined
}

export interface ArmAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Its numbers are `ExactNumber`s; `undefined` when there is none. */
  readonly body: unknown
}

/** What was tried, for the message and for `next`. */
export interface ArmAttempt {
  readonly what: string
  /** `Microsoft.CostManagement/query/action` */
  readonly operation: string
}

/**
 * One request, never repeated. Answers what the service said, refusals too: `refusal` makes an error of one.
 *
 * @throws CutoverError `COST_NOT_AUTHORIZED` without a token, `COST_UNAVAILABLE` without an answer; `signal.reason`.
 */
export async function armRequest(arm: ArmOptions, request: ArmRequest, { what }: ArmAttempt): Promise<ArmAnswer> {
  const { credential, fetch, endpoint = 'https://management.azure.com' } = arm
  const { method, path, body, headers = {}, signal, fence } = request
  const url = new URL(path, endpoint)
  // A token must go nowhere else.
  if (url.origin !== new URL(endpoint).origin) {
    throw failed('COST_BILL_INVALID', `could not ${what}: the service names ${url.origin} for the next page`)
  }
  const token = await tokenOf(credential, what, signal)
  const init = {
    method,
    headers: {
      ...headers,
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
    redirect: 'error' as const,
  }
  fence?.()
  try {
    const answer = await fetch(url.href, init)
    const found: Record<string, string> = {}
    answer.headers.forEach((value, name) => void (found[name.toLowerCase()] = value))
    return { status: answer.status, headers: found, body: parsed(await answer.text()) }
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (isCutoverError(error)) throw error
    const said = error instanceof Error ? error.message : String(error)
    throw failed('COST_UNAVAILABLE', `could not ${what}: ${said}`, { cause: error, retryable: true })
  }
}

/** The error that an answer of 400 or more is. */
export function refusal({ status, body }: ArmAnswer, { what, operation }: ArmAttempt): CutoverError<CostErrorCode> {
  // App Service has its code elsewhere than all others.
  const root = Object(body) as { error?: unknown; Code?: unknown; Message?: unknown }
  const { code = root.Code, message = root.Message } = Object(root.error) as { code?: unknown; message?: unknown }
  const said = `could not ${what}: ${status} ${textOf(code) || 'without a code'}: ${(textOf(message) || 'no message').split('\n')[0]}`
  if (status === 401) {
    return failed('COST_NOT_AUTHORIZED', said, { next: 'Check: az account get-access-token' })
  }
  if (status === 403) return failed('COST_NOT_AUTHORIZED', said, { next: `Allow ${operation}.` })
  if (status === 404) return failed('COST_NOT_FOUND', said)
  if (status === 429) return failed('COST_THROTTLED', said, { retryable: true })
  if (status >= 500) return failed('COST_UNAVAILABLE', said, { retryable: true })
  return failed('COST_REJECTED', said)
}

async function tokenOf(
  credential: ArmOptions['credential'],
  what: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    const scope = 'https://management.azure.com/.default'
    const got = await credential.getToken(scope, signal ? { abortSignal: signal } : {})
    if (got && got.token !== '') return got.token
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    // What a credential says may repeat a secret: its name is enough.
    const name = error instanceof Error ? error.name : 'Error'
    throw failed('COST_NOT_AUTHORIZED', `could not ${what}: the credential gives no token (${name})`, {
      next: 'Check: az account get-access-token',
    })
  }
  throw failed('COST_NOT_AUTHORIZED', `could not ${what}: the credential gives no token`)
}

function parsed(text: string): unknown {
  if (text === '') return undefined
  try {
    return exactJson(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const failed = (
  code: CostErrorCode,
  message: string,
  options: ConstructorParameters<typeof CutoverError>[2] = {},
): CutoverError<CostErrorCode> => new CutoverError(code, message, options)
