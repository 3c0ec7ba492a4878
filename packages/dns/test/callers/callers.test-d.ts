import type { Lambda, LambdaClient } from '@aws-sdk/client-lambda'
import type { SSM, SSMClient } from '@aws-sdk/client-ssm'
import type { AppConfigurationClient } from '@azure/app-configuration'
import {
  type Change,
  type EndpointRepointed,
  type EndpointSetting,
  type FormerEndpoint,
  repointEndpoint,
} from '@cutover/dns'
import { type AppConfigurationLike, appConfigurationSetting } from '@cutover/dns/app-configuration'
import { type LambdaLike, lambdaVariable } from '@cutover/dns/lambda'
import { type SsmLike, ssmParameter } from '@cutover/dns/ssm'
import { expectTypeOf, test } from 'vitest'

declare const lambda: Lambda
declare const ssm: SSM
declare const appConfiguration: AppConfigurationClient

test("the SDKs' clients fit as they are", () => {
  expectTypeOf<Lambda>().toExtend<LambdaLike>()
  expectTypeOf<SSM>().toExtend<SsmLike>()
  expectTypeOf<AppConfigurationClient>().toExtend<AppConfigurationLike>()
  const handles = [
    lambdaVariable({ client: lambda, functionName: 'shop', variable: 'ORDERS_URL' }),
    ssmParameter({ client: ssm, name: '/shop/orders-url' }),
    appConfigurationSetting({ client: appConfiguration, store: 'shop', key: 'orders:url' }),
  ]
  expectTypeOf(handles).toEqualTypeOf<EndpointSetting[]>()
})

test('clients with send() alone are refused in a sentence', () => {
  // @ts-expect-error -- 'Pass new Lambda(...): a LambdaClient has only send()'
  lambdaVariable({ client: {} as LambdaClient, functionName: 'shop', variable: 'ORDERS_URL' })
  // @ts-expect-error -- 'Pass new SSM(...): an SSMClient has only send()'
  ssmParameter({ client: {} as SSMClient, name: '/shop/orders-url' })
})

test('repointEndpoint answers a change that is not awaited', async () => {
  const change = repointEndpoint({} as EndpointSetting, { to: 'https://orders.azurewebsites.net' })
  expectTypeOf(change).toEqualTypeOf<Change<FormerEndpoint, EndpointRepointed, FormerEndpoint>>()
  // @ts-expect-error -- A Change does nothing until it is applied
  await change
})
