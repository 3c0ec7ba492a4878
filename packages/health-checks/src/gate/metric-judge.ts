import { CutoverError, formatInstant } from '@cutover/core'

import type { HealthErrorCode } from '../health-error.ts'
import { type AbsoluteGuard, isOver } from './absolute-guard.ts'
import { bettingProcess } from './betting-process.ts'
import { countProcess, type Process } from './count-process.ts'
import { natsPerError, natsPerRequest } from './information.ts'
import { rateProcess } from './rate-process.ts'
import { restartsOf } from './restart-mixture.ts'
import type { Guarantee } from './verdict.ts'

/** One interval of both sides, in items: from, to, source's bad and total, target's bad and total. */
export type Row = readonly [
  from: number,
  to: number,
  sourceBad: number,
  sourceTotal: number,
  targetBad: number,
  targetTotal: number,
]

export type Method =
  | { readonly kind: 'counts'; readonly burstiness: number }
  | { readonly kind: 'betting' }
  | { readonly kind: 'rate'; readonly rate: number; readonly burstiness: number }

/** What a metric is judged by; fixed before the start. JSON. */
export interface MetricRules {
  readonly name: string
  readonly counts: 'bad' | 'slow'
  readonly weight: number
  readonly critical: boolean
  readonly dryRun: boolean
  readonly method: Method
  readonly guarantee: Guarantee
  /** Absent where nothing is compared. */
  readonly sourceSettleMs?: number | undefined
  readonly targetSettleMs: number
}

export interface SharedRules {
  readonly startedAt: number
  readonly horizonMs: number
  readonly warmupMs: number
  readonly tolerate: number
  readonly maxRatio: number
  readonly guards: readonly AbsoluteGuard[]
}

const recent = 5
const mostIntervals = 20_000

/** One metric's evidence; rows are given in order of time. */
export class MetricJudge {
  readonly rules: MetricRules
  readonly #shared: SharedRules
  readonly #judged: { from: number; to: number; source: Counts; target: Counts }[] = []
  #process: Process | undefined
  source: Counts = { bad: 0, total: 0 }
  target: Counts = { bad: 0, total: 0 }
  warmup: Counts & { readonly intervals: number } = { intervals: 0, bad: 0, total: 0 }
  /** The first absolute guard that the target broke. */
  brokenGuard: AbsoluteGuard | undefined

  constructor(rules: MetricRules, shared: SharedRules) {
    this.rules = rules
    this.#shared = shared
  }

  add([from, to, sourceBad, sourceTotal, targetBad, targetTotal]: Row): void {
    const { startedAt, warmupMs, horizonMs } = this.#shared
    const judgedFrom = startedAt + warmupMs
    if (from < judgedFrom) {
      const { intervals, bad, total } = this.warmup
      this.warmup = { intervals: intervals + 1, bad: bad + targetBad, total: total + targetTotal }
      return
    }
    if (to > startedAt + horizonMs) return
    this.#process ??= this.#begin(from, to - from)
    const source = { bad: sourceBad, total: sourceTotal }
    const target = { bad: targetBad, total: targetTotal }
    this.#process.add({ interval: Math.floor((from - judgedFrom) / (to - from)), source, target })
    this.#judged.push({ from, to, source, target })
    this.source = plus(this.source, source)
    this.target = plus(this.target, target)
    this.brokenGuard ??= this.#guard()
  }

  get intervals(): number {
    return this.#judged.length
  }

  get bucketMs(): number | undefined {
    const [first] = this.#judged
    return first && first.to - first.from
  }

  get logWorse(): number {
    return this.#process?.logWorse ?? 0
  }

  get logAsGood(): number {
    return this.#process?.logAsGood ?? 0
  }

  ratios(alpha: number): { readonly low: number; readonly high?: number } {
    return this.#process?.ratios(alpha) ?? { low: 0 }
  }

  /** What both sides saw in the last five intervals. */
  get lately(): { readonly source: Counts; readonly target: Counts } {
    const last = this.#judged.slice(-recent)
    return {
      source: last.reduce((sum, { source }) => plus(sum, source), none),
      target: last.reduce((sum, { target }) => plus(sum, target), none),
    }
  }

  /** Errors still needed to promote a target that is as good, and how long they take at the rate so far. */
  need(logGoal: number): { readonly errors: number; readonly ms: number } | undefined {
    const { maxRatio } = this.#shared
    const { method } = this.rules
    const [bad, exposed] = [this.source.bad + this.target.bad, this.source.total + this.target.total]
    const bucketMs = this.bucketMs
    if (bad === 0 || bucketMs === undefined) return undefined
    const perInterval = bad / this.intervals
    const left = Math.max(0, logGoal - this.logAsGood)
    if (method.kind === 'rate') {
      const requests = this.target.total / this.intervals
      const temper = 1 + method.burstiness * requests * method.rate
      const nats = requests * natsPerRequest(method.rate, 1, maxRatio, temper)
      return { errors: Math.ceil((left / nats) * perInterval), ms: (left / nats) * bucketMs }
    }
    const share = this.target.total / exposed
    const burst = method.kind === 'counts' ? method.burstiness : 1
    const temper = 1 + 2 * burst * share * (1 - share) * perInterval
    const nats = perInterval * natsPerError(share, 1, maxRatio, temper)
    return nats > 0 ? { errors: Math.ceil((left / nats) * perInterval), ms: (left / nats) * bucketMs } : undefined
  }

  #begin(from: number, bucketMs: number): Process {
    const { horizonMs, warmupMs, tolerate, maxRatio } = this.#shared
    const { method } = this.rules
    const intervals = Math.ceil((horizonMs - warmupMs) / bucketMs)
    if (intervals > mostIntervals) {
      const code: HealthErrorCode = 'HEALTH_COUNTS_INVALID'
      throw new CutoverError(
        code,
        `the bucket at ${formatInstant(from)} is ${bucketMs} ms long, ${intervals} in the horizon; wanted at most ${mostIntervals}`,
      )
    }
    const options = { tolerate, maxRatio, restarts: restartsOf(intervals) }
    if (method.kind === 'betting') return bettingProcess(options)
    return method.kind === 'rate'
      ? rateProcess({ ...options, ...method })
      : countProcess({ ...options, burstiness: method.burstiness })
  }

  /** A limit that the source breaks as well is no word about the target. */
  #guard(): AbsoluteGuard | undefined {
    if (this.rules.counts !== 'bad') return undefined
    return this.#shared.guards.find(
      (guard) => isOver(guard, this.#judged, 'target') && !isOver(guard, this.#judged, 'source'),
    )
  }
}

export interface Counts {
  readonly bad: number
  readonly total: number
}

const none: Counts = { bad: 0, total: 0 }
const plus = (a: Counts, b: Counts): Counts => ({ bad: a.bad + b.bad, total: a.total + b.total })
