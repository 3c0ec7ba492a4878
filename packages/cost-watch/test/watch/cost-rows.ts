import type { CostRow, UsageRow } from '@cutover/cost-watch'

export const hour = 3_600_000
export const monday = Date.UTC(2026, 10, 2)

/** A row of an hour. */
export function costRow(over: Partial<CostRow> & { readonly usd?: string }): CostRow {
  const { usd = '1', ...rest } = over
  const cost = { amount: usd, currency: 'USD' }
  return {
    cloud: 'azure',
    account: 'one',
    region: 'eastus',
    service: 'Azure Functions',
    resourceId: '/sites/orders',
    meter: 'flex/gb-seconds',
    from: monday,
    to: monday + hour,
    quantity: '1',
    unit: 'GB-Seconds',
    cost,
    listUnitPrice: usd,
    low: cost,
    high: cost,
    complete: true,
    estimated: true,
    ...rest,
  }
}

export function usageRow(over: Partial<UsageRow>): UsageRow {
  return {
    cloud: 'azure',
    account: 'one',
    region: 'eastus',
    resourceId: '/sites/orders',
    meter: 'flex/gb-seconds',
    from: monday,
    to: monday + hour,
    quantity: 100_000,
    complete: true,
    ...over,
  }
}
