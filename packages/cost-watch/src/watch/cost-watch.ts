import { type Duration, durationMs, isCutoverError, tell } from '@cutover/core'

import { type Estimate, estimate } from '../estimate/estimate.ts'
import { money } from '../money/money.ts'
import type { Usage, UsageSource, Window } from '../usage/usage-row.ts'
import { attribute, type Share } from './attribute.ts'
import { dayRate } from './day-rate.ts'
import { inOrder } from './in-order.ts'
import { lastingAlarms } from './lasting-alarms.ts'
import { type CostAlarm, type Look, lookText, runawayText } from './look.ts'
import type { Judgement } from './runaway.ts'
import { slotCosts, spentWithin } from './slot-costs.ts'
import { type SlotJudge, slotJudge, type SlotVerdict } from './slot-judge.ts'
import type { SpendPoint } from './spend-point.ts'
import { unitCosts } from './unit-costs.ts'
import { checkedWatch, type CostWatchOptions } from './watch-options.ts'
import { readSnapshot, type WatchSnapshot } from './watch-state.ts'
import { weekProfile } from './week-profile.ts'

const dayMs = 86_400_000
/** How long a slot that is settled and still unknown is waited for, before the slots after it are judged without it. */
const patienceMs = 7_200_000

export interface LookOptions {
  readonly signal?: AbortSignal | undefined
}

export interface LooksOptions extends LookOptions {
  /** From one look to the next. @default '15m' */
  readonly every?: Duration | undefined
}

export interface CostWatch {
  /**
   * Reads both sides, judges what is new, and keeps what it learned; for a timer. Whoever looks next goes on from there, in whatever
   * process. One at a time: two at once would tell an alarm twice.
   */
  look(options?: LookOptions): Promise<Look>
  /** Looks again and again, until aborted. A look that fails and may succeed later is told as an event and tried again. */
  looks(options?: LooksOptions): AsyncGenerator<Look, never>
  /** What the target costs now is meant: from here on it is what is expected. */
  accept(options?: LookOptions): Promise<void>
}

interface Read {
  readonly usage: Usage
  readonly cost: Estimate
}

/** A runaway as the judge found it, before anybody asked what it is made of. */
interface Found {
  readonly by: 'slot' | 'day' | 'unit'
  readonly judgement: Judgement
  readonly demand: boolean | undefined
}

/**
 * Watches what both sides cost after a switch: run rates, and alarms for a runaway, a budget that burns too fast, and what is idle,
 * orphaned or left over. Nothing is changed; each alarm is told once, as a note event and in the look.
 *
 * The target is compared with the source's week before the switch, then more and more with its own. An alarm may be told twice when
 * the process dies before it has kept what it learned; none is lost.
 *
 * @throws CutoverError `COST_OPTION_INVALID`, `DURATION_INVALID` before anything is read; from `look` `COST_SNAPSHOT_INVALID` and what
 * the usage sources and the state throw: then nothing was kept, and the next look reads the same again.
 */
