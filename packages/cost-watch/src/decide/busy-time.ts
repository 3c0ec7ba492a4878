import { flexBilledMs } from '../usage/functions-rows.ts'

/** A run of one invocation. */
export interface Run {
  readonly startedAt: number
  readonly durationMs: number
}

/** How long instances would be busy, in milliseconds. */
export interface BusyTime {
  /** In which at least one run is under way, over all instances. */
  readonly busyMs: number
  /** As billed, when a period that begins within the last one's billed time goes on with it. */
  readonly leastBilledMs: number
  /** As billed, when each period is billed for itself. */
  readonly mostBilledMs: number
  /** The most instances at once. */
  readonly instances: number
}

interface Instance {
  /** When the runs that are under way end. */
  active: number[]
  /** The period that is under way, as it is, and as it is billed. */
  period: { from: number; to: number } | undefined
  billed: { from: number; to: number } | undefined
}

/**
 * Puts runs on instances, each on the first that has room, and adds up when the instances are busy.
 *
 * What is billed is a period of activity of an instance, not a run: runs at once share it. The documentation says that a period
 * is at least 1,000 ms, and not whether the next may begin within them; so there are two answers.
 */
export function busyTime(runs: readonly Run[], concurrency: number): BusyTime {
  const instances: Instance[] = []
  let [busyMs, leastBilledMs, mostBilledMs] = [0, 0, 0]
  const closePeriod = (instance: Instance): void => {
    if (!instance.period) return
    const ms = instance.period.to - instance.period.from
    busyMs += ms
    mostBilledMs += flexBilledMs(ms)
    instance.period = undefined
  }
  const closeBilled = (instance: Instance): void => {
    if (!instance.billed) return
    leastBilledMs += flexBilledMs(instance.billed.to - instance.billed.from)
    instance.billed = undefined
  }
  for (const { startedAt: from, durationMs } of runs.toSorted((one, other) => one.startedAt - other.startedAt)) {
    const to = from + durationMs
    let chosen: Instance | undefined
    for (const instance of instances) {
      instance.active = instance.active.filter((end) => end > from)
      if (instance.active.length < concurrency) {
        chosen = instance
        break
      }
    }
    if (!chosen) {
      chosen = { active: [], period: undefined, billed: undefined }
      instances.push(chosen)
    }
    chosen.active.push(to)
    const { period, billed } = chosen
    if (period && from <= period.to) period.to = Math.max(period.to, to)
    else {
      closePeriod(chosen)
      chosen.period = { from, to }
    }
    if (billed && from <= billed.from + flexBilledMs(billed.to - billed.from)) billed.to = Math.max(billed.to, to)
    else {
      closeBilled(chosen)
      chosen.billed = { from, to }
    }
  }
  for (const instance of instances) {
    closePeriod(instance)
    closeBilled(instance)
  }
  return { busyMs, leastBilledMs, mostBilledMs, instances: instances.length }
}
