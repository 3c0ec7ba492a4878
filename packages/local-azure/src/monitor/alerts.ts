import { formatInstant } from '@cutover/core'

import { same } from '../admission.ts'
import { notImplemented, resourceNotFound } from '../arm-error.ts'
import type { Answer, ArmRequest, Operation, Provider } from '../provider.ts'
import type { ActionGroup, AlertMachine, AlertRule, FiredAlert } from './alert-machine.ts'

/** Alerts in one page of their list when nobody says: the service's default. */
const defaultPage = 25

/** What is in a resource group, for one request. */
interface Place {
  readonly machine: AlertMachine
  /** `/subscriptions/…/resourceGroups/…` */
  readonly scope: string
  readonly location: string
}

/** `Microsoft.Insights`: metric rules and their status, log rules, action groups, as far as they can be read. */
export function alertRules(machines: readonly AlertMachine[], location: string): Provider {
  const listed = (id: string, type: string, list: (place: Place) => object[]): Operation => ({
    id,
    method: 'GET',
    path: `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Insights/${type}`,
    handle: (request) => {
      const place = placeOf(machines, request, location)
      return { status: 200, body: { value: place ? list(place) : [] } }
    },
  })
  return {
    namespace: 'Microsoft.Insights',
    // Each of these types has versions of its own: of the rules, their status, the groups and the log rules.
    apiVersions: ['2026-01-01', '2018-03-01', '2024-10-01-preview', '2023-01-01', '2025-01-01-preview', '2023-12-01'],
    resourceGroups: machines.map(({ resourceGroup }) => resourceGroup),
    location,
    operations: [
      listed('MetricAlerts_ListByResourceGroup', 'metricAlerts', ({ machine, ...place }) =>
        machine.rules().flatMap((rule) => (rule.kind === 'metric' ? [metricRule(rule, place)] : [])),
      ),
      listed('ScheduledQueryRules_ListByResourceGroup', 'scheduledQueryRules', ({ machine, ...place }) =>
        machine.rules().flatMap((rule) => (rule.kind === 'log' ? [logRule(rule, place)] : [])),
      ),
      listed('ActionGroups_ListByResourceGroup', 'actionGroups', ({ machine, ...place }) =>
        machine.groups().map((group) => actionGroup(group, place)),
      ),
      {
        id: 'ActionGroups_Get',
        method: 'GET',
        path: '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Insights/actionGroups/{actionGroupName}',
        handle(request) {
          const { actionGroupName = '', resourceGroupName = '' } = request.parameters
          const place = placeOf(machines, request, location)
          const group = place?.machine.groups().find(({ name }) => same(name, actionGroupName))
          if (!place || !group) {
            return resourceNotFound('Microsoft.Insights/actionGroups', actionGroupName, resourceGroupName)
          }
          return { status: 200, body: actionGroup(group, place) }
        },
      },
      {
        id: 'MetricAlertsStatus_List',
        method: 'GET',
        path: '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Insights/metricAlerts/{ruleName}/status',
        handle(request) {
          const { ruleName = '', resourceGroupName = '' } = request.parameters
          const place = placeOf(machines, request, location)
          const rule = place?.machine.rules().find(({ name, kind }) => kind === 'metric' && same(name, ruleName))
          if (!place || !rule) return resourceNotFound('Microsoft.Insights/metricAlerts', ruleName, resourceGroupName)
          return { status: 200, body: { value: statusesOf(rule, place) } }
        },
      },
    ],
  }
}

/** `Microsoft.AlertsManagement`: what has fired, in the past day unless a longer time is asked for. */
export function firedAlerts(machines: readonly AlertMachine[], location: string, now: () => number): Provider {
  return {
    namespace: 'Microsoft.AlertsManagement',
    apiVersions: ['2025-05-25-preview', '2019-05-05-preview', '2019-03-01'],
    resourceGroups: machines.map(({ resourceGroup }) => resourceGroup),
    location,
    operations: [
      {
        id: 'Alerts_GetAll',
        method: 'GET',
        path: '/subscriptions/{subscriptionId}/providers/Microsoft.AlertsManagement/alerts',
        handle: (request) => firedPage(machines, request, now()),
      },
    ],
  }
}

const knownFilters: ReadonlySet<string> = new Set([
  'api-version',
  'targetResource',
  'targetResourceGroup',
  'monitorCondition',
  'timeRange',
  'pageCount',
  '$skipToken',
])
const rangeMs: Readonly<Record<string, number>> = {
  '1h': 3_600_000,
  '1d': 86_400_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
}

