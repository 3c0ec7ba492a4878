import { knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { asked } from '../sources/service-error.ts'
import type { Alarm, AlarmSource } from './alarm-source.ts'

interface AlarmLike {
  readonly AlarmName?: string | undefined
  /** `OK`, `ALARM`, `INSUFFICIENT_DATA`. */
  readonly StateValue?: string | undefined
  readonly StateReason?: string | undefined
  readonly StateUpdatedTimestamp?: Date | undefined
  readonly ActionsEnabled?: boolean | undefined
  readonly AlarmActions?: readonly string[] | undefined
}

/** The call that is made. `new CloudWatch(...)` of `@aws-sdk/client-cloudwatch` fits as it is. */
export interface CloudWatchAlarmsLike {
  describeAlarms(
    input: {
      AlarmNamePrefix?: string
      AlarmTypes: ('MetricAlarm' | 'CompositeAlarm')[]
      MaxRecords: number
      NextToken?: string
    },
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<{
    readonly MetricAlarms?: readonly AlarmLike[] | undefined
    readonly CompositeAlarms?: readonly AlarmLike[] | undefined
    readonly NextToken?: string | undefined
  }>
}

export interface CloudWatchAlarmsOptions {
  /** `new CloudWatch({ region })`: alarms are those of its region. */
  readonly client: CloudWatchAlarmsLike
  /** Only alarms whose names begin so. @default all of the region */
  readonly prefix?: string | undefined
  /** For people. @default 'CloudWatch', with the prefix */
  readonly name?: string | undefined
}

/**
 * Alarms of CloudWatch, composite ones too, which the service leaves out unless they are asked for.
 *
 * An alarm whose actions are switched off, or that has none, is judged and tells nobody: `receivers` is 0. Whether anybody is
 * subscribed to a topic is not looked at.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; `alarms` rejects with a `SourceErrorCode`.
 */
export function cloudWatchAlarms(options: CloudWatchAlarmsOptions): AlarmSource {
  knownOptions(options, ['client', 'prefix', 'name'], 'HEALTH_OPTIONS_INVALID', 'cloudWatchAlarms')
  const { client, prefix, name = prefix === undefined ? 'CloudWatch' : `CloudWatch ${prefix}…` } = options
  if (typeof (client as Partial<CloudWatchAlarmsLike> | undefined)?.describeAlarms !== 'function')
    refuseOption('client', client, 'new CloudWatch(…)')
  return {
    name,
    async alarms({ signal } = {}) {
      const alarms: Alarm[] = []
      const attempt = { what: `read the alarms of ${name}`, action: 'cloudwatch:DescribeAlarms' }
      let token: string | undefined
      do {
        const input = {
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] satisfies ('MetricAlarm' | 'CompositeAlarm')[],
          MaxRecords: 100,
          ...(prefix === undefined ? {} : { AlarmNamePrefix: prefix }),
          ...(token === undefined ? {} : { NextToken: token }),
        }
        const send = signal === undefined ? {} : { abortSignal: signal }
        const page = await asked(attempt, signal, () => client.describeAlarms(input, send))
        alarms.push(...[...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])].map(alarmOf))
        token = page.NextToken
      } while (token !== undefined && token !== '')
      return alarms
    },
  }
}

function alarmOf(alarm: AlarmLike): Alarm {
  const { AlarmName: name = '', StateValue, StateReason = '', StateUpdatedTimestamp, AlarmActions = [] } = alarm
  const state = StateValue === 'OK' ? 'ok' : StateValue === 'ALARM' ? 'firing' : 'unknown'
  return {
    name,
    state,
    why: `${StateValue ?? 'no state'}${StateReason === '' ? '' : `: ${StateReason}`}`,
    since: StateUpdatedTimestamp?.getTime(),
    enabled: true,
    receivers: alarm.ActionsEnabled === false ? 0 : AlarmActions.length,
  }
}
