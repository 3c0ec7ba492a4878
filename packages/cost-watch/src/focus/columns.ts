/** One column of FOCUS 1.2, as its own file of the specification says it. */
export interface FocusColumn {
  readonly name: string
  /** A conditional column may be left out of a dataset whose provider lacks what it tells. */
  readonly level: 'mandatory' | 'conditional' | 'recommended'
  readonly mayBeNull: boolean
  readonly type: 'string' | 'decimal' | 'date' | 'json'
  readonly allowed: readonly string[] | undefined
}

const column = (
  name: string,
  level: FocusColumn['level'],
  mayBeNull: boolean,
  type: FocusColumn['type'],
  allowed?: readonly string[],
): FocusColumn => ({ name, level, mayBeNull, type, allowed })

/**
 * All 57 columns.
 *
 * @see https://github.com/FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec/tree/v1.2/specification/columns
 */
export const focusColumns: readonly FocusColumn[] = [
  column('AvailabilityZone', 'recommended', true, 'string'),
  column('BilledCost', 'mandatory', false, 'decimal'),
  column('BillingAccountId', 'mandatory', false, 'string'),
  column('BillingAccountName', 'mandatory', true, 'string'),
  column('BillingAccountType', 'conditional', false, 'string'),
  column('BillingCurrency', 'mandatory', false, 'string'),
  column('BillingPeriodEnd', 'mandatory', false, 'date'),
  column('BillingPeriodStart', 'mandatory', false, 'date'),
  column('CapacityReservationId', 'conditional', true, 'string'),
  column('CapacityReservationStatus', 'conditional', true, 'string', ['Used', 'Unused']),
  column('ChargeCategory', 'mandatory', false, 'string', ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment']),
  column('ChargeClass', 'mandatory', true, 'string', ['Correction']),
  column('ChargeDescription', 'mandatory', true, 'string'),
  column('ChargeFrequency', 'recommended', false, 'string', ['One-Time', 'Recurring', 'Usage-Based']),
  column('ChargePeriodEnd', 'mandatory', false, 'date'),
  column('ChargePeriodStart', 'mandatory', false, 'date'),
  column('CommitmentDiscountCategory', 'conditional', true, 'string', ['Spend', 'Usage']),
  column('CommitmentDiscountId', 'conditional', true, 'string'),
  column('CommitmentDiscountName', 'conditional', true, 'string'),
  column('CommitmentDiscountQuantity', 'conditional', true, 'decimal'),
  column('CommitmentDiscountStatus', 'conditional', true, 'string', ['Used', 'Unused']),
  column('CommitmentDiscountType', 'conditional', true, 'string'),
  column('CommitmentDiscountUnit', 'conditional', true, 'string'),
  column('ConsumedQuantity', 'conditional', true, 'decimal'),
  column('ConsumedUnit', 'conditional', true, 'string'),
  column('ContractedCost', 'mandatory', false, 'decimal'),
  column('ContractedUnitPrice', 'conditional', true, 'decimal'),
  column('EffectiveCost', 'mandatory', false, 'decimal'),
  column('InvoiceId', 'recommended', true, 'string'),
  column('InvoiceIssuerName', 'mandatory', false, 'string'),
  column('ListCost', 'mandatory', false, 'decimal'),
  column('ListUnitPrice', 'conditional', true, 'decimal'),
  column('PricingCategory', 'conditional', true, 'string', ['Standard', 'Dynamic', 'Committed', 'Other']),
  column('PricingCurrency', 'conditional', true, 'string'),
  column('PricingCurrencyContractedUnitPrice', 'conditional', true, 'decimal'),
  column('PricingCurrencyEffectiveCost', 'conditional', true, 'decimal'),
  column('PricingCurrencyListUnitPrice', 'conditional', true, 'decimal'),
  column('PricingQuantity', 'mandatory', true, 'decimal'),
  column('PricingUnit', 'mandatory', true, 'string'),
  column('ProviderName', 'mandatory', false, 'string'),
  column('PublisherName', 'mandatory', false, 'string'),
  column('RegionId', 'conditional', true, 'string'),
  column('RegionName', 'conditional', true, 'string'),
  column('ResourceId', 'conditional', true, 'string'),
  column('ResourceName', 'conditional', true, 'string'),
  column('ResourceType', 'conditional', true, 'string'),
  column('ServiceCategory', 'mandatory', false, 'string', [
    'AI and Machine Learning',
    'Analytics',
    'Business Applications',
    'Compute',
    'Databases',
    'Developer Tools',
    'Multicloud',
    'Identity',
    'Integration',
    'Internet of Things',
    'Management and Governance',
    'Media',
    'Migration',
    'Mobile',
    'Networking',
    'Security',
    'Storage',
    'Web',
    'Other',
  ]),
  column('ServiceName', 'mandatory', false, 'string'),
  column('ServiceSubcategory', 'recommended', false, 'string'),
  column('SkuId', 'conditional', true, 'string'),
  column('SkuMeter', 'conditional', true, 'string'),
  column('SkuPriceDetails', 'conditional', true, 'json'),
  column('SkuPriceId', 'conditional', true, 'string'),
  column('SubAccountId', 'conditional', true, 'string'),
  column('SubAccountName', 'conditional', true, 'string'),
  column('SubAccountType', 'conditional', true, 'string'),
  column('Tags', 'conditional', true, 'json'),
]
