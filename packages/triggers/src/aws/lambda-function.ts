import { CutoverError } from '@cutover/core'

import type { Listeners } from '../listeners.ts'
import { eventSourceMapping } from './event-source-mapping.ts'
import type { AggregatedLambda, AggregatedSqs, LambdaLike, SqsLike } from './lambda-like.ts'
import type { LambdaParts, LambdaTriggerKind } from './lambda-trigger.ts'
import { reservedConcurrency } from './reserved-concurrency.ts'

/**
 * - `{ sqs }`: the event source mapping of that queue, by the queue's name or ARN.
 * - `{ eventSourceMapping }`: a mapping by its UUID, whatever its source.
 * - `{ http }`: whoever calls the function and waits for an answer.
 */
export type LambdaTrigger =
  | { readonly sqs: string; readonly queueUrl?: string | undefined }
  | { readonly eventSourceMapping: string; readonly queueUrl?: string | undefined }
  | { readonly http: true }

export interface LambdaFunctionOptions<Name extends string, Client = LambdaLike, Sqs = SqsLike> {
  /** `new Lambda(...)` of `@aws-sdk/client-lambda`; with `maxAttempts: 1` a write is sent once. */
  readonly client: Client & AggregatedLambda<Client>
  /** `new SQS(...)` of `@aws-sdk/client-sqs`: with it, and a `queueUrl`, messages in flight are counted. */
  readonly sqs?: (Sqs & AggregatedSqs<Sqs>) | undefined
  /** A name or ARN; `orders:live` for the triggers of an alias. */
  readonly functionName: string
  /** Your name for the work → what brings it to this function. */
  readonly triggers: { readonly [K in Name]: LambdaTrigger }
  /** How long an unanswered request may still take effect, in milliseconds. @default 60_000 */
  readonly lateMs?: number | undefined
  /**
   * An upper bound for how long a mapping takes to be switched, in milliseconds. AWS says up to 90 s for streams.
   *
   * @default 90_000
   */
  readonly switchMs?: number | undefined
  /** How long between two looks at a mapping in transition, in milliseconds. @default 2_000 */
  readonly pollMs?: number | undefined
}

/**
 * A Lambda function's triggers.
 *
 * Nothing is retried here. That the SDK may do so harms nothing: the second attempt of a switch that succeeded is refused as in
 * transition or does the same again, and the outcome is what is read afterwards. AWS compares nothing before these writes.
 *
 * @throws CutoverError `TRIGGERS_OPTION_INVALID` at once; its methods as `TriggersErrorCode` says.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html
 */
export function lambdaFunction<Name extends string, Client = LambdaLike, Sqs = SqsLike>(
  options: LambdaFunctionOptions<Name, Client, Sqs>,
): Listeners<Name> {
  const { functionName, triggers, lateMs = 60_000, switchMs = 90_000, pollMs = 2_000 } = options
  const client = checkedClient(options.client)
  checkMs({ lateMs, switchMs, pollMs })
  if (!/^[\w:$-]+$/.test(functionName)) {
    throw invalid(`functionName is ${JSON.stringify(functionName)}; wanted a name, name:alias or ARN`)
  }
  const parts: LambdaParts = { client, sqs: options.sqs as SqsLike | undefined, functionName, pollMs }
  const names = Object.keys(triggers) as Name[]
  if (names.length === 0) throw invalid('triggers is empty')
  const kinds = new Map(names.map((name) => [name, kindOf(parts, name, triggers[name])]))
  const kind = (name: Name): LambdaTriggerKind => {
    const found = kinds.get(name)
    if (found) return found
    throw invalid(`${functionName} has no trigger ${name}; wanted one of ${names.join(', ')}`)
  }

  return {
    id: `lambda:${functionName}`,
    side: 'aws',
    names,
    lateMs,
    switchMs,
    supports: { compareAndSwap: false },
    look: async (name, call = {}) => kind(name).look(call),
    switched: (name, setting, to) => kind(name).switched(setting, to),
    write: async (name, setting, context) => kind(name).write(setting, context),
    activity: async (name, call = {}) => kind(name).activity(call),
    hazard: async (name, to, call = {}) => kind(name).hazard(to, call),
    permissions: (name) => kind(name).permissions,
    byHand: (name, setting) => kind(name).byHand(setting),
    traps: (name) => kind(name).traps,
  }
}

function kindOf(parts: LambdaParts, name: string, trigger: LambdaTrigger): LambdaTriggerKind {
  if ('http' in trigger) return reservedConcurrency(parts)
  const { queueUrl } = trigger
  if ('eventSourceMapping' in trigger) {
    const uuid = trigger.eventSourceMapping
    if (!/^[\w-]{1,64}$/.test(uuid)) throw invalid(`triggers.${name}.eventSourceMapping is '${uuid}'; wanted a UUID`)
    return eventSourceMapping(parts, { uuid, queueUrl })
  }
  if ('sqs' in trigger && trigger.sqs !== '') return eventSourceMapping(parts, { queue: trigger.sqs, queueUrl })
  throw invalid(
    `triggers.${name} is ${JSON.stringify(trigger)}; wanted { sqs }, { eventSourceMapping } or { http: true }`,
  )
}

function checkedClient(client: unknown): LambdaLike {
  const methods = [
    'getEventSourceMapping',
    'listEventSourceMappings',
    'updateEventSourceMapping',
    'getFunctionConfiguration',
  ]
  const concurrency = ['getFunctionConcurrency', 'putFunctionConcurrency', 'deleteFunctionConcurrency']
  const given = typeof client === 'object' && client !== null ? (client as Record<string, unknown>) : {}
  const missing = [...methods, ...concurrency].filter((method) => typeof given[method] !== 'function')
  if (missing.length === 0) return client as LambdaLike
  throw invalid(`client has no ${missing.join(', ')}; pass new Lambda(...): a LambdaClient has only send()`)
}

function checkMs(options: Readonly<Record<string, number>>): void {
  for (const [field, ms] of Object.entries(options)) {
    if (!Number.isFinite(ms) || ms < 0 || (field === 'pollMs' && ms === 0)) {
      throw invalid(`${field} is ${ms}; wanted milliseconds of ${field === 'pollMs' ? 'more than 0' : '0 or more'}`)
    }
  }
}

const invalid = (text: string): CutoverError<'TRIGGERS_OPTION_INVALID'> =>
  new CutoverError('TRIGGERS_OPTION_INVALID', `lambdaFunction: ${text}`)
