import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import type { Descriptions, Exchange } from '@cutover/local-azure'
import type { LiveValidationIssue, LiveValidationResult } from 'oav'

/** Where Azure's official OpenAPI descriptions are, if they are: a checkout of azure-rest-api-specs beside the repository. */
const directory = resolve(import.meta.dirname, '../../../../shared/specs/specification')
const webApps = 'web/resource-manager/Microsoft.Web/stable/2024-04-01/WebApps.json'

const haveDescriptions: boolean = existsSync(resolve(directory, webApps))

/** The version that is described. */
export const describedVersion = '2024-04-01'

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

/** Microsoft's validator over Microsoft's descriptions; only for requests of `describedVersion`. */
export async function officialDescriptions(): Promise<OfficialDescriptions | undefined> {
  if (!haveDescriptions) return undefined
  const { LiveValidator } = await import('oav')
  const validator = new LiveValidator(
    {
      directory,
      swaggerPathsPattern: [webApps],
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
      return said(await validator.validateLiveResponse(response, { url, method }))
    },
  }
}

const isDescribed = ({ url, operation }: Exchange): boolean =>
  url.includes(`api-version=${describedVersion}`) && operation.startsWith('WebApps_')

const requestOf = ({ url, method, headers, body }: Exchange) => ({
  url,
  method,
  headers: { ...headers },
  ...(body === undefined ? {} : { body: body as Record<string, unknown> }),
})

/** Without what was found there: it may be a secret. */
function said({ errors, runtimeException }: LiveValidationResult): string[] {
  return [...(runtimeException ? [runtimeException.code] : []), ...errors.map(textOf)]
}

const textOf = ({ code, pathsInPayload }: LiveValidationIssue): string => `${code} at ${pathsInPayload.join(', ')}`
