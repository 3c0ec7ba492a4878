// The same watch over real accounts: other clients, and no other line. Nothing here runs in the local world.
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import type { TokenCredential } from '@azure/core-auth'
import { MetricsQueryClient } from '@azure/monitor-query'
import { ContainerClient } from '@azure/storage-blob'
import { type CostWatch, costWatch, priceTable } from '@cutover/cost-watch'
import { lambdaUsage } from '@cutover/cost-watch/aws'
import { blobState, functionsUsage } from '@cutover/cost-watch/azure'

const resourceId =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/orders/providers/Microsoft.Web/sites/orders'

/** `credential` is `new DefaultAzureCredential()` of `@azure/identity`; the AWS client finds its own. */
export function ordersWatch(credential: TokenCredential): CostWatch {
  const container = new ContainerClient('https://orders.blob.core.windows.net/cutover', credential)
  return costWatch({
    source: lambdaUsage({
      client: new CloudWatch({ region: 'us-east-1' }),
      functions: [{ functionName: 'orders', account: '111122223333', region: 'us-east-1', memoryMb: 512 }],
    }),
    target: functionsUsage({
      client: new MetricsQueryClient(credential),
      apps: [{ resourceId, region: 'eastus', plan: 'flex' }],
    }),
    prices: priceTable(),
    state: blobState(container, 'cost-watch.json'),
    switchedAt: '2026-11-20T02:00:00Z',
    targetTimesSource: 1.2,
    budget: { amount: 1_500 },
  })
}
