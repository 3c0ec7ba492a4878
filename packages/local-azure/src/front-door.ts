import type { Clock } from '@cutover/core'

import { admit, type Admission, type House, target, type WireRequest } from './admission.ts'
import { armError } from './arm-error.ts'
import type { Held } from './descriptions.ts'
import { type Fault, type FaultPlan, refusalOf } from './fault.ts'
import { jsonBody } from './json-body.ts'
import type { LongRunningOperations } from './long-running-operations.ts'
import type { Answer } from './provider.ts'
import type { RequestLog } from './request-log.ts'
import { seededId } from './seeded.ts'
import { answerTo } from './thrown.ts'

export interface FrontDoorOptions {
  readonly house: House
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly seed: number
  readonly retryAfterSeconds: number
  readonly plan: FaultPlan
  readonly longRunning: LongRunningOperations
  readonly held: Held
  readonly requests: RequestLog
  readonly log: (line: string) => void
}

type Admitted = Extract<Admission, { refused: undefined }>

/** Resource Manager before and around its providers: refuses what it would refuse, and lets faults happen. */
export class FrontDoor {
  readonly #options: FrontDoorOptions

  constructor(options: FrontDoorOptions) {
    this.#options = options
  }

  /** The answer to one request; `undefined` when its connection is to be cut. */
  async respond(wire: WireRequest): Promise<Answer | undefined> {
    const { house, clock, seed, plan, requests } = this.#options
    const { path, query } = target(wire.url)
    const at = clock.now()
    const record = requests.begin({ at, method: wire.method, path, apiVersion: query.get('api-version') ?? undefined })
    const admission = admit(house, wire, at)
    const operation = admission.refused ? undefined : admission.operation.id
    const fault = operation === undefined ? undefined : plan.take(operation)
    const answer = admission.refused ?? (await this.#meet(fault, admission, wire))
    record.end({
      operation,
      fault: typeof fault === 'object' ? `refused with ${fault.status}` : fault,
      status: answer?.status,
    })
    if (answer === undefined) return undefined
    const id = seededId(seed, 'request', record.number)
    const correlation = wire.headers['x-ms-correlation-request-id'] ?? id
    return typed(answer, {
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'x-ms-request-id': id,
      'x-ms-correlation-request-id': correlation,
    })
  }

  async #meet(fault: Fault | undefined, admitted: Admitted, wire: WireRequest): Promise<Answer | undefined> {
    const { signal, plan, retryAfterSeconds } = this.#options
    const refusal = fault === undefined ? undefined : refusalOf(fault, retryAfterSeconds)
    if (refusal) return refusal
    if (fault === 'late') {
      void this.#nap(plan.lateMs).then(() => (signal.aborted ? undefined : this.#perform(admitted, wire)))
      return undefined
    }
    const answer = await this.#perform(admitted, wire)
    if (fault === 'reply-lost') return undefined
    if (fault === 'refused-though-done') {
      return armError(409, 'Conflict', `Another operation on this or a dependent resource is in progress.`)
    }
    if (fault === 'slow') await this.#nap(plan.slowMs)
    return answer
  }

  /** Ends early when the server closes. */
  async #nap(ms: number): Promise<void> {
    const { clock, signal } = this.#options
    await clock.sleep(ms, { signal }).catch(() => {})
  }

  /** Has the provider handle it; never throws. */
  async #perform({ operation, request, provider }: Admitted, wire: WireRequest): Promise<Answer> {
    const { held, longRunning, log } = this.#options
    const json = jsonBody(operation.method, wire)
    if (json.refused) return json.refused
    const whole = { ...request, body: json.body }
    try {
      const against = await held.request(operation, whole)
      if (against !== undefined) return armError(400, 'InvalidRequestContent', against)
      const { goesOn, ...answer } = await operation.handle(whole)
      const where = { namespace: provider?.namespace ?? '', location: provider?.location ?? '' }
      const headers = goesOn ? longRunning.begin(goesOn, whole, where) : {}
      const complete = typed(answer, headers)
      const wrong = await held.answer(operation, whole, complete)
      return wrong === undefined ? complete : armError(500, 'LocalAzureAnswerInvalid', wrong)
    } catch (error) {
      const { answer, mistake } = answerTo(error)
      if (mistake !== undefined) log(`${operation.id} threw ${mistake}`)
      return answer
    }
  }
}

/** The answer with these headers beside its own, and with the one that says what its body is. */
function typed(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  const type = answer.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }
  return { ...answer, headers: { ...type, ...headers, ...answer.headers } }
}
