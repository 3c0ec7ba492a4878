import {
  type Check,
  type Clock,
  defineCheck,
  type Duration,
  durationMs,
  knownOptions,
  systemClock,
} from '@cutover/core'

import { late, withDeadline } from '../deadline.ts'
import { type RequestCounts, requestCounts } from '../gate/request-counts.ts'
import { refuseOption } from '../health-error.ts'
import { type Fields, fieldsOf } from './fields.ts'
import { type ShadowReport, ShadowTally } from './shadow-report.ts'

type Ask<Request, Reply> = (request: Request, options: { readonly signal: AbortSignal }) => Promise<Reply>

export interface ShadowOptions<Request, Reply> {
  /** Answers the caller. It is asked a second time, to learn in which fields it differs from itself. */
  readonly source: Ask<Request, Reply>
  readonly target: Ask<Request, Reply>
  /** @default those whose `method` is GET, HEAD or OPTIONS; all others are never sent twice */
  readonly isRead?: ((request: Request) => boolean) | undefined
  /** `target-too` sends a write to the target as well, once, and compares only whether it failed. @default 'source-only' */
  readonly writes?: 'source-only' | 'target-too' | undefined
  /** What of an answer is compared: JSON data. @default the answer */
  readonly compare?: ((reply: Reply) => unknown) | undefined
  /** Does an answer count as an error? One that rejects always does. @default never */
  readonly isBad?: ((reply: Reply) => boolean) | undefined
  /** Paths that may differ: `['requestId', 'items[].seenAt']`. @default [] */
  readonly ignore?: readonly string[] | undefined
  /** Probability, over all fields and at any time, of calling one different that is not. @default 0.05 */
  readonly alpha?: number | undefined
  /** Probability of calling answers the same of which `maxShare` differ. @default 0.05 */
  readonly beta?: number | undefined
  /** @default 0.01 */
  readonly maxShare?: number | undefined
  /** Every how many-th read is compared. @default 1 */
  readonly everyNth?: number | undefined
  /** Comparisons under way at most; more are skipped. @default 10 */
  readonly atOnce?: number | undefined
  /** How long a second answer may take. @default '10s' */
  readonly within?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
  /** Ends what is under way. */
  readonly signal?: AbortSignal | undefined
}

const known: readonly (keyof ShadowOptions<never, never>)[] = [
  'source',
  'target',
  'isRead',
  'writes',
  'compare',
  'isBad',
  'ignore',
  'alpha',
  'beta',
  'maxShare',
  'everyNth',
  'atOnce',
  'within',
  'clock',
  'signal',
]

export interface Shadow<Request, Reply> {
  /** What the source answers or throws, as soon as it does; the rest happens afterwards, and can neither delay nor break it. */
  ask(request: Request, options?: { readonly signal?: AbortSignal | undefined }): Promise<Reply>
  report(): ShadowReport
  /** `same` passes, `differs` fails. */
  readonly check: Check<ShadowReport>
  /** Of both sides, request by request, for `healthGate({ …, reference: 'shadow' })`; retries of a caller are requests. */
  readonly sourceCounts: RequestCounts
  readonly targetCounts: RequestCounts
  /** Resolves when no comparison is under way. */
  settled(): Promise<void>
}

/**
 * Lets the source answer, asks the target the same behind the caller's back, and compares field by field.
 *
 * What also differs between two answers of the source is noise. A field differs when the target differs more often than the
 * source does from itself, with a probability of at most `alpha` of saying so wrongly over all fields, however often you look;
 * answers are the same when fewer than `maxShare` of the requests differ beyond noise.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when it is made.
 */
