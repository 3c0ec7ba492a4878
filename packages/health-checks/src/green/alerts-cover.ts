import { type Check, defineCheck, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import type { Alarm, AlarmSource } from './alarm-source.ts'
import { type Waived, waived, type Waiver, waivedUntil } from './waiver.ts'

export interface AlertsCoverOptions {
  /** Which rules at the target do the work of an alarm at the source. @default the rule of the same name, whatever the case */
  readonly covers?: Readonly<Record<string, string | readonly string[]>> | undefined
  /** Alarms of the source that need no rule, by name. */
  readonly waivers?: Readonly<Record<string, Waiver>> | undefined
  /** Only these alarms of the source. @default all */
  readonly names?: readonly string[] | undefined
  /** @default made of the names of both sides */
  readonly id?: string | undefined
}

/** What becomes of one alarm of the source. */
export interface CoverageRow {
  readonly alarm: string
  readonly by: readonly string[]
  readonly status: 'covered' | 'waived' | 'missing' | 'disabled' | 'nobody-told'
  readonly waiver?: Waived | undefined
}

export interface AlertsCoverEvidence {
  readonly rows: readonly CoverageRow[]
  /** Waivers of alarms that the source does not have: spelled wrongly, or out of use. */
  readonly unused: readonly string[]
}

/**
 * A check that every alarm of the source has an enabled rule with a receiver at the target, or a waiver.
 *
 * Fails when one has not, or its waiver is over. Undecided when the source has no alarms that could be covered. An alarm that is
 * switched off at the source, or tells nobody there, needs cover too: somebody wanted it once.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when it is made.
 */
export function alertsCover(
  source: AlarmSource,
  target: AlarmSource,
  options: AlertsCoverOptions = {},
): Check<AlertsCoverEvidence> {
  for (const [field, side] of Object.entries({ source, target })) {
    if (typeof (side as Partial<AlarmSource> | undefined)?.alarms !== 'function')
      refuseOption(field, side, 'alarms, such as cloudWatchAlarms(…) or azureAlerts(…)')
  }
  knownOptions(options, ['covers', 'waivers', 'names', 'id'], 'HEALTH_OPTIONS_INVALID', 'alertsCover')
  const { covers = {}, waivers = {}, names, id = `health:cover:${source.name}:${target.name}` } = options
  for (const [alarm, waiver] of Object.entries(waivers)) waivedUntil(`waivers.${alarm}`, waiver)
  for (const [alarm, rules] of Object.entries(covers)) {
    if (rules.length === 0) refuseOption(`covers.${alarm}`, rules, 'the name of a rule; or a waiver')
  }

  return defineCheck<AlertsCoverEvidence>({
    id,
    title: `The alerts of ${target.name} cover the alarms of ${source.name}`,
    async run({ clock, signal }) {
      const [alarms, rules] = await Promise.all([source.alarms({ signal }), target.alarms({ signal })])
      const wanted = names ?? alarms.map(({ name }) => name)
      const gone = wanted.filter((name) => !alarms.some((alarm) => alarm.name === name))
      const rows = wanted.map((alarm): CoverageRow => {
        const own = covers[alarm] ?? alarm
        const by = typeof own === 'string' ? [own] : own
        const status = statusOf(by.map((name) => rules.find((rule) => same(rule.name, name))))
        const waiver = status === 'covered' ? undefined : waived(waivers[alarm], clock)
        return waiver ? { alarm, by: [], status: 'waived', waiver } : { alarm, by, status }
      })
      const unused = Object.keys(waivers).filter((name) => !wanted.includes(name))
      const evidence = { rows, unused }
      const open = rows.filter(({ status }) => status !== 'covered' && status !== 'waived')
      if (gone.length > 0) {
        return { status: 'undecided', text: `${source.name} has no alarm ${gone.join(', ')}`, evidence }
      }
      if (rows.length === 0) return { status: 'undecided', text: `${source.name} has no alarms to cover`, evidence }
      if (open.length > 0) {
        return { status: 'fail', text: open.map((row) => sentence(row, target.name)).join('; '), evidence }
      }
      const waivedCount = rows.filter(({ status }) => status === 'waived').length
      const rest = waivedCount === 0 ? '' : `, ${waivedCount} by a waiver`
      return { status: 'pass', text: `${rows.length} alarms of ${source.name} are covered${rest}`, evidence }
    },
  })
}

/** Several rules do the work together: each of them must. */
function statusOf(rules: readonly (Alarm | undefined)[]): CoverageRow['status'] {
  if (rules.some((rule) => rule === undefined)) return 'missing'
  if (rules.some((rule) => !rule?.enabled)) return 'disabled'
  return rules.some((rule) => (rule?.receivers ?? 0) === 0) ? 'nobody-told' : 'covered'
}

function sentence({ alarm, by, status }: CoverageRow, target: string): string {
  const rules = by.join(', ')
  if (status === 'missing') return `${alarm}: ${target} has no rule ${rules}`
  return status === 'disabled' ? `${alarm}: ${rules} is switched off` : `${alarm}: ${rules} tells nobody`
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
