import { CutoverError, knownOptions } from '@cutover/core'

import { refuseOption } from '../../health-error.ts'
import { asked, type SourceErrorCode } from '../../sources/service-error.ts'
import type { GatewayRoute, GatewayRoutes } from '../routes-match.ts'
import type { ApiGatewayLike, ApiGatewayV2Like } from './api-gateway-like.ts'

export interface HttpApiRoutesOptions {
  /** `new ApiGatewayV2({ region })` */
  readonly client: ApiGatewayV2Like
  readonly apiId: string
  /** The custom domain that clients call: its mappings give the base paths. @default none, paths begin at the root */
  readonly domainName?: string | undefined
}

export interface RestApiRoutesOptions {
  /** `new APIGateway({ region })` */
  readonly client: ApiGatewayLike
  readonly restApiId: string
  /** The custom domain that clients call: its mappings give the base paths. @default none, paths begin at the root */
  readonly domainName?: string | undefined
}

/**
 * The routes of an HTTP API, under each base path that the domain maps to it. `$default` is `ANY` of everything.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; `routes` rejects with a `SourceErrorCode`, `HEALTH_NOT_FOUND` also where the
 * domain has no mapping to the API.
 */
export function httpApiRoutes(options: HttpApiRoutesOptions): GatewayRoutes {
  knownOptions(options, ['client', 'apiId', 'domainName'], 'HEALTH_OPTIONS_INVALID', 'httpApiRoutes')
  const { client, apiId, domainName } = options
  if (typeof (client as Partial<ApiGatewayV2Like> | undefined)?.getRoutes !== 'function')
    refuseOption('client', client, 'new ApiGatewayV2(…)')
  if (typeof apiId !== 'string' || apiId === '') refuseOption('apiId', apiId, 'a text')
  const name = `API Gateway ${apiId}`
  return {
    name,
    async routes({ signal } = {}) {
      const routes = { what: `list the routes of ${name}`, action: 'apigateway:GET on /apis/*' }
      const items = await every(
        (token) =>
          asked(routes, signal, () =>
            client.getRoutes({ ApiId: apiId, MaxResults: '100', ...(token && { NextToken: token }) }, abort(signal)),
          ),
        ({ Items = [], NextToken }) => [Items, NextToken],
      )
      const mappings = { what: `list the mappings of ${domainName ?? ''}`, action: 'apigateway:GET on /domainnames/*' }
      const bases = await basePaths(name, domainName, async (DomainName) => {
        const all = await every(
          (token) =>
            asked(mappings, signal, () =>
              client.getApiMappings({ DomainName, ...(token && { NextToken: token }) }, abort(signal)),
            ),
          ({ Items = [], NextToken }) => [Items, NextToken],
        )
        return all.filter(({ ApiId }) => ApiId === apiId).map(({ ApiMappingKey = '' }) => ApiMappingKey)
      })
      return items.flatMap(({ RouteKey = '' }) => bases.map((base) => routeOf(RouteKey, base)))
    },
  }
}

/**
 * The methods of the resources of a REST API, under each base path that the domain maps to it.
 *
 * @throws CutoverError as `httpApiRoutes` does.
 */
export function restApiRoutes(options: RestApiRoutesOptions): GatewayRoutes {
  knownOptions(options, ['client', 'restApiId', 'domainName'], 'HEALTH_OPTIONS_INVALID', 'restApiRoutes')
  const { client, restApiId, domainName } = options
  if (typeof (client as Partial<ApiGatewayLike> | undefined)?.getResources !== 'function')
    refuseOption('client', client, 'new APIGateway(…)')
  if (typeof restApiId !== 'string' || restApiId === '') refuseOption('restApiId', restApiId, 'a text')
  const name = `API Gateway ${restApiId}`
  return {
    name,
    async routes({ signal } = {}) {
      const resources = { what: `list the resources of ${name}`, action: 'apigateway:GET on /restapis/*' }
      const items = await every(
        (token) =>
          asked(resources, signal, () => {
            // The service answers 25 unless it is told otherwise, and methods only when they are asked for.
            const input = { restApiId, embed: ['methods'], limit: 500, ...(token && { position: token }) }
            return client.getResources(input, abort(signal))
          }),
        ({ items: found = [], position }) => [found, position],
      )
      const mappings = { what: `list the mappings of ${domainName ?? ''}`, action: 'apigateway:GET on /domainnames/*' }
      const bases = await basePaths(name, domainName, async (domain) => {
        const all = await every(
          (token) =>
            asked(mappings, signal, () =>
              client.getBasePathMappings(
                { domainName: domain, limit: 500, ...(token && { position: token }) },
                abort(signal),
              ),
            ),
          ({ items: found = [], position }) => [found, position],
        )
        return all
          .filter((mapping) => mapping.restApiId === restApiId)
          .map(({ basePath = '(none)' }) => (basePath === '(none)' ? '' : basePath))
      })
      return items.flatMap(({ path = '/', resourceMethods = {} }) =>
        Object.keys(resourceMethods).flatMap((method) => bases.map((base) => ({ method, path: join(base, path) }))),
      )
    },
  }
}

/** `GET /orders/{id}`, `ANY /{proxy+}`, `$default`. */
function routeOf(key: string, base: string): GatewayRoute {
  if (key === '$default') return { method: 'ANY', path: join(base, '/{proxy+}') }
  const [method = '', path = ''] = key.split(' ')
  if (!path.startsWith('/')) refuseOption('apiId', key, 'the API of HTTP routes, not of WebSockets')
  return { method, path: join(base, path) }
}

async function basePaths(
  name: string,
  domainName: string | undefined,
  list: (domainName: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (domainName === undefined) return ['']
  const bases = await list(domainName)
  if (bases.length > 0) return bases
  const code: SourceErrorCode = 'HEALTH_NOT_FOUND'
  throw new CutoverError(code, `${domainName} has no mapping to ${name}`)
}

function join(base: string, path: string): string {
  const joined = `/${base}/${path}`.replaceAll(/\/{2,}/g, '/')
  return joined === '/' ? joined : joined.replace(/\/$/, '')
}

async function every<Page, Item>(
  read: (token: string | undefined) => Promise<Page>,
  of: (page: Page) => readonly [readonly Item[], string | undefined],
): Promise<Item[]> {
  const all: Item[] = []
  const seen = new Set<string>()
  let token: string | undefined
  do {
    const [items, next] = of(await read(token))
    all.push(...items)
    if (next !== undefined && seen.has(next)) break
    token = next === '' ? undefined : next
    if (token !== undefined) seen.add(token)
  } while (token !== undefined)
  return all
}

const abort = (signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal }
