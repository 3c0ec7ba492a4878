import { type Clock, CutoverError, knownOptions, systemClock } from '@cutover/core'

import { isGuid } from './admission.ts'
import { type Complaint, type Descriptions, Held } from './descriptions.ts'
import { type Fault, type FaultOptions, FaultPlan } from './fault.ts'
import { FrontDoor } from './front-door.ts'
import { listen } from './http-listener.ts'
import { type LocalAzureCredential, localAzureCredential } from './local-azure-credential.ts'
import type { LocalAzureErrorCode } from './local-azure-error-code.ts'
import { type LocalAzurePolicy, localAzurePolicy } from './local-azure-policy.ts'
import { LongRunningOperations } from './long-running-operations.ts'
import { OperationTable } from './operation-table.ts'
import type { Provider } from './provider.ts'
import { RequestLog, type RequestRecord } from './request-log.ts'

export interface LocalAzureOptions {
  /** What it serves: `[sites(machines)]`. */
  readonly providers: readonly Provider[]
  /** A GUID. @default '00000000-0000-0000-0000-000000000001' */
  readonly subscriptionId?: string | undefined
  /** On the loopback interface. @default 0, any that is free */
  readonly port?: number | undefined
  /** Times what is slow, late or goes on, and checks when tokens expire. @default systemClock */
  readonly clock?: Clock | undefined
  /** Of faults and identifiers. @default 1 */
  readonly seed?: number | undefined
  /** Faults by chance. @default none */
  readonly faults?: FaultOptions | undefined
  /** What Retry-After says, to those who are throttled and to those who ask about what goes on. @default 15 */
  readonly retryAfterSeconds?: number | undefined
  /** A validator that holds every request and every answer to the official API descriptions. @default none */
  readonly descriptions?: Descriptions | undefined
  /** Called with one line for each request; no line has a query, a header or a body. */
  readonly log?: ((line: string) => void) | undefined
}

const localAzureOptions: readonly (keyof LocalAzureOptions)[] = [
  'providers',
  'subscriptionId',
  'port',
  'clock',
  'seed',
  'faults',
  'retryAfterSeconds',
  'descriptions',
  'log',
]

/** Azure Resource Manager in this process, over plain http on the loopback interface. */
export interface LocalAzure extends AsyncDisposable {
  /** `http://127.0.0.1:51423` */
  readonly url: string
  readonly port: number
  readonly subscriptionId: string
  /** The latest 10,000, oldest first; a copy. */
  readonly requests: readonly RequestRecord[]
  /** What the descriptions had against requests and answers; a copy. Empty at the end of a good test. */
  readonly complaints: readonly Complaint[]
  /**
   * The next request of that operation, `WebApps_Start`, or of any, `*`, meets the fault.
   *
   * @throws CutoverError `LOCAL_AZURE_OPERATION_UNKNOWN` when no provider has it; `LOCAL_AZURE_OPTION_INVALID` for a fault that
   * is no refusal.
   */
  failNext(operation: string, fault: Fault): void
  /** For `additionalPolicies` of an official client. */
  policy(): LocalAzurePolicy
  /** For an official client. */
  credential(): LocalAzureCredential
  /** Cuts what is open; what was to happen later does not. */
  close(): Promise<void>
}

/**
 * Starts a local Azure Resource Manager: tokens, API versions, errors, long-running operations and throttling as the real one
 * has them, and faults by chance or on demand. What it answers about resources comes from its providers.
 *
 * @throws CutoverError `LOCAL_AZURE_OPTION_INVALID`; Node's own error when the port is taken.
 */
export async function localAzure(options: LocalAzureOptions): Promise<LocalAzure> {
  knownOptions(options, localAzureOptions, 'LOCAL_AZURE_OPTION_INVALID', 'localAzure')
  const { providers, subscriptionId = '00000000-0000-0000-0000-000000000001', port = 0, clock = systemClock } = options
  const { seed = 1, retryAfterSeconds = 15, faults, descriptions, log = () => {} } = options
  if (!isGuid(subscriptionId)) throw invalid('subscriptionId', subscriptionId, 'a GUID')
  if (!(Number.isInteger(retryAfterSeconds) && retryAfterSeconds >= 0)) {
    throw invalid('retryAfterSeconds', retryAfterSeconds, 'a whole number, 0 or more')
  }
  if (!isList(providers) || providers.length === 0) {
    throw invalid('providers', providers, 'a list of at least one, such as [sites([app])]')
  }
  const stopped = new AbortController()
  const { signal } = stopped
  const longRunning = new LongRunningOperations({ clock, signal, seed, retryAfterSeconds })
  const table = new OperationTable([...longRunning.operations, ...providers.flatMap(({ operations }) => operations)])
  const plan = new FaultPlan(seed, faults)
  const held = new Held(descriptions)
  const requests = new RequestLog(log)
  const house = { subscriptionId, providers, table }
  const frame = { house, clock, signal, seed, retryAfterSeconds, plan, longRunning, held, requests, log }
  const door = new FrontDoor(frame)
  const listener = await listen(port, (request) => door.respond(request))
  const url = `http://127.0.0.1:${listener.port}`
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    stopped.abort()
    return (closed ??= listener.close())
  }
  return {
    url,
    port: listener.port,
    subscriptionId,
    get requests() {
      return requests.records
    },
    get complaints() {
      return [...held.complaints]
    },
    failNext(operation, fault) {
      if (operation !== '*' && !table.ids.includes(operation)) throw unknownOperation(operation, table.ids)
      plan.failNext(operation, fault)
    },
    policy: () => localAzurePolicy(url),
    credential: () => localAzureCredential({ clock }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A caller without types may pass anything. */
const isList = (value: unknown): boolean => Array.isArray(value)

const invalid = (field: string, got: unknown, wanted: string): CutoverError<LocalAzureErrorCode> =>
  new CutoverError('LOCAL_AZURE_OPTION_INVALID', `${field} is ${JSON.stringify(got)}; wanted ${wanted}`)

const unknownOperation = (operation: string, known: readonly string[]): CutoverError<LocalAzureErrorCode> =>
  new CutoverError('LOCAL_AZURE_OPERATION_UNKNOWN', `no provider has the operation ${JSON.stringify(operation)}`, {
    next: `Take one of: ${known.join(', ')}, or *.`,
  })
