import { formatInstant } from '@cutover/core'

import type { CostRow } from '../estimate/cost-row.ts'
import { monthSpan } from '../estimate/month.ts'
import { decimal } from '../money/decimal.ts'
import { type Meter, meters } from '../prices/meter.ts'

/**
 * A row of a FOCUS 1.2 dataset. Decimals are texts, so that no digit is lost; `null` is FOCUS's own word for what does not
 * apply. A column that is not there is one that the provider's answer did not let us fill.
 */
export interface FocusRow {
  readonly BilledCost: string
  readonly BillingAccountId: string
  readonly BillingAccountName: string | null
  readonly BillingCurrency: string
  readonly BillingPeriodStart: string
  readonly BillingPeriodEnd: string
  readonly ChargeCategory: 'Usage' | 'Purchase' | 'Tax' | 'Credit' | 'Adjustment'
  readonly ChargeClass: 'Correction' | null
  readonly ChargeDescription: string | null
  readonly ChargeFrequency: 'One-Time' | 'Recurring' | 'Usage-Based'
  readonly ChargePeriodStart: string
  readonly ChargePeriodEnd: string
  readonly ConsumedQuantity: string
  readonly ConsumedUnit: string
  readonly ContractedCost: string
  readonly EffectiveCost: string
  readonly InvoiceIssuerName: string
  readonly ListCost: string
  readonly ListUnitPrice?: string
  readonly PricingCategory: 'Standard' | 'Dynamic' | 'Committed' | 'Other'
  readonly PricingQuantity: string
  readonly PricingUnit: string
  readonly ProviderName: string
  readonly PublisherName: string
  readonly RegionId: string | null
  readonly ResourceId: string | null
  readonly ResourceName: string | null
  readonly ResourceType?: string | null
  readonly ServiceCategory: string
  readonly ServiceName: string
  readonly SkuId?: string
  readonly SkuMeter?: string
  readonly SubAccountId: string | null
  readonly Tags: Readonly<Record<string, string>>
  /** By usage × price, not by the provider: no invoice will have this row. */
  readonly x_Estimated: boolean
  readonly x_EstimateLow: string
  readonly x_EstimateHigh: string
  /** False while the provider may still add to it. */
  readonly x_Complete: boolean
  /** As this package names it: `flex/gb-seconds`. */
  readonly x_Meter: string
}

const providers = { aws: 'AWS', azure: 'Microsoft' } as const

export interface FocusOptions {
  /** Who pays: the AWS payer account, the Azure billing account. @default the row's own account */
  readonly billingAccountId?: string | undefined
}

/**
 * Makes FOCUS 1.2 rows of costs, estimated or billed. `validateFocus` has nothing against them.
 *
 * `ListCost` is the list price times the quantity; what a free grant or a cheaper tier saves is in the other costs only. Of a bill
 * without unit prices, the list cost is the billed cost and `ListUnitPrice` is not there.
 */
export function focusRows(rows: readonly CostRow[], { billingAccountId }: FocusOptions = {}): readonly FocusRow[] {
  return rows.map((row) => focusRow(row, billingAccountId ?? row.account))
}

function focusRow(row: CostRow, billingAccountId: string): FocusRow {
  const { cloud, account, region, resourceId, meter, from, to, quantity, cost, listUnitPrice } = row
  const known = meters.get(meter)
  const month = monthSpan(from)
  const unit = known?.unit ?? (row.unit === '' ? 'Units' : capitalized(row.unit))
  const listCost =
    listUnitPrice === undefined ? cost.amount : decimal(listUnitPrice).times(decimal(quantity)).toString()
  return {
    BilledCost: cost.amount,
    BillingAccountId: billingAccountId,
    BillingAccountName: null,
    BillingCurrency: cost.currency,
    BillingPeriodStart: formatInstant(month.from),
    BillingPeriodEnd: formatInstant(month.to),
    ChargeCategory: 'Usage',
    ChargeClass: null,
    ChargeDescription: `${quantity} ${unit} of ${meter}`,
    ChargeFrequency: 'Usage-Based',
    ChargePeriodStart: formatInstant(from),
    ChargePeriodEnd: formatInstant(to),
    ConsumedQuantity: quantity,
    ConsumedUnit: unit,
    ContractedCost: cost.amount,
    EffectiveCost: cost.amount,
    InvoiceIssuerName: providers[cloud],
    ListCost: listCost,
    ...(listUnitPrice === undefined ? {} : { ListUnitPrice: listUnitPrice }),
    PricingCategory: 'Standard',
    PricingQuantity: quantity,
    PricingUnit: unit,
    ProviderName: providers[cloud],
    PublisherName: providers[cloud],
    RegionId: region === '' ? null : region,
    ResourceId: resourceId === '' ? null : resourceId,
    ResourceName: resourceId === '' ? null : nameOf(resourceId),
    ...(resourceId === '' ? {} : { ResourceType: typeOf(resourceId) }),
    ServiceCategory: known?.category ?? 'Other',
    ServiceName: row.service,
    ...(row.skuId === undefined ? {} : { SkuId: row.skuId, SkuMeter: known ? skuMeter(known) : meter }),
    SubAccountId: account,
    Tags: row.tags ?? {},
    x_Estimated: row.estimated,
    x_EstimateLow: row.low.amount,
    x_EstimateHigh: row.high.amount,
    x_Complete: row.complete,
    x_Meter: meter,
  }
}

/** `arn:aws:lambda:us-east-1:1:function:orders` → orders; `/subscriptions/…/sites/orders` → orders. */
const nameOf = (resourceId: string): string => resourceId.split(/[/:]/).at(-1) ?? resourceId

/** `function`, `Microsoft.Web/sites`. */
function typeOf(resourceId: string): string {
  const arm = /\/providers\/([^/]+\/[^/]+)\//i.exec(resourceId)?.[1]
  const arn = /^arn:[^:]*:([^:]*):/.exec(resourceId)?.[1]
  return arm ?? arn ?? 'Resource'
}

const skuMeter = ({ azure, aws, id }: Meter): string => azure?.meterName ?? aws?.usageTypes[0] ?? id

const capitalized = (unit: string): string => unit.charAt(0).toUpperCase() + unit.slice(1)
