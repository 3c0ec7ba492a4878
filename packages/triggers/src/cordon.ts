import type { Change } from '@cutover/core'

import type { Listeners, TriggerSetting } from './listeners.ts'
import { type Switched, switchTrigger } from './switch-trigger.ts'

/**
 * Stops one trigger from taking new work; settled when the service says that it has stopped. Nothing is deleted, what runs
 * finishes, and what waits stays where it is: ask `drained` next.
 *
 * Undone, the trigger is switched exactly as it was found. One that was stopped already is left alone and never started.
 * Several triggers are several changes inside `cutover.all`; whatever produces work for another goes first.
 *
 * @throws CutoverError `TRIGGERS_OPTION_INVALID` at once; before anything is written `TRIGGERS_NOT_FOUND`,
 * `TRIGGERS_AMBIGUOUS`, and `TRIGGERS_WOULD_LOSE` when another trigger must be stopped first.
 */
export function cordon<Name extends string>(
  listeners: Listeners<Name>,
  name: NoInfer<Name>,
): Change<TriggerSetting, Switched, TriggerSetting> {
  const title = `Stop ${name} of ${listeners.id} from taking new work`
  return switchTrigger<Name>(listeners, name, { verb: 'cordon', to: 'stopped', title })
}
