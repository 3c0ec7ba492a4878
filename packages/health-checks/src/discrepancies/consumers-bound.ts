import {
  type Check,
  type Clock,
  defineCheck,
  type Duration,
  durationMs,
  formatInstant,
  knownOptions,
} from '@cutover/core'

import { refuseOption } from '../health-error.ts'

/** A function of the target as its host knows it. */
export interface BoundFunction {
  readonly name: string
  readonly isDisabled: boolean
  /** Of its bindings those that start it: `{ type: 'queueTrigger', of: 'orders' }`. */
  readonly triggers: readonly { readonly type: string; readonly of?: string | undefined }[]
}

/** Where functions run. */
export interface FunctionHost {
  /** For people: `functions:orders`. */
  readonly name: string
  functions(options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly BoundFunction[]>
  /** What the host says of itself: `Running`, and its errors. @default not asked */
  status?(options?: {
    readonly signal?: AbortSignal | undefined
  }): Promise<{ readonly state: string; readonly errors: readonly string[] }>
}

/** Who handled a marked message. */
export interface Sighting {
  readonly by: 'source' | 'target'
  /** Epoch milliseconds. */
  readonly at: number
}

/** A message that can be told from all others, and that both sides handle without harm. */
export interface Canary {
  /** Sends it; `marker` must be in it. Called once for each check that is made. */
  send(marker: string, options: { readonly signal: AbortSignal }): Promise<void>
  /** Who has handled the message with that marker so far, every time that it was handled. */
  seen(marker: string, options: { readonly signal: AbortSignal }): Promise<readonly Sighting[]>
}

export interface ConsumersBoundOptions {
  /** What must be bound: function, and the type of its trigger, and where that listens. `{ accept: { type: 'queueTrigger', of: 'orders' } }` */
  readonly expected: Readonly<Record<string, { readonly type: string; readonly of?: string | undefined }>>
  /** By name of function: a message to prove it. @default none, and only what is listed is looked at */
  readonly canaries?: Readonly<Record<string, Canary>> | undefined
  /** How soon a message must be handled. @default '2m' */
  readonly within?: Duration | undefined
  /** How long after it was handled no second one may handle it. @default '30s' */
  readonly quiet?: Duration | undefined
  /** Begins the markers, which are told from each other by a number and the time. @default 'cutover-canary' */
  readonly marker?: string | undefined
  /** @default made of the host's name */
  readonly id?: string | undefined
}

export interface ConsumerRow {
  readonly function: string
  readonly found:
    | 'bound'
    | 'missing'
    | 'disabled'
    | 'wrong-trigger'
    | 'handled'
    | 'waiting'
    | 'not-handled'
    | 'handled-by-source'
    | 'handled-twice'
  readonly marker?: string | undefined
  readonly sightings?: readonly { readonly by: 'source' | 'target'; readonly at: string }[] | undefined
}

export interface ConsumersBoundEvidence {
  readonly rows: readonly ConsumerRow[]
  readonly host?: { readonly state: string; readonly errors: readonly string[] } | undefined
}

const known: readonly (keyof ConsumersBoundOptions)[] = ['expected', 'canaries', 'within', 'quiet', 'marker', 'id']

/** One message under way. */
interface Sent {
  readonly marker: string
  readonly at: number
}

/**
 * A check that the functions of the target listen where they should, and that a marked message is handled exactly once, by the target.
 *
 * Deployed is not bound: a deployment succeeds whose triggers never start (github.com/Azure/azure-functions-host #9890). Fails for
 * a function that is missing, disabled or on another trigger, for errors of the host, and for a message that the source handled,
 * that was handled twice, or by nobody `within`. Undecided while a message is waited for, or `quiet` is not over.
 *
 * **Each check that is made sends one message for each canary**, at the first ask at which all is bound; asked again, it looks at the
 * same one. In a new process it is another message.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when it is made.
 */
export function consumersBound(host: FunctionHost, options: ConsumersBoundOptions): Check<ConsumersBoundEvidence> {
  if (typeof (host as Partial<FunctionHost> | undefined)?.functions !== 'function')
    refuseOption('host', host, 'where functions run, such as functionAppHost(…)')
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'consumersBound')
  const { expected, canaries = {}, within = '2m', quiet = '30s', marker: prefix = 'cutover-canary' } = options
  const { id = `health:consumers:${host.name}` } = options
  if (Object.keys(expected).length === 0) refuseOption('expected', expected, 'at least one function')
  const stray = Object.keys(canaries).find((name) => !(name in expected))
  if (stray !== undefined) refuseOption('canaries', stray, 'a function that is expected')
  const [withinMs, quietMs] = [durationMs(within, 'within'), durationMs(quiet, 'quiet')]
  const sent = new Map<string, Sent>()

