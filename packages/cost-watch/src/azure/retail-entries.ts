import { formatInstant } from '@cutover/core'

import { Decimal, decimal } from '../money/decimal.ts'
import { type Meter, meters } from '../prices/meter.ts'
import type { PriceEntry, Tier } from '../prices/price-book.ts'
import { textOf } from './exact-json.ts'

/** One price of the service, as far as it is read. Its numbers are `ExactNumber`s. */
export type RetailItem = Readonly<Record<string, unknown>>

const azureMeters = [...meters.values()].filter(({ azure }) => azure !== undefined)

/** Those that have a meter that we know. */
export const retailServices: readonly string[] = [...new Set(azureMeters.map(({ azure }) => azure?.serviceName ?? ''))]

/** The entries of a price book: of meters that we know, by what they are sold by. */
export function retailEntries(items: readonly RetailItem[], now: number): readonly PriceEntry[] {
  const groups = new Map<string, RetailItem[]>()
  for (const item of items) {
    const meter = meterOf(item)
    if (!meter || item['type'] !== 'Consumption' || item['isPrimaryMeterRegion'] === false) continue
    // Announced prices are listed beforehand.
    if (textOf(item['effectiveStartDate']) > formatInstant(now)) continue
    const key = `${meter.id}@${textOf(item['armRegionName'])}`
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return [...groups.values()].flatMap((group) => entryOf(group) ?? [])
}

const meterOf = (item: RetailItem): Meter | undefined =>
  azureMeters.find(
    ({ azure }) =>
      azure !== undefined &&
      azure.meterName === item['meterName'] &&
      azure.productName === item['productName'] &&
      azure.serviceName === item['serviceName'] &&
      azure.skuName === item['skuName'],
  )

/** The tiers of one meter in one region: the newest of each. */
function entryOf(group: readonly RetailItem[]): PriceEntry | undefined {
  const meter = group[0] && meterOf(group[0])
  const per = perOf(textOf(group[0]?.['unitOfMeasure']), meter?.unit ?? '')
  if (!meter || per === undefined) return undefined
  const newest = new Map<string, RetailItem>()
  for (const item of group) {
    const above = textOf(item['tierMinimumUnits'])
    const other = newest.get(above)
    if (!other || textOf(other['effectiveStartDate']) < textOf(item['effectiveStartDate'])) newest.set(above, item)
  }
  // Steps are counted in what is sold: 25,000 tens are 250,000 executions.
  const tiers: Tier[] = [...newest]
    .map(([above, item]) => ({
      above: decimal(above).times(per).toString(),
      price: decimal(textOf(item['retailPrice'])).toString(),
    }))
    .toSorted((one, other) => decimal(one.above).compare(decimal(other.above)))
  const asOf =
    [...newest.values()]
      .map((item) => textOf(item['effectiveStartDate']))
      .toSorted()
      .at(-1) ?? ''
  const entry = {
    meter: meter.id,
    region: textOf(group[0]?.['armRegionName']),
    per: per.toString(),
    source: 'Azure Retail Prices API',
    asOf: asOf.slice(0, 10),
    skuId: textOf(group[0]?.['skuId']),
  }
  const [first, second] = tiers
  if (meter.grant === undefined || !first || !second || !decimal(first.price).isZero) return { ...entry, tiers }
  const quantity = decimal(second.above)
  const paid = tiers.slice(1).map(({ above, price }) => ({ above: decimal(above).minus(quantity).toString(), price }))
  return { ...entry, tiers: paid, free: { quantity: second.above, pool: meter.grant } }
}

/** `10K` are 10,000 of the meter's unit; `undefined` when it is sold by something else than the meter counts. */
function perOf(unitOfMeasure: string, unit: string): Decimal | undefined {
  const match = /^(\d+(?:\.\d+)?)([KM])?\s*(.*)$/.exec(unitOfMeasure)
  if (!match) return undefined
  const [, digits = '', scale, of = ''] = match
  const sold = of.replace(/^\//, '').toLowerCase()
  if (!(units[unit] ?? ['']).includes(sold)) return undefined
  return decimal(digits).times(new Decimal(scale === 'M' ? 1_000_000n : scale === 'K' ? 1_000n : 1n, 0))
}

const units: Readonly<Record<string, readonly string[]>> = {
  'GB-Seconds': ['gb second', 'gb-second', 'gb seconds'],
  'GB-Months': ['gb/month', 'gb month'],
  GB: ['gb'],
  Hours: ['hour', 'hours'],
  'vCPU-Hours': ['hour', 'vcpu hour'],
  'GiB-Hours': ['gib hour', 'gib hours', 'gb hour'],
  Months: ['month'],
}
