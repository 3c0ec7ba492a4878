import { type ChangeSpec, type Context, isCutoverError, type Standing } from '@cutover/core'

import type { Run } from './run.ts'

const firstPauseMs = 1_000
const longestPauseMs = 30_000
const tries = 5

/** What the authority says. One that does not answer is asked again, for half a minute; then the answer is `unknown`. */
export async function probe(change: ChangeSpec, before: unknown, context: Context): Promise<Standing<unknown>> {
  for (let i = 1; ; i++) {
    try {
      return await change.probe(before, context)
    } catch (error) {
      if (context.signal.aborted || isFenced(error)) throw error
      if (i === tries) return { is: 'unknown', why: error instanceof Error ? error.message : String(error) }
      await context.clock.sleep(pauseMs(i), { signal: context.signal })
    }
  }
}

/** The same, as long as patience lasts. */
export async function probePatiently(
  run: Run,
  change: ChangeSpec,
  before: unknown,
  context: Context,
): Promise<Standing<unknown>> {
  const startedAt = context.clock.monotonic()
  for (let i = 1; ; i++) {
    const standing = await probe(change, before, context)
    if (standing.is !== 'unknown' || context.clock.monotonic() - startedAt >= run.patienceMs) return standing
    await context.clock.sleep(pauseMs(i), { signal: context.signal })
  }
}

/** The same, when something may still be under way: unless it is as wanted, asked again when nothing can be late any longer. */
export async function probeInDoubt(
  wanted: 'applied' | 'absent',
  change: ChangeSpec,
  before: unknown,
  context: Context,
  sentUntil: number,
): Promise<Standing<unknown>> {
  const standing = await probe(change, before, context)
  const left = sentUntil + change.lateMs - context.clock.now()
  if (standing.is === wanted || left <= 0) return standing
  await context.clock.sleep(left, { signal: context.signal })
  return probe(change, before, context)
}

/** Asked again until it is as wanted, as long as a read can be stale. */
export async function probeUntil(
  wanted: 'applied' | 'absent',
  change: ChangeSpec,
  before: unknown,
  context: Context,
  sentAt: number,
): Promise<Standing<unknown>> {
  for (let i = 1; ; i++) {
    const standing = await probe(change, before, context)
    const left = sentAt + change.lateMs - context.clock.now()
    if (standing.is === wanted || left <= 0) return standing
    await context.clock.sleep(Math.min(left, pauseMs(i)), { signal: context.signal })
  }
}

/** Reads again what could not be read, as long as patience lasts; a refusal that is final is final at once. */
export async function patiently<T>(run: Run, context: Context, read: () => Promise<T>): Promise<T> {
  const startedAt = context.clock.monotonic()
  for (let i = 1; ; i++) {
    try {
      return await read()
    } catch (error) {
      const isFinal = context.signal.aborted || isFenced(error) || (isCutoverError(error) && !error.retryable)
      if (isFinal || context.clock.monotonic() - startedAt >= run.patienceMs) throw error
      await context.clock.sleep(pauseMs(i), { signal: context.signal })
    }
  }
}

/** 1 s, 2 s, 4 s … at most 30 s. */
export const pauseMs = (attempt: number): number => Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1))

export const isFenced = (error: unknown): boolean => isCutoverError(error, 'CUTOVER_FENCED')

/** When the last request of a step can have been sent: before this process was opened, or just now. */
export const sentUntil = (run: Run, fence: number): number =>
  fence === run.journal.fence ? run.clock.now() : run.openedAt

export const because = (error: unknown): string => (error instanceof Error ? error.message : String(error))
