import {
  type Clock,
  CutoverError,
  type Duration,
  durationMs,
  formatDuration,
  isCutoverError,
  knownOptions,
  systemClock,
} from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import { checkedFetch, checkedTexts, invalid } from '../cost-options.ts'
import { type PriceBook, priceBook } from '../prices/price-book.ts'
import type { FetchLike } from './arm-like.ts'
import { exactJson } from './exact-json.ts'
import { retailEntries, type RetailItem, retailServices } from './retail-entries.ts'
import { retryAfterMs } from './retry-after.ts'

export interface RetailPricesOptions {
  readonly fetch: FetchLike
  /** `['westeurope']` */
  readonly regions: readonly string[]
  /** @default 'USD' */
  readonly currency?: string | undefined
  /** @default 'https://prices.azure.com' */
  readonly endpoint?: string | undefined
  /** How long to wait altogether when throttled. @default '2m' */
  readonly patience?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
}

const known = ['fetch', 'regions', 'currency', 'endpoint', 'patience', 'clock', 'signal']
const mostPages = 1_000

/**
 * Asks the Azure Retail Prices API, page by page, for the meters that are known here; it wants no credentials. What it does not
 * list in a region is not in the book, and so unpriced.
 *
 * @throws CutoverError `COST_OPTION_INVALID`, `COST_PRICES_INVALID`, `COST_THROTTLED`, `COST_UNAVAILABLE`; `signal.reason`.
 * @see https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices
 */
export async function retailPrices(options: RetailPricesOptions): Promise<PriceBook> {
  knownOptions(options, known, 'COST_OPTION_INVALID', 'retailPrices')
  const { regions, currency = 'USD', endpoint = 'https://prices.azure.com', patience = '2m' } = options
  const { fetch, clock = systemClock, signal } = options
  checkedTexts({ currency, endpoint }, 'retailPrices')
  checkedFetch(fetch, 'retailPrices')
  if (regions.length === 0) throw invalid('retailPrices: regions is empty')
  for (const region of regions) {
    if (!/^[a-z\d]+$/.test(region))
      throw invalid(`retailPrices: regions has ${JSON.stringify(region)}; wanted e.g. westeurope`)
  }
  const giveUpAt = clock.monotonic() + durationMs(patience, 'patience')
  const items: RetailItem[] = []
  for (const region of regions) {
    for (const service of retailServices) {
      const filter = `serviceName eq '${service}' and armRegionName eq '${region}' and priceType eq 'Consumption'`
      const query = new URLSearchParams({
        'api-version': '2023-01-01-preview',
        currencyCode: currency,
        $filter: filter,
      })
      let next: string | undefined = `${endpoint}/api/retail/prices?${query.toString()}`
      for (let page = 0; next !== undefined; page++) {
        if (page >= mostPages) throw pricesInvalid(`the service names more than ${mostPages} pages of ${service}`)
        const answer = await asked(next, { fetch, clock, signal, giveUpAt })
        if (answer.BillingCurrency !== currency) {
          throw pricesInvalid(`the service answered in ${String(answer.BillingCurrency)}; asked for ${currency}`)
        }
        items.push(...answer.Items)
        next = answer.NextPageLink
        if (next !== undefined && new URL(next).origin !== new URL(endpoint).origin) {
          throw pricesInvalid(`the service names ${new URL(next).origin} for the next page`)
        }
      }
    }
  }
  return priceBook(currency, retailEntries(items, clock.now()))
}

interface Page {
  readonly BillingCurrency: unknown
  readonly Items: readonly RetailItem[]
  readonly NextPageLink: string | undefined
}

async function asked(
  url: string,
  {
    fetch,
    clock,
    signal,
    giveUpAt,
  }: Required<Pick<RetailPricesOptions, 'fetch'>> & {
    readonly clock: Clock
    readonly signal: AbortSignal | undefined
    readonly giveUpAt: number
  },
): Promise<Page> {
  for (;;) {
    signal?.throwIfAborted()
    const { status, headers, text } = await sent(url, fetch, signal)
    if (status === 429 || status >= 500) {
      const waitMs = retryAfterMs(headers) ?? 5_000
      if (clock.monotonic() + waitMs > giveUpAt) {
        const code: CostErrorCode = status === 429 ? 'COST_THROTTLED' : 'COST_UNAVAILABLE'
        throw new CutoverError(code, `the price service answers ${status}`, {
          retryable: true,
          next: `Ask again in ${formatDuration(waitMs)}.`,
        })
      }
      await clock.sleep(waitMs, { signal })
      continue
    }
    if (status !== 200) throw pricesInvalid(`the price service answers ${status}`)
    const page = Object(parsed(text)) as Partial<Page>
    if (!Array.isArray(page.Items)) throw pricesInvalid('the price service answers no Items')
    const { NextPageLink: link } = page
    return {
      BillingCurrency: page.BillingCurrency,
      Items: page.Items as readonly RetailItem[],
      NextPageLink: typeof link === 'string' && link !== '' ? link : undefined,
    }
  }
}

async function sent(
  url: string,
  fetch: FetchLike,
  signal: AbortSignal | undefined,
): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string }> {
  try {
    const init = { method: 'GET', headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) }
    const answer = await fetch(url, init)
    const headers: Record<string, string> = {}
    answer.headers.forEach((value, name) => void (headers[name.toLowerCase()] = value))
    return { status: answer.status, headers, text: await answer.text() }
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (isCutoverError(error)) throw error
    throw new CutoverError<CostErrorCode>('COST_UNAVAILABLE', 'the price service does not answer', {
      cause: error,
      retryable: true,
    })
  }
}

function parsed(text: string): unknown {
  try {
    return exactJson(text)
  } catch (error) {
    throw new CutoverError<CostErrorCode>('COST_PRICES_INVALID', 'the price service answers no JSON', { cause: error })
  }
}

const pricesInvalid = (message: string): CutoverError<CostErrorCode> => new CutoverError('COST_PRICES_INVALID', message)
