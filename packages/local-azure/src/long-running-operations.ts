import { type Clock, formatInstant } from '@cutover/core'

import { armError } from './arm-error.ts'
import type { Answer, ArmRequest, LongRunning, Operation } from './provider.ts'
import { seededId } from './seeded.ts'
import { answerTo } from './thrown.ts'

interface Entry {
  readonly id: string
  readonly startedAt: number
  ended: { readonly at: number; readonly answer: Answer } | undefined
}

export interface LongRunningOptions {
  readonly clock: Clock
  /** Aborted when the server closes: what has not ended never will. */
  readonly signal: AbortSignal
  readonly seed: number
  readonly retryAfterSeconds: number
}

const paths = {
  status: '/subscriptions/{subscriptionId}/providers/{namespace}/locations/{location}/operationStatuses/{operationId}',
  result: '/subscriptions/{subscriptionId}/providers/{namespace}/locations/{location}/operationResults/{operationId}',
}

/**
 * What goes on after a 202, and the two places where one may ask about it: `operationStatuses` answers 200 with a `status`,
 * `operationResults` 202 until it answers what the operation itself would have.
 *
 * Their addresses begin with https://management.azure.com: official clients refuse to send a token to any plain http address,
 * and the server's policy brings them back here.
 */
export class LongRunningOperations {
  readonly #options: LongRunningOptions
  readonly #entries = new Map<string, Entry>()

  constructor(options: LongRunningOptions) {
    this.#options = options
  }

  /** Starts it; answers the headers that tell where to ask. */
  begin(
    task: LongRunning,
    request: ArmRequest,
    where: { namespace: string; location: string },
  ): Record<string, string> {
    const { clock, signal, seed } = this.#options
    const entry: Entry = {
      id: seededId(seed, 'operation', this.#entries.size),
      startedAt: clock.now(),
      ended: undefined,
    }
    this.#entries.set(entry.id, entry)
    const end = (): void => {
      entry.ended = { at: clock.now(), answer: finish(task) }
    }
    clock.sleep(task.ms, { signal }).then(end, () => {})
    const address = (path: string): string => {
      const values = { ...where, subscriptionId: request.parameters['subscriptionId'] ?? '', operationId: entry.id }
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof values) => values[name])
      return `https://management.azure.com${filled}?api-version=${request.apiVersion}`
    }
    const { poll = 'both' } = task
    return {
      ...this.#retryAfter,
      ...(poll === 'Location' ? {} : { 'azure-asyncoperation': address(paths.status) }),
      ...(poll === 'Azure-AsyncOperation' ? {} : { location: address(paths.result) }),
    }
  }

  /** Where clients ask. */
  get operations(): Operation[] {
    return [
      { id: 'Arm_OperationStatus', method: 'GET', path: paths.status, handle: (request) => this.#status(request) },
      { id: 'Arm_OperationResult', method: 'GET', path: paths.result, handle: (request) => this.#result(request) },
    ]
  }

  get #retryAfter(): Record<string, string> {
    return { 'retry-after': String(this.#options.retryAfterSeconds) }
  }

  #status({ parameters, path }: ArmRequest): Answer {
    const entry = this.#entries.get(parameters['operationId'] ?? '')
    if (!entry) return unknownOperation(parameters['operationId'])
    const { id, startedAt, ended } = entry
    const common = { id: path, name: id, startTime: formatInstant(startedAt) }
    if (!ended) return { status: 200, headers: this.#retryAfter, body: { ...common, status: 'InProgress' } }
    const failed = ended.answer.status >= 400
    return {
      status: 200,
      body: {
        ...common,
        status: failed ? 'Failed' : 'Succeeded',
        endTime: formatInstant(ended.at),
        ...(failed ? errorOf(ended.answer) : {}),
      },
    }
  }

  #result({ parameters, path, apiVersion }: ArmRequest): Answer {
    const entry = this.#entries.get(parameters['operationId'] ?? '')
    if (!entry) return unknownOperation(parameters['operationId'])
    if (entry.ended) return entry.ended.answer
    const location = `https://management.azure.com${path}?api-version=${apiVersion}`
    return { status: 202, headers: { ...this.#retryAfter, location } }
  }
}

function finish(task: LongRunning): Answer {
  try {
    return task.finish()
  } catch (error) {
    return answerTo(error).answer
  }
}

function errorOf({ body }: Answer): { error: unknown } {
  const error: unknown = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
  return { error: error ?? { code: 'OperationFailed', message: 'The operation failed.' } }
}

const unknownOperation = (id: string | undefined): Answer =>
  armError(404, 'NotFound', `The entity was not found: operation '${id ?? ''}'.`)
