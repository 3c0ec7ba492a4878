import { armError, notImplemented } from './arm-error.ts'
import { unauthenticated } from './bearer-token.ts'
import { meantHostHeader } from './local-azure-policy.ts'
import { decodeSegment, type Found, type OperationTable } from './operation-table.ts'
import type { Answer, ArmRequest, Operation, Provider } from './provider.ts'

/** A request as it came in. */
export interface WireRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** In lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What the front door knows. */
export interface House {
  readonly subscriptionId: string
  readonly providers: readonly Provider[]
  readonly table: OperationTable
}

export type Admission =
  | { readonly refused: Answer }
  | {
      readonly refused: undefined
      readonly operation: Operation
      readonly request: Omit<ArmRequest, 'body'>
      readonly provider: Provider | undefined
    }

/** The checks that Resource Manager makes before any resource provider is asked, in its order. */
export function admit(house: House, wire: WireRequest, now: number): Admission {
  const host = wire.headers[meantHostHeader]
  const beside = host === undefined ? undefined : house.providers.find(({ dataPlane }) => dataPlane?.serves(host))
  const refused = unauthenticated(wire.headers['authorization'], now, beside?.dataPlane?.audiences)
  if (refused) return { refused }
  const { path, query } = target(wire.url)
  if (beside)
    return admitTo(
      beside,
      house.table.find(wire.method, path, (operation) => beside.operations.includes(operation)),
      wire,
    )
  const apiVersion = query.get('api-version') ?? ''
  if (apiVersion === '') {
    const message = 'The api-version query parameter (?api-version=) is required for all requests.'
    return refuse(400, 'MissingApiVersionParameter', message)
  }
  const noSubscription = subscriptionProblem(house, path)
  if (noSubscription) return { refused: noSubscription }
  const others = new Set(house.providers.flatMap(({ dataPlane, operations }) => (dataPlane ? operations : [])))
  const found = house.table.find(wire.method, path, (operation) => !others.has(operation))
  const namespace = lastProvider(path)?.namespace
  const provider = house.providers.find((one) => one.dataPlane === undefined && same(one.namespace, namespace))
  if (namespace !== undefined && !provider) {
    const message = `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`
    return refuse(409, 'MissingSubscriptionRegistration', message)
  }
  if (provider) {
    const problem = versionProblem(house, provider, path, apiVersion) ?? resourceGroupProblem(house, path)
    if (problem) return { refused: problem }
  }
  return admitTo(provider, found, wire)
}

/** To the operation that was found, if there is one. */
function admitTo(provider: Provider | undefined, found: Found | undefined, wire: WireRequest): Admission {
  const { path, query } = target(wire.url)
  if (found === undefined) return { refused: notImplemented(`${wire.method} ${path}`) }
  if (found.operation === undefined) {
    const allow = found.methods.join(', ')
    const message = `The requested resource does not support http method '${wire.method}'.`
    return { refused: armError(405, 'MethodNotAllowed', message, { allow }) }
  }
  const { operation, parameters } = found
  const { authorization: _, [meantHostHeader]: host, ...headers } = wire.headers
  const apiVersion = query.get('api-version') ?? ''
  const request = { method: operation.method, path, parameters, query, headers, apiVersion, host }
  return { refused: undefined, operation, request, provider }
}

/** Of an extension of a resource, such as its metrics, the extension's own. */
function lastProvider(path: string): { readonly namespace: string; readonly type: string } | undefined {
  const last = [...path.matchAll(/\/providers\/([^/]+)(?:\/([^/]+))?/gi)].at(-1)
  return last && { namespace: last[1] ?? '', type: last[2] ?? '' }
}

/** Some official clients begin the path with two slashes, which a URL parser takes for a host, or have two in the middle. */
export function target(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const { pathname, searchParams } = new URL(`http://local/${url.replace(/^\/+/, '')}`)
  return { path: pathname.replaceAll(/\/{2,}/g, '/'), query: searchParams }
}

function subscriptionProblem({ subscriptionId }: House, path: string): Answer | undefined {
  const asked = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1]
  if (asked === undefined) {
    const message = 'The request did not have a subscription or a valid tenant level resource provider.'
    return armError(404, 'MissingSubscription', message)
  }
  if (!isGuid(asked)) {
    const message = `The provided subscription identifier '${asked}' is malformed or invalid.`
    return armError(400, 'InvalidSubscriptionId', message)
  }
  if (same(asked, subscriptionId)) return undefined
  return armError(404, 'SubscriptionNotFound', `The subscription '${asked}' could not be found.`)
}

function versionProblem(house: House, provider: Provider, path: string, apiVersion: string): Answer | undefined {
  const siblings = house.providers.filter(({ namespace }) => same(namespace, provider.namespace))
  const versions = [...new Set(siblings.flatMap(({ apiVersions }) => apiVersions))]
  if (versions.includes(apiVersion)) return undefined
  const type = lastProvider(path)?.type ?? ''
  const message = `No registered resource provider found for location '${provider.location}' and API version '${apiVersion}' for type '${type}'. The supported api-versions are '${versions.join(', ')}'. The supported locations are '${provider.location}'.`
  return armError(400, 'NoRegisteredProviderFound', message)
}

function resourceGroupProblem({ providers }: House, path: string): Answer | undefined {
  const asked = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)/i.exec(path)?.[1]
  const known = providers.flatMap(({ resourceGroups }) => resourceGroups)
  if (asked === undefined || known.some((group) => same(group, decodeSegment(asked)))) return undefined
  return armError(404, 'ResourceGroupNotFound', `Resource group '${asked}' could not be found.`)
}

const refuse = (status: number, code: string, message: string): Admission => ({
  refused: armError(status, code, message),
})

/** Azure's names have no case. */
export const same = (one: string, other: string | undefined): boolean => one.toLowerCase() === other?.toLowerCase()

export const isGuid = (text: string): boolean => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)
