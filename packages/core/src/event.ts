/** What happens while a cutover runs; told as it happens. The union is closed: packages add through `note`. */
export type CutoverEvent = {
  /** Epoch milliseconds. */
  readonly at: number
  /** One English sentence without a newline. */
  readonly text: string
} & (
  | {
      readonly kind: 'opened'
      readonly cutover: string
      readonly journal: string
      readonly resumed: boolean
      readonly outline: Outline | undefined
      /** When the maintenance window ends, epoch milliseconds. */
      readonly windowEndsAt?: number | undefined
    }
  | {
      readonly kind: 'step-started'
      readonly step: string
      readonly title: string
      readonly estimateMs: number | undefined
      /** How long it is waited for at most. */
      readonly withinMs?: number | undefined
    }
  | {
      readonly kind: 'progress'
      readonly step: string
      readonly done: number
      readonly total?: number | undefined
      readonly unit: string
      readonly etaMs?: number | undefined
    }
  | { readonly kind: 'waiting'; readonly step: string; readonly why: string; readonly until?: number | undefined }
  | {
      readonly kind: 'step-done'
      readonly step: string
      readonly title: string
      readonly tookMs: number
      readonly how: 'done' | 'already' | 'recorded'
    }
  | {
      readonly kind: 'check-answered'
      readonly step: string
      readonly title: string
      readonly status: 'pass' | 'fail' | 'undecided'
      readonly final: boolean
    }
  | {
      readonly kind: 'forecast'
      readonly backMs: number
      readonly latestAbortAt: number | undefined
      /** How many of the steps to undo nobody can estimate: `backMs` is without them. */
      readonly unestimated?: number | undefined
    }
  | { readonly kind: 'rolling-back'; readonly because: string }
  | {
      readonly kind: 'step-undoing'
      readonly step: string
      readonly title: string
      readonly estimateMs: number | undefined
    }
  | { readonly kind: 'step-undone'; readonly step: string; readonly title: string; readonly tookMs: number }
  | {
      readonly kind: 'parked'
      readonly step: string
      /** The step's number in the journal, with which it can be answered. */
      readonly number?: number | undefined
      /** Why, for programs: `DNS_RECORD_FOREIGN`, `CUTOVER_STEP_IN_DOUBT`, `CHECK_UNDECIDED`. */
      readonly code: string
      readonly question: string
      /** Commands with which a person can look. */
      readonly look: readonly string[]
      readonly answers: readonly { readonly answer: string; readonly means: string }[]
    }
  | {
      readonly kind: 'ended'
      readonly end: 'completed' | 'rolled-back' | 'rolled-back-with-residue' | 'parked' | 'waiting' | 'interrupted'
      /** All that a person reads in the end, of several lines. */
      readonly report?: string | undefined
    }
  /** An operator stopped it before its next step. */
  | { readonly kind: 'paused'; readonly who: string; readonly why: string }
  | { readonly kind: 'resumed'; readonly who: string; readonly why: string }
  /** People are asked; without an answer nothing goes on. */
  | {
      readonly kind: 'approval'
      readonly step: string
      readonly title: string
      readonly number?: number | undefined
      /** Whose word counts; anybody's without it. */
      readonly from: readonly string[] | undefined
      readonly quorum: number
      readonly given: readonly string[]
      readonly expiresAt: number | undefined
    }
  /** What stands beside the steps: a guard, a criterion, a limit. */
  | {
      readonly kind: 'alarm'
      readonly id: string
      readonly title: string
      /** `failing`: not yet for longer than is tolerated. `blind`: it could not be asked, which decides nothing. */
      readonly state: 'failing' | 'blind' | 'entered' | 'resolved' | 'exceeded'
      readonly owner?: string | undefined
      /** When `then` happens unless it is resolved, epoch milliseconds. */
      readonly until?: number | undefined
      readonly then: 'notify' | 'pause' | 'ask' | 'roll-back'
    }
  /** An applied change is not as it was left. */
  | {
      readonly kind: 'drift'
      readonly step: string
      readonly title: string
      readonly is: 'absent' | 'foreign'
      readonly found?: unknown
      /** Who changed it and when, where the cloud tells. */
      readonly by?: { readonly who: string; readonly at: number } | undefined
    }
  | { readonly kind: 'change-forgotten'; readonly change: string; readonly madeAt: string }
  | { readonly kind: 'note'; readonly code: string; readonly data: unknown; readonly step?: string | undefined }
)

/** The steps that a script is expected to take; a rehearsal or an earlier run knows them, the script itself does not. */
export type Outline = readonly {
  readonly step: string
  readonly title: string
  readonly estimateMs?: number | undefined
}[]

/** One listener, or several. A listener that throws is told to nobody and stops nothing. */
export type OnEvent = ((event: CutoverEvent) => void) | readonly ((event: CutoverEvent) => void)[]

/** What a change or a check reports about itself; the runner adds step, time and text. */
export type Report =
  | {
      readonly kind: 'progress'
      readonly done: number
      readonly total?: number | undefined
      readonly unit: string
      readonly etaMs?: number | undefined
    }
  | { readonly kind: 'waiting'; readonly why: string; readonly until?: number | undefined }
  | { readonly kind: 'note'; readonly code: string; readonly data: unknown; readonly text: string }

/** Tells every listener; what a listener throws must not decide a cutover. */
export function tell(onEvent: OnEvent | undefined, event: CutoverEvent): void {
  if (onEvent === undefined) return
  for (const listener of typeof onEvent === 'function' ? [onEvent] : onEvent) {
    // A broken dashboard is no reason to stop, or to undo, a cutover.
    try {
      const told: unknown = listener(event)
      if (told instanceof Promise) told.catch(() => {})
    } catch {
      // As above.
    }
  }
}

/** The event of a report: with its step, its time and its sentence. */
export function reported(report: Report, step: string, at: number): CutoverEvent {
  if (report.kind === 'note') return { ...report, step, at }
  if (report.kind === 'waiting') return { ...report, step, at, text: `${step} waits: ${report.why}` }
  const of = report.total === undefined ? '' : ` of ${report.total}`
  return { ...report, step, at, text: `${step}: ${report.done}${of} ${report.unit}` }
}
