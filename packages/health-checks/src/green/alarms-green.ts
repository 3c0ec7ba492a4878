import { type Check, defineCheck, formatInstant, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import type { Alarm, AlarmSource } from './alarm-source.ts'

export interface AlarmsGreenOptions {
  /** Those that must be there, and ok. @default all that there are, and at least one */
  readonly names?: readonly string[] | undefined
  /** Those that do not count, by name: known noise. They stand in the evidence. @default none */
  readonly except?: readonly string[] | undefined
  /** @default made of the source's name */
  readonly id?: string | undefined
}

export interface AlarmsGreenEvidence {
  readonly firing: readonly AlarmSeen[]
  /** Not judged, switched off, or not there. */
  readonly unknown: readonly AlarmSeen[]
  readonly ok: readonly string[]
  readonly except: readonly string[]
}

export interface AlarmSeen {
  readonly name: string
  readonly why: string
  /** ISO 8601. */
  readonly since?: string | undefined
}

/**
 * A check that every alarm of a side is ok.
 *
 * Fails when one fires. Undecided when one has too little data, is switched off or is not there, or when there is none at all:
 * where nobody watches, nothing is green. Alarms that tell nobody are judged all the same; that somebody is told is for
 * `alertsCover`.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when it is made.
 */
export function alarmsGreen(source: AlarmSource, options: AlarmsGreenOptions = {}): Check<AlarmsGreenEvidence> {
  if (typeof (source as Partial<AlarmSource> | undefined)?.alarms !== 'function')
    refuseOption('source', source, 'alarms, such as cloudWatchAlarms(…) or azureAlerts(…)')
  knownOptions(options, ['names', 'except', 'id'], 'HEALTH_OPTIONS_INVALID', 'alarmsGreen')
  const { names, except = [], id = `health:green:${source.name}` } = options
  if (names?.length === 0) refuseOption('names', names, 'at least one name, or none of this option')
  const both = names?.find((name) => except.includes(name))
  if (both !== undefined) refuseOption('except', both, 'a name that is not in names')

  return defineCheck<AlarmsGreenEvidence>({
    id,
    title: `The alarms of ${source.name} are ok`,
    async run({ signal }) {
      const all = await source.alarms({ signal })
      const counted = all.filter(({ name }) => !except.includes(name) && (names?.includes(name) ?? true))
      const missing = (names ?? []).filter((name) => !counted.some((alarm) => alarm.name === name))
      const firing = counted.filter(({ state }) => state === 'firing').map(seen)
      const unknown = [
        ...counted.filter(({ state, enabled }) => state === 'unknown' || (state === 'ok' && !enabled)).map(unjudged),
        ...missing.map((name) => ({ name, why: 'there is none of this name' })),
      ]
      const ok = counted.filter(({ state, enabled }) => state === 'ok' && enabled).map(({ name }) => name)
      const evidence = { firing, unknown, ok, except: [...except] }
      if (firing.length > 0) return { status: 'fail', text: `${told(firing)}: firing at ${source.name}`, evidence }
      if (unknown.length > 0)
        return { status: 'undecided', text: `${told(unknown)}: not known at ${source.name}`, evidence }
      if (ok.length === 0) return { status: 'undecided', text: `${source.name} has no alarm that counts`, evidence }
      return { status: 'pass', text: `${ok.length} alarms of ${source.name} are ok`, evidence }
    },
  })
}

const seen = ({ name, why, since }: Alarm): AlarmSeen => ({
  name,
  why,
  ...(since === undefined ? {} : { since: formatInstant(since) }),
})

const unjudged = (alarm: Alarm): AlarmSeen =>
  alarm.enabled ? seen(alarm) : { name: alarm.name, why: 'it is switched off' }

const told = (alarms: readonly AlarmSeen[]): string =>
  alarms
    .slice(0, 5)
    .map(({ name, why }) => `${name} (${why})`)
    .join(', ') + (alarms.length > 5 ? ` and ${alarms.length - 5} more` : '')
