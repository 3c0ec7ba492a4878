import { same } from '../admission.ts'
import { armError, notImplemented } from '../arm-error.ts'
import type { Answer, Provider } from '../provider.ts'
import type { LogMachine } from './log-machine.ts'
import { parseInstant } from './parse-instant.ts'

/** `https://api.loganalytics.io`: queries of workspaces, and of resources whose logs a workspace holds. */
export function logs(machines: readonly LogMachine[], location: string): Provider {
  return {
    namespace: 'Microsoft.OperationalInsights',
    apiVersions: [],
    resourceGroups: [],
    location,
    dataPlane: {
      serves: (host) => host === 'api.loganalytics.io' || host === 'api.loganalytics.azure.com',
      audiences: ['https://api.loganalytics.io', 'https://api.loganalytics.azure.com'],
    },
    operations: [
      {
        id: 'Query_Execute',
        method: 'POST',
        path: '/v1/workspaces/{workspaceId}/query',
        handle({ parameters, body }) {
          const { workspaceId = '' } = parameters
          const machine = machines.find((one) => same(one.workspaceId, workspaceId))
          return machine ? run(machine, body) : notFound(`The workspace could not be found`)
        },
      },
      {
        id: 'Query_ResourceExecute',
        method: 'POST',
        path: '/v1/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/{resourceNamespace}/{resourceType}/{resourceName}/query',
        handle({ path, body }) {
          const id = path.replace(/^\/v1/i, '').replace(/\/query\/?$/i, '')
          const machine = machines.find(({ resourceIds = [] }) => resourceIds.some((one) => same(one, id)))
          return machine ? run(machine, body) : notFound(`The resource could not be found`)
        },
      },
    ],
  }
}

function run(machine: LogMachine, body: unknown): Answer {
  const { query, timespan, workspaces } = Object(body) as { query?: unknown; timespan?: unknown; workspaces?: unknown }
  if (typeof query !== 'string' || query === '') return refused('The query is missing.')
  if (workspaces !== undefined) return notImplemented('it queries one workspace at a time')
  const [start, end, ...rest] = typeof timespan === 'string' ? timespan.split('/') : []
  const [from, to] = [parseInstant(start), parseInstant(end)]
  if (timespan !== undefined && (!(from <= to) || rest.length > 0)) {
    return notImplemented('it takes a time span of two instants')
  }
  const { columns, rows, partial } = machine.query(query, timespan === undefined ? undefined : { from, to })
  const tables = [{ name: 'PrimaryResult', columns, rows }]
  const error = partial && {
    code: 'PartialError',
    message: 'There were some errors when processing your query.',
    details: [partial],
  }
  return { status: 200, body: { tables, ...(error ? { error } : {}) } }
}

const refused = (message: string): Answer => armError(400, 'BadArgumentError', message)
const notFound = (message: string): Answer => armError(404, 'PathNotFoundError', message)
