import { type Clock, type Duration, durationMs, formatInstant, knownOptions, systemClock } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { asked } from '../sources/service-error.ts'
import type { Alarm, AlarmSource } from './alarm-source.ts'
import type { ActionGroupLike, FiredAlertsLike, MonitorAlertsLike } from './azure-alerts-like.ts'

export interface AzureAlertsOptions {
  /** `new MonitorClient(credential, subscriptionId)` of `@azure/arm-monitor`. */
  readonly client: MonitorAlertsLike
  /** `new AlertsManagementClient(credential, subscriptionId)`: what has fired. @default without, log rules are unknown */
  readonly fired?: FiredAlertsLike | undefined
  readonly subscriptionId: string
  /** Whose rules. */
  readonly resourceGroup: string
  /** A rule that was last judged earlier is unknown. @default '15m' */
  readonly judgedWithin?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

const known: readonly (keyof AzureAlertsOptions)[] = [
  'client',
  'fired',
  'subscriptionId',
  'resourceGroup',
  'judgedWithin',
  'clock',
]

interface Rule {
  readonly kind: 'metric' | 'log'
  readonly name: string
  readonly id: string
  readonly enabled: boolean
  readonly groups: readonly string[]
}

/**
 * Alert rules of a resource group, of metrics and of logs, with what they found and how many they tell.
 *
 * A metric rule is ok when its own status says healthy and is fresh; one that has not judged yet has none, and is unknown. A log
 * rule tells nothing of itself: it is ok when nothing of it has fired, and unknown without `fired`. An alert that has fired and
 * not been resolved is firing, also when somebody closed it, and also when its rule is gone; the service forgets it after 30 days.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when made; `alarms` rejects with a `SourceErrorCode`.
 */
export function azureAlerts(options: AzureAlertsOptions): AlarmSource {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'azureAlerts')
  const { client, fired, subscriptionId, resourceGroup, judgedWithin = '15m', clock = systemClock } = options
  if (typeof (client as Partial<MonitorAlertsLike> | undefined)?.metricAlerts?.listByResourceGroup !== 'function')
    refuseOption('client', client, 'new MonitorClient(credential, subscriptionId) of @azure/arm-monitor')
  for (const [field, text] of Object.entries({ subscriptionId, resourceGroup })) {
    if (typeof text !== 'string' || text === '') refuseOption(field, text, 'a text')
  }
  const judgedMs = durationMs(judgedWithin, 'judgedWithin')

  return {
    name: resourceGroup,
    async alarms({ signal } = {}) {
      const rules = await rulesOf(client, resourceGroup, signal)
      const firing = fired ? await firingRules(fired, subscriptionId, resourceGroup, signal) : undefined
      const receivers = await receiversOf(client, rules, signal)
      const alarms: Alarm[] = []
      for (const rule of rules) {
        const since = firing?.get(rule.id.toLowerCase())
        const found: Found =
          since === undefined
            ? await judged(client, rule, resourceGroup, firing !== undefined, clock.now() - judgedMs, signal)
            : { state: 'firing', why: `fired ${formatInstant(since)}`, since }
        const told = rule.groups.reduce((sum, id) => sum + (receivers.get(id.toLowerCase()) ?? 0), 0)
        alarms.push({ name: rule.name, ...found, enabled: rule.enabled, receivers: told })
      }
      const ids = new Set(rules.map(({ id }) => id.toLowerCase()))
      for (const [id, since] of firing ?? []) {
        if (ids.has(id)) continue
        const name = id.split('/').at(-1) ?? id
        const why = `fired ${formatInstant(since)}; its rule is not in ${resourceGroup}`
        alarms.push({ name, state: 'firing', why, since, enabled: true, receivers: 0 })
      }
      return alarms
    },
  }
}

type Found = Pick<Alarm, 'state' | 'why' | 'since'>

async function judged(
  client: MonitorAlertsLike,
  { kind, name, enabled }: Rule,
  resourceGroup: string,
  knowsFired: boolean,
  oldest: number,
  signal: AbortSignal | undefined,
): Promise<Found> {
  if (!enabled) return { state: 'unknown', why: 'it is switched off' }
  if (kind === 'log') {
    return knowsFired
      ? { state: 'ok', why: 'nothing has fired' }
      : { state: 'unknown', why: 'a log rule, and nobody says what has fired' }
  }
  const attempt = { what: `read the status of rule ${name}`, action: 'Microsoft.Insights/metricAlerts/status/read' }
  const { value = [] } = await asked(attempt, signal, () =>
    client.metricAlertsStatus.list(resourceGroup, name, abort(signal)),
  )
  const statuses = value.map(({ properties }) => ({
    status: properties?.status ?? '',
    at: properties?.timestamp?.getTime(),
  }))
  const bad = statuses.find(({ status }) => status.toLowerCase() === 'unhealthy')
  if (bad) return { state: 'firing', why: bad.status, since: bad.at }
  const [first] = statuses
  if (!first) return { state: 'unknown', why: 'it has not been judged yet' }
  const other = statuses.find(({ status }) => status.toLowerCase() !== 'healthy')
  if (other) return { state: 'unknown', why: `its status is ${JSON.stringify(other.status)}`, since: other.at }
  const latest = Math.max(...statuses.map(({ at }) => at ?? Number.NEGATIVE_INFINITY))
  if (latest < oldest) {
    const when = Number.isFinite(latest) ? formatInstant(latest) : 'at an unknown time'
    return {
      state: 'unknown',
      why: `it was last judged ${when}`,
      ...(Number.isFinite(latest) ? { since: latest } : {}),
    }
  }
  return { state: 'ok', why: first.status, since: latest }
}

