import { CutoverError } from '../cutover-error.ts'
import { type FaultPlan, refusal } from './fault-plan.ts'
import { type Fault, slowMs, timeoutMs, wakeMs } from './fault.ts'
import type { SimulatedProcess } from './simulated-process.ts'
import { never, type Timeline } from './timeline.ts'

/** One write on its way to its service. */
interface Request<T> {
  readonly operation: string
  readonly caller: SimulatedProcess | undefined
  readonly body: () => T
  readonly signal: AbortSignal | undefined
}

/** What stands between a caller and a service. */
export interface Wire {
  readonly timeline: Timeline
  readonly plan: FaultPlan
  readonly lateMs: number
  note(text: string): void
  kill(victim: SimulatedProcess): void
  pause(victim: SimulatedProcess, ms: number): void
}

/** What the service does, and what its caller hears, under a fault. */
export function faultyReply<T>(fault: Fault, request: Request<T>, wire: Wire): Promise<T> {
  const { operation, caller, body, signal } = request
  const { timeline, plan } = wire
  switch (fault) {
    case 'refused':
      return Promise.reject(refusal(operation, 'throttled'))
    case 'refused-though-done':
      attempt(body)
      return Promise.reject(new CutoverError('WORLD_CONFLICT', `${operation}: the precondition does not hold`))
    case 'reply-lost':
      attempt(body)
      return noReply(request, wire)
    case 'late':
      deliverLate(request, wire)
      return noReply(request, wire)
    case 'slow':
      return timeline.sleep(slowMs, caller, signal).then(attempt(body))
    case 'crash':
      return caller ? die(caller, wire) : noProcess('crash')
    case 'crash-late':
      if (!caller) return noProcess('crash')
      deliverLate(request, wire)
      return die(caller, wire)
    case 'zombie-early':
    case 'zombie-in-lease':
    case 'zombie-after': {
      if (!caller) return noProcess('be stopped')
      const done = attempt(body)
      wire.pause(caller, wakeMs[fault])
      return new Promise((resolve, reject) => void caller.held.push(() => void done().then(resolve, reject)))
    }
    case 'refused-for-ever':
      return Promise.reject(plan.deny(operation))
    case 'outage':
      return Promise.reject(plan.shut(operation, timeline.time))
  }
}

/** Does the service's part at once, whoever hears of it; answers its reply. */
export function attempt<T>(body: () => T): () => Promise<T> {
  try {
    const value = body()
    return () => Promise.resolve(value)
  } catch (error) {
    return () => Promise.reject(error)
  }
}

async function noReply<T>({ operation, caller, signal }: Request<T>, { timeline }: Wire): Promise<T> {
  await timeline.sleep(timeoutMs, caller, signal)
  throw new CutoverError('WORLD_TIMEOUT', `${operation}: no reply`, { retryable: true })
}

function deliverLate<T>({ operation, body }: Request<T>, { timeline, lateMs, note }: Wire): void {
  const deliver = (): void => {
    note(`late: ${operation}`)
    attempt(body)
  }
  timeline.at(timeline.time + lateMs, deliver, undefined, true)
}

function die<T>(caller: SimulatedProcess, { kill }: Wire): Promise<T> {
  kill(caller)
  return never()
}

const noProcess = <T>(what: string): Promise<T> =>
  Promise.reject(new CutoverError('WORLD_NO_PROCESS', `only a process can ${what}: use spawn() and runAs()`))
