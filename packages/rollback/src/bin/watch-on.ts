import type { Journal } from '../journal.ts'
import { terminal } from '../terminal/index.ts'
import { watch } from '../watch/watch.ts'
import { standingOf } from './standing-of.ts'

/** The screen of a cutover that another process runs, until it has ended or Ctrl-C ends the watching. */
export async function* watchOn(journal: Journal): AsyncGenerator<string> {
  const { history } = await standingOf(journal)
  const { rtoMs } = history.agreed ?? {}
  const stop = new AbortController()
  const onInterrupt = (): void => stop.abort()
  process.once('SIGINT', onInterrupt)
  const screen = terminal({
    stream: process.stdout,
    ...(rtoMs !== undefined && { rto: `${Math.ceil(rtoMs / 1_000)}s` as const }),
  })
  try {
    const { end, text } = await watch(journal, { onEvent: screen, signal: stop.signal })
    screen.close()
    if (end !== 'completed') yield text
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    screen.close()
    process.off('SIGINT', onInterrupt)
  }
}
