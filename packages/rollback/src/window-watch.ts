import { formatDuration, formatInstant } from '@cutover/core'

import { forecast } from './forecast.ts'
import type { Run } from './run.ts'

const everyMs = 15_000
/** How long before the latest abort that still fits the window it is told, in milliseconds. */
const warnings = [10 * 60_000, 5 * 60_000, 60_000, 0]

/** Warns before going back would not fit into the window any more. */
export async function watchWindow(run: Run, signal: AbortSignal): Promise<void> {
  const told = new Set<number>()
  for (;;) {
    const { backMs, latestAbortAt, steps } = forecast(run.history, run.constructed, run.windowEndsAt)
    if (latestAbortAt !== undefined && steps > 0 && run.history.noReturn === undefined) {
      const left = latestAbortAt - run.clock.now()
      const due = warnings.filter((ms) => left <= ms && !told.has(ms))
      for (const ms of due) told.add(ms)
      if (due.length > 0) {
        const when =
          left <= 0
            ? `has passed at ${formatInstant(latestAbortAt)}`
            : `is in ${formatDuration(left)}, at ${formatInstant(latestAbortAt)}`
        run.tell(() => ({
          kind: 'note',
          code: 'CUTOVER_LATEST_ABORT',
          data: { latestAbortAt, backMs },
          text: `the latest abort that still fits the window ${when}; going back takes ${formatDuration(backMs)}`,
        }))
      }
    }
    await run.clock.sleep(everyMs, { signal })
  }
}
