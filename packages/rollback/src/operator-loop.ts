import type { Journal } from './journal.ts'
import { isRequest, type OperatorRequest } from './operator-request.ts'
import type { Run } from './run.ts'
import { because, isFenced } from './standing.ts'
import { within } from './within.ts'

/** How often the box of requests is looked into, in milliseconds. */
const everyMs = 1_000
/** How long the first look may keep it from beginning, in milliseconds. */
const firstMs = 10_000

/** Takes what was wanted while nobody ran it. A box that cannot be read keeps nobody from going on, nor back; it is looked into again. */
export async function takePending(run: Run, journal: Journal): Promise<void> {
  const { closed } = run.history
  const pending = await within(run.clock, firstMs, run.waits.signal, (signal) => look(run, journal, signal)).catch(
    (error: unknown) => {
      if (run.isStopped || isFenced(error)) throw error
      return []
    },
  )
  // What is completed can still go back; nothing else is wanted of it.
  if (closed && !(closed === 'completed' && pending.some(({ request }) => request.do === 'roll-back'))) return
  for (const { request, place } of pending) {
    // A stop that follows from it is heard by the script.
    await run.take(request, place).catch((error: unknown) => {
      if (!run.isStopped) throw error
    })
  }
}

/** Takes what operators want as long as this process runs the cutover. A look that hangs must not be waited for. */
export async function listenToOperators(run: Run, journal: Journal, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !run.history.decided) {
    for (const { request, place } of await look(run, journal, signal)) {
      if (signal.aborted || run.history.decided) return
      await run.take(request, place)
    }
    await run.clock.sleep(everyMs, { signal })
  }
}

/** What has been sent and not been taken, with its place in the box. What is no request is passed over. */
async function look(
  run: Run,
  { requests: box }: Journal,
  signal: AbortSignal,
): Promise<{ readonly request: OperatorRequest; readonly place: number }[]> {
  if (!box) return []
  const from = run.history.requests
  try {
    const sent = await box.since(from)
    run.boxIsBroken = false
    return sent.flatMap((request, i) => (isRequest(request) ? [{ request, place: from + i }] : []))
  } catch (error) {
    if (signal.aborted || isFenced(error)) throw error
    if (!run.boxIsBroken)
      run.tell(() => ({
        kind: 'note',
        code: 'CUTOVER_REQUESTS_UNREAD',
        data: { why: because(error) },
        text: `what operators want could not be read, and is looked for again: ${because(error)}`,
      }))
    run.boxIsBroken = true
    return []
  }
}
