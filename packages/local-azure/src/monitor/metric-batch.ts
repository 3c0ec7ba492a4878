import { formatInstant } from '@cutover/core'

import { same } from '../admission.ts'
import { armError } from '../arm-error.ts'
import type { Answer, ArmRequest, Provider } from '../provider.ts'
import type { MetricMachine } from './metric-machine.ts'
import { metricQuery, metricValues } from './metric-query.ts'

/** `https://westeurope.metrics.monitor.azure.com`, one for each region: the batch API, which Resource Manager has no part in. */
export function metricBatch(machines: readonly MetricMachine[], location: string): Provider {
  return {
    namespace: 'Microsoft.Insights',
    apiVersions: [],
    resourceGroups: [],
    location,
    dataPlane: {
      serves: (host) => host.endsWith('.metrics.monitor.azure.com'),
      // The first is what the service documents and @azure/monitor-query asks for, the second what @azure/monitor-query-metrics does.
      audiences: ['https://metrics.monitor.azure.com', 'https://management.azure.com'],
    },
    operations: [
      {
        id: 'MetricsBatch_Batch',
        method: 'POST',
        path: '/subscriptions/{subscriptionId}/metrics:getBatch',
        handle: (request) => batch(machines, request),
      },
    ],
  }
}

function batch(
  machines: readonly MetricMachine[],
  { parameters, query, body, host = '', apiVersion }: ArmRequest,
): Answer {
  if (apiVersion === '') return bad('The api-version query parameter is required.')
  const ids = (body as { resourceids?: unknown } | undefined)?.resourceids
  if (!Array.isArray(ids) || ids.length === 0) return bad('The resource ids are missing.')
  if (ids.length > 50) return bad(`The number of resources, ${ids.length}, is above the maximum of 50.`)
  const { subscriptionId = '' } = parameters
  const asked = metricQuery(
    { from: query.get('starttime') ?? undefined, to: query.get('endtime') ?? undefined, query },
    bad,
  )
  if ('status' in asked) return asked
  const namespace = query.get('metricnamespace') ?? ''
  const region = host.split('.')[0] ?? ''
  const values: object[] = []
  for (const id of ids as readonly string[]) {
    const machine = machines.find(({ resourceId }) => same(resourceId, `/${id.replace(/^\/+/, '')}`))
    if (!machine || !same(id.split('/').find((_, at, all) => all[at - 1] === 'subscriptions') ?? '', subscriptionId)) {
      return armError(404, 'ResourceNotFound', `The resource ${id} was not found in subscription ${subscriptionId}.`)
    }
    if (!same(machine.region, region)) {
      return bad(`Resource region ${machine.region} does not match the region of the endpoint, ${region}.`)
    }
    const [type = '', kind = ''] = machine.resourceId.split('/').slice(6)
    if (!same(namespace, `${type}/${kind}`))
      return bad(`Metric namespace ${namespace} is not supported for ${type}/${kind}.`)
    values.push({
      starttime: formatInstant(asked.from),
      endtime: formatInstant(asked.to),
      interval: asked.interval,
      namespace,
      resourceregion: machine.region,
      resourceid: machine.resourceId,
      value: metricValues(machine, asked),
    })
  }
  return { status: 200, body: { values } }
}

const bad = (message: string): Answer => armError(400, 'BadRequest', message)
