import { WebSiteManagementClient, type WebSiteManagementClientOptionalParams } from '@azure/arm-appservice'
import { type LocalAzure, localAzure, type LocalAzureOptions, type RequestRecord, sites } from '@cutover/local-azure'
import { afterEach, expect } from 'vitest'

import { describedVersion, officialDescriptions } from './official-descriptions.ts'
import { orders } from './orders.ts'

/** Of this worker; `undefined` where there are none. */
export const descriptions = await officialDescriptions()

const opened: LocalAzure[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) {
    await server.close()
    if (server.complaints.length > 0) throw new Error(JSON.stringify(server.complaints))
  }
})

/** A server with one app, `orders`, held to the official descriptions where there are some, and closed after the test. */
export async function serve(options: Partial<LocalAzureOptions> = {}) {
  const app = orders()
  const server = await localAzure({
    providers: [sites([app])],
    retryAfterSeconds: 0,
    ...(descriptions ? { descriptions } : {}),
    ...options,
  })
  opened.push(server)
  return { server, app, webApps: clientOf(server).webApps }
}

/** The official client, which does not try again by itself. */
export const clientOf = (server: LocalAzure, options: WebSiteManagementClientOptionalParams = {}) =>
  new WebSiteManagementClient(server.credential(), server.subscriptionId, {
    apiVersion: describedVersion,
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [server.policy()],
    ...options,
  })

interface Sent {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: unknown
}

/** One request without any client, with a good token; `init.headers` go on top. */
export async function send(server: LocalAzure, method: string, path: string, init: RequestInit = {}): Promise<Sent> {
  const { token } = await server.credential().getToken('https://management.azure.com/.default')
  const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string> | undefined) }
  const response = await fetch(`${server.url}${path}`, { method, ...init, headers })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as unknown,
  }
}

/** `/subscriptions/…/sites/orders/start?api-version=…` */
export const siteUrl = (server: LocalAzure, rest = '', site = 'orders', resourceGroup = 'local'): string =>
  `/subscriptions/${server.subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Web/sites/${site}${rest}?api-version=${describedVersion}`

/** What a client throws, as far as a caller can read it. */
export const failure = (promise: PromiseLike<unknown>): Promise<Record<string, unknown>> =>
  Promise.resolve(promise).then(
    () => expect.fail('it succeeded'),
    (error: Error & Record<string, unknown>) => {
      const { name, message, statusCode, code } = error
      return { name, message, statusCode, code }
    },
  )

export const outcomes = (records: readonly RequestRecord[]) =>
  records.map(({ operation, fault, status }) => [operation, fault, status])
