import { CutoverError } from '../cutover-error.ts'
import { type Fault, outageMs } from './fault.ts'

/** Which write meets which fault, and what is refused since. */
export class FaultPlan {
  readonly #numbered: ReadonlyMap<number, Fault>
  readonly #armed: { readonly operation: string; readonly fault: Fault }[] = []
  readonly #deniedOperations = new Set<string>()
  readonly #outages = new Map<string, number>()

  constructor(numbered: ReadonlyMap<number, Fault>) {
    this.#numbered = numbered
  }

  failNext(operation: string, fault: Fault): void {
    this.#armed.push({ operation, fault })
  }

  /** The fault of this write; an armed one is used up. */
  take(number: number, operation: string): Fault | undefined {
    const armed = this.#armed.findIndex((next) => operation.startsWith(next.operation))
    return armed < 0 ? this.#numbered.get(number) : this.#armed.splice(armed, 1)[0]?.fault
  }

  /** Refuses this operation from now on. */
  deny(operation: string): CutoverError {
    this.#deniedOperations.add(operation)
    return denial(operation)
  }

  /** Refuses every call to the operation's service for a while. */
  shut(operation: string, time: number): CutoverError {
    this.#outages.set(serviceOf(operation), time + outageMs)
    return refusal(operation, 'unavailable')
  }

  /** Why nobody is asked at all. */
  refusalOf(operation: string, time: number): CutoverError | undefined {
    if (this.#deniedOperations.size > 0 && this.#deniedOperations.has(operation)) return denial(operation)
    if (this.#outages.size === 0) return undefined
    return time < (this.#outages.get(serviceOf(operation)) ?? 0) ? refusal(operation, 'unavailable') : undefined
  }
}

export const refusal = (operation: string, why: string): CutoverError =>
  new CutoverError('WORLD_REFUSED', `${operation}: ${why}`, { retryable: true })

const denial = (operation: string): CutoverError => new CutoverError('WORLD_DENIED', `${operation}: denied`)

/** `dns` of `dns.replace api.example.com`; of an operation without a service, its first word. */
const serviceOf = (operation: string): string => /^[^. ]*/.exec(operation)?.[0] ?? operation
