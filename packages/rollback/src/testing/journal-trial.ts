import { CutoverError, isCutoverError, sameJson, systemClock } from '@cutover/core'

import { journalFormat } from '../journal-format.ts'
import type { Journal, JournalEntry, JournalItem, OpenJournal, OpenOptions } from '../journal.ts'

/** Fails a case of a conformance suite; tied to no test runner. */
export function failed(message: string, cause?: unknown): never {
  throw new CutoverError('CONFORMANCE_FAILED', message, { cause })
}

export function equal(found: unknown, wanted: unknown, what: string): void {
  if (!sameJson(found, wanted)) failed(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`)
}

export async function rejects(
  call: Promise<unknown>,
  codes: string | readonly string[],
  what: string,
): Promise<CutoverError> {
  const outcome: unknown = await call.then(
    () => 'it did not reject',
    (error: unknown) => error,
  )
  if (isCutoverError(outcome) && [codes].flat().includes(outcome.code)) return outcome
  return failed(`${what}: wanted ${[codes].flat().join(' or ')}, got ${String(outcome)}`, outcome)
}

export function throws(call: () => unknown, code: string, what: string): void {
  try {
    call()
  } catch (error) {
    if (isCutoverError(error, code)) return
    failed(`${what}: wanted ${code}, got ${String(error)}`, error)
  }
  failed(`${what}: it did not throw`)
}

export const opening: JournalItem = { t: 'opened', id: 'move', format: journalFormat }

export const value = (step: string, content: unknown = null): JournalItem => ({ t: 'value', step, value: content })

/** Opens it, and writes as an engine does: numbered, under its fence. */
export async function writer(
  journal: Journal,
  options: Partial<OpenOptions> = {},
): Promise<{ readonly opened: OpenJournal; readonly write: (...items: readonly JournalItem[]) => Promise<void> }> {
  const opened = await journal.open({ clock: systemClock, ...options })
  let next = opened.entries.length
  return {
    opened,
    async write(...items) {
      for (const item of items) {
        await opened.append({ ...item, seq: next, fence: opened.fence, at: systemClock.now() })
        next += 1
      }
    },
  }
}

/** What was written, without when. */
export const items = (entries: readonly JournalEntry[]): unknown[] =>
  entries.map(({ seq: _seq, at: _at, fence: _fence, ...item }) => item)

/** Keeps a lease alive by itself, also where nothing renews it beside. */
export async function renewedDuring<T>(opened: OpenJournal, work: Promise<T>): Promise<T> {
  const done = new AbortController()
  const renewing = (async () => {
    while (!done.signal.aborted) {
      await opened.renew()
      await systemClock.sleep(30)
    }
  })()
  try {
    return await work
  } finally {
    done.abort()
    await renewing
  }
}