export function costWatch(options: CostWatchOptions): CostWatch {
  const checked = checkedWatch(options)
  const { source, target, prices, switchedAt, state, slotMs, clock, onEvent } = checked
  const firstSlot = Math.ceil(switchedAt / slotMs) * slotMs

  async function read(of: UsageSource, window: Window, signal: AbortSignal | undefined): Promise<Read> {
    const usage = window.from < window.to ? await of.usage(window, { signal }) : { rows: [], missing: [] }
    return { usage, cost: estimate(usage, { prices }) }
  }

  const costs = async (of: UsageSource, window: Window, signal: AbortSignal | undefined): Promise<Estimate> =>
    (await read(of, window, signal)).cost

  /** The end of the newest slot that does not grow any more. */
  const settled = ({ settleMs }: UsageSource): number => Math.floor((clock.now() - settleMs) / slotMs) * slotMs

  async function begin(signal: AbortSignal | undefined): Promise<WatchSnapshot> {
    const from = Math.floor((switchedAt - checked.historyMs) / slotMs) * slotMs
    const window = { from, to: Math.floor(switchedAt / slotMs) * slotMs }
    const points = slotCosts(await costs(source, window, signal), window, slotMs)
    const profile = points.length === 0 ? null : weekProfile(points, { slotMs })
    return { version: 1, slotMs, switchedAt, next: firstSlot, profile, judge: null, recent: [], on: [] }
  }

  async function restore(
    signal: AbortSignal | undefined,
  ): Promise<{ readonly snapshot: WatchSnapshot; readonly judge: SlotJudge }> {
    const text = await state.read({ signal })
    const snapshot = text === undefined ? await begin(signal) : readSnapshot(text, slotMs, switchedAt)
    const { falseAlarmsPer30Days, minimumExcess, targetTimesSource, requests } = checked
    const looks = { falseAlarmsPer30Days, minimumExcess, targetTimesSource, units: requests !== undefined }
    const judge = slotJudge({ slotMs, profile: snapshot.profile ?? undefined, ...looks }, snapshot.judge ?? undefined)
    return { snapshot, judge }
  }

  async function look({ signal }: LookOptions = {}): Promise<Look> {
    signal?.throwIfAborted()
    const { snapshot, judge } = await restore(signal)
    const end = settled(target)
    const window = { from: Math.max(firstSlot, Math.min(snapshot.next, end - dayMs)), to: end }
    const { usage, cost: spent } = await read(target, window, signal)
    // What the source cost under load says nothing about what it costs now.
    const sourceEnd = settled(source)
    const sourceFrom = sourceEnd > firstSlot ? Math.max(firstSlot, sourceEnd - dayMs) : sourceEnd - dayMs
    const sourceDay = { from: sourceFrom, to: sourceEnd }
    const { usage: leftUsage, cost: left } = await read(source, sourceDay, signal)

    const patientUntil = clock.now() - patienceMs
    const fresh = inOrder(slotCosts(spent, window, slotMs), snapshot.next, { slotMs, patientUntil })
    const units = await unitsOf(fresh.points, signal)
    const verdicts = fresh.points.map((point) => judge.judge(point, units.get(point.at)))
    const recent = [...snapshot.recent, ...fresh.points].filter(({ at }) => at >= fresh.next - 3 * dayMs)
    const targetDay = { from: Math.max(window.from, end - dayMs), to: end }
    const lasting = lastingAlarms(checked, recent, fresh.next, {
      target: { rows: spent.rows, window: targetDay },
      source: { rows: left.rows, window: sourceDay },
    })
    const alarms: CostAlarm[] = []
    for (const found of verdicts.flatMap(foundBy)) alarms.push(await runawayAlarm(found, fresh.next, signal))
    alarms.push(...lasting.filter(({ key }) => !snapshot.on.includes(key)).map(({ alarm }) => alarm))

    const at = clock.now()
    const seen: Omit<Look, 'text'> = {
      at,
      source: dayRate(leftUsage, left, { window: sourceDay, slotMs, prices }),
      target: dayRate(usage, spent, { window: targetDay, slotMs, prices }),
      judgement: verdicts.at(-1)?.fast,
      judged: verdicts.length,
      skipped: fresh.skipped,
      alarms,
      unpriced: [...left.unpriced, ...spent.unpriced],
      missing: [...left.missing, ...spent.missing],
      rows: [...left.rows, ...spent.rows],
    }
    const text = lookText(seen, { source: source.cloud, target: target.cloud })
    for (const alarm of alarms)
      tell(onEvent, { kind: 'note', code: `COST_${alarm.kind.toUpperCase()}`, data: alarm, at, text: alarm.text })
    tell(onEvent, { kind: 'note', code: 'COST_LOOK', data: { ...seen, rows: undefined }, at, text })
    const on = lasting.map(({ key }) => key)
    const kept: WatchSnapshot = { ...snapshot, next: fresh.next, judge: judge.snapshot(), recent, on }
    await state.write(JSON.stringify(kept), { signal })
    return { ...seen, text }
  }

  async function unitsOf(points: readonly SpendPoint[], signal: AbortSignal | undefined): Promise<Map<number, number>> {
    const [first, last] = [points[0], points.at(-1)]
    if (checked.requests === undefined || first === undefined || last === undefined) return new Map()
    const slices = await checked.requests.counts({ from: first.at, to: last.at + slotMs }, { signal })
    return new Map(unitCosts(points, slices, slotMs).points.map(({ at, spend }) => [at, spend]))
  }

  async function runawayAlarm(
    { by, judgement, demand }: Found,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<CostAlarm> {
    const { since = judgement.at, times = 1 } = judgement
    const shares = await sharesOf({ from: since, to: end }, times, signal)
    const excess = money(judgement.excess.toFixed(6), prices.currency)
    const alarm = { cloud: target.cloud, by, since, times, excess, shares, demand, at: clock.now() }
    return { kind: 'runaway', ...alarm, text: runawayText(alarm) }
  }

  /** Against the same hours a week before, or the time before it began, brought to what was expected of the whole. */
  async function sharesOf(now: Window, times: number, signal: AbortSignal | undefined): Promise<Share[]> {
    const weekBefore = { from: now.from - 7 * dayMs, to: now.to - 7 * dayMs }
    const justBefore = { from: Math.max(firstSlot, now.from - Math.max(dayMs, now.to - now.from)), to: now.from }
    const before = weekBefore.from >= firstSlot ? weekBefore : justBefore
    const { rows: spent } = await costs(target, now, signal)
    const { rows: formerly } = await costs(target, before, signal)
    const was = spentWithin(formerly, before)
    const scale = was === 0 ? 1 : spentWithin(spent, now) / times / was
    return attribute({ now: { rows: spent, window: now }, before: { rows: formerly, window: before }, scale })
  }

  return {
    look,
    async *looks({ every = '15m', signal } = {}) {
      const everyMs = durationMs(every, 'every')
      for (;;) {
        try {
          yield await look({ signal })
        } catch (error) {
          if (!isCutoverError(error) || !error.retryable) throw error
          const data = { code: error.code }
          tell(onEvent, { kind: 'note', code: 'COST_LOOK_FAILED', data, at: clock.now(), text: error.message })
        }
        await clock.sleep(everyMs, { signal })
      }
    },
    async accept({ signal } = {}) {
      const { snapshot, judge } = await restore(signal)
      judge.accept()
      await state.write(JSON.stringify({ ...snapshot, judge: judge.snapshot() }), { signal })
    },
  }
}

/** While it is known that it runs away, the day's total and the unit cost say nothing new. */
function foundBy({ fast, daily, unit }: SlotVerdict): Found[] {
  const demand = unit === undefined || unit.state === 'learning' ? undefined : unit.evidence < 0.5
  if (fast.alarm) return [{ by: 'slot', judgement: fast, demand }]
  if (fast.state === 'runaway') return []
  if (daily?.alarm) return [{ by: 'day', judgement: daily, demand }]
  return unit?.alarm ? [{ by: 'unit', judgement: unit, demand: false }] : []
}
