import { knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { asked } from '../sources/service-error.ts'
import type { QuotaSource } from './capacity.ts'

/** The call that is made. `new WebSiteManagementClient(...)` of `@azure/arm-appservice` fits as it is. */
export interface UsagesLike {
  readonly getUsagesInLocation: {
    list(
      location: string,
      options?: { readonly abortSignal?: AbortSignal },
    ): AsyncIterable<{
      readonly name?: { readonly value?: string | undefined } | undefined
      readonly currentValue?: number | undefined
      readonly limit?: number | undefined
      readonly unit?: string | undefined
    }>
  }
}

export interface RegionalQuotasOptions {
  /** `new WebSiteManagementClient(credential, subscriptionId)` of `@azure/arm-appservice`. */
  readonly client: UsagesLike
  /** `westeurope` */
  readonly location: string
}

/**
 * What a subscription has used of the quotas of `Microsoft.Web` in a region. A quota without a number is left out.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; `quotas` rejects with a `SourceErrorCode`.
 */
export function regionalQuotas(options: RegionalQuotasOptions): QuotaSource {
  knownOptions(options, ['client', 'location'], 'HEALTH_OPTIONS_INVALID', 'regionalQuotas')
  const { client, location } = options
  if (typeof (client as Partial<UsagesLike> | undefined)?.getUsagesInLocation?.list !== 'function')
    refuseOption('client', client, 'new WebSiteManagementClient(credential, subscriptionId)')
  if (typeof location !== 'string' || location === '') refuseOption('location', location, 'a text')
  return {
    name: location,
    async quotas({ signal } = {}) {
      const attempt = { what: `read the quotas in ${location}`, action: 'Microsoft.Web/locations/usages/read' }
      const send = signal === undefined ? {} : { abortSignal: signal }
      const found = await asked(attempt, signal, async () => {
        const all = []
        for await (const one of client.getUsagesInLocation.list(location, send)) all.push(one)
        return all
      })
      return Object.fromEntries(
        found.flatMap(({ name, currentValue: used, limit, unit = 'Count' }) =>
          name?.value === undefined || used === undefined || limit === undefined
            ? []
            : [[name.value, { used, limit, unit }] as const],
        ),
      )
    },
  }
}
