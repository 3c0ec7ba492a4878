import type { Clock, Outline } from '@cutover/core'

import type { Agreed, Consumption } from './limits.ts'
import type { OperatorRequest, Requests } from './operator-request.ts'

/**
 * What a runner writes down, in this order for one step: `intent` (with `before`), then the write, `outcome` (what the probe
 * said), `settled`; and on the way back, after `decided`: `undoing`, then the write, `reverted`, `undone`.
 */
export type JournalItem =
  | {
      readonly t: 'opened'
      readonly id: string
      readonly format: number
      readonly outline?: Outline | undefined
      /** When the maintenance window ends, epoch milliseconds. */
      readonly windowEndsAt?: number | undefined
    }
  | (OfStep & {
      readonly t: 'intent'
      readonly title: string
      readonly subject: string
      readonly before: unknown
      readonly intent: unknown
      readonly attempt: number
      readonly revertMs?: number | undefined
      /** A person had the state of somebody else taken for the one to go back to. */
      readonly retaken?: boolean | undefined
    })
  | (OfStep & {
      readonly t: 'outcome'
      readonly how: 'answered' | 'probed' | 'resumed' | 'already'
      readonly seen?: unknown
      readonly hint?: unknown
      /** It is not done before `settled`. */
      readonly settles?: boolean | undefined
      /** With `already`, which has no intent. */
      readonly title?: string | undefined
      readonly before?: unknown
      readonly intent?: unknown
    })
  | (OfStep & { readonly t: 'settled'; readonly after?: unknown })
  | (OfStep & {
      readonly t: 'check'
      readonly title: string
      readonly status: 'pass' | 'fail' | 'undecided'
      readonly text: string
      readonly evidence?: unknown
      /** An operator counted it as passed. */
      readonly skipped?: { readonly who: string; readonly why: string } | undefined
    })
  | (OfStep & {
      readonly t: 'value'
      readonly value?: unknown
      /** The instant that the script waits for: the step is done when it has come. */
      readonly until?: number | undefined
    })
  | {
      readonly t: 'decided'
      readonly why: string
      readonly code: string
      /** How long going back was forecast to take, in milliseconds. */
      readonly forecastMs?: number | undefined
    }
  /** What was agreed, when it began. */
  | (Agreed & { readonly t: 'agreed' })
  /** What was used of it, at last. */
  | (Consumption & { readonly t: 'measured' })
  | (OfStep & { readonly t: 'undoing' })
  | (OfStep & { readonly t: 'reverted'; readonly hint?: unknown })
  | (OfStep & { readonly t: 'undone'; readonly how: 'reverted' | 'never-happened' })
  | (OfStep & { readonly t: 'parked'; readonly title?: string | undefined } & Question)
  | (OfStep & { readonly t: 'answered'; readonly answer: Answer; readonly who: string; readonly why: string })
  | { readonly t: 'no-return'; readonly why: string }
  /** What an operator asked from another process, when it was taken; number -1: a guard did. */
  | (OperatorRequest & {
      readonly t: 'asked'
      readonly request: number
      /** How long going back was forecast to take, in milliseconds. */
      readonly forecastMs?: number | undefined
    })
  /** People are asked to approve; until then nobody has. */
  | (OfStep & {
      readonly t: 'asking'
      readonly title: string
      readonly expiresAt?: number | undefined
      /** Whose word counts; anybody's without it. */
      readonly from?: readonly string[] | undefined
      readonly quorum?: number | undefined
    })
  /** A guard, a criterion or a limit: `entered` when it has failed for longer than is tolerated. */
  | {
      readonly t: 'alarm'
      readonly id: string
      readonly title: string
      readonly state: 'entered' | 'resolved' | 'exceeded'
      readonly why: string
      readonly owner?: string | undefined
      /** Until when it must be resolved, epoch milliseconds. */
      readonly until?: number | undefined
      /** What happens otherwise. */
      readonly then?: 'notify' | 'pause' | 'ask' | 'roll-back' | undefined
    }
  /** An applied change is not as it was left; `applied`: it is so again. */
  | (OfStep & {
      readonly t: 'drifted'
      readonly is: 'applied' | 'absent' | 'foreign'
      readonly found?: unknown
      /** Who changed it and when, where the cloud tells. */
      readonly by?: { readonly who: string; readonly at: number } | undefined
    })
  /** The process ends and is started again later: not before `until`. */
  | (OfStep & { readonly t: 'waiting'; readonly title: string; readonly until: number })
  /** A message of which the notifiers have been told. */
  | { readonly t: 'notified'; readonly fact: string }
  /** Another outline was accepted for what has not begun. */
  | { readonly t: 'replanned'; readonly outline: Outline; readonly who: string; readonly why: string }
  | { readonly t: 'closed'; readonly end: 'completed' | 'rolled-back' | 'rolled-back-with-residue' }

