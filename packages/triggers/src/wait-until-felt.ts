import { type CutoverError, isCutoverError, sameJson } from '@cutover/core'

import type { FoundTrigger, Listeners, Switch, TriggerSetting, Waiting } from './listeners.ts'

/** How long between two looks: at first little, since most switches are quick. */
const firstPollMs = 250
const pollMs = 2_000

/** What the setting switches the trigger to. */
function switchOf<Name extends string>(
  listeners: Pick<Listeners<Name>, 'switched'>,
  name: Name,
  setting: TriggerSetting,
): Switch {
  return sameJson(listeners.switched(name, setting, 'stopped'), setting) ? 'stopped' : 'listening'
}

/**
 * Waits until the trigger does what the setting says, and answers that moment, epoch milliseconds.
 *
 * A transition is waited out however long it lasts, and so is an outage: going on would be wrong. The signal ends it.
 */
export async function waitUntilFelt<Name extends string>(
  listeners: Listeners<Name>,
  name: Name,
  setting: TriggerSetting,
  { clock, signal, report, foreign }: Waiting & { foreign(found: FoundTrigger): CutoverError },
): Promise<number> {
  const wanted = switchOf(listeners, name, setting)
  let said: string | undefined
  for (let waitMs = firstPollMs; ; waitMs = Math.min(pollMs, waitMs * 2)) {
    const found = await lookPatiently(listeners, name, signal)
    if (found?.setting && !sameJson(found.setting, setting)) throw foreign(found)
    if (found?.setting && found.state === wanted) return clock.now()
    const why = `${listeners.id} ${name}: ${found?.text ?? 'nobody answers'}; wanted ${wanted}`
    if (why !== said) report({ kind: 'waiting', why })
    said = why
    await clock.sleep(waitMs, { signal })
  }
}

/** Waits until the service tells how the trigger is switched; it does not while it works on something else of it. */
export async function waitUntilTold<Name extends string>(
  listeners: Listeners<Name>,
  name: Name,
  { clock, signal, report }: Waiting,
): Promise<TriggerSetting> {
  for (let first = true; ; first = false) {
    const { setting, text } = await listeners.look(name, { signal })
    if (setting) return setting
    if (first) report({ kind: 'waiting', why: `${listeners.id} ${name}: ${text}` })
    await clock.sleep(pollMs, { signal })
  }
}

async function lookPatiently<Name extends string>(
  listeners: Listeners<Name>,
  name: Name,
  signal: AbortSignal,
): Promise<FoundTrigger | undefined> {
  try {
    return await listeners.look(name, { signal })
  } catch (error) {
    if (isCutoverError(error, 'TRIGGERS_UNAVAILABLE')) return undefined
    throw error
  }
}
