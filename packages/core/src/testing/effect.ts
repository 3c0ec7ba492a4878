import type { Fault } from './fault.ts'

/** One write, or one record of a journal: what a fault plan can hit. */
export interface Effect {
  /** From 1, in the order in which they were sent. */
  readonly number: number
  readonly operation: string
  readonly process: string
  /** Milliseconds since the world began. */
  readonly at: number
  /** Was `fence()` called with it? */
  readonly fenced: boolean
  readonly fault: Fault | undefined
}

export interface CallOptions {
  /** It changes something: it is numbered, and faults can hit it. @default false */
  readonly write?: boolean | undefined
  /** How long the reply takes. @default 0 */
  readonly ms?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** The caller's `context.fence`: called before the write, in the same turn. */
  readonly fence?: (() => void) | undefined
}
