import { decimal } from '../money/decimal.ts'
import { gbMonths } from '../usage/gigabytes.ts'
import type { Window } from '../usage/usage-row.ts'
import type { AzureResource } from './monitor-usage.ts'

type Values = Readonly<Record<string, number | undefined>>
type Quantities = ReturnType<AzureResource['quantities']>

/** None of a metric that has no value. */
const of = (value: number | undefined, quantity: (value: number) => Quantities): Quantities =>
  value === undefined ? [] : quantity(value)

const lying = (meter: string, bytes: number | undefined, hour: Window): Quantities =>
  of(bytes, (value) => [{ meter, quantity: gbMonths(value, hour).toString() }])

/**
 * The queues of a storage account: its operations, which cost the same in both classes, and what lies in it.
 *
 * `accountId`: `/subscriptions/…/providers/Microsoft.Storage/storageAccounts/orders`
 */
export function storageQueues(accountId: string, region: string): AzureResource {
  return {
    resourceId: `${accountId}/queueServices/default`,
    region,
    metrics: { Transactions: 'Total', QueueCapacity: 'Average' },
    quantities: (values: Values, hour) => [
      ...of(values['Transactions'], (count) => [{ meter: 'storage-queue/operations/class-1', quantity: count }]),
      ...lying('storage-queue/gb-months', values['QueueCapacity'], hour),
    ],
  }
}

/** The blobs of a storage account, all taken for hot and locally redundant: any of its operations may be a write, or a read. */
export function storageBlobs(accountId: string, region: string): AzureResource {
  return {
    resourceId: `${accountId}/blobServices/default`,
    region,
    metrics: { Transactions: 'Total', BlobCapacity: 'Average' },
    quantities: (values: Values, hour) => [
      ...of(values['Transactions'], (count) => [
        { meter: 'blob/operations/write', quantity: count, range: { low: 0, high: count } },
        { meter: 'blob/operations/read', quantity: 0, range: { low: 0, high: count } },
      ]),
      ...lying('blob/gb-months/hot-lrs', values['BlobCapacity'], hour),
    ],
  }
}

/** A Service Bus namespace: its requests, and of a Standard one the hours that it is there. */
export function serviceBusNamespace(namespaceId: string, region: string, tier: 'basic' | 'standard'): AzureResource {
  return {
    resourceId: namespaceId,
    region,
    metrics: { IncomingRequests: 'Total' },
    quantities: (values: Values, { from, to }) => [
      ...of(values['IncomingRequests'], (count) => [{ meter: `service-bus/operations/${tier}`, quantity: count }]),
      // It is there, and costs, whether anything is known of its requests or not.
      ...(tier === 'standard'
        ? [
            {
              meter: 'service-bus/base-hours',
              quantity: decimal(to - from)
                .dividedBy(decimal(3_600_000))
                .toString(),
            },
          ]
        : []),
    ],
  }
}

/** A serverless Cosmos DB account: its request units, and what lies in it. */
export function cosmosServerless(accountId: string, region: string): AzureResource {
  return {
    resourceId: accountId,
    region,
    metrics: { TotalRequestUnits: 'Total', DataUsage: 'Average' },
    quantities: (values: Values, hour) => [
      ...of(values['TotalRequestUnits'], (units) => [{ meter: 'cosmos/serverless-rus', quantity: units }]),
      ...lying('cosmos/gb-months', values['DataUsage'], hour),
    ],
  }
}
