/** What an operator wants of a cutover, from another process. */
export interface OperatorRequest {
  readonly do: 'pause' | 'resume' | 'skip' | 'roll-back' | 'amend' | 'approve' | 'decline'
  /** The step's path: for `skip`, `approve` and `decline`. */
  readonly step?: string | undefined
  readonly who: string
  readonly why: string
}

/** A box beside the journal, into which anybody may put a request while a runner holds the lease. */
export interface Requests {
  /** Durable when it resolves. */
  send(request: OperatorRequest): Promise<void>
  /** All that were sent, in one order that never changes; from this place on, counted from 0. */
  since(place: number): Promise<readonly OperatorRequest[]>
}

const wishes: readonly unknown[] = [
  'pause',
  'resume',
  'skip',
  'roll-back',
  'amend',
  'approve',
  'decline',
] satisfies readonly OperatorRequest['do'][]

/** Anybody can put anything into a box. */
export function isRequest(given: unknown): given is OperatorRequest {
  const { do: what, step, who, why } = Object(given) as Partial<OperatorRequest>
  return (
    wishes.includes(what) &&
    typeof who === 'string' &&
    typeof why === 'string' &&
    (step === undefined || typeof step === 'string')
  )
}
