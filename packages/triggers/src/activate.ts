import type { Change } from '@cutover/core'

import type { Listeners, TriggerSetting } from './listeners.ts'
import { type Switched, switchTrigger } from './switch-trigger.ts'

/**
 * Lets one trigger take work; settled when the service says that it listens.
 *
 * It does not know the other side: `require(drained(source))` before it, and `require(oneListener(source, target))` after it.
 * Undone, the trigger is switched exactly as it was found. One that listened already is left alone and never stopped.
 *
 * @throws CutoverError `TRIGGERS_OPTION_INVALID` at once; before anything is written `TRIGGERS_NOT_FOUND`,
 * `TRIGGERS_AMBIGUOUS`, and `TRIGGERS_WOULD_LOSE` when something else must be switched on first.
 */
export function activate<Name extends string>(
  listeners: Listeners<Name>,
  name: NoInfer<Name>,
): Change<TriggerSetting, Switched, TriggerSetting> {
  const title = `Let ${name} of ${listeners.id} take work`
  return switchTrigger<Name>(listeners, name, { verb: 'activate', to: 'listening', title })
}
