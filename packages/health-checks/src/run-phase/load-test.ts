import { type Check, defineCheck } from '@cutover/core'

import { loadSettings, type LoadTestOptions, maxRate } from './load-options.ts'
import { type LoadEvidence, unsure } from './load-verdict.ts'
import { keptConnections } from './node/kept-connections.ts'
import { peakRate } from './peak-rate.ts'
import { runLoad } from './run-load.ts'

/**
 * A check that the target bears the source's load as well as the source does: the same requests to both in the same minutes.
 *
 * Arrivals are planned before the first is sent and never wait for answers; latency counts from when a request was meant to begin
 * (so a stall counts for all that it held up: Tene's coordinated omission). Errors, and answers slower than the source's p95,
 * are judged by `healthGate` in buckets; stops as soon as the budget of the whole run is spent, or the gate finds the target worse,
 * and ends what is under way. Each ask is a run of its own. Tells progress every second.
 *
 * @throws CutoverError when it is made: `HEALTH_OPTIONS_INVALID`, `HEALTH_HOST_NOT_NAMED`, `DURATION_INVALID`.
 */
export function loadTest(options: LoadTestOptions): Check<LoadEvidence> {
  const settings = loadSettings(options)
  const { id = 'health:load', title = 'The target bears the load of the source' } = options
  return defineCheck<LoadEvidence>({
    id,
    title,
    async run(context) {
      const { ratePerSecond: given } = options
      const rate = typeof given === 'number' ? given : await peakRate(given, context)
      if (rate === undefined)
        return unsure(
          'no-rate',
          'the counts of the source tell no rate: under 60 settled buckets in 24 hours, or no request',
        )
      if (rate > maxRate)
        return unsure('no-rate', `the source has ${rate} requests a second; at most ${maxRate} are sent`, {
          ratePerSecond: rate,
        })
      if (options.transport) return runLoad(options, settings, rate, options.transport, context)
      using kept = keptConnections()
      return await runLoad(options, settings, rate, kept, context)
    },
  })
}
