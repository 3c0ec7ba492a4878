import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import type { Descriptions, Exchange } from '@cutover/local-azure'
import type { LiveValidationIssue, LiveValidationResult } from 'oav'

/** Where Azure's official OpenAPI descriptions are, if they are: a checkout of azure-rest-api-specs beside the repository. */
const directory = resolve(import.meta.dirname, '../../../../shared/specs/specification')

/** The version of the apps that is described. */
export const describedVersion = '2024-04-01'

/** Which descriptions hold for whom. */
interface Described {
  readonly files: readonly string[]
  readonly isDescribed: (exchange: Exchange) => boolean
}

const webApps: Described = {
  files: ['WebApps.json', 'ResourceProvider.json'].map(
    (file) => `web/resource-manager/Microsoft.Web/stable/2024-04-01/${file}`,
  ),
  isDescribed: ({ url, operation }) =>
    url.includes(`api-version=${describedVersion}`) && /^WebApps_|^GetUsagesInLocation_/.test(operation),
}

/** Apps and their certificates. */
export const hostNamesDescribed: Described = {
  files: [...webApps.files, 'web/resource-manager/Microsoft.Web/stable/2024-04-01/Certificates.json'],
  isDescribed: ({ url, operation }) =>
    url.includes(`api-version=${describedVersion}`) && /^(?:WebApps|Certificates)_/.test(operation),
}

/** The validator does not find queries of resources: their path ends like a resource's. */
export const monitorDescribed: Described = {
  files: [
    'monitor/resource-manager/Microsoft.Insights/stable/2024-02-01/metrics_API.json',
    'monitor/data-plane/Microsoft.Insights/stable/2024-02-01/metricBatch.json',
    'operationalinsights/data-plane/Microsoft.OperationalInsights/stable/2022-10-27/OperationalInsights.json',
  ],
  isDescribed: ({ operation }) => /^(?:Metrics_List|MetricsBatch_Batch|Query_Execute)$/.test(operation),
}

/** Queries of costs. */
export const costDescribed: Described = {
  files: ['cost-management/resource-manager/Microsoft.CostManagement/stable/2022-10-01/costmanagement.json'],
  isDescribed: ({ url, operation }) => url.includes('api-version=2022-10-01') && operation.startsWith('Query_Usage'),
}

/** Where the service is right, and its description is wrong. */
const wrongDescriptions: readonly ((operation: string, status: number, body: unknown) => boolean)[] = [
  // 204, it says. https://github.com/Azure/azure-rest-api-specs/issues/1275
  (operation, status) => operation === 'WebApps_SyncFunctionTriggers' && status === 200,
  // `{ error: { code, message } }`, it says. https://github.com/hashicorp/terraform-provider-azurerm/issues/10858
  (_, status, body) => status >= 400 && typeof body === 'object' && body !== null && 'Innererror' in body,
]

export interface OfficialDescriptions extends Descriptions {
  /** The operations whose answers were held to them. */
  readonly checked: Set<string>
}

/** Microsoft's validator over Microsoft's descriptions; only for what they describe. */
export async function officialDescriptions({ files, isDescribed }: Described = webApps): Promise<
  OfficialDescriptions | undefined
> {
  if (!files.every((file) => existsSync(resolve(directory, file)))) return undefined
  const { LiveValidator } = await import('oav')
  const validator = new LiveValidator(
    {
      directory,
      swaggerPathsPattern: [...files],
      git: { url: '', shouldClone: false },
      loadValidatorInBackground: false,
    },
    () => {},
  )
  await validator.initialize()
  const checked = new Set<string>()
  return {
    checked,
    async request(exchange) {
      if (!isDescribed(exchange)) return []
      return said(await validator.validateLiveRequest(requestOf(exchange)))
    },
    async answer(exchange, { status, headers, body }) {
      const { operation, url, method } = exchange
      if (!isDescribed(exchange)) return []
      checked.add(operation)
      if (wrongDescriptions.some((isWrong) => isWrong(operation, status, body))) return []
      const response = { statusCode: String(status), headers: { ...headers }, body: body as Record<string, unknown> }
      return said(await validator.validateLiveResponse(response, { url: versioned(url), method }))
    },
  }
}

/** The validator finds an operation by its version, which requests of Log Analytics do not name. */
const versioned = (url: string): string => (url.startsWith('/v1/') ? `${url}api-version=2022-10-27` : url)

const requestOf = ({ url, method, headers, body }: Exchange) => ({
  url: versioned(url),
  method,
  headers: { ...headers },
  ...(body === undefined ? {} : { body: described(method, body as Record<string, unknown>) }),
})

/** A PATCH of an app takes its `functionAppConfig`, which only the description of the PUT has: the command line sends it so. */
function described(method: string, body: Record<string, unknown>): Record<string, unknown> {
  const { functionAppConfig, ...properties } = Object(body['properties']) as Record<string, unknown>
  return method === 'PATCH' && functionAppConfig !== undefined ? { ...body, properties } : body
}

/** Without what was found there: it may be a secret. */
function said({ errors, runtimeException }: LiveValidationResult): string[] {
  return [...(runtimeException ? [runtimeException.code] : []), ...errors.map(textOf)]
}

const textOf = ({ code, pathsInPayload }: LiveValidationIssue): string => `${code} at ${pathsInPayload.join(', ')}`
