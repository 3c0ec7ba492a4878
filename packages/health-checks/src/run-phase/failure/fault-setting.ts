import { type Change, CutoverError, defineChange, type Standing } from '@cutover/core'

import { type HealthErrorCode, refuseOption } from '../../health-error.ts'
import { sha256 } from '../node/sha256.ts'
import { type EditableSettings, keptName } from './editable-settings.ts'

export interface FaultSettingOptions {
  /** The setting with the address of a dependency: `INVENTORY_URL`. */
  readonly name: string
  /** Where it points meanwhile; printed, so no secret: `http://127.0.0.1:9`. */
  readonly to: string
}

/** JSON. SHA-256 of the value that was found. */
export interface FaultBefore {
  readonly digest: string
}

type Found = { readonly value: string | undefined; readonly kept: string | undefined }

/**
 * Points one setting of the target at a fault, and keeps the former value beside it, in `NAME_CUTOVER_KEPT`: no secret enters a journal,
 * and whoever finds the fault finds what to put back.
 *
 * Undone, the setting is exactly as it was found. Afterwards the app restarts, as it does with every setting.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` at once; before anything is written `HEALTH_FAULT_REFUSED` when there is no such
 * setting, when it has that value already, or when a former test was never mended.
 */
export function faultSetting(settings: EditableSettings, options: FaultSettingOptions): Change<FaultBefore, void> {
  const { name, to } = checkFault(settings, options)
  const subject = `health:setting:${settings.name}/${name}`
  return defineChange({
    id: `health:fault:${settings.name}/${name}:${to}`,
    subject,
    title: `Point ${name} of ${settings.name} at ${to}`,
    intent: { to },
    lateMs: settings.lateMs,
    async capture({ signal }): Promise<FaultBefore> {
      const { value, kept } = await look(settings, name, signal)
      if (kept !== undefined)
        refuseFault(`${keptName(name)} of ${settings.name} is there: a former test was never mended`, mendText(name))
      if (value === undefined) refuseFault(`${settings.name} has no setting ${name}`)
      if (value === to) refuseFault(`${name} of ${settings.name} is ${to} already`)
      return { digest: sha256(value) }
    },
    async probe(before, { signal }): Promise<Standing<void>> {
      const found = await look(settings, name, signal)
      return isFaulty(found, before, to) ? { is: 'applied', seen: undefined } : absentOr(found, before)
    },
    async apply(before, { signal, fence }) {
      const found = await look(settings, name, signal)
      if (found.kept === undefined && found.value !== undefined && sha256(found.value) === before.digest)
        await settings.write({ [name]: to, [keptName(name)]: found.value }, { signal, fence })
    },
    async revert(before, { signal, fence }) {
      const found = await look(settings, name, signal)
      if (isFaulty(found, before, to)) await mend(settings, name, found, { signal, fence })
    },
    byHand: () => byHand(settings, name, to),
  })
}

/**
 * Puts back what `faultSetting` kept; undone, the fault is there again, as it was found.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` at once.
 */
export function mendSetting(settings: EditableSettings, options: FaultSettingOptions): Change<FaultBefore, void> {
  const { name, to } = checkFault(settings, options)
  const whole: FaultBefore = { digest: 'nothing was kept' }
  return defineChange({
    id: `health:mend:${settings.name}/${name}:${to}`,
    subject: `health:setting:${settings.name}/${name}`,
    title: `Put ${name} of ${settings.name} back`,
    intent: { from: to },
    lateMs: settings.lateMs,
    async capture({ signal }): Promise<FaultBefore> {
      const { kept } = await look(settings, name, signal)
      return kept === undefined ? whole : { digest: sha256(kept) }
    },
    async probe(before, { signal }): Promise<Standing<void>> {
      const found = await look(settings, name, signal)
      if (before.digest === whole.digest)
        return found.kept === undefined ? { is: 'applied', seen: undefined } : foreign(name)
      const standing = absentOr(found, before)
      if (standing.is === 'absent') return { is: 'applied', seen: undefined }
      return isFaulty(found, before, to) ? { is: 'absent' } : standing
    },
    async apply(before, { signal, fence }) {
      const found = await look(settings, name, signal)
      if (isFaulty(found, before, to)) await mend(settings, name, found, { signal, fence })
    },
    async revert(before, { signal, fence }) {
      const found = await look(settings, name, signal)
      if (found.kept === undefined && found.value !== undefined && sha256(found.value) === before.digest)
        await settings.write({ [name]: to, [keptName(name)]: found.value }, { signal, fence })
    },
    byHand: () => {
      const { apply, revert, look: looking } = byHand(settings, name, to)
      return { apply: revert, revert: apply, look: looking }
    },
  })
}

function checkFault(settings: EditableSettings, { name, to }: FaultSettingOptions): FaultSettingOptions {
  if (typeof (settings as Partial<EditableSettings> | undefined)?.write !== 'function')
    refuseOption('settings', settings, 'settings that can be written')
  if (typeof name !== 'string' || !/^\w+$/.test(name)) refuseOption('name', name, 'the name of a setting')
  if (typeof to !== 'string' || to === '') refuseOption('to', to, 'where it points meanwhile')
  return { name, to }
}

async function look(settings: EditableSettings, name: string, signal: AbortSignal): Promise<Found> {
  const { values } = await settings.settings({ signal })
  return { value: values[name], kept: values[keptName(name)] }
}

const mend = (
  settings: EditableSettings,
  name: string,
  { kept }: Found,
  options: { readonly signal: AbortSignal; readonly fence: () => void },
): Promise<void> => settings.write({ [name]: kept, [keptName(name)]: undefined }, options)

const isFaulty = ({ value, kept }: Found, before: FaultBefore, to: string): boolean =>
  value === to && kept !== undefined && sha256(kept) === before.digest

/** As it was captured before the fault, or somebody else's. The value itself is not shown. */
function absentOr({ value, kept }: Found, before: FaultBefore): Standing<void> {
  const isAsFound = kept === undefined && value !== undefined && sha256(value) === before.digest
  return isAsFound ? { is: 'absent' } : foreign('the setting')
}

const foreign = (what: string): Standing<void> => ({ is: 'foreign', found: `${what} has another value` })

const mendText = (name: string): string => `Give ${name} the value of ${keptName(name)}, and remove ${keptName(name)}.`

function refuseFault(problem: string, next?: string): never {
  const code: HealthErrorCode = 'HEALTH_FAULT_REFUSED'
  throw new CutoverError(code, `${problem}; nothing was written`, { next })
}

const byHand = (settings: EditableSettings, name: string, to: string) => ({
  apply: [`Copy the value of ${name} of ${settings.name} to ${keptName(name)}, and set ${name} to ${to}.`],
  revert: [mendText(name)],
  look: [`Read ${name} and ${keptName(name)} of ${settings.name}.`],
})