  return defineCheck<ConsumersBoundEvidence>({
    id,
    title: `The consumers of ${host.name} are bound`,
    async run({ clock, signal }) {
      const functions = await host.functions({ signal })
      const status = await host.status?.({ signal })
      const rows = Object.entries(expected).map(([name, trigger]) => boundRow(name, trigger, functions))
      const said = status === undefined ? {} : { host: status }
      const unbound = rows.filter(({ found }) => found !== 'bound')
      if (unbound.length > 0) {
        return { status: 'fail', text: unbound.map(sentence).join('; '), evidence: { rows, ...said } }
      }
      if (status && (status.errors.length > 0 || status.state !== 'Running')) {
        const text = `the host is ${status.state}${status.errors.length === 0 ? '' : `: ${status.errors.join('; ')}`}`
        const isStarting = status.errors.length === 0 && status.state !== 'Error'
        return { status: isStarting ? 'undecided' : 'fail', text, evidence: { rows, ...said } }
      }
      const proved: ConsumerRow[] = []
      for (const [name, canary] of Object.entries(canaries)) {
        proved.push(await canaryRow(name, canary, { clock, signal }))
      }
      const evidence = { rows: rows.map((row) => proved.find((one) => one.function === row.function) ?? row), ...said }
      const bad = proved.filter(({ found }) => found !== 'handled' && found !== 'waiting')
      if (bad.length > 0) return { status: 'fail', text: bad.map(sentence).join('; '), evidence }
      const waiting = proved.filter(({ found }) => found === 'waiting')
      if (waiting.length > 0) return { status: 'undecided', text: waiting.map(sentence).join('; '), evidence }
      const proof = proved.length === 0 ? '' : `, ${proved.length} of them proved by a message`
      return { status: 'pass', text: `${rows.length} functions of ${host.name} are bound${proof}`, evidence }
    },
  })

  async function canaryRow(
    name: string,
    canary: Canary,
    { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  ): Promise<ConsumerRow> {
    let message = sent.get(name)
    if (!message) {
      message = { marker: `${prefix}-${name}-${clock.now().toString(36)}`, at: clock.now() }
      // A send that fails may have been one all the same: the next ask sends another, with a marker of its own.
      await canary.send(message.marker, { signal })
      sent.set(name, message)
    }
    const { marker, at: sentAt } = message
    const seen = await canary.seen(marker, { signal })
    const sightings = seen.map(({ by, at }) => ({ by, at: formatInstant(at) }))
    const row = (found: ConsumerRow['found']): ConsumerRow => ({ function: name, found, marker, sightings })
    if (seen.some(({ by }) => by === 'source')) return row('handled-by-source')
    if (seen.length > 1) return row('handled-twice')
    const [only] = seen
    if (!only) return row(clock.now() > sentAt + withinMs ? 'not-handled' : 'waiting')
    return row(clock.now() >= Math.max(only.at, sentAt) + quietMs ? 'handled' : 'waiting')
  }
}

function boundRow(
  name: string,
  trigger: { readonly type: string; readonly of?: string | undefined },
  functions: readonly BoundFunction[],
): ConsumerRow {
  const found = functions.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (!found) return { function: name, found: 'missing' }
  const fits = found.triggers.some(
    ({ type, of }) =>
      type.toLowerCase() === trigger.type.toLowerCase() &&
      (trigger.of === undefined || of?.toLowerCase() === trigger.of.toLowerCase()),
  )
  if (!fits) return { function: name, found: 'wrong-trigger' }
  return { function: name, found: found.isDisabled ? 'disabled' : 'bound' }
}

function sentence({ function: name, found, marker = '' }: ConsumerRow): string {
  const texts: Readonly<Record<ConsumerRow['found'], string>> = {
    bound: 'is bound',
    missing: 'is not there',
    disabled: 'is disabled',
    'wrong-trigger': 'listens elsewhere',
    handled: 'handled a message',
    waiting: `has not handled ${marker} yet, or a second one still may`,
    'not-handled': `did not handle ${marker}`,
    'handled-by-source': `did not handle ${marker} alone: the source handled it`,
    'handled-twice': `handled ${marker} more than once`,
  }
  return `${name} ${texts[found]}`
}
