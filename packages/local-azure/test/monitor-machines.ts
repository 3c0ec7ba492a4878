import type { AlertMachine, LogMachine, MetricMachine } from '@cutover/local-azure'

export const subscriptionId = '00000000-0000-0000-0000-000000000001'
export const ordersId = `/subscriptions/${subscriptionId}/resourceGroups/local/providers/Microsoft.Web/sites/orders`
export const workspaceId = '11111111-0000-0000-0000-000000000001'

/** Minute 0 has ten requests and one error, minute 1 has not been taken in, and is answered as 0, minute 2 is unknown. */
export const measuredOrders: MetricMachine = {
  resourceId: ordersId,
  region: 'westeurope',
  metrics: {
    Requests: { unit: 'Count', aggregations: ['total'] },
    Http5xx: { unit: 'Count', aggregations: ['total'] },
    HttpResponseTime: { unit: 'Seconds', aggregations: ['average', 'total', 'minimum', 'maximum', 'count'] },
  },
  point(metric, from) {
    const minute = Math.floor(from / 60_000)
    if (minute > 1) return {}
    if (metric === 'HttpResponseTime') return { average: 0.25, count: 10 }
    return { total: minute === 1 ? 0 : metric === 'Requests' ? 10 : 1 }
  },
}

export const workspace: LogMachine = {
  workspaceId,
  resourceIds: [ordersId],
  query(kql, timespan) {
    if (kql.startsWith('bad')) {
      throw Object.assign(new Error('Query could not be parsed'), { statusCode: 400, code: 'BadArgumentError' })
    }
    const partial = kql.startsWith('partly') ? { code: 'Timeout', message: 'took too long' } : undefined
    return {
      columns: [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: 'total', type: 'long' },
      ],
      rows: [[new Date(timespan?.from ?? 0).toISOString(), 42]],
      partial,
    }
  },
}

export const watched = (now: number): AlertMachine => ({
  resourceGroup: 'local',
  rules: () => [
    {
      name: 'errors',
      kind: 'metric',
      enabled: true,
      scopes: [ordersId],
      groups: ['night'],
      status: 'Healthy',
      statusAt: now,
    },
    { name: 'new', kind: 'metric', enabled: false, scopes: [ordersId], groups: [] },
    { name: 'slow', kind: 'log', enabled: true, scopes: [ordersId], groups: ['night'] },
  ],
  groups: () => [{ name: 'night', enabled: true, emails: [{ name: 'duty', emailAddress: 'duty@example.com' }] }],
  alerts: () => [
    { id: 'a1', rule: 'errors', target: ordersId, condition: 'Fired', firedAt: now - 3_600_000 },
    { id: 'a2', rule: 'errors', target: ordersId, condition: 'Resolved', firedAt: now - 3_600_000 },
    { id: 'a3', rule: 'errors', target: ordersId, condition: 'Fired', firedAt: now - 3 * 86_400_000 },
  ],
})
