import {
  decimal,
  estimate,
  memoryUsage,
  priceBook,
  priceBooks,
  priceTable,
  sumMoney,
  taggedUsage,
} from '@cutover/cost-watch'
import { assert, constantFrom, integer, property } from 'fast-check'
import { describe, expect, test } from 'vitest'

import { azureUsage, day, dayMs, hourMs, usage } from './usage.ts'

const prices = priceTable()
const complete = { prices, accounts: 'complete' } as const

describe('what is not known is listed, and never costs zero', () => {
  test('an unknown meter is unpriced, in no row and in no sum', () => {
    const unknown = usage('lambda/durable-operations', 1_000_000)

    const answer = estimate([usage('sqs/requests/fifo', 2_000_000), unknown], complete)

    expect(answer.unpriced).toEqual([unknown])
    expect(answer.rows.map(({ meter }) => meter)).toEqual(['sqs/requests/fifo'])
    expect(answer.mid.amount).toBe('0.5')
  })

  test('a known meter in a region without a price is unpriced, and not priced as in another', () => {
    const elsewhere = usage('lambda/requests', 1, { region: 'eu-south-1' })
    expect(estimate([elsewhere], { prices })).toMatchObject({ unpriced: [elsewhere], rows: [], mid: { amount: '0' } })
  })

  test('an incomplete hour is priced so far, apart, and is in no sum', () => {
    const growing = azureUsage('flex/gb-seconds', 1_000, { from: day + hourMs, to: day + 2 * hourMs, complete: false })

    const answer = estimate([azureUsage('flex/gb-seconds', 1_000), growing], { prices })

    expect(answer.mid.amount).toBe('0.026')
    expect(answer.rows).toHaveLength(1)
    expect(answer.incomplete).toMatchObject([{ complete: false, cost: { amount: '0.026' } }])
  })

  test('what a source misses is handed on', async () => {
    const missing = {
      cloud: 'aws',
      resourceId: 'orders',
      meter: 'lambda',
      from: day,
      to: day + hourMs,
      why: 'gone',
    } as const
    const source = memoryUsage('aws', [usage('lambda/requests', 1)], [missing])

    const answer = estimate(await source.usage({ from: day, to: day + dayMs }), { prices })

    expect(answer.missing).toEqual([missing])
  })

  test('a grant that leaves nothing to pay is zero, and has a row that says so', () => {
    const answer = estimate([usage('lambda/requests', 1_000)], complete)
    expect(answer.rows).toMatchObject([{ cost: { amount: '0' }, quantity: '1000', listUnitPrice: '0.0000002' }])
  })
})

test('only what bears the tag of this migration is used; what is missing stays missing', async () => {
  const missing = { cloud: 'aws', resourceId: 'x', meter: 'y', from: day, to: day + hourMs, why: 'gone' } as const
  const own = usage('lambda/requests', 1, { tags: { migration: 'orders' } })
  const all = memoryUsage(
    'aws',
    [own, usage('lambda/requests', 2, { tags: { migration: 'billing' } }), usage('lambda/requests', 4)],
    [missing],
  )

  const scoped = taggedUsage(all, { key: 'migration', values: ['orders'] })

  expect(await scoped.usage({ from: day, to: day + dayMs })).toEqual({ rows: [own], missing: [missing] })
  expect(() => taggedUsage(all, { key: 'migration', values: [] })).toThrow(/no values/)
})

describe('accounts that others use, too', () => {
  test('the bounds are all of the grant and none of it; the guess is none', () => {
    expect(estimate([usage('lambda/requests', 1_500_000)], { prices })).toMatchObject({
      low: { amount: '0.1' },
      mid: { amount: '0.3' },
      high: { amount: '0.3' },
    })
  })

  test('one grant is left once, whatever the number of rows', () => {
    const rows = Array.from({ length: 30 }, (_, at) =>
      usage('lambda/requests', 100_000, { from: day + at * hourMs, to: day + (at + 1) * hourMs }),
    )
    expect(estimate(rows, { prices }).low.amount).toBe('0.4')
  })

  test('the lower bound knows the cheapest tier, in which others may already be', () => {
    const answer = estimate([usage('s3/gb-months/standard', 100)], { prices })
    expect([answer.low, answer.mid, answer.high].map(({ amount }) => amount)).toEqual(['2.1', '2.3', '2.3'])
  })

  test('what others have used before cannot be told of shared accounts', () => {
    expect(() => estimate([], { prices, before: [usage('lambda/requests', 1)] })).toThrow(/nobody knows/)
  })

  test('the exact cost of any account is between the bounds', () => {
    const meter = constantFrom(
      'lambda/requests',
      'lambda/gb-seconds/x86_64',
      's3/gb-months/standard',
      'dynamodb/gb-months',
    )
    const size = integer({ min: 0, max: 2_000_000_000 })
    assert(
      property(meter, size, size, (name, before, quantity) => {
        const row = usage(name, quantity)
        const { low, high } = estimate([row], { prices })
        const exact = estimate([row], { ...complete, before: [usage(name, before)] }).mid
        expect(decimal(exact.amount).compare(decimal(low.amount))).not.toBe(-1)
        expect(decimal(exact.amount).compare(decimal(high.amount))).not.toBe(1)
      }),
    )
  })
})

