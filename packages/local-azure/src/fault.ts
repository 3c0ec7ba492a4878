import { CutoverError } from '@cutover/core'

import { armError } from './arm-error.ts'
import type { LocalAzureErrorCode } from './local-azure-error-code.ts'
import type { Answer } from './provider.ts'
import { seeded } from './seeded.ts'

/**
 * What can happen to a request that has passed the front door.
 *
 * - `throttled`: 429 with Retry-After; nothing is done.
 * - `unavailable`: 503 with Retry-After; nothing is done.
 * - `empty-error`: 500 without a body, as gateways answer; nothing is done. Clients that read `body.error` fall over it.
 * - `refused-though-done`: it is done, and 409 is answered: a retry met its first success.
 * - `reply-lost`: it is done, and the connection is cut.
 * - `late`: the connection is cut, and it is done `lateMs` later.
 * - `slow`: it is done, and answered `slowMs` later.
 */
export type FaultKind = (typeof everyFaultKind)[number]

export const everyFaultKind = [
  'throttled',
  'unavailable',
  'empty-error',
  'refused-though-done',
  'reply-lost',
  'late',
  'slow',
] as const

/** Any refusal in place of the operation, which is not done. */
export interface Refusal {
  readonly status: number
  /** Without a code the answer has no body. */
  readonly code?: string | undefined
  readonly message?: string | undefined
  readonly retryAfterSeconds?: number | undefined
}

export type Fault = FaultKind | Refusal

export interface FaultOptions {
  /** Which share of the requests meets a fault, from 0 to 1. @default 0 */
  readonly rate?: number | undefined
  /** Among these. @default all */
  readonly kinds?: readonly FaultKind[] | undefined
  /** @default 20_000 */
  readonly slowMs?: number | undefined
  /** @default 40_000 */
  readonly lateMs?: number | undefined
}

/**
 * Which request meets which fault: those that were armed first, then by chance. Chance depends on the seed, the operation and
 * how many requests of that operation came before, not on what else is under way: a second run meets the same.
 */
export class FaultPlan {
  readonly slowMs: number
  readonly lateMs: number
  readonly #seed: number
  readonly #rate: number
  readonly #kinds: readonly FaultKind[]
  readonly #armed: { readonly operation: string; readonly fault: Fault }[] = []
  readonly #counts = new Map<string, number>()

  constructor(seed: number, options: FaultOptions = {}) {
    const { rate = 0, kinds = everyFaultKind, slowMs = 20_000, lateMs = 40_000 } = options
    if (!(rate >= 0 && rate <= 1)) throw invalid('faults.rate', rate, 'a share from 0 to 1')
    if (kinds.length === 0) throw invalid('faults.kinds', kinds, 'at least one kind')
    if (!(slowMs >= 0)) throw invalid('faults.slowMs', slowMs, 'milliseconds, 0 or more')
    if (!(lateMs >= 0)) throw invalid('faults.lateMs', lateMs, 'milliseconds, 0 or more')
    this.slowMs = slowMs
    this.lateMs = lateMs
    this.#seed = seed
    this.#rate = rate
    this.#kinds = kinds
  }

  /** `*` is any operation. */
  failNext(operation: string, fault: Fault): void {
    if (typeof fault === 'object' && !(Number.isInteger(fault.status) && fault.status >= 400 && fault.status < 600)) {
      throw invalid('fault.status', fault.status, 'a status from 400 to 599')
    }
    if (typeof fault !== 'object' && !everyFaultKind.includes(fault)) {
      throw invalid('fault', fault, `one of ${everyFaultKind.join(', ')}, or { status, code, message }`)
    }
    this.#armed.push({ operation, fault })
  }

  /** The fault of this request; an armed one is used up. */
  take(operation: string): Fault | undefined {
    const count = this.#counts.get(operation) ?? 0
    this.#counts.set(operation, count + 1)
    const armed = this.#armed.findIndex((next) => next.operation === operation || next.operation === '*')
    if (armed >= 0) return this.#armed.splice(armed, 1)[0]?.fault
    if (seeded(this.#seed, operation, count, 'whether') >= this.#rate) return undefined
    return this.#kinds[Math.floor(seeded(this.#seed, operation, count, 'which') * this.#kinds.length)]
  }
}

/** What is answered instead of doing it; `undefined` for a fault that does it. */
export function refusalOf(fault: Fault, retryAfterSeconds: number): Answer | undefined {
  const later = { 'retry-after': String(retryAfterSeconds) }
  if (fault === 'throttled') {
    const message = `The request is being throttled as the limit has been reached for operation type. Try again after ${retryAfterSeconds} seconds.`
    return armError(429, 'TooManyRequests', message, later)
  }
  if (fault === 'unavailable') {
    return armError(503, 'ServerBusy', 'The server is busy. Please try again later.', later)
  }
  if (fault === 'empty-error') return { status: 500 }
  if (typeof fault === 'string') return undefined
  const { status, code, message = `Refused with ${status}.`, retryAfterSeconds: wait } = fault
  const headers = wait === undefined ? {} : { 'retry-after': String(wait) }
  return code === undefined ? { status, headers } : armError(status, code, message, headers)
}

const invalid = (field: string, got: unknown, wanted: string): CutoverError<LocalAzureErrorCode> =>
  new CutoverError('LOCAL_AZURE_OPTION_INVALID', `${field} is ${JSON.stringify(got)}; wanted ${wanted}`)
