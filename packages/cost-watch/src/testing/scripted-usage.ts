import type { Clock } from '@cutover/core'

import type { Cloud, UsageRow, UsageSource } from '../usage/usage-row.ts'
import { demand, type DemandOptions, type Runaway, withRunaway } from './demand.ts'

export interface ScriptedMeter {
  readonly resourceId: string
  /** `flex/gb-seconds` */
  readonly meter: string
  /** Units on an ordinary day. */
  readonly perDay: number
  /** What happens to it, and when. */
  readonly runaways?: readonly Runaway[] | undefined
  /** Epoch milliseconds from which it exists; before, there are no rows. */
  readonly from?: number | undefined
  /** Epoch milliseconds at which it ends. */
  readonly until?: number | undefined
  /** `'demand'` has a day, a week and noise; `'constant'` is there without work, as storage or provisioned memory. @default 'demand' */
  readonly shape?: 'demand' | 'constant' | undefined
}

export interface ScriptedUsageOptions extends Pick<DemandOptions, 'seed' | 'days' | 'startAt' | 'slotMs'> {
  readonly clock: Clock
  readonly cloud: Cloud
  readonly account?: string | undefined
  readonly region?: string | undefined
  /** How long a slot still grows after its end, as the metrics of both clouds do. @default 180_000 */
  readonly settleMs?: number | undefined
  readonly meters: readonly ScriptedMeter[]
}

/**
 * A usage source for tests: demand of a seed, all meters of a source rising and falling together, with scripted runaways. It knows no
 * more than the clock allows: slots in the future have no rows, and one that is not settled holds four fifths and says so.
 */
export function scriptedUsage(options: ScriptedUsageOptions): UsageSource {
  const { clock, cloud, account = '111122223333', settleMs = 180_000, meters, slotMs = 3_600_000, ...series } = options
  const { region = cloud === 'aws' ? 'us-east-1' : 'eastus' } = options
  const rows = meters.flatMap(
    ({ resourceId, meter, perDay, runaways = [], from = -Infinity, until = Infinity, shape }) => {
      const { seed, days, startAt } = series
      const shared = demand({ seed, days, slotMs, ...(startAt === undefined ? {} : { startAt }), perDay })
      const even = shared.map(({ at }) => ({ at, spend: (perDay * slotMs) / 86_400_000 }))
      const scripted = runaways.reduce(withRunaway, shape === 'constant' ? even : shared)
      return scripted
        .filter(({ at }) => at >= from && at < until)
        .map(({ at, spend }) => ({ resourceId, meter, from: at, to: at + slotMs, quantity: Number(spend.toFixed(3)) }))
    },
  )
  return {
    cloud,
    settleMs,
    usage: ({ from, to }, { signal } = {}) => {
      signal?.throwIfAborted()
      const now = clock.now()
      const seen = rows.filter((row) => row.from < to && row.to > from && row.from < now)
      return Promise.resolve({
        rows: seen.map(({ resourceId, meter, from: begin, to: end, quantity: whole }): UsageRow => {
          const complete = end + settleMs <= now
          const quantity = complete ? whole : Number((whole * 0.8).toFixed(3))
          return { cloud, account, region, resourceId, meter, from: begin, to: end, quantity, complete }
        }),
        missing: [],
      })
    },
  }
}
