import type { Context } from '@cutover/core'

/** `changing`: the service is on its way, or does not say; what it does meanwhile is not known. */
export type TriggerState = 'listening' | 'changing' | 'stopped'

/** What a trigger can be switched to. */
export type Switch = 'listening' | 'stopped'

/** JSON data of the adapter's own: exactly how a trigger is switched, and nothing else of it. Compared with `sameJson`. */
export type TriggerSetting = Readonly<Record<string, string | number | boolean>>

/** A trigger as its control plane has it. */
export interface FoundTrigger {
  readonly state: TriggerState
  /** `undefined` while the service does not tell. */
  readonly setting: TriggerSetting | undefined
  /** What the service said: `mapping 1f0c… is Disabling`. */
  readonly text: string
}

/** What is known of the work that a trigger has taken. `undefined` is no data, and never zero. */
export interface Activity {
  /** Taken, and not finished. */
  readonly inFlight: number | undefined
  /** Not yet taken: a backlog, which a cordon leaves where it is. */
  readonly waiting: number | undefined
  /** How long one piece of work can run at most, in milliseconds: a trigger that is stopped for longer has nothing in flight. */
  readonly longestMs: number | undefined
  readonly text: string
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * The port: one side of a workload, with what listens there under names of your own. Adapters translate, and decide nothing.
 *
 * Both sides give the same work the same name: `queue` is an event source mapping here and a function there.
 */
export interface Listeners<Name extends string = string> {
  /** `lambda:orders` */
  readonly id: string
  readonly side: 'aws' | 'azure'
  readonly names: readonly Name[]
  /** How long an unanswered request may still take effect, in milliseconds. */
  readonly lateMs: number
  /** An upper bound for how long a switch takes to be felt, in milliseconds; for estimates. */
  readonly switchMs: number
  readonly supports: {
    /** Does the service itself compare before it writes? Where not, an edit within the adapter's last round trip is not seen. */
    readonly compareAndSwap: boolean
  }
  /**
   * Asks the control plane. A property, not a method, so that a side with other names is not taken for this one.
   *
   * @throws CutoverError `TRIGGERS_NOT_FOUND` when it is not there.
   */
  readonly look: (name: Name, options?: CallOptions) => Promise<FoundTrigger>
  /** The setting that switches it so; the same setting when it is so already. Calls nothing. */
  switched(name: Name, setting: TriggerSetting, to: Switch): TriggerSetting
  /**
   * Switches from one setting to the other, and waits for nothing afterwards; *before*, it waits until the service takes a
   * write, and reads again. Does nothing when it is `to` already.
   *
   * @throws CutoverError `TRIGGERS_CONFLICT` when it is neither.
   */
  write(
    name: Name,
    setting: { readonly from: TriggerSetting; readonly to: TriggerSetting },
    context: Pick<Context, 'clock' | 'signal' | 'fence' | 'report'>,
  ): Promise<void>
  activity(name: Name, options?: CallOptions): Promise<Activity>
  /** Why switching it now would lose work, as a sentence; `undefined` when it would not. */
  hazard(name: Name, to: Switch, options?: CallOptions): Promise<string | undefined>
  /** IAM actions or Azure operations that a switch needs. */
  permissions(name: Name): readonly string[]
  /** A command for a person, for a POSIX shell: how to switch it to exactly that setting, or how to look. */
  byHand(name: Name, setting: TriggerSetting | Switch | 'look'): string
  /** What bites whoever switches it by hand. */
  readonly traps?: ((name: Name) => readonly string[]) | undefined
}

/** What runs a check or a change: the parts that waiting needs. */
export type Waiting = Pick<Context, 'clock' | 'signal' | 'report'>
