// CloudWatch alarms of moto against alert rules of our local Azure, each through its official client.
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { MonitorClient } from '@azure/arm-monitor'
import { systemClock } from '@cutover/core'
import { alarmsGreen, alertsCover } from '@cutover/health-checks'
import { azureAlerts, type FiredAlertsLike } from '@cutover/health-checks/azure-monitor'
import { cloudWatchAlarms } from '@cutover/health-checks/cloudwatch'
import { type AlertRule, type FiredAlert, type LocalAzure, localAzure, monitor } from '@cutover/local-azure'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

import { contextOf } from '../test/context.ts'
import { type Moto, noMoto, startMoto } from './moto.ts'

const world = { clock: systemClock, signal: new AbortController().signal }
const site =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/orders-rg/providers/Microsoft.Web/sites/orders'

const opened: LocalAzure[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

/** A resource group with a metric rule and a log rule, both well. */
async function ordersRg() {
  const now = systemClock.now()
  const rule = { enabled: true, scopes: [site], groups: ['night'] }
  const state = {
    rules: [
      { ...rule, name: 'orders-errors', kind: 'metric', status: 'Healthy', statusAt: now },
      { ...rule, name: 'orders-slow', kind: 'log' },
    ] as AlertRule[],
    groups: [{ name: 'night', enabled: true, emails: [{ name: 'duty', emailAddress: 'duty@example.com' }] }],
    fired: [] as FiredAlert[],
  }
  const server = await localAzure({
    providers: monitor({
      alerts: [
        { resourceGroup: 'orders-rg', rules: () => state.rules, groups: () => state.groups, alerts: () => state.fired },
      ],
    }),
  })
  opened.push(server)
  const client = new MonitorClient(server.credential(), server.subscriptionId, {
    additionalPolicies: [server.policy()],
    retryOptions: { maxRetries: 0 },
  })
  const { subscriptionId } = server
  const options = { client, subscriptionId, resourceGroup: 'orders-rg' }
  const alerts = azureAlerts({ ...options, fired: firedAlerts(server) })
  return { server, state, options, alerts, green: () => alarmsGreen(alerts).run(contextOf(world)) }
}

/** What `@azure/arm-alertsmanagement` sends, which not every registry has. */
const firedAlerts = (server: LocalAzure): FiredAlertsLike => ({
  alerts: {
    async *getAll(scope, { targetResourceGroup, monitorCondition, timeRange, pageCount }) {
      const { token } = await server.credential().getToken('https://management.azure.com/.default')
      const query = new URLSearchParams({
        'api-version': '2019-05-05-preview',
        targetResourceGroup,
        monitorCondition,
        timeRange,
        pageCount: String(pageCount),
      })
      const url = `${server.url}${scope}/providers/Microsoft.AlertsManagement/alerts?${query.toString()}`
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
      const { value } = (await response.json()) as { value: object[] }
      for (const one of value) yield one
    },
  },
})

describe('Azure', () => {
  test('healthy rules, judged lately, with nothing fired, are green', async () => {
    const { green } = await ordersRg()

    expect(await green()).toMatchObject({ status: 'pass', evidence: { ok: ['orders-errors', 'orders-slow'] } })
  })

  test('a rule that is unhealthy is a fail', async () => {
    const { state, green } = await ordersRg()
    state.rules = state.rules.map((rule) => (rule.kind === 'metric' ? { ...rule, status: 'Unhealthy' } : rule))

    expect(await green()).toMatchObject({ status: 'fail', evidence: { firing: [{ name: 'orders-errors' }] } })
  })

  test('an alert that fired three days ago and was never resolved is a fail, one that was resolved is none', async () => {
    const { state, green } = await ordersRg()
    const alert = { id: 'a', rule: 'orders-errors', target: site, firedAt: systemClock.now() - 3 * 86_400_000 }
    state.fired = [{ ...alert, condition: 'Fired' }]
    const fired = await green()
    state.fired = [{ ...alert, condition: 'Resolved' }]
    const resolved = await green()

    expect([fired.status, resolved.status]).toEqual(['fail', 'pass'])
    expect(fired.text).toContain('orders-errors (fired ')
  })

  test('an alert whose rule is gone still fires', async () => {
    const { state, green } = await ordersRg()
    state.fired = [{ id: 'a', rule: 'gone', target: site, firedAt: systemClock.now(), condition: 'Fired' }]

    expect(await green()).toMatchObject({ status: 'fail', evidence: { firing: [{ name: 'gone' }] } })
  })

  test.each([
    ['a rule that has not been judged yet', { status: undefined }, 'it has not been judged yet'],
    ['one that was judged an hour ago', { statusAt: systemClock.now() - 3_600_000 }, 'it was last judged'],
    ['one that is switched off', { enabled: false }, 'it is switched off'],
  ] as const)('%s is undecided', async (_, change, why) => {
    const { state, green } = await ordersRg()
    state.rules = state.rules.map((rule) => (rule.kind === 'metric' ? { ...rule, ...change } : rule))

    const { status, evidence } = await green()

    expect(status).toBe('undecided')
    expect(evidence?.unknown).toMatchObject([{ name: 'orders-errors', why: expect.stringContaining(why) }])
  })

  test('a log rule is unknown when nobody says what has fired', async () => {
    const { options } = await ordersRg()

    expect(await alarmsGreen(azureAlerts(options)).run(contextOf(world))).toMatchObject({
      status: 'undecided',
      evidence: { unknown: [{ name: 'orders-slow' }], ok: ['orders-errors'] },
    })
  })

  test('a group that is gone, off, or with receivers that are off tells nobody', async () => {
    const { state, alerts } = await ordersRg()
    const told = async () => (await alerts.alarms()).map(({ receivers }) => receivers)
    const [group] = state.groups
    const emails = group?.emails ?? []

    const well = await told()
    state.groups = [{ name: 'night', enabled: false, emails }]
    const off = await told()
    state.groups = [{ name: 'night', enabled: true, emails: emails.map((one) => ({ ...one, enabled: false })) }]
    const unsubscribed = await told()
    state.groups = []
    const gone = await told()

    expect([well, off, unsubscribed, gone]).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
      [0, 0],
    ])
  })

  test('a service that is throttled is told from one that refuses', async () => {
    const { server, alerts } = await ordersRg()

    server.failNext('MetricAlerts_ListByResourceGroup', 'throttled')
    await expect(alerts.alarms()).rejects.toMatchObject({
      code: 'HEALTH_SOURCE_UNAVAILABLE',
      next: 'Ask again in 15 s',
    })
    server.failNext('MetricAlertsStatus_List', { status: 403, code: 'AuthorizationFailed' })
    await expect(alerts.alarms()).rejects.toMatchObject({
      code: 'HEALTH_NOT_AUTHORIZED',
      next: 'Allow Microsoft.Insights/metricAlerts/status/read',
    })
  })
})

