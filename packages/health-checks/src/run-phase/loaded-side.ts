import type { Clock } from '@cutover/core'

import { late, withDeadline } from '../deadline.ts'
import { broken } from '../http-expectations.ts'
import type { HttpReply, HttpTransport } from '../http-transport.ts'
import { BudgetSpent, type budgetLimits } from './load-budget.ts'
import type { LoadCounts } from './load-counts.ts'
import type { Prepared } from './load-request.ts'
import { quantileOf } from './quantile.ts'

/** What one side did. Milliseconds from when a request was meant to begin. JSON. */
export interface SideLoad {
  readonly sent: number
  /** Without a good answer; those not sent and unreachable are among them. */
  readonly bad: number
  /** Not sent, since too many were under way. */
  readonly notSent: number
  /** No word came from the address. */
  readonly unreachable: number
  readonly p50Ms?: number | undefined
  readonly p95Ms?: number | undefined
  readonly p99Ms?: number | undefined
  readonly maxMs?: number | undefined
  /** Counted apart. */
  readonly cold: { readonly answers: number; readonly bad: number; readonly p50Ms?: number; readonly maxMs?: number }
  /** What was wrong with the first that was bad. */
  readonly firstBad?: string | undefined
}

export interface LoadedSideOptions {
  readonly transport: HttpTransport
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly maxInFlight: number
  readonly isCold: (number: number, reply: HttpReply) => boolean
  readonly limits: ReturnType<typeof budgetLimits>
  readonly counts: LoadCounts
}

/** One side of a load test: sends, and keeps what came. */
export class LoadedSide {
  readonly counts: LoadCounts
  readonly budget: BudgetSpent
  readonly #options: LoadedSideOptions
  readonly #open = new Set<Promise<void>>()
  /** Of warm requests: when they were meant to begin, and how long they took. */
  readonly #warm: { readonly at: number; readonly ms: number; readonly bad: boolean }[] = []
  readonly #cold: number[] = []
  #sent = 0
  #bad = 0
  #notSent = 0
  #unreachable = 0
  #coldBad = 0
  #firstBad: string | undefined

  constructor(options: LoadedSideOptions) {
    this.#options = options
    this.counts = options.counts
    this.budget = new BudgetSpent(options.limits)
  }

  /** Sends one request and does not wait. `meantAt` is a monotonic time, `at` the same moment as epoch milliseconds. */
  send(request: Prepared, meantAt: number, at: number): void {
    const { timeoutMs, maxInFlight } = this.#options
    const ended = this.counts.begin(at)
    if (this.#open.size >= maxInFlight) {
      this.#notSent += 1
      ended(this.#warmOne(at, timeoutMs, `${maxInFlight} requests were under way`))
      return
    }
    const number = this.#sent
    this.#sent += 1
    const asking = this.#ask(request, number, meantAt, at, ended).finally(() => this.#open.delete(asking))
    // Rejects only when the run is stopped: then nobody wants to know.
    asking.catch(() => {})
    this.#open.add(asking)
  }

  async #ask(
    { target, expect }: Prepared,
    number: number,
    meantAt: number,
    at: number,
    ended: ReturnType<LoadCounts['begin']>,
  ): Promise<void> {
    const { transport, clock, signal, timeoutMs, isCold } = this.#options
    const leftMs = Math.max(0, meantAt + timeoutMs - clock.monotonic())
    const reply = await withDeadline(leftMs, { clock, signal }, (stop) =>
      transport.request(target.request, { signal: stop, onPeer: () => {} }),
    )
    const ms = clock.monotonic() - meantAt
    const problem = reply === late ? `no answer within ${timeoutMs} ms` : problemOf(reply, expect)
    if (reply !== late && isCold(number, reply)) {
      this.#cold.push(ms)
      if (problem !== undefined) this.#coldBad += 1
      ended('cold')
      return
    }
    if (reply !== late && reply.kind === 'unreachable') this.#unreachable += 1
    ended(this.#warmOne(at, ms, problem && target.redact(problem)))
  }

  #warmOne(at: number, ms: number, problem: string | undefined): { readonly bad: boolean; readonly ms: number } {
    const bad = problem !== undefined
    this.#warm.push({ at, ms, bad })
    this.budget.add(bad, ms)
    if (bad) this.#bad += 1
    this.#firstBad ??= problem
    return { bad, ms }
  }

  /** Waits for all that was sent. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#open)
  }

  get ended(): number {
    return this.#warm.length + this.#cold.length
  }

  get unreachableShare(): number {
    return this.#bad === 0 ? 0 : this.#unreachable / this.#bad
  }

  /** How long the warm requests took that were meant to begin before then. */
  timesBefore(at: number): readonly number[] {
    return this.#warm.filter((one) => one.at < at).map(({ ms }) => ms)
  }

  /** How long there was no good answer, between two epoch milliseconds; and how many bad ones were meant to begin from some time on. */
  silence(from: number, to: number): { readonly longestGapMs: number; readonly badFrom: (at: number) => number } {
    const good = this.#warm.filter(({ bad }) => !bad).map(({ at, ms }) => at + ms)
    let [last, longestGapMs] = [from, 0]
    for (const at of [...good.toSorted((a, b) => a - b), to]) {
      longestGapMs = Math.max(longestGapMs, at - last)
      last = at
    }
    return {
      longestGapMs: Math.round(longestGapMs),
      badFrom: (start) => this.#warm.filter(({ at, bad }) => bad && at >= start).length,
    }
  }

  summary(): SideLoad {
    const times = this.#warm.map(({ ms }) => ms)
    const rounded = (share: number, of: readonly number[] = times): number | undefined => {
      const found = quantileOf(of, share)
      return found === undefined ? undefined : Math.round(found)
    }
    const [coldP50, coldMax] = [rounded(0.5, this.#cold), rounded(1, this.#cold)]
    return {
      sent: this.#sent,
      bad: this.#bad,
      notSent: this.#notSent,
      unreachable: this.#unreachable,
      p50Ms: rounded(0.5),
      p95Ms: rounded(0.95),
      p99Ms: rounded(0.99),
      maxMs: rounded(1),
      cold: {
        answers: this.#cold.length,
        bad: this.#coldBad,
        ...(coldP50 === undefined ? {} : { p50Ms: coldP50 }),
        ...(coldMax === undefined ? {} : { maxMs: coldMax }),
      },
      ...(this.#firstBad === undefined ? {} : { firstBad: this.#firstBad }),
    }
  }
}

function problemOf(reply: HttpReply, expect: Prepared['expect']): string | undefined {
  if (reply.kind !== 'response') return reply.text
  const problem = broken(expect, reply)
  return problem && `answered ${reply.status}; ${problem.text}`
}