function firedPage(
  machines: readonly AlertMachine[],
  { query, path, parameters, apiVersion }: ArmRequest,
  now: number,
): Answer {
  const other = [...query.keys()].find((name) => !knownFilters.has(name))
  if (other !== undefined) return notImplemented(`it lists alerts without ${other}`)
  const range = rangeMs[query.get('timeRange') ?? '1d']
  if (range === undefined) return notImplemented('a time range of alerts other than 1h, 1d, 7d and 30d')
  const wanted = ({ target, condition, firedAt }: FiredAlert): boolean =>
    firedAt >= now - range &&
    same(target, query.get('targetResource') ?? target) &&
    same(target.split('/')[4] ?? '', query.get('targetResourceGroup') ?? target.split('/')[4]) &&
    same(condition, query.get('monitorCondition') ?? condition)
  const all = machines.flatMap((machine) => machine.alerts().filter(wanted))
  const size = Number(query.get('pageCount') ?? defaultPage)
  if (!(Number.isInteger(size) && size >= 1 && size <= 250)) return notImplemented('a page of alerts beyond 250')
  const first = Number(query.get('$skipToken') ?? 0)
  const value = all.slice(first, first + size).map((alert) => fired(alert, parameters['subscriptionId'] ?? ''))
  if (first + size >= all.length) return { status: 200, body: { value } }
  const next = new URLSearchParams(query)
  next.set('api-version', apiVersion)
  next.set('$skipToken', String(first + size))
  return { status: 200, body: { value, nextLink: `https://management.azure.com${path}?${next.toString()}` } }
}

function placeOf(machines: readonly AlertMachine[], { parameters }: ArmRequest, location: string): Place | undefined {
  const { subscriptionId = '', resourceGroupName = '' } = parameters
  const machine = machines.find(({ resourceGroup }) => same(resourceGroup, resourceGroupName))
  const scope = `/subscriptions/${subscriptionId}/resourceGroups/${machine?.resourceGroup ?? ''}`
  return machine && { machine, scope, location }
}

type Where = Omit<Place, 'machine'>

const insight = (type: string, name: string, { scope }: Where) => ({
  id: `${scope}/providers/Microsoft.Insights/${type}/${name}`,
  name,
  type: `Microsoft.Insights/${type}`,
})

const groupIds = ({ groups }: AlertRule, where: Where): string[] =>
  groups.map((name) => insight('actionGroups', name, where).id)

const metricRule = (rule: AlertRule, where: Where): object => ({
  ...insight('metricAlerts', rule.name, where),
  location: 'global',
  properties: {
    severity: 2,
    enabled: rule.enabled,
    scopes: rule.scopes,
    evaluationFrequency: 'PT1M',
    windowSize: 'PT5M',
    criteria: { 'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria', allOf: [] },
    autoMitigate: true,
    actions: groupIds(rule, where).map((actionGroupId) => ({ actionGroupId, webHookProperties: {} })),
  },
})

const logRule = (rule: AlertRule, where: Where): object => ({
  ...insight('scheduledQueryRules', rule.name, where),
  location: where.location,
  kind: 'LogAlert',
  properties: {
    severity: 2,
    enabled: rule.enabled,
    scopes: rule.scopes,
    evaluationFrequency: 'PT5M',
    windowSize: 'PT5M',
    criteria: { allOf: [] },
    autoMitigate: true,
    actions: { actionGroups: groupIds(rule, where) },
  },
})

const actionGroup = ({ name, enabled, emails }: ActionGroup, where: Where): object => ({
  ...insight('actionGroups', name, where),
  location: 'Global',
  properties: {
    groupShortName: name.slice(0, 12),
    enabled,
    emailReceivers: emails.map(({ name: receiver, emailAddress, enabled: isEnabled = true }) => ({
      name: receiver,
      emailAddress,
      useCommonAlertSchema: true,
      status: isEnabled ? 'Enabled' : 'Disabled',
    })),
    smsReceivers: [],
    webhookReceivers: [],
  },
})

function statusesOf(rule: AlertRule, where: Where): object[] {
  const { status, statusAt } = rule
  if (status === undefined || statusAt === undefined) return []
  const { id } = insight('metricAlerts', rule.name, where)
  const properties = { dimensions: {}, status, timestamp: formatInstant(statusAt) }
  return [{ name: 'status', id: `${id}/status/status`, type: 'Microsoft.Insights/metricAlerts/status', properties }]
}

const fired = ({ id, rule, target, condition, firedAt }: FiredAlert, subscriptionId: string): object => {
  const [, , , , group = ''] = target.split('/')
  const scope = `/subscriptions/${subscriptionId}/resourceGroups/${group}`
  return {
    id: `${target}/providers/Microsoft.AlertsManagement/alerts/${id}`,
    name: rule,
    type: 'Microsoft.AlertsManagement/alerts',
    properties: {
      essentials: {
        severity: 'Sev2',
        signalType: 'Metric',
        alertState: 'New',
        monitorCondition: condition,
        targetResource: target,
        targetResourceGroup: group,
        monitorService: 'Platform',
        alertRule: `${scope}/providers/Microsoft.Insights/metricAlerts/${rule}`,
        startDateTime: formatInstant(firedAt),
        lastModifiedDateTime: formatInstant(firedAt),
      },
    },
  }
}
