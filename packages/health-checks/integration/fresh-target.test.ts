// A Lambda function, its gateway and its metrics on moto; the app that takes over on our local Azure; each through its SDK.
import { APIGateway } from '@aws-sdk/client-api-gateway'
import { ApiGatewayV2 } from '@aws-sdk/client-apigatewayv2'
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { Lambda } from '@aws-sdk/client-lambda'
import { WebSiteManagementClient } from '@azure/arm-appservice'
import { systemClock } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import {
  capacity,
  consumersBound,
  noLegacyEndpoints,
  requiredSettings,
  routesMatch,
  standbyAligned,
} from '@cutover/health-checks'
import { httpApiRoutes, restApiRoutes } from '@cutover/health-checks/api-gateway'
import { appDependencies } from '@cutover/health-checks/azure-monitor'
import { lambdaPeaks } from '@cutover/health-checks/cloudwatch'
import {
  functionAppConfiguration,
  functionAppHost,
  functionAppRoutes,
  functionAppSettings,
  regionalQuotas,
} from '@cutover/health-checks/function-app'
import { lambdaSettings } from '@cutover/health-checks/lambda'
import { inMemoryAzureMonitor } from '@cutover/health-checks/testing'
import { type LocalAzure, localAzure, monitor, type SiteMachine, sites } from '@cutover/local-azure'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

import { contextOf } from '../test/context.ts'
import { type Moto, noMoto, startMoto } from './moto.ts'
import { officialClients } from './official-clients.ts'

