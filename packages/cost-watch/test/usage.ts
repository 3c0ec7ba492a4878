import type { UsageRow } from '@cutover/cost-watch'

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs
/** 2026-11-20T00:00:00Z */
export const day = Date.UTC(2026, 10, 20)

/** A usage row of one hour, at our prices; only what a test says is otherwise. */
export const usage = (meter: string, quantity: UsageRow['quantity'], other: Partial<UsageRow> = {}): UsageRow => ({
  cloud: 'aws',
  account: '111122223333',
  region: 'us-east-1',
  resourceId: 'arn:aws:lambda:us-east-1:111122223333:function:orders',
  meter,
  from: day,
  to: day + hourMs,
  quantity,
  complete: true,
  ...other,
})

export const app = '/subscriptions/s1/resourceGroups/orders/providers/Microsoft.Web/sites/orders'

export const azureUsage = (meter: string, quantity: UsageRow['quantity'], other: Partial<UsageRow> = {}): UsageRow =>
  usage(meter, quantity, { cloud: 'azure', account: 's1', region: 'eastus', resourceId: app, ...other })
