import {
  type ApiGatewayLike,
  type ApiGatewayV2Like,
  httpApiRoutes,
  restApiRoutes,
} from '@cutover/health-checks/api-gateway'
import { expect, test } from 'vitest'

const http = (keys: readonly string[], mappings: readonly [apiId: string, key: string][] = []): ApiGatewayV2Like => ({
  // One at a time.
  getRoutes: ({ NextToken = '0' }) => {
    const at = Number(NextToken)
    const more = at + 1 < keys.length ? { NextToken: String(at + 1) } : {}
    return Promise.resolve({ Items: keys.slice(at, at + 1).map((RouteKey) => ({ RouteKey })), ...more })
  },
  getApiMappings: ({ NextToken = '0' }) => {
    const at = Number(NextToken)
    const more = at + 1 < mappings.length ? { NextToken: String(at + 1) } : {}
    const Items = mappings.slice(at, at + 1).map(([ApiId, ApiMappingKey]) => ({ ApiId, ApiMappingKey }))
    return Promise.resolve({ Items, ...more })
  },
})

test('all pages of routes and mappings are read, and those of other APIs left out', async () => {
  const client = http(
    ['GET /orders/{id}', 'ANY /files/{proxy+}', '$default'],
    [
      ['abc', ''],
      ['other', 'x'],
      ['abc', 'v1/eu'],
    ],
  )

  const routes = await httpApiRoutes({ client, apiId: 'abc', domainName: 'api.example.com' }).routes()

  expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /orders/{id}',
    'GET /v1/eu/orders/{id}',
    'ANY /files/{proxy+}',
    'ANY /v1/eu/files/{proxy+}',
    'ANY /{proxy+}',
    'ANY /v1/eu/{proxy+}',
  ])
})

test('a domain without a mapping is not taken for one without a base path', async () => {
  const client = http(['GET /orders'], [['other', 'x']])

  await expect(httpApiRoutes({ client, apiId: 'abc', domainName: 'api.example.com' }).routes()).rejects.toMatchObject({
    code: 'HEALTH_NOT_FOUND',
    message: 'api.example.com has no mapping to API Gateway abc',
  })
})

test('an API of WebSockets is refused', async () => {
  await expect(httpApiRoutes({ client: http(['$connect']), apiId: 'abc' }).routes()).rejects.toMatchObject({
    code: 'HEALTH_OPTIONS_INVALID',
  })
})

test('methods of a REST API are asked for, and all pages read', async () => {
  const inputs: unknown[] = []
  const client: ApiGatewayLike = {
    getResources: (input) => {
      inputs.push(input)
      return Promise.resolve(
        input.position === undefined
          ? { items: [{ path: '/' }, { path: '/orders', resourceMethods: { GET: {}, POST: {} } }], position: 'p' }
          : { items: [{ path: '/orders/{id}', resourceMethods: { ANY: {} } }] },
      )
    },
    getBasePathMappings: () => Promise.resolve({ items: [{ restApiId: 'abc', basePath: '(none)' }] }),
  }

  const routes = await restApiRoutes({ client, restApiId: 'abc', domainName: 'api.example.com' }).routes()

  expect(routes).toEqual([
    { method: 'GET', path: '/orders' },
    { method: 'POST', path: '/orders' },
    { method: 'ANY', path: '/orders/{id}' },
  ])
  expect(inputs).toEqual([
    { restApiId: 'abc', embed: ['methods'], limit: 500 },
    { restApiId: 'abc', embed: ['methods'], limit: 500, position: 'p' },
  ])
})