async function rulesOf(
  client: MonitorAlertsLike,
  resourceGroup: string,
  signal: AbortSignal | undefined,
): Promise<readonly Rule[]> {
  const what = `list the alert rules of ${resourceGroup}`
  const metric = { what, action: 'Microsoft.Insights/metricAlerts/read' }
  const log = { what, action: 'Microsoft.Insights/scheduledQueryRules/read' }
  const metricRules = await asked(metric, signal, () =>
    all(client.metricAlerts.listByResourceGroup(resourceGroup, abort(signal))),
  )
  const logRules = await asked(log, signal, () =>
    all(client.scheduledQueryRules.listByResourceGroup(resourceGroup, abort(signal))),
  )
  return [
    ...metricRules.map(({ id = '', name = '', enabled = false, actions = [] }): Rule => {
      const groups = actions.flatMap(({ actionGroupId }) => (actionGroupId === undefined ? [] : [actionGroupId]))
      return { kind: 'metric', id, name, enabled, groups }
    }),
    ...logRules.map(({ id = '', name = '', enabled = false, actions = {} }): Rule => {
      return { kind: 'log', id, name, enabled, groups: actions.actionGroups ?? [] }
    }),
  ]
}

/** When each rule fired that is firing, by the rule's id in lower case. */
async function firingRules(
  { alerts }: FiredAlertsLike,
  subscriptionId: string,
  resourceGroup: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, number>> {
  const attempt = { what: `list the alerts of ${resourceGroup}`, action: 'Microsoft.AlertsManagement/alerts/read' }
  // Without a time range the service lists those of one day: what fired two days ago, and still does, would be missing.
  const options = {
    targetResourceGroup: resourceGroup,
    monitorCondition: 'Fired',
    timeRange: '30d',
    pageCount: 250,
    ...abort(signal),
  } as const
  const found = await asked(attempt, signal, () => all(alerts.getAll(`/subscriptions/${subscriptionId}`, options)))
  const firing = new Map<string, number>()
  for (const { properties } of found) {
    const { monitorCondition, alertRule = '', startDateTime } = properties?.essentials ?? {}
    // oxlint-disable-next-line no-restricted-globals -- a text or a Date of the service's; reads no clock
    const at = startDateTime === undefined ? 0 : new Date(startDateTime).getTime()
    if (monitorCondition === 'Fired') firing.set(alertRule.toLowerCase(), at)
  }
  return firing
}

/** How many each action group tells, by its id in lower case; one that is gone tells nobody. */
async function receiversOf(
  client: MonitorAlertsLike,
  rules: readonly Rule[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, number>> {
  const receivers = new Map<string, number>()
  for (const id of new Set(rules.flatMap(({ groups }) => groups))) {
    const [, group = '', name = ''] = /\/resourceGroups\/([^/]+)\/.*\/actionGroups\/([^/]+)$/i.exec(id) ?? []
    const attempt = { what: `read the action group ${name}`, action: 'Microsoft.Insights/actionGroups/read' }
    try {
      const found = await asked(attempt, signal, () => client.actionGroups.get(group, name, abort(signal)))
      receivers.set(id.toLowerCase(), found.enabled === false ? 0 : countOf(found))
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'HEALTH_NOT_FOUND') throw error
      receivers.set(id.toLowerCase(), 0)
    }
  }
  return receivers
}

function countOf(group: ActionGroupLike): number {
  const { emailReceivers = [], smsReceivers = [] } = group
  const confirmed = [...emailReceivers, ...smsReceivers].filter(({ status }) => status !== 'Disabled').length
  const others = [
    group.webhookReceivers,
    group.itsmReceivers,
    group.azureAppPushReceivers,
    group.automationRunbookReceivers,
    group.voiceReceivers,
    group.logicAppReceivers,
    group.azureFunctionReceivers,
    group.armRoleReceivers,
    group.eventHubReceivers,
  ]
  return confirmed + others.reduce((sum, list) => sum + (list?.length ?? 0), 0)
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of pages) found.push(one)
  return found
}

const abort = (signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal }
