import type { WebSiteManagementClientOptionalParams } from '@azure/arm-appservice'
import type { TokenCredential } from '@azure/core-auth'
import type { LocalAzureCredential, LocalAzurePolicy } from '@cutover/local-azure'
import { expectTypeOf, test } from 'vitest'

test('the policy fits the clients that are installed', () => {
  type Policies = NonNullable<WebSiteManagementClientOptionalParams['additionalPolicies']>

  expectTypeOf<LocalAzurePolicy>().toExtend<Policies[number]>()
})

test('the credential fits the clients that are installed', () => {
  expectTypeOf<LocalAzureCredential>().toExtend<TokenCredential>()
})