export function shadow<Request, Reply>(options: ShadowOptions<Request, Reply>): Shadow<Request, Reply> {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'shadow')
  const { source, target, isRead = isSafeMethod, writes = 'source-only', compare = (reply) => reply } = options
  const { ignore = [], alpha = 0.05, beta = 0.05, maxShare = 0.01, everyNth = 1, atOnce = 10, within = '10s' } = options
  const { clock = systemClock, signal = new AbortController().signal, isBad = () => false } = options
  for (const [field, ask] of Object.entries({ source, target, isRead, compare, isBad }))
    if (typeof ask !== 'function') refuseOption(field, ask, 'a function')
  for (const [field, share] of Object.entries({ alpha, beta, maxShare }))
    if (!(share > 0 && share < 1)) refuseOption(field, share, 'a share between 0 and 1')
  for (const [field, count] of Object.entries({ everyNth, atOnce }))
    if (!Number.isInteger(count) || count < 1) refuseOption(field, count, 'a whole number of at least 1')
  if (writes !== 'source-only' && writes !== 'target-too') refuseOption('writes', writes, 'source-only or target-too')
  const withinMs = durationMs(within, 'within')
  if (withinMs <= 0) refuseOption('within', within, 'more than 0')

  const tally = new ShadowTally({ alpha, maxShare, ignore })
  const [sourceCounts, targetCounts] = [requestCounts({ clock }), requestCounts({ clock })]
  const skipped = { writes: 0, busy: 0, sample: 0, failed: 0 }
  const running = new Set<Promise<void>>()
  let [asked, reads] = [0, 0]

  const again = (ask: Ask<Request, Reply>, request: Request): Promise<Fields> =>
    withDeadline(withinMs, { clock, signal }, (stop) => ask(request, { signal: stop })).then(
      (reply) => (reply === late ? failure('no answer') : fieldsOf(compare(reply))),
      (error: unknown) => {
        signal.throwIfAborted()
        return failure(error instanceof Error ? error.name : 'thrown')
      },
    )
  const atTarget: Ask<Request, Reply> = async (request, { signal: stop }) => {
    const startedAt = clock.monotonic()
    let bad = true
    try {
      const reply = await target(request, { signal: stop })
      bad = isBad(reply)
      return reply
    } finally {
      if (!signal.aborted) targetCounts.seen({ bad, ms: clock.monotonic() - startedAt })
    }
  }

  /** Neither awaited by the caller nor able to throw at anybody. */
  const detach = (work: () => Promise<void>): void => {
    const task = Promise.resolve()
      .then(work)
      .catch(() => {})
      .finally(() => running.delete(task))
    running.add(task)
  }

  function compareLater(request: Request, reply: Reply): void {
    const read = isRead(request)
    if (!read && writes === 'source-only') skipped.writes += 1
    else if (read && reads++ % everyNth !== 0) skipped.sample += 1
    else if (running.size >= atOnce) skipped.busy += 1
    else if (read)
      detach(async () => {
        const first = fieldsOf(compare(reply))
        const [second, other] = await Promise.all([again(source, request), again(atTarget, request)])
        tally.add(first, second, other)
      })
    else {
      skipped.writes += 1
      detach(async () => void (await again(atTarget, request)))
    }
  }

  const report = (): ShadowReport => {
    const fields = tally.fields
    const same = tally.logSame >= -Math.log(beta)
    return {
      asked,
      compared: tally.compared,
      skipped: { ...skipped },
      alpha,
      beta,
      maxShare,
      eSame: Math.exp(Math.min(700, tally.logSame)),
      verdict: fields.some(({ differs }) => differs) ? 'differs' : same ? 'same' : 'undecided',
      fields,
    }
  }

  return {
    async ask(request, { signal: stop = signal } = {}) {
      asked += 1
      const startedAt = clock.monotonic()
      let reply: Reply
      try {
        reply = await source(request, { signal: stop })
      } catch (error) {
        skipped.failed += 1
        if (!stop.aborted) sourceCounts.seen({ bad: true, ms: clock.monotonic() - startedAt })
        throw error
      }
      try {
        sourceCounts.seen({ bad: isBad(reply), ms: clock.monotonic() - startedAt })
        compareLater(request, reply)
      } catch {
        // A caller's `isRead` or `isBad` that throws must not cost an answer.
        skipped.failed += 1
      }
      return reply
    },
    report,
    check: defineCheck<ShadowReport>({
      id: 'health:shadow',
      title: 'The target answers what the source answers',
      run: () => Promise.resolve(answerOf(report())),
    }),
    sourceCounts,
    targetCounts,
    async settled() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

function answerOf(report: ShadowReport) {
  const { verdict, compared, fields, maxShare } = report
  const differing = fields.filter(({ differs }) => differs).map(({ path, byTarget }) => `${path} (${byTarget})`)
  if (verdict === 'differs')
    return {
      status: 'fail' as const,
      text: `${compared} compared; differ beyond noise: ${differing.join(', ')}`,
      evidence: report,
    }
  const status = verdict === 'same' ? ('pass' as const) : ('undecided' as const)
  const said = verdict === 'same' ? `under ${maxShare * 100} % differ beyond noise` : 'too few to tell'
  return { status, text: `${compared} compared; ${said}`, evidence: report }
}

/** RFC 9110 §9.2.1, without TRACE. */
const safe = new Set(['GET', 'HEAD', 'OPTIONS'])
const isSafeMethod = (request: unknown): boolean => {
  const { method } = Object(request) as { readonly method?: unknown }
  return typeof method === 'string' && safe.has(method.toUpperCase())
}

const failure = (name: string): Fields => new Map([['(error)', [name]]])
