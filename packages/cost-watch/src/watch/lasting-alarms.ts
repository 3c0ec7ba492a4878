import type { CostRow } from '../estimate/cost-row.ts'
import type { Window } from '../usage/usage-row.ts'
import { burnRate } from './burn-rate.ts'
import { burnText, type CostAlarm, standingText } from './look.ts'
import type { SpendPoint } from './spend-point.ts'
import { idle, orphaned, residual, type Standing } from './standing-costs.ts'
import type { CheckedOptions } from './watch-options.ts'

const dayMs = 86_400_000

/** What both sides cost in their last settled day. */
export interface LastDay {
  readonly target: { readonly rows: readonly CostRow[]; readonly window: Window }
  readonly source: { readonly rows: readonly CostRow[]; readonly window: Window }
}

/** An alarm that is on for as long as its cause lasts; its `key` tells it from others. */
export interface LastingAlarm {
  readonly key: string
  readonly alarm: CostAlarm
}

/** What burns the budget, and what is paid for in vain. `recent` are the target's slots of three days, `end` the end of the newest. */
export function lastingAlarms(
  { budget, inUse, slotMs, source, decommissionedAt, clock }: CheckedOptions,
  recent: readonly SpendPoint[],
  end: number,
  day: LastDay,
): LastingAlarm[] {
  const at = clock.now()
  const burn = budget && burnRate(recent, { slotMs, budget, now: end })
  const now = since(day.target.rows, day.target.window.from)
  // Idle is what did nothing for a whole day.
  const wholeDay = day.target.window.to - day.target.window.from >= dayMs
  const late = decommissionedAt === undefined ? Infinity : Math.max(day.source.window.from, decommissionedAt)
  const standing: readonly { readonly window: Window; readonly found: readonly Standing[] }[] = [
    { window: day.target.window, found: wholeDay ? idle(now) : [] },
    { window: day.target.window, found: inUse === undefined ? [] : orphaned(now, inUse) },
    { window: { from: late, to: day.source.window.to }, found: residual(day.source.rows, source.cloud, late) },
  ]
  return [
    ...(burn
      ? [
          {
            key: `budget:${burn.pace}`,
            alarm: { kind: 'budget', burn, at, text: burnText(burn) },
          } satisfies LastingAlarm,
        ]
      : []),
    ...standing.flatMap(({ window, found }) =>
      found.map((one): LastingAlarm => {
        const key = `${one.kind}:${one.resourceId}`
        return { key, alarm: { kind: one.kind, standing: one, at, text: standingText(one, window) } }
      }),
    ),
  ]
}

const since = (rows: readonly CostRow[], from: number): CostRow[] => rows.filter((row) => row.from >= from)
