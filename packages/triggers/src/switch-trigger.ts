import { type Change, type ChangeSpec, CutoverError, defineChange, isCutoverError, sameJson } from '@cutover/core'

import type { FoundTrigger, Listeners, Switch, TriggerSetting } from './listeners.ts'
import { triggerNames } from './trigger-names.ts'
import { waitUntilFelt, waitUntilTold } from './wait-until-felt.ts'

/** When it was felt that the trigger is switched, epoch milliseconds. */
export interface Switched {
  readonly at: number
}

/** What `cordon` and `activate` have in common: one trigger is switched, and back to exactly the setting that was found. */
export function switchTrigger<Name extends string>(
  listeners: Listeners<Name>,
  givenName: Name,
  { verb, to, title }: { readonly verb: string; readonly to: Switch; readonly title: string },
): Change<TriggerSetting, Switched, TriggerSetting> {
  const name = triggerNames(listeners, [givenName])[0] as Name
  const { id, lateMs, switchMs } = listeners
  const subject = `triggers:${id}/${name}`
  const intended = (before: TriggerSetting): TriggerSetting => listeners.switched(name, before, to)
  const foreign = (found: FoundTrigger): CutoverError =>
    new CutoverError('TRIGGERS_FOREIGN', `${id} ${name}: somebody else has switched it; ${found.text}`, {
      next: `Nothing was written. Look: ${listeners.byHand(name, 'look')}`,
    })
  const spec: ChangeSpec<TriggerSetting, Switched, TriggerSetting> = {
    id: `triggers:${verb}:${id}/${name}`,
    subject,
    title,
    intent: { to },
    lateMs,
    permissions: listeners.permissions(name),
    async capture(context) {
      const before = await waitUntilTold(listeners, name, context)
      if (sameJson(before, intended(before))) return before
      const hazard = await listeners.hazard(name, to, { signal: context.signal })
      if (hazard === undefined) return before
      throw new CutoverError('TRIGGERS_WOULD_LOSE', `${id} ${name}: ${hazard}; nothing was written`)
    },
    async probe(before, { signal }) {
      let found: FoundTrigger
      try {
        found = await listeners.look(name, { signal })
      } catch (error) {
        if (!isCutoverError(error, 'TRIGGERS_NOT_FOUND')) throw error
        return { is: 'foreign', found: error.message }
      }
      const { setting, text } = found
      if (setting === undefined) return { is: 'unknown', why: text }
      if (sameJson(setting, intended(before))) return { is: 'applied', seen: setting }
      return sameJson(setting, before) ? { is: 'absent' } : { is: 'foreign', found: { setting, text } }
    },
    apply: (before, context) => listeners.write(name, { from: before, to: intended(before) }, context),
    revert: (before, context) => listeners.write(name, { from: intended(before), to: before }, context),
    async settle(before, _seen, context, { toward }) {
      const setting = toward === 'applied' ? intended(before) : before
      return { at: await waitUntilFelt(listeners, name, setting, { ...context, foreign }) }
    },
    // One way is felt as fast as the other: the services name no difference.
    estimate(before, measured) {
      const ms = before && sameJson(before, intended(before)) ? 0 : switchMs
      return { applyMs: ms, revertMs: Math.min(ms, measured?.applyMs ?? ms) }
    },
    byHand: (before) => ({
      apply: [listeners.byHand(name, before ? intended(before) : to)],
      revert: [listeners.byHand(name, before ?? (to === 'stopped' ? 'listening' : 'stopped'))],
      look: [listeners.byHand(name, 'look')],
      traps: listeners.traps?.(name),
    }),
  }
  return defineChange(spec)
}
