import { cloudWatchAlarms, type CloudWatchAlarmsLike } from '@cutover/health-checks/cloudwatch'
import { expect, test } from 'vitest'

type Input = Parameters<CloudWatchAlarmsLike['describeAlarms']>[0]

test('pages are followed, and composite alarms are asked for', async () => {
  const inputs: Input[] = []
  const client: CloudWatchAlarmsLike = {
    describeAlarms(input) {
      inputs.push(input)
      const first = {
        MetricAlarms: [{ AlarmName: 'errors', StateValue: 'OK', AlarmActions: ['a', 'b'] }],
        NextToken: 't',
      }
      const last = {
        CompositeAlarms: [
          { AlarmName: 'all', StateValue: 'ALARM', StateReason: 'errors', AlarmActions: ['a'], ActionsEnabled: false },
        ],
      }
      return Promise.resolve(input.NextToken === 't' ? last : first)
    },
  }

  const alarms = await cloudWatchAlarms({ client, prefix: 'orders-' }).alarms()

  expect(alarms).toEqual([
    { name: 'errors', state: 'ok', why: 'OK', since: undefined, enabled: true, receivers: 2 },
    { name: 'all', state: 'firing', why: 'ALARM: errors', since: undefined, enabled: true, receivers: 0 },
  ])
  expect(inputs).toEqual([
    { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 100, AlarmNamePrefix: 'orders-' },
    { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 100, AlarmNamePrefix: 'orders-', NextToken: 't' },
  ])
})

test('a state that is not known is no ok', async () => {
  const client = {
    describeAlarms: () =>
      Promise.resolve({ MetricAlarms: [{ AlarmName: 'a', StateValue: 'INSUFFICIENT_DATA' }, { AlarmName: 'b' }] }),
  }

  expect((await cloudWatchAlarms({ client }).alarms()).map(({ state }) => state)).toEqual(['unknown', 'unknown'])
})

test('a refusal says what to allow', async () => {
  const client = {
    describeAlarms: () =>
      Promise.reject(Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })),
  }

  await expect(cloudWatchAlarms({ client }).alarms()).rejects.toMatchObject({
    code: 'HEALTH_NOT_AUTHORIZED',
    next: 'Allow cloudwatch:DescribeAlarms',
  })
})
