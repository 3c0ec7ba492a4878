import type { Lambda, LambdaClient } from '@aws-sdk/client-lambda'
import type { SQS, SQSClient } from '@aws-sdk/client-sqs'
import type { WebSiteManagementClient } from '@azure/arm-appservice'
import type { Change, Check } from '@cutover/core'
import {
  activate,
  cordon,
  drained,
  type Drained,
  type HasEvery,
  type ListenerEvidence,
  type Listeners,
  oneListener,
  type Switched,
  type TriggerSetting,
} from '@cutover/triggers'
import { lambdaFunction, type LambdaLike, type SqsLike } from '@cutover/triggers/aws'
import { functionApp, type WebAppsLike } from '@cutover/triggers/azure'
import { type SiteMachine, siteMachine } from '@cutover/triggers/testing'
import { expectTypeOf, test } from 'vitest'

declare const client: Lambda
declare const sqs: SQS
declare const azure: WebSiteManagementClient
const functionName = 'orders'
const triggers = { queue: { sqs: 'orders' }, nightly: { eventSourceMapping: 'u' } } as const
const source = lambdaFunction({ client, sqs, functionName, triggers })
const target = functionApp({ client: azure, resourceGroup: 'g', name: 'orders', triggers: { queue: 'consume' } })
const both = functionApp({ client: azure, resourceGroup: 'g', name: 'orders', triggers: { queue: 'a', nightly: 'b' } })

test("the SDKs' clients fit as they are", () => {
  expectTypeOf<Lambda>().toExtend<LambdaLike>()
  expectTypeOf<SQS>().toExtend<SqsLike>()
  expectTypeOf<WebSiteManagementClient>().toExtend<WebAppsLike>()
})

test('a handle keeps its names', () => {
  expectTypeOf(source).toEqualTypeOf<Listeners<'queue' | 'nightly'>>()
  expectTypeOf(target).toEqualTypeOf<Listeners<'queue'>>()
})

test('clients with send() alone are refused in a sentence', () => {
  const command = {} as LambdaClient
  // @ts-expect-error -- 'Pass new Lambda(...): a LambdaClient has only send()'
  lambdaFunction({ client: command, functionName, triggers })
  // @ts-expect-error -- 'Pass new SQS(...): an SQSClient has only send()'
  lambdaFunction({ client, sqs: {} as SQSClient, functionName, triggers })
})

test('verbs answer changes and checks', () => {
  expectTypeOf(cordon(source, 'queue')).toEqualTypeOf<Change<TriggerSetting, Switched, TriggerSetting>>()
  expectTypeOf(activate(source, 'queue')).toEqualTypeOf<Change<TriggerSetting, Switched, TriggerSetting>>()
  expectTypeOf(drained(source)).toEqualTypeOf<Check<Drained>>()
  expectTypeOf(oneListener(source, both)).toEqualTypeOf<Check<ListenerEvidence>>()
})

test('a name that the side does not have is refused', () => {
  // @ts-expect-error -- '"que"' is not assignable to '"queue" | "nightly"'
  void cordon(source, 'que')
  // @ts-expect-error -- likewise
  void activate(target, 'nightly')
  // @ts-expect-error -- likewise
  drained(source, ['que'])
  // @ts-expect-error -- likewise
  oneListener(source, both, ['que'])
})

test('a target that lacks a name is refused in a sentence, one that has more is not', () => {
  // @ts-expect-error -- 'The target has no trigger named nightly'
  oneListener(source, target)
  oneListener(target, both)
  expectTypeOf<HasEvery<'queue' | 'nightly', 'queue'>>().toEqualTypeOf<'The target has no trigger named nightly'>()
})

test('a side with other names is not taken for this one', () => {
  // @ts-expect-error -- it has no nightly
  const narrow: Listeners<'queue' | 'nightly'> = target
  // @ts-expect-error -- it has more than queue
  const wide: Listeners<'queue'> = both
  void [narrow, wide]
})

test('a change is not awaited', async () => {
  // @ts-expect-error -- A Change does nothing until it is applied
  await cordon(source, 'queue')
})

test('the machine of an app is what a local server of it needs', () => {
  expectTypeOf(siteMachine).returns.toExtend<SiteMachine>()
})
