import { type Answer, type Check, defineProcedure, type Duration, knownOptions, type Procedure } from '@cutover/core'

import { refuseOption } from '../../health-error.ts'
import { namedHosts } from '../named-hosts.ts'
import { type EditableSettings, keptName } from './editable-settings.ts'
import { faultSetting, mendSetting } from './fault-setting.ts'

export interface BrokenDependencyOptions {
  /** The setting with the dependency's address: `INVENTORY_URL`. */
  readonly name: string
  /** What must be observed meanwhile: `httpProbe({ url, status: 503, within: '2s' })`. */
  readonly during: Check
  /** What must hold before and afterwards: `httpProbe({ url })`. */
  readonly well: Check
  /** The hosts that may be touched; the settings' own must be among them. */
  readonly hosts: readonly string[]
  /** How long a change of the setting may take to be felt, and a fail must last to be one. @default '5m' */
  readonly within?: Duration | undefined
  /** From one look to the next. @default '5s' */
  readonly every?: Duration | undefined
}

export interface DependencyRefusedOptions extends BrokenDependencyOptions {
  /** Where the target is refused. @default 'http://127.0.0.1:9', where nobody listens */
  readonly to?: string | undefined
}

export interface SlowDependencyOptions extends BrokenDependencyOptions {
  /** An address that answers late: a proxy that waits. The target must be able to reach it. */
  readonly to: string
}

/** JSON. */
export interface BrokenDependencyEvidence {
  /** What was observed while it was broken. */
  readonly during: Answer
  /** What held again afterwards. */
  readonly after: Answer
}

const known: readonly (keyof SlowDependencyOptions)[] = ['name', 'during', 'well', 'hosts', 'within', 'every', 'to']

/**
 * What does the target do when a dependency refuses it? Points a setting at an address that does, looks, puts it back, and looks again.
 *
 * The setting is put back before anything is judged, and read back; then the cutover goes on only if what had to be observed was. Each
 * write is a step of its own: a crash, and a rollback, leave the setting as it was found. Undoing it later writes twice.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `HEALTH_HOST_NOT_NAMED` when it is made; `HEALTH_FAULT_REFUSED` before the first write.
 */
export function dependencyRefused(
  settings: EditableSettings,
  { to = 'http://127.0.0.1:9', ...options }: DependencyRefusedOptions,
): Procedure<BrokenDependencyEvidence> {
  return brokenDependency('refused', settings, { ...options, to })
}

/**
 * What does the target do when a dependency answers late? As `dependencyRefused`, with an address that is slow.
 *
 * @throws CutoverError as `dependencyRefused`.
 */
export function slowDependency(
  settings: EditableSettings,
  options: SlowDependencyOptions,
): Procedure<BrokenDependencyEvidence> {
  return brokenDependency('slow', settings, options)
}

function brokenDependency(
  how: 'refused' | 'slow',
  settings: EditableSettings,
  options: SlowDependencyOptions,
): Procedure<BrokenDependencyEvidence> {
  const verb = how === 'slow' ? 'slowDependency' : 'dependencyRefused'
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', verb)
  const { name, to, during, well, hosts, within = '5m', every = '5s' } = options
  for (const [field, check] of Object.entries({ during, well })) {
    if (typeof (check as Partial<Check> | undefined)?.run !== 'function')
      refuseOption(field, check, 'a check, such as httpProbe(…)')
  }
  const fault = { name, to }
  namedHosts(hosts).refuseUnnamed(verb, settings.host)
  // A change that is only made would be reported as forgotten: its options are looked at by making none.
  if (typeof name !== 'string' || !/^\w+$/.test(name)) refuseOption('name', name, 'the name of a setting')
  if (typeof to !== 'string' || to === '') refuseOption('to', to, 'where it points meanwhile')

  return defineProcedure({
    id: `health:${verb}:${settings.name}/${name}`,
    title: `See what ${settings.name} does while ${name} is ${how}`,
    async steps(steps) {
      await steps.require(well, { as: 'well before', within, every, patience: within })
      await steps.apply(faultSetting(settings, fault))
      // It answers as before until it has the new setting: that is no fail yet.
      const seen = await steps.check(during, { as: 'observed', within, every, patience: within })
      await steps.apply(mendSetting(settings, fault))
      await steps.require(cleanedUp(settings, fault), { as: 'cleaned up', within, every })
      const after = await steps.require(well, { as: 'well after', within, every, patience: within })
      await steps.require({ ...during, run: () => Promise.resolve(seen) }, { as: 'observed what must be' })
      return { during: seen, after }
    },
  })
}

/** Reads back that nothing of the test is left. */
function cleanedUp(settings: EditableSettings, { name, to }: { readonly name: string; readonly to: string }): Check {
  return {
    id: `health:mended:${settings.name}/${name}`,
    title: `${name} of ${settings.name} is as it was found`,
    async run({ signal }) {
      const { values } = await settings.settings({ signal })
      const left = [
        ...(values[name] === to ? [`${name} is still ${to}`] : []),
        ...(values[name] === undefined ? [`${name} is gone`] : []),
        ...(values[keptName(name)] === undefined ? [] : [`${keptName(name)} is still there`]),
      ]
      return left.length === 0
        ? { status: 'pass', text: `${name} is back, and nothing is left beside it` }
        : { status: 'fail', text: left.join('; ') }
    },
  }
}
