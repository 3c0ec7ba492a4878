import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import type { Descriptions, Exchange } from '@cutover/local-azure'
import type { LiveValidationIssue, LiveValidationResult } from 'oav'

/** Where Azure's official OpenAPI descriptions are, if they are: a checkout of azure-rest-api-specs beside the repository. */
const directory = resolve(import.meta.dirname, '../../../../shared/specs/specification')
const files = {
  dns: 'dns/resource-manager/Microsoft.Network/stable/2018-05-01/dns.json',
  trafficManager: 'trafficmanager/resource-manager/Microsoft.Network/stable/2022-04-01/trafficmanager.json',
}

/** Where the service is right, and its description, or the validator, is wrong. */
const wrong: readonly ((operation: string, status: number, body: unknown) => boolean)[] = [
  // `{ error: { code, message } }`, it says. https://github.com/kubernetes-sigs/external-dns/issues/5358
  (_, status, body) => status >= 400 && (typeof body === 'string' || (isObject(body) && 'code' in body)),
]

/** The validator takes `/recordsets` for a record type as well, and says that it is ambiguous: the list of one type has the same form. */
const unambiguous = (url: string): string => url.replace(/\/recordsets(?=\?)/i, '/TXT')

export interface OfficialDescriptions extends Descriptions {
  /** The operations whose answers were held to them. */
  readonly checked: Set<string>
}

/** Microsoft's validator over Microsoft's descriptions of that service; `undefined` where there are none. */
export async function officialDescriptions(of: keyof typeof files): Promise<OfficialDescriptions | undefined> {
  if (!existsSync(resolve(directory, files[of]))) return undefined
  const { LiveValidator } = await import('oav')
  const git = { url: '', shouldClone: false }
  const options = { directory, swaggerPathsPattern: [files[of]], git, loadValidatorInBackground: false }
  const validator = new LiveValidator(options, () => {})
  await validator.initialize()
  const checked = new Set<string>()
  return {
    checked,
    request: async (exchange) => said(await validator.validateLiveRequest(requestOf(exchange))),
    async answer({ operation, url, method }, { status, headers, body }) {
      checked.add(operation)
      if (wrong.some((isWrong) => isWrong(operation, status, body))) return []
      const response = { statusCode: String(status), headers: { ...headers }, body: body as Record<string, unknown> }
      return said(await validator.validateLiveResponse(response, { url: unambiguous(url), method }))
    },
  }
}

const requestOf = ({ url, method, headers, body }: Exchange) => ({
  url: unambiguous(url),
  method,
  headers: { ...headers },
  ...(body === undefined ? {} : { body: body as Record<string, unknown> }),
})

const said = ({ errors, runtimeException }: LiveValidationResult): string[] => [
  ...(runtimeException ? [`${runtimeException.code} ${runtimeException.message}`] : []),
  ...errors.map(textOf),
]

const textOf = ({ code, pathsInPayload }: LiveValidationIssue): string => `${code} at ${pathsInPayload.join(', ')}`

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
