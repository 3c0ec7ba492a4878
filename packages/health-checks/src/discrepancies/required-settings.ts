import { type Check, defineCheck, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { sameDigest } from './digest.ts'
import type { Settings, SettingsSource } from './settings-source.ts'

export interface RequiredSettingsOptions {
  /** Which region of the target stands for one of the source: `{ 'eu-west-1': 'westeurope' }`. @default none */
  readonly regions?: Readonly<Record<string, string>> | undefined
  /** Settings with another name at the target, by their name at the source. @default none */
  readonly renamed?: Readonly<Record<string, string>> | undefined
  /** Settings that the target needs and the source has not. @default none */
  readonly also?: readonly string[] | undefined
  /** Settings, by their name at the source, whose value must be another, such as the address of a queue. @default none */
  readonly differ?: readonly string[] | undefined
  /** Settings of the source that the target does not need. @default none */
  readonly without?: readonly string[] | undefined
  /** @default made of both names */
  readonly id?: string | undefined
}

/** One setting, without its value. */
export interface SettingRow {
  /** At the source; at the target for those that only it needs. */
  readonly name: string
  /** At the target. */
  readonly as: string
  /**
   * `same`, `region` (the one that stands for the source's), `changed` (as it must), `reference` (resolved by the platform, not
   * compared) and `present` are well; the others are not.
   */
  readonly found:
    | 'same'
    | 'region'
    | 'changed'
    | 'reference'
    | 'present'
    | 'missing'
    | 'empty'
    | 'different'
    | 'not-changed'
    | 'wrong-region'
    | 'unknown-region'
    | 'unresolved'
    | 'unknown-reference'
  /** What the platform says of a reference. */
  readonly reference?: string | undefined
}

export interface RequiredSettingsEvidence {
  readonly rows: readonly SettingRow[]
}

const known: readonly (keyof RequiredSettingsOptions)[] = ['regions', 'renamed', 'also', 'differ', 'without', 'id']
const well: ReadonlySet<SettingRow['found']> = new Set(['same', 'region', 'changed', 'reference', 'present'])
const open: ReadonlySet<SettingRow['found']> = new Set(['unknown-reference'])
/** `eu-west-1`, `us-gov-east-1`. */
const awsRegion = /^(?:[a-z]{2}|us-gov|us-iso[a-z]?)-(?:[a-z]+)-\d$/

/**
 * A check that the target has every setting of the source, and what else it needs.
 *
 * A value is the same, by SHA-256; or it is the region that stands for the source's; or it must be another and is. Fails for one that
 * is missing or empty, differs without being named, did not change though it must, is still a region of the source, or refers to a
 * secret that the platform could not resolve. Undecided while a reference is not resolved yet or nobody says whether it is, and
 * when the source has no settings.
 *
 * No value, and no digest of one, is in the evidence.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when it is made.
 */
export function requiredSettings(
  source: SettingsSource,
  target: SettingsSource,
  options: RequiredSettingsOptions = {},
): Check<RequiredSettingsEvidence> {
  for (const [field, side] of Object.entries({ source, target })) {
    if (typeof (side as Partial<SettingsSource> | undefined)?.settings !== 'function')
      refuseOption(field, side, 'settings, such as lambdaSettings(…) or functionAppSettings(…)')
  }
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'requiredSettings')
  const { also = [], differ = [], without = [], id = `health:settings:${source.name}:${target.name}` } = options
  const twice = differ.find((name) => without.includes(name))
  if (twice !== undefined) refuseOption('without', twice, 'a name that is not in differ')

  return defineCheck<RequiredSettingsEvidence>({
    id,
    title: `${target.name} has the settings of ${source.name}`,
    async run({ signal }) {
      const [has, needs] = await Promise.all([target.settings({ signal }), source.settings({ signal })])
      const wanted = Object.entries(needs.values).filter(([name]) => !without.includes(name))
      const rows: SettingRow[] = []
      for (const [name, value] of wanted) rows.push(await compare(name, value, has, options))
      for (const name of also) rows.push(present(name, has))
      const evidence = { rows }
      const bad = rows.filter(({ found }) => !well.has(found) && !open.has(found))
      const unknown = rows.filter(({ found }) => open.has(found))
      if (bad.length > 0) return { status: 'fail', text: `${target.name}: ${bad.map(sentence).join('; ')}`, evidence }
      if (unknown.length > 0)
        return { status: 'undecided', text: `${target.name}: ${unknown.map(sentence).join('; ')}`, evidence }
      if (rows.length === 0) return { status: 'undecided', text: `${source.name} has no settings`, evidence }
      return { status: 'pass', text: `${target.name} has the ${rows.length} settings that it needs`, evidence }
    },
  })
}

async function compare(
  name: string,
  value: string,
  has: Settings,
  { regions = {}, renamed = {}, differ = [] }: RequiredSettingsOptions,
): Promise<SettingRow> {
  const as = renamed[name] ?? name
  const there = present(as, has)
  if (there.found !== 'present') return { ...there, name }
  const own = has.values[as] ?? ''
  if (own === '' && value !== '') return { name, as, found: 'empty' }
  if (awsRegion.test(value) && !differ.includes(name)) {
    const region = regions[value]
    if (region === undefined) return { name, as, found: 'unknown-region' }
    return { name, as, found: own.toLowerCase() === region.toLowerCase() ? 'region' : 'wrong-region' }
  }
  const same = await sameDigest(own, value)
  if (differ.includes(name)) return { name, as, found: same ? 'not-changed' : 'changed' }
  return { name, as, found: same ? 'same' : 'different' }
}

/** Whether it is there, and resolved where it refers to a secret. */
function present(as: string, { values, references = {} }: Settings): SettingRow {
  const value = values[as]
  if (value === undefined) return { name: as, as, found: 'missing' }
  const reference = references[as]
  const refers = /^@Microsoft\.(?:KeyVault|AppConfiguration)\(/i.test(value)
  if (!refers && reference === undefined) return { name: as, as, found: 'present' }
  if (reference === 'Resolved') return { name: as, as, found: 'reference', reference }
  if (reference === undefined || reference === 'Initialized') {
    return { name: as, as, found: 'unknown-reference', ...(reference === undefined ? {} : { reference }) }
  }
  return { name: as, as, found: 'unresolved', reference }
}

function sentence({ name, as, found, reference }: SettingRow): string {
  const shown = name === as ? name : `${name} as ${as}`
  const texts: Readonly<Record<SettingRow['found'], string>> = {
    same: 'is the same',
    region: 'is the region',
    changed: 'is another',
    reference: 'is resolved',
    present: 'is there',
    missing: 'is missing',
    empty: 'is empty',
    different: 'has another value, and is not in differ',
    'not-changed': "has the source's value, and is in differ",
    'wrong-region': "is not the region that stands for the source's",
    'unknown-region': 'is a region that is not in regions',
    unresolved: `refers to a secret: ${reference ?? ''}`,
    'unknown-reference': `refers to a secret: ${reference ?? 'nobody says whether it is resolved'}`,
  }
  return `${shown} ${texts[found]}`
}
