import type { Answer, Context } from '@cutover/core'

import type { HealthGate } from '../gate/health-gate.ts'
import type { HttpTransport } from '../http-transport.ts'
import { planArrivals, seededUniform } from './arrivals.ts'
import { coldStarts } from './cold-starts.ts'
import { LoadCounts } from './load-counts.ts'
import { loadGate } from './load-gate.ts'
import type { LoadSettings, LoadTestOptions } from './load-options.ts'
import { drawn, type Prepared } from './load-request.ts'
import { atLeast, judgeLoad, lateMs, type LoadEvidence } from './load-verdict.ts'
import { LoadedSide } from './loaded-side.ts'
import { quantileOf } from './quantile.ts'

const reportMs = 1_000

/** One run at a rate, to its end or until it need not go on; afterwards nothing is under way. */
export async function runLoad(
  options: LoadTestOptions,
  settings: LoadSettings,
  rate: number,
  transport: HttpTransport,
  context: Context,
): Promise<Answer<LoadEvidence>> {
  const { clock, signal, report } = context
  const { lengthMs, warmupMs, timeoutMs, maxInFlight, limits, cold, seed, sourceShare } = settings
  signal.throwIfAborted()
  const uniform = seededUniform(seed)
  const arrivals = planArrivals(rate, lengthMs, uniform).map((ms) => ({
    ms,
    request: drawn(options.requests, uniform()),
    toSource: uniform() < sourceShare,
  }))
  const planned = { target: arrivals.length, source: arrivals.filter(({ toSource }) => toSource).length }
  const stop = new AbortController()
  const running = AbortSignal.any([signal, stop.signal])
  const bucketMs = Math.max(200, Math.min(5_000, Math.ceil(lengthMs / 60)))
  const side = (): LoadedSide =>
    new LoadedSide({
      transport,
      clock,
      signal: running,
      timeoutMs,
      maxInFlight,
      isCold: coldStarts(cold),
      limits,
      counts: new LoadCounts(bucketMs, () => clock.now()),
    })
  const [source, target] = [side(), side()]
  const [startedAt, began] = [clock.now(), clock.monotonic()]
  const judgedFrom = startedAt + warmupMs
  const gates = (mode?: 'watch'): HealthGate =>
    loadGate(options, source.counts, target.counts, {
      since: judgedFrom,
      lengthMs: lengthMs - warmupMs,
      ...(mode === undefined ? {} : { mode }),
    })
  const watching = gates('watch')
  const lag = { late: 0, maxMs: 0 }
  let { slowerThanMs } = settings
  let looked = 0
  let told = 0

  const brokenBy = (): 'source' | 'budget' | undefined => {
    if (source.budget.broken(planned.source)) return 'source'
    return target.budget.broken(planned.target) ? 'budget' : undefined
  }

  async function send(): Promise<LoadEvidence['reason'] | undefined> {
    for (const [i, { ms, request, toSource }] of arrivals.entries()) {
      await clock.sleep(began + ms - clock.monotonic(), { signal: running })
      const lagMs = clock.monotonic() - began - ms
      lag.maxMs = Math.max(lag.maxMs, lagMs)
      if (lagMs > lateMs) lag.late += 1
      if (ms >= warmupMs && source.counts.slowerThanMs === undefined) {
        const times = source.timesBefore(judgedFrom)
        if (slowerThanMs === undefined && times.length < atLeast) return 'low-traffic'
        slowerThanMs ??= quantileOf(times, 0.95)
        source.counts.slowerThanMs = slowerThanMs
        target.counts.slowerThanMs = slowerThanMs
      }
      target.send(settings.sides.target[request] as Prepared, began + ms, startedAt + ms)
      if (toSource) source.send(settings.sides.source[request] as Prepared, began + ms, startedAt + ms)
      const broken = brokenBy()
      if (broken) return broken
      if (clock.monotonic() - told >= reportMs) {
        told = clock.monotonic()
        const etaMs = Math.max(0, Math.round(lengthMs - ms))
        report({ kind: 'progress', done: i + 1, total: planned.target, unit: 'requests', etaMs })
      }
      if (ms >= warmupMs && clock.now() - looked >= bucketMs) {
        looked = clock.now()
        if ((await watching.look({ clock, signal: running })).kind === 'rollback') return 'worse'
      }
    }
    // The last bucket ends with the plan, not with the last arrival.
    await clock.sleep(began + lengthMs + bucketMs - clock.monotonic(), { signal: running })
    await Promise.all([source.settled(), target.settled()])
    return undefined
  }

  let reason: LoadEvidence['reason'] | undefined
  try {
    reason = await send()
  } finally {
    stop.abort(new Error('the load test has ended'))
    await Promise.all([source.settled(), target.settled()])
  }
  const sentLate = { share: lag.late / Math.max(1, arrivals.length), maxMs: Math.round(lag.maxMs) }
  const evidence = {
    ratePerSecond: rate,
    planned: planned.target,
    ranMs: Math.round(clock.monotonic() - began),
    sentLate,
    ...(slowerThanMs === undefined ? {} : { slowerThanMs }),
    source: source.summary(),
    target: target.summary(),
  }
  const seen = { stopped: reason, source, target, planned, evidence }
  return judgeLoad(seen, async () => gates().look({ clock, signal }))
}
