import { CutoverError } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import { decimal } from '../money/decimal.ts'
import { meters } from '../prices/meter.ts'
import { type PriceBook, priceBook, type PriceEntry, type Tier } from '../prices/price-book.ts'
import { usageTypeOf } from './usage-type.ts'

/** What is read of an AWS price list file, `https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AWSLambda/current/eu-west-1/index.json`. */
export interface AwsPriceList {
  readonly offerCode: string
  readonly version?: string | undefined
  readonly publicationDate: string
  readonly products: Readonly<Record<string, { readonly attributes?: Readonly<Record<string, string>> | undefined }>>
  readonly terms: {
    readonly OnDemand?:
      | Readonly<
          Record<string, Readonly<Record<string, { readonly priceDimensions: Readonly<Record<string, Dimension>> }>>>
        >
      | undefined
  }
}

interface Dimension {
  readonly beginRange?: string | undefined
  readonly endRange?: string | undefined
  readonly pricePerUnit: Readonly<Record<string, string>>
}

/**
 * Reads AWS price list files, parsed, into a price book: on-demand prices of the meters that are known here. Free grants are the
 * files' own `Global-…` usage types. A usage type that has two different prices is left out, and so unpriced.
 *
 * @throws CutoverError `COST_PRICES_INVALID` for what is no price list file, or has no price in that currency.
 */
export function awsPriceList(files: AwsPriceList | readonly AwsPriceList[], currency = 'USD'): PriceBook {
  const entries: PriceEntry[] = []
  for (const file of isList(files) ? files : [files]) {
    const { offerCode, publicationDate, products, terms } = Object(file) as Partial<AwsPriceList>
    if (typeof offerCode !== 'string' || typeof publicationDate !== 'string' || !products || !terms) {
      throw invalid('this is no AWS price list file: it has no offerCode, publicationDate, products and terms')
    }
    entries.push(...entriesOf(file, currency))
  }
  return priceBook(currency, entries)
}

function entriesOf(file: AwsPriceList, currency: string): readonly PriceEntry[] {
  const { offerCode: offer, publicationDate, version = publicationDate } = file
  const found = new Map<string, PriceEntry | 'ambiguous'>()
  const grants = new Map<string, string>()
  for (const [sku, { attributes = {} }] of Object.entries(file.products)) {
    const { usagetype: usageType = '', regionCode } = attributes
    if (usageType.startsWith('Global-')) {
      const { meter } = usageTypeOf(usageType.slice('Global-'.length), { offer })
      const quantity = freeQuantity(file, sku, currency)
      // A grant is the same in the file of every region.
      if (quantity !== undefined)
        grants.set(meter?.grant ?? globalGrants[`${offer} ${usageType}`] ?? usageType, quantity)
      continue
    }
    const { region: ofPrefix, meter } = usageTypeOf(usageType, { offer })
    const region = regionCode ?? ofPrefix
    if (!meter) continue
    const tiers = tiersOf(file, sku, currency)
    if (!tiers) continue
    const key = `${meter.id}@${region}`
    const source = `AWS price list file ${offer} ${version}`
    const entry = { meter: meter.id, region, tiers, source, asOf: publicationDate.slice(0, 10), skuId: sku }
    const known = found.get(key)
    const differs = known !== undefined && (known === 'ambiguous' || !sameTiers(known.tiers, tiers))
    found.set(key, differs ? 'ambiguous' : entry)
  }
  return [...found.values()].flatMap((entry) => {
    if (entry === 'ambiguous') return []
    const pool = meters.get(entry.meter)?.grant
    const quantity = pool === undefined ? undefined : grants.get(pool)
    return [pool === undefined || quantity === undefined ? entry : { ...entry, free: { quantity, pool } }]
  })
}

/** Where the file's global usage type is called otherwise than the regional one. */
const globalGrants: Readonly<Record<string, string>> = {
  'AWSQueueService Global-Requests': 'sqs/requests',
  'AWSDataTransfer Global-DataTransfer-Out-Bytes': 'aws/egress-gb',
}

function dimensionsOf({ terms }: AwsPriceList, sku: string): readonly Dimension[] {
  return Object.values(terms.OnDemand?.[sku] ?? {}).flatMap(({ priceDimensions }) => Object.values(priceDimensions))
}

function freeQuantity(file: AwsPriceList, sku: string, currency: string): string | undefined {
  const free = dimensionsOf(file, sku).find(({ pricePerUnit }) => decimal(pricePerUnit[currency] ?? '1').isZero)
  return free?.endRange === undefined || free.endRange === 'Inf' ? undefined : decimal(free.endRange).toString()
}

function tiersOf(file: AwsPriceList, sku: string, currency: string): readonly Tier[] | undefined {
  const dimensions = dimensionsOf(file, sku)
  if (dimensions.length === 0) return undefined
  return dimensions
    .map(({ beginRange = '0', pricePerUnit }) => {
      const price = pricePerUnit[currency]
      if (price === undefined) throw invalid(`${file.offerCode} has no price in ${currency} for ${sku}`)
      return { above: decimal(beginRange).toString(), price: decimal(price).toString() }
    })
    .toSorted((one, other) => decimal(one.above).compare(decimal(other.above)))
}

const sameTiers = (one: readonly Tier[], other: readonly Tier[]): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

const isList = (files: AwsPriceList | readonly AwsPriceList[]): files is readonly AwsPriceList[] => Array.isArray(files)

const invalid = (text: string): CutoverError<CostErrorCode> => new CutoverError('COST_PRICES_INVALID', text)
