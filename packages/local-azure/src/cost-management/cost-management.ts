import { CutoverError } from '@cutover/core'

import { armError } from '../arm-error.ts'
import type { LocalAzureErrorCode } from '../local-azure-error-code.ts'
import type { Answer, ArmRequest, Operation, Provider } from '../provider.ts'
import { seededId } from '../seeded.ts'
import type { CostMachine } from './cost-machine.ts'
import { type QueryLimits, QueryQuota } from './query-quota.ts'
import { type Dataset, datasetProblem, queryRows } from './query-rows.ts'
import { instantOf, queryWindow } from './query-window.ts'

export interface CostManagementOptions {
  readonly machine: CostMachine
  /** @default ['local'] */
  readonly resourceGroups?: readonly string[] | undefined
  /** Rows in one page. @default 1_000 */
  readonly pageSize?: number | undefined
  readonly limits?: QueryLimits | undefined
}

const scopes = [
  ['Query_Usage', '/subscriptions/{subscriptionId}'],
  ['Query_UsageOfResourceGroup', '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}'],
] as const

/**
 * `Microsoft.CostManagement/query`: daily costs by up to two dimensions, page by page, with the service's quotas. Its traps are in
 * it: dates that it does not like are changed without a word, each quota has a retry header of its own, those who do not say their
 * `ClientType` share one with all the world, and ids come back in small letters.
 *
 * @throws CutoverError `LOCAL_AZURE_OPTION_INVALID` for a page of no rows.
 */
export function costManagement(options: CostManagementOptions): Provider {
  const { machine, resourceGroups = ['local'], pageSize = 1_000, limits = {} } = options
  if (!(Number.isInteger(pageSize) && pageSize > 0)) {
    const message = `pageSize is ${pageSize}; wanted a whole number above 0`
    throw new CutoverError<LocalAzureErrorCode>('LOCAL_AZURE_OPTION_INVALID', message)
  }
  const quota = new QueryQuota(limits)
  return {
    namespace: 'Microsoft.CostManagement',
    apiVersions: ['2022-10-01', '2023-03-01', '2023-11-01'],
    resourceGroups,
    location: 'global',
    operations: scopes.map(([id, scope]): Operation => ({
      id,
      method: 'POST',
      path: `${scope}/providers/Microsoft.CostManagement/query`,
      handle: (request) => answerTo(request, { machine, quota, pageSize }),
    })),
  }
}

function answerTo(
  { path, query, body, headers, parameters, apiVersion }: ArmRequest,
  parts: { readonly machine: CostMachine; readonly quota: QueryQuota; readonly pageSize: number },
): Answer {
  const { machine, quota, pageSize } = parts
  const asked = askedBy(body)
  if (typeof asked === 'string') return armError(400, 'BadRequest', asked)
  const now = machine.now()
  const scope = path.slice(0, path.toLowerCase().indexOf('/providers/microsoft.costmanagement'))
  const units = Math.max(1, Math.ceil(Math.abs(asked.to - asked.from) / (31 * 86_400_000)))
  const throttled = quota.take({ scope, clientType: headers['clienttype'], units }, now)
  if (throttled) return armError(429, '429', 'Too many requests. Please retry.', throttled)

  const window = queryWindow(asked.from, asked.to, now)
  if (!window) return armError(400, 'BadRequest', 'The time period is more than 37 months ago.')
  const token = query.get('$skiptoken') ?? '0'
  if (!/^\d{1,9}$/.test(token)) return armError(400, 'BadRequest', 'Invalid skip token.')
  const group = parameters['resourceGroupName']?.toLowerCase()
  const charges = machine
    .charges()
    .filter(({ resourceId }) => group === undefined || resourceId.toLowerCase().includes(`/resourcegroups/${group}/`))
  const { columns, rows } = queryRows(charges, window, asked.dataset)
  const [from, to] = [Number(token), Number(token) + pageSize]
  const next = `https://management.azure.com${path}?api-version=${apiVersion}&%24skiptoken=${to}`
  const name = seededId('query', path, from)
  return {
    status: 200,
    headers: { 'x-ms-ratelimit-microsoft.costmanagement-qpu-consumed': String(units) },
    body: {
      id: `${scope.slice(1)}/providers/Microsoft.CostManagement/query/${name}`,
      name,
      type: 'Microsoft.CostManagement/query',
      properties: { columns, rows: rows.slice(from, to), ...(to < rows.length ? { nextLink: next } : {}) },
    },
  }
}

/** What is asked, or why it cannot be. */
function askedBy(body: unknown): { readonly from: number; readonly to: number; readonly dataset: Dataset } | string {
  const { type, timeframe, timePeriod, dataset } = Object(body) as Readonly<Record<string, unknown>>
  if (type !== 'ActualCost' && type !== 'AmortizedCost' && type !== 'Usage') return 'Invalid query definition: type.'
  if (timeframe !== 'Custom') return 'This server answers the timeframe Custom only.'
  const { from, to } = Object(timePeriod) as Readonly<Record<string, unknown>>
  const [first, last] = [instantOf(from), instantOf(to)]
  if (first === undefined || last === undefined) return 'Invalid query definition: timePeriod.'
  const { granularity, aggregation, grouping, filter } = Object(dataset) as Readonly<Record<string, unknown>>
  if (granularity !== 'Daily') return 'This server answers the granularity Daily only.'
  const asked: Dataset = {
    aggregation: Object.values(Object(aggregation) as object).map(nameOf),
    grouping: Array.isArray(grouping) ? grouping.map(nameOf) : [],
    filter,
  }
  return datasetProblem(asked) ?? { from: first, to: last, dataset: asked }
}

const nameOf = (given: unknown): string => String((Object(given) as { readonly name?: string }).name)
