import type { FakeWorld } from '@cutover/core/testing'

import type { FetchLike } from '../azure/arm-like.ts'

export interface InMemoryRetailPricesOptions {
  /** As the service has them: `{ serviceName, productName, skuName, meterName, armRegionName, type, unitOfMeasure, retailPrice, … }`. */
  readonly items: readonly Readonly<Record<string, unknown>>[]
  /** @default 100, as the service has it */
  readonly pageSize?: number | undefined
  /** Requests in one minute of the world's clock, then it answers 429. @default 1_000 */
  readonly mostPerMinute?: number | undefined
  /** @default 60 */
  readonly retryAfterSeconds?: number | undefined
  /** @default 'USD' */
  readonly currency?: string | undefined
}

/** The Azure Retail Prices API as a `fetch`: its filter, its pages, its throttling. */
export function inMemoryRetailPrices(
  world: FakeWorld,
  options: InMemoryRetailPricesOptions,
): { readonly fetch: FetchLike; readonly requests: readonly string[] } {
  const { items, pageSize = 100, mostPerMinute = 1_000, retryAfterSeconds = 60, currency = 'USD' } = options
  const requests: string[] = []
  const answered: number[] = []
  const fetch: FetchLike = (address, { signal }) =>
    world.call('retail.prices', { signal }, () => {
      requests.push(address)
      const now = world.clock.monotonic()
      if (answered.filter((at) => now - at < 60_000).length >= mostPerMinute) {
        return answer(429, '{"error":{"code":"TooManyRequests"}}', { 'retry-after': String(retryAfterSeconds) })
      }
      answered.push(now)
      const url = new URL(address)
      const wanted = [...(url.searchParams.get('$filter') ?? '').matchAll(/(\w+) eq '([^']*)'/g)]
      const fits = (item: Readonly<Record<string, unknown>>): boolean =>
        wanted.every(([, field = '', value]) => item[field === 'priceType' ? 'type' : field] === value)
      const found = items.filter(fits)
      const skip = Number(url.searchParams.get('$skip') ?? '0')
      const next = new URL(address)
      next.searchParams.set('$skip', String(skip + pageSize))
      const page = found.slice(skip, skip + pageSize)
      const body = {
        BillingCurrency: currency,
        CustomerEntityId: 'Default',
        CustomerEntityType: 'Retail',
        Items: page,
        NextPageLink: skip + pageSize < found.length ? next.href : null,
        Count: page.length,
      }
      return answer(200, JSON.stringify(body))
    })
  return {
    fetch,
    get requests() {
      return [...requests]
    },
  }
}

type Reply = Awaited<ReturnType<FetchLike>>

const answer = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: {
    get: (name) => headers[name] ?? null,
    forEach: (each) => Object.entries(headers).forEach(([name, value]) => each(value, name)),
  },
  text: async () => body,
})