test('it does not matter how a month is cut into rows', () => {
  assert(
    property(integer({ min: 1, max: 60 }), integer({ min: 1, max: 10_000_000_000 }), (parts, quantity) => {
      const whole = estimate([usage('lambda/gb-seconds/x86_64', quantity)], complete).mid
      const each = Math.floor(quantity / parts)
      const cut = Array.from({ length: parts }, (_, at) =>
        usage('lambda/gb-seconds/x86_64', at === 0 ? quantity - each * (parts - 1) : each, {
          from: day + at * 60_000,
          to: day + (at + 1) * 60_000,
        }),
      )
      expect(estimate(cut, complete).mid).toEqual(whole)
      expect(sumMoney(estimate(cut, complete).rows.map(({ cost }) => cost))).toEqual(whole)
    }),
  )
})

test('rows given in another order cost the same: grants are given in the order of time', () => {
  const early = usage('lambda/gb-seconds/x86_64', 400_000)
  const late = usage('lambda/gb-seconds/arm64', 400_000, { from: day + hourMs, to: day + 2 * hourMs })
  expect(estimate([late, early], complete).mid).toEqual(estimate([early, late], complete).mid)
})

test('quantities with bounds have costs with bounds', () => {
  const row = usage('sqs/requests/fifo', 10, { range: { low: 5, high: 20 } })
  expect(estimate([row], { ...complete, before: [usage('sqs/requests/fifo', 1_000_000)] })).toMatchObject({
    low: { amount: '0.0000025' },
    mid: { amount: '0.000005' },
    high: { amount: '0.00001' },
  })
})

test.each([
  ['below zero', { quantity: -1 }, /wanted 0 or more/],
  ['not finite', { quantity: Number.NaN }, /wanted a decimal number/],
  ['that ends before it begins', { to: day - 1 }, /that increase/],
  ['without an account', { account: '' }, /no account/],
  ['over two months', { to: day + 30 * dayMs }, /two calendar months/],
  ['outside its own bounds', { range: { low: 2, high: 3 } }, /is not between 2 and 3/],
  ['of no cloud', { cloud: 'gcp' as 'aws' }, /cloud is "gcp"/],
])('usage %s is refused by name', (_, other, message) => {
  const attempt = (): unknown => estimate([usage('lambda/requests', 1, other)], { prices })
  expect(attempt).toThrow(message)
  expect(attempt).toThrow(expect.objectContaining({ code: 'COST_USAGE_INVALID' }))
})

test('the last millisecond of a month belongs to it', () => {
  const last = usage('lambda/requests', 1, { from: Date.UTC(2026, 10, 30, 23), to: Date.UTC(2026, 11, 1) })
  expect(estimate([last], complete).rows).toHaveLength(1)
})

describe('price books', () => {
  const entry = { meter: 'lambda/requests', region: 'eu-south-1', source: 'our agreement', asOf: '2026-11-01' }

  test('prices of your own win, and say where they are from', () => {
    const own = priceTable({
      entries: [{ ...entry, region: 'us-east-1', tiers: [{ above: '0', price: '0.0000001' }] }],
    })
    expect(own.price('lambda/requests', 'us-east-1')).toMatchObject({ source: 'our agreement' })
  })

  test('every price of the table has a source and a date', () => {
    for (const { meter, region } of [
      { meter: 'lambda/requests', region: 'us-east-1' },
      { meter: 'flex/gb-seconds', region: 'eastus' },
    ]) {
      const price = prices.price(meter, region)
      expect(price?.source).toMatch(/https:\/\//)
      expect(price?.asOf).toMatch(/^2026-\d\d-\d\d$/)
    }
  })

  test('books of two currencies do not mix', () => {
    const euro = priceBook('EUR', [{ ...entry, tiers: [{ above: '0', price: '1' }] }])
    expect(() => priceBooks(prices, euro)).toThrow(expect.objectContaining({ code: 'COST_CURRENCY_MIXED' }))
  })

  test.each([
    [{ tiers: [] }, /no tier from 0/],
    [{ tiers: [{ above: '5', price: '1' }] }, /no tier from 0/],
    [{ tiers: [{ above: '0', price: '-1' }] }, /wanted 0 or more/],
    [
      {
        tiers: [
          { above: '0', price: '1' },
          { above: '0', price: '2' },
        ],
      },
      /follows the one from 0/,
    ],
    [{ tiers: [{ above: '0', price: '1' }], per: '0' }, /wanted more than 0/],
    [{ tiers: [{ above: '0', price: '1' }], asOf: 'today' }, /no source or no date/],
  ])('an entry that cannot be meant is refused: %j', (other, message) => {
    expect(() => priceBook('USD', [{ ...entry, ...other }])).toThrow(message)
  })
})

test('an option that there is not is refused', () => {
  expect(() => estimate([], { prices, account: 'complete' } as never)).toThrow(/there is no option account/)
  expect(() => estimate([], { prices, accounts: 'mine' as never })).toThrow(/'shared' or 'complete'/)
})
