// The watch as a timer of a function app: each run is a process of its own, and goes on from what the last one has kept.
import { app, type TimerHandler } from '@azure/functions'
import type { CostWatch } from '@cutover/cost-watch'

/** Logs what both sides cost, and each new alarm as an error, which an alert on `traces` can page for. */
export function look(watch: CostWatch): TimerHandler {
  return async (_timer, context) => {
    const { text, alarms } = await watch.look()
    context.log(text)
    for (const alarm of alarms) context.error(alarm.text)
  }
}

/** 25 minutes past the hour: by then both clouds' metrics of the hour have settled. */
export function watchEveryHour(watch: CostWatch): void {
  app.timer('costWatch', { schedule: '0 25 * * * *', handler: look(watch) })
}
