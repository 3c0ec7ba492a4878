import type { Journal } from './journal.ts'
import type { Run } from './run.ts'

/** How often the box of requests is looked into, in milliseconds. */
const everyMs = 1_000

/** Takes what was wanted while nobody ran it. */
export async function takePending(run: Run, journal: Journal): Promise<void> {
  if (run.history.closed) return
  for (const request of (await journal.requests?.since(run.history.requests)) ?? []) {
    // A stop that follows from it is heard by the script.
    await run.take(request, run.history.requests).catch((error: unknown) => {
      if (!run.isStopped) throw error
    })
  }
}

/** Takes what operators want as long as this process runs the cutover. What cannot be read is looked for again. */
export async function listenToOperators(run: Run, journal: Journal, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !run.history.decided) {
    const requests = await journal.requests?.since(run.history.requests).catch(() => [])
    for (const request of requests ?? []) {
      if (signal.aborted) return
      await run.take(request, run.history.requests)
    }
    await run.clock.sleep(everyMs, { signal })
  }
}