interface OfStep {
  /** The path of its scopes and its own name: `queue/triggers:cordon:orders`. */
  readonly step: string
  /** The scope's path; absent at the top. */
  readonly scope?: string | undefined
  /** Which branch of which `all`: `0.queue/`; absent outside. */
  readonly lane?: string | undefined
}

/** What a person is asked when nobody else may decide. */
export interface Question {
  /** Why, for programs: `CUTOVER_STEP_IN_DOUBT`, `CUTOVER_STEP_FOREIGN`, `CHECK_UNDECIDED`. */
  readonly code: string
  readonly question: string
  /** Commands with which to look. */
  readonly look: readonly string[]
  readonly answers: readonly { readonly answer: Answer; readonly means: string }[]
}

/** What a person can say to a question; each question lists the ones that fit. */
export type Answer =
  | 'again'
  | 'happened'
  | 'did-not'
  | 'take-theirs'
  | 'pass'
  | 'accept'
  | 'done-by-hand'
  | 'leave'
  | 'roll-back'

export type JournalEntry = JournalItem & {
  /** From 0, without a gap. */
  readonly seq: number
  /** Which holder of the lease wrote it; never falls. */
  readonly fence: number
  /** Epoch milliseconds. */
  readonly at: number
}

export interface OpenOptions {
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  /** Told when a predecessor's lease is waited for. */
  readonly onWaiting?: ((holder: string, until: number) => void) | undefined
}

/** Where a cutover's journal is kept, and who may write to it. */
export interface Journal {
  /** For people: a path, or `memory`. */
  readonly location: string
  /** Where it is a file: its path from the root. */
  readonly fullPath?: string | undefined
  /**
   * Takes the lease; waits for a predecessor's to end unless that one is known to be dead.
   *
   * @throws CutoverError `CUTOVER_JOURNAL_IN_USE` when another runner is alive; `CUTOVER_JOURNAL_BROKEN` when a record in the
   * middle was altered; `CUTOVER_JOURNAL_TRUNCATED` when acknowledged records are gone; `CUTOVER_JOURNAL_FORMAT` when a later
   * version wrote it.
   */
  open(options: OpenOptions): Promise<OpenJournal>
  /** Reads without taking the lease. */
  read(): Promise<readonly JournalEntry[]>
  /** Who runs it now; absent where that cannot be seen. */
  holder?(): Promise<{ readonly who: string; readonly pid: number } | undefined>
  /** Where operators in other processes say what they want; absent where there is no other process. */
  readonly requests?: Requests | undefined
}

/** A journal whose lease is held. */
export interface OpenJournal {
  readonly fence: number
  /** What was there when it was opened. */
  readonly entries: readonly JournalEntry[]
  /** False when the lease wants to be renewed before the next write. */
  readonly isFresh: boolean
  /** @throws CutoverError `CUTOVER_FENCED` unless the lease is certainly still held. */
  hold(): void
  /** Proves that this runner lives. @throws CutoverError `CUTOVER_FENCED` when another has taken over. */
  renew(): Promise<void>
  /**
   * Resolves when the entry would survive the end of this process, and a loss of power; `outcome` and `settled` may be flushed with
   * the next record, as without them a step is in doubt, and is asked for.
   *
   * @throws CutoverError `CUTOVER_FENCED`, `CUTOVER_JOURNAL_FAILED`.
   */
  append(entry: JournalEntry): Promise<void>
  /** Gives the lease back. */
  close(): Promise<void>
}
