import type { Context } from '@cutover/core'

import type { Activity, CallOptions, FoundTrigger, Listeners, Switch, TriggerSetting } from '../listeners.ts'
import type { LambdaLike, SqsLike } from './lambda-like.ts'

/** One trigger of a Lambda function, in its own way of being switched: what `lambdaFunction` puts together to `Listeners`. */
export interface LambdaTriggerKind {
  look(options: CallOptions): Promise<FoundTrigger>
  switched(setting: TriggerSetting, to: Switch): TriggerSetting
  write(
    setting: { readonly from: TriggerSetting; readonly to: TriggerSetting },
    context: Pick<Context, 'clock' | 'signal' | 'fence' | 'report'>,
  ): Promise<void>
  activity(options: CallOptions): Promise<Activity>
  hazard(to: Switch, options: CallOptions): Promise<string | undefined>
  readonly permissions: readonly string[]
  byHand: (setting: Parameters<Listeners['byHand']>[1]) => string
  readonly traps: readonly string[]
}

/** What every kind needs to know. */
export interface LambdaParts {
  readonly client: LambdaLike
  readonly sqs: SqsLike | undefined
  readonly functionName: string
  /** How long between two looks while a mapping is in transition. */
  readonly pollMs: number
}