const opened: LocalAzure[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

type Settings = Readonly<Record<string, string>>

function app(name: string, settings: Settings, more: Partial<SiteMachine> = {}): SiteMachine {
  const nothing = (): void => {}
  return {
    name,
    site: () => ({ enabled: true, state: 'Running', hostNames: [`${name}.azurewebsites.net`] }),
    start: nothing,
    stop: nothing,
    restart: nothing,
    appSettings: () => settings,
    putAppSettings: nothing,
    functions: () => [],
    syncTriggers: nothing,
    ...more,
  }
}

async function azure(machines: readonly SiteMachine[], usages = {}) {
  const server = await localAzure({ providers: [sites({ machines, usages })] })
  opened.push(server)
  const client = new WebSiteManagementClient(server.credential(), server.subscriptionId, {
    additionalPolicies: [server.policy()],
    retryOptions: { maxRetries: 0 },
  })
  return { server, client, of: (name: string) => ({ client, resourceGroup: 'local', name }) }
}

const functions = () => [
  {
    name: 'accept',
    isDisabled: false,
    config: { bindings: [{ type: 'httpTrigger', route: 'orders/{id?}', methods: ['get', 'post'] }, { type: 'http' }] },
  },
  {
    name: 'consume',
    isDisabled: true,
    config: { bindings: [{ type: 'queueTrigger', direction: 'in', queueName: 'orders' }] },
  },
]

describe('a function app', () => {
  test('is listed with what starts each function, and one that is disabled is told', async () => {
    const { of } = await azure([app('orders', {}, { functions })])
    const expected = { accept: { type: 'httpTrigger' }, consume: { type: 'queueTrigger', of: 'orders' } }

    const answer = await consumersBound(functionAppHost(of('orders')), { expected }).run(contextOf())

    expect(answer).toMatchObject({
      status: 'fail',
      text: 'consume is disabled',
      evidence: {
        rows: [
          { function: 'accept', found: 'bound' },
          { function: 'consume', found: 'disabled' },
        ],
      },
    })
  })

  test('a standby is compared with its primary', async () => {
    const { of } = await azure([
      app('west', { A: '1', REGION: 'w' }, { functions }),
      app('north', { A: '1', REGION: 'n' }, { functions }),
    ])
    const sides = [functionAppConfiguration(of('west')), functionAppConfiguration(of('north'))] as const

    const plain = await standbyAligned(...sides).run(contextOf())
    const told = await standbyAligned(...sides, { differ: { 'settings.REGION': 'its own' } }).run(contextOf())

    expect([plain.status, plain.text]).toEqual(['fail', 'functions:north: settings.REGION is different'])
    expect(told.status).toBe('pass')
  })

  test('quotas of its region are read, and counted', async () => {
    const { client } = await azure([], { FlexCores: { used: 240, limit: 250 } })
    const peaks = {
      concurrency: 1,
      perMinute: 60,
      averageMs: 10,
      durationMs: 10,
      payloadBytes: 1,
      days: 14,
      daysWithData: 14,
    }
    const check = (location: string) =>
      capacity(
        { name: 'f', peaks: () => Promise.resolve(peaks) },
        {
          plan: { plan: 'flex', perInstance: 16 },
          quotas: regionalQuotas({ client, location }),
          takes: { FlexCores: 20 },
        },
      )

    expect(await check('westeurope').run(contextOf())).toMatchObject({
      status: 'fail',
      text: expect.stringMatching(/quota FlexCores: 20 Count are needed, 10 are there/),
    })
    expect(await check('eastus').run(contextOf())).toMatchObject({ status: 'undecided' })
  })

  test('an error of App Service without a body is told, whatever the SDK makes of it', async () => {
    const { server, of } = await azure([app('orders', {})])
    server.failNext('WebApps_ListApplicationSettings', 'empty-error')

    await expect(functionAppSettings(of('orders')).settings()).rejects.toMatchObject({
      code: 'HEALTH_SOURCE_UNAVAILABLE',
      retryable: true,
    })
    await expect(functionAppSettings(of('other')).settings()).rejects.toMatchObject({ code: 'HEALTH_NOT_FOUND' })
  })
})

test.each(['LogsQueryClient of @azure/monitor-query', 'LogsQueryClient of @azure/monitor-query-logs'] as const)(
  'what an app called is read through the %s',
  async (name) => {
    const world = fakeWorld()
    const machine = inMemoryAzureMonitor(world)
    const now = world.clock.now()
    machine.recordDependency('orders.s3.eu-west-1.amazonaws.com', now - 1_200_000)
    machine.recordDependency('orders.blob.core.windows.net', now - 1_200_000)
    machine.recordDependency('other.s3.eu-west-1.amazonaws.com', now - 1_200_000, { app: 'other' })
    const server = await localAzure({ providers: monitor({ logs: [machine.logMachine], clock: world.clock }) })
    opened.push(server)
    const { workspaceId } = machine.logMachine
    const ask = (appName: string) => {
      const client = officialClients(server).logs[name]
      const dependencies = appDependencies({ client, workspaceId, app: appName, clock: world.clock })
      return noLegacyEndpoints({ dependencies }).run(contextOf(world))
    }

    const used = await ask('orders')
    const silent = await ask('none')

    expect(used).toMatchObject({
      status: 'fail',
      evidence: { rows: [{ endpoint: 'orders.s3.eu-west-1.amazonaws.com' }], looked: { dependencies: 2 } },
    })
    expect(silent.status).toBe('undecided')
  },
)

describe.skipIf(noMoto)('moto', () => {
  let moto: Moto
  let lambda: Lambda

  beforeAll(async () => {
    moto = await startMoto()
    lambda = new Lambda(moto.client)
    await fetch(`${moto.endpoint}/moto-api/config`, { method: 'POST', body: '{"lambda":{"use_docker":false}}' })
    await createRole(moto.endpoint)
    await lambda.createFunction({
      FunctionName: 'orders',
      Runtime: 'nodejs22.x',
      Role: 'arn:aws:iam::123456789012:role/orders',
      Handler: 'index.handler',
      Code: { ZipFile: Uint8Array.from([0x50, 0x4b, 5, 6, ...Array.from({ length: 18 }, () => 0)]) },
      Environment: {
        Variables: {
          TABLE: 'orders',
          REGION: 'eu-west-1',
          KEY: 'hunter2',
          QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/q',
        },
      },
    })
  })
  afterAll(() => moto[Symbol.asyncDispose]())

  test('the environment of a function is compared with the settings of an app', async () => {
    const reference = '@Microsoft.KeyVault(SecretUri=https://vault.azure.net/secrets/key)'
    const settings = {
      TABLE: 'orders',
      REGION: 'westeurope',
      KEY: reference,
      QUEUE_URL: 'https://x.queue.core.windows.net/q',
    }
    let status = 'Resolved'
    const references = () => [{ setting: 'KEY', reference, status }]
    const { of } = await azure([app('orders', settings, { references })])
    const source = lambdaSettings({ client: lambda, functionName: 'orders' })
    const check = requiredSettings(source, functionAppSettings(of('orders')), {
      regions: { 'eu-west-1': 'westeurope' },
      differ: ['QUEUE_URL'],
    })

    const resolved = await check.run(contextOf())
    status = 'AccessToKeyVaultDenied'
    const denied = await check.run(contextOf())

    expect(resolved.evidence?.rows.map(({ name, found }) => [name, found])).toEqual([
      ['TABLE', 'same'],
      ['REGION', 'region'],
      ['KEY', 'reference'],
      ['QUEUE_URL', 'changed'],
    ])
    expect([resolved.status, denied.status]).toEqual(['pass', 'fail'])
    expect(denied.text).toBe('functions:orders: KEY refers to a secret: AccessToKeyVaultDenied')
  })

  test('a function that is not there is not found', async () => {
    await expect(lambdaSettings({ client: lambda, functionName: 'none' }).settings()).rejects.toMatchObject({
      code: 'HEALTH_NOT_FOUND',
    })
  })

  test('its peaks are those of its minutes', async () => {
    const client = new CloudWatch(moto.client)
    const at = Math.floor(systemClock.now() / 60_000) * 60_000 - 3_600_000
    const put = (MetricName: string, Value: number, Timestamp: number) => ({
      MetricName,
      Value,
      Timestamp: new Date(Timestamp),
      Dimensions: [{ Name: 'FunctionName', Value: 'peaks' }],
    })
    await client.putMetricData({
      Namespace: 'AWS/Lambda',
      MetricData: [
        put('Invocations', 600, at),
        put('Invocations', 90, at + 60_000),
        put('Duration', 120, at),
        put('ConcurrentExecutions', 12, at),
      ],
    })

    const peaks = await lambdaPeaks({ client, functionName: 'peaks', days: 1 }).peaks()

    expect(peaks).toEqual({
      concurrency: 12,
      perMinute: 600,
      averageMs: 120,
      durationMs: 120,
      payloadBytes: undefined,
      days: 1,
      daysWithData: 1,
    })
  })

  test('the routes of a REST API, under its base path, are at the app', async () => {
    const client = new APIGateway(moto.client)
    const { id: restApiId = '' } = await client.createRestApi({ name: 'orders' })
    const { items: roots = [] } = await client.getResources({ restApiId })
    const { id: ordersId = '' } = await client.createResource({ restApiId, parentId: roots[0]?.id, pathPart: 'orders' })
    const { id: oneId = '' } = await client.createResource({ restApiId, parentId: ordersId, pathPart: '{id}' })
    for (const [resourceId, httpMethod] of [
      [ordersId, 'POST'],
      [oneId, 'GET'],
      [oneId, 'DELETE'],
    ] as const) {
      await client.putMethod({ restApiId, resourceId, httpMethod, authorizationType: 'NONE' })
      await client.putIntegration({ restApiId, resourceId, httpMethod, type: 'MOCK' })
    }
    await client.createDeployment({ restApiId, stageName: 'prod' })
    await client.createDomainName({ domainName: 'api.example.com', certificateName: 'c' })
    await client.createBasePathMapping({ domainName: 'api.example.com', basePath: 'v1', restApiId, stage: 'prod' })
    const { of } = await azure([app('orders', {}, { functions })])
    const gateway = restApiRoutes({ client, restApiId, domainName: 'api.example.com' })

    const answer = await routesMatch(gateway, functionAppRoutes({ ...of('orders'), routePrefix: 'v1' })).run(
      contextOf(),
    )

    expect(answer.evidence?.rows.map(({ method, path, found }) => `${method} ${path} ${found}`).sort()).toEqual([
      'DELETE /v1/orders/{id} method-missing',
      'GET /v1/orders/{id} matched',
      'POST /v1/orders matched',
    ])
    expect(answer.status).toBe('fail')
  })

  test('the routes of an HTTP API are read', async () => {
    const client = new ApiGatewayV2(moto.client)
    const { ApiId = '' } = await client.createApi({ Name: 'orders', ProtocolType: 'HTTP' })
    for (const RouteKey of ['GET /orders/{id}', 'POST /orders', '$default'])
      await client.createRoute({ ApiId, RouteKey })

    const routes = await httpApiRoutes({ client, apiId: ApiId }).routes()

    expect(routes).toEqual(
      expect.arrayContaining([
        { method: 'GET', path: '/orders/{id}' },
        { method: 'POST', path: '/orders' },
        { method: 'ANY', path: '/{proxy+}' },
      ]),
    )
    await expect(httpApiRoutes({ client, apiId: 'none' }).routes()).rejects.toMatchObject({ code: 'HEALTH_NOT_FOUND' })
  })
})

/** A function needs a role that exists; moto tells the service by the scope of the signature, which it does not check. */
async function createRole(endpoint: string): Promise<void> {
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20261120/eu-west-1/iam/aws4_request, SignedHeaders=host, Signature=0'
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
  }
  const AssumeRolePolicyDocument = JSON.stringify(policy)
  const body = new URLSearchParams({
    Action: 'CreateRole',
    Version: '2010-05-08',
    RoleName: 'orders',
    AssumeRolePolicyDocument,
  })
  const { status } = await fetch(endpoint, { method: 'POST', headers: { authorization }, body })
  if (status !== 200) throw new Error(`moto made no role: ${status}`)
}
