import { CutoverError } from '@cutover/core'

import type { SlotJudgeSnapshot } from './slot-judge.ts'
import type { SpendPoint } from './spend-point.ts'
import type { WatchErrorCode } from './watch-error.ts'
import type { WeekProfile } from './week-profile.ts'

/** Where a watch keeps what it knows, so that the next process goes on: a file, a blob, a row. */
export interface WatchState {
  /** `undefined` when nothing was written yet; any other failure rejects. */
  read(options?: { readonly signal?: AbortSignal | undefined }): Promise<string | undefined>
  write(state: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
}

/** Forgets with the process. */
export function memoryState(first?: string): WatchState {
  let kept = first
  return {
    read: () => Promise.resolve(kept),
    write: (state) => {
      kept = state
      return Promise.resolve()
    },
  }
}

/** All that a watch remembers; JSON. */
export interface WatchSnapshot {
  readonly version: 1
  readonly slotMs: number
  readonly switchedAt: number
  /** The first slot that is not judged yet, epoch milliseconds. */
  readonly next: number
  readonly profile: WeekProfile | null
  readonly judge: SlotJudgeSnapshot | null
  /** The target's last three days, for the budget. */
  readonly recent: readonly SpendPoint[]
  /** Alarms that are on, so that each is told once. */
  readonly on: readonly string[]
}

/** @throws CutoverError `COST_SNAPSHOT_INVALID` for what is none, or one of a watch over something else. */
export function readSnapshot(text: string, slotMs: number, switchedAt: number): WatchSnapshot {
  let found: Partial<WatchSnapshot> | null
  try {
    found = JSON.parse(text) as Partial<WatchSnapshot> | null
  } catch (cause) {
    throw invalid('the kept state is no JSON', cause)
  }
  if (found?.version !== 1 || !Array.isArray(found.recent) || !Number.isFinite(found.next))
    throw invalid(`the kept state is of version ${String(found?.version)}; wanted a watch of version 1`)
  if (found.slotMs !== slotMs || found.switchedAt !== switchedAt)
    throw invalid(
      `the kept state is of slots of ${found.slotMs} ms since ${found.switchedAt}; wanted slots of ${slotMs} ms since ${switchedAt}`,
    )
  return found as WatchSnapshot
}

const invalid = (text: string, cause?: unknown): CutoverError<WatchErrorCode> =>
  new CutoverError('COST_SNAPSHOT_INVALID', text, {
    cause,
    next: 'Give each watch a state of its own, or remove this one: the watch then starts from the source’s history again.',
  })
