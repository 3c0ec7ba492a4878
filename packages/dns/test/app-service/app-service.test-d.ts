import type { WebSiteManagementClient } from '@azure/arm-appservice'
import type { Procedure } from '@cutover/core'
import { type AppServiceLike, type AppServiceSite, bindHostName, type HostNameBound } from '@cutover/dns/app-service'
import type { AppServiceMachine } from '@cutover/dns/testing'
import type { CertificateMachine, HostNames } from '@cutover/local-azure'
import { expectTypeOf, test } from 'vitest'

test("the SDK's client fits as it is", () => {
  expectTypeOf<WebSiteManagementClient>().toExtend<AppServiceLike>()
})

test('the machine is what a local server of it needs', () => {
  expectTypeOf<AppServiceMachine['hostNames']>().toExtend<HostNames>()
  expectTypeOf<AppServiceMachine['certificates']>().toExtend<CertificateMachine>()
})

test('bindHostName answers a procedure that is not awaited', async () => {
  const procedure = bindHostName({} as AppServiceSite, {} as never)
  expectTypeOf(procedure).toEqualTypeOf<Procedure<HostNameBound>>()
  // @ts-expect-error -- A Procedure does nothing until it is run
  await procedure
})