describe.skipIf(noMoto)('CloudWatch of moto', () => {
  let moto: Moto
  let client: CloudWatch

  beforeAll(async () => {
    moto = await startMoto()
    client = new CloudWatch(moto.client)
    for (const [name, actions] of [
      ['orders-errors', ['arn:aws:sns:eu-west-1:123456789012:night']],
      ['orders-slow', []],
    ] as const) {
      await client.putMetricAlarm({
        AlarmName: name,
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        AlarmActions: [...actions],
      })
    }
  })
  afterAll(() => moto[Symbol.asyncDispose]())

  const set = (AlarmName: string, StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA') =>
    client.setAlarmState({ AlarmName, StateValue, StateReason: `set to ${StateValue}` })

  test('alarms are green when each is OK, undecided without data, and a fail when one is ALARM', async () => {
    const green = alarmsGreen(cloudWatchAlarms({ client, prefix: 'orders-' }))
    await set('orders-errors', 'OK')
    await set('orders-slow', 'OK')
    const ok = await green.run(contextOf(world))
    await set('orders-slow', 'INSUFFICIENT_DATA')
    const unknown = await green.run(contextOf(world))
    await set('orders-slow', 'ALARM')
    const firing = await green.run(contextOf(world))

    expect([ok.status, unknown.status, firing.status]).toEqual(['pass', 'undecided', 'fail'])
    expect(firing.evidence?.firing).toMatchObject([{ name: 'orders-slow', why: 'ALARM: set to ALARM' }])
  })

  test('every alarm has a rule at the target, or it is told which has not', async () => {
    const { alerts, state } = await ordersRg()
    const cover = alertsCover(cloudWatchAlarms({ client, prefix: 'orders-' }), alerts)

    const covered = await cover.run(contextOf(world))
    state.rules = state.rules.slice(0, 1)
    const missing = await cover.run(contextOf(world))

    expect(covered).toMatchObject({ status: 'pass' })
    expect(missing).toMatchObject({ status: 'fail', text: 'orders-slow: orders-rg has no rule orders-slow' })
  })
})
