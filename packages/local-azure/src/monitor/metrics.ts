import { same } from '../admission.ts'
import { resourceNotFound } from '../arm-error.ts'
import type { Answer, Provider } from '../provider.ts'
import type { MetricMachine } from './metric-machine.ts'
import { metricQuery, metricValues, unknownMetric } from './metric-query.ts'

/** `Microsoft.Insights/metrics` of resources in a resource group. */
export function metrics(machines: readonly MetricMachine[], location: string): Provider {
  return {
    namespace: 'Microsoft.Insights',
    apiVersions: ['2024-02-01', '2023-10-01'],
    resourceGroups: [...new Set(machines.map(({ resourceId }) => resourceId.split('/')[4] ?? ''))],
    location,
    operations: [
      {
        id: 'Metrics_List',
        method: 'GET',
        path: '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/{resourceNamespace}/{resourceType}/{resourceName}/providers/Microsoft.Insights/metrics',
        handle({ parameters, path, query }) {
          const { resourceNamespace = '', resourceType = '', resourceName = '', resourceGroupName = '' } = parameters
          const id = path.replace(/\/providers\/Microsoft\.Insights\/metrics$/i, '')
          const machine = machines.find(({ resourceId }) => same(resourceId, id))
          const type = `${resourceNamespace}/${resourceType}`
          if (!machine) return resourceNotFound(type, resourceName, resourceGroupName)
          const namespace = query.get('metricnamespace') ?? type
          if (!same(namespace, type)) return bad(`Metric namespace ${namespace} is not supported for ${type}.`)
          const [from, to] = query.get('timespan')?.split('/') ?? []
          const asked = metricQuery({ from, to, query }, bad)
          if ('status' in asked) return asked
          const unknown = unknownMetric(machine, asked)
          if (unknown !== undefined) {
            const valid = Object.keys(machine.metrics).join(',')
            return bad(
              `Failed to find metric configuration for provider: ${resourceNamespace}, resource Type: ${resourceType}, metric: ${unknown}, Valid metrics: ${valid}`,
            )
          }
          return {
            status: 200,
            body: {
              cost: asked.names.length * 59,
              timespan: `${from ?? ''}/${to ?? ''}`,
              interval: asked.interval,
              value: metricValues(machine, asked),
              namespace: type,
              resourceregion: machine.region,
            },
          }
        },
      },
    ],
  }
}

/** An error of Azure Monitor itself is not inside `error`, and its description says so. */
const bad = (message: string): Answer => ({ status: 400, body: { code: 'BadRequest', message } })
