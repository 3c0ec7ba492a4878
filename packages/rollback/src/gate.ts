import { refuseDrifted } from './drift-watch.ts'
import type { Run } from './run.ts'

/** How often a paused run looks whether it may go on, in milliseconds. */
const pauseMs = 1_000

/** Before a step that has not begun: an operator may have paused it, and what was applied may have drifted. */
export async function beforeStep(run: Run): Promise<void> {
  while (run.history.paused && !run.isStopped) await run.clock.sleep(pauseMs, { signal: run.waits.signal })
  run.throwIfStopped()
  await refuseDrifted(run)
}
