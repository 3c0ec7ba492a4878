import { fakeWorld } from '@cutover/core/testing'
import { focusRows, money, reconcile, estimate, priceTable, validateFocus } from '@cutover/cost-watch'
import { costExplorerBill, requestBudget } from '@cutover/cost-watch/aws'
import { billingMachine, type Charge, inMemoryCostExplorer } from '@cutover/cost-watch/testing'
import { expect, test } from 'vitest'

import { day, dayMs, usage } from '../usage.ts'

const account = '111122223333'
const charge = (at: number, meter: string, cost: string, other: Partial<Charge> = {}): Charge => ({
  day: at,
  resourceId: 'orders',
  service: 'AWS Lambda',
  meter,
  cost,
  quantity: '1000000',
  ...other,
})
const days = [day, day + dayMs, day + 2 * dayMs]
const charges: readonly Charge[] = days.flatMap((at) => [
  charge(at, 'Request', '0.2'),
  charge(at, 'EUC1-Lambda-GB-Second-ARM', '1.3333400001'),
  charge(at, 'Lambda-Durable-Operations', '0.05', { tags: { migration: 'orders' } }),
])

const setUp = (afterMs: number, given = charges, options: { readonly pageSize?: number } = {}) => {
  const world = fakeWorld({ startAt: day + afterMs })
  const machine = billingMachine({ now: world.clock.now, charges: given })
  const explorer = inMemoryCostExplorer(world, { machine, ...options })
  const budget = requestBudget(money('0.10', 'USD'))
  const bill = costExplorerBill({ client: explorer.client, budget, account, clock: world.clock })
  return { world, explorer, budget, bill }
}
const window = { from: day, to: day + 3 * dayMs }

test('a settled day is billed to the last digit, by meter and region', async () => {
  const { bill } = setUp(6 * dayMs)

  const { rows, incomplete, missing } = await bill.bill(window)

  expect([incomplete, missing]).toEqual([[], []])
  expect(rows.slice(0, 3)).toMatchObject([
    { meter: 'lambda/requests', region: 'us-east-1', cost: { amount: '0.2', currency: 'USD' }, estimated: false },
    { meter: 'lambda/gb-seconds/arm64', region: 'eu-central-1', cost: { amount: '1.3333400001' } },
    // Not known here, and on the bill all the same.
    { meter: 'AWS Lambda: Lambda-Durable-Operations', cost: { amount: '0.05' } },
  ])
  expect(validateFocus(focusRows(rows))).toEqual([])
})

test('days that may still grow are incomplete, and in no total', async () => {
  const { bill } = setUp(3.5 * dayMs)
  const { rows, incomplete } = await bill.bill(window)
  expect(new Set(rows.map(({ from }) => from))).toEqual(new Set([day]))
  // A day later than the day before yesterday is there by half.
  expect(
    incomplete
      .filter(({ meter }) => meter === 'lambda/requests')
      .map(({ from, cost, complete }) => [(from - day) / dayMs, cost.amount, complete]),
  ).toEqual([
    [1, '0.2', false],
    [2, '0.1', false],
  ])
})

test('a day of which the service says nothing is missing, never zero', async () => {
  const { explorer, world } = setUp(6 * dayMs)
  const client = {
    getCostAndUsage: async (...given: Parameters<typeof explorer.client.getCostAndUsage>) => {
      const answer = await explorer.client.getCostAndUsage(...given)
      return { ...answer, ResultsByTime: answer.ResultsByTime?.slice(1) }
    },
  }
  const budget = requestBudget(money(1, 'USD'))
  const { missing } = await costExplorerBill({ client, budget, account, clock: world.clock }).bill(window)
  expect(missing).toMatchObject([{ meter: 'bill', from: day, why: 'the service answered nothing for 2026-11-20' }])
})

test('a restatement is seen when the day is read again', async () => {
  const restated = charges.map((one, at) =>
    at === 0 ? { ...one, restated: { at: day + 10 * dayMs, cost: '0.25' } } : one,
  )
  const { bill, world } = setUp(6 * dayMs, restated)
  const before = await bill.bill({ from: day, to: day + dayMs })
  await world.advance(5 * dayMs)
  const after = await bill.bill({ from: day, to: day + dayMs })
  expect([before, after].map(({ rows }) => rows[0]?.cost.amount)).toEqual(['0.2', '0.25'])
})

test("'final' trusts nothing before the month's invoice", async () => {
  const { explorer, budget, world } = setUp(6 * dayMs)
  const bill = costExplorerBill({ client: explorer.client, budget, account, trust: 'final', clock: world.clock })
  expect((await bill.bill(window)).rows).toEqual([])
  await world.advance(10 * dayMs)
  expect((await bill.bill(window)).rows).toHaveLength(9)
})

test('each page is a request, each request is booked before it is sent, and the budget ends it', async () => {
  const { bill, budget, explorer, world } = setUp(6 * dayMs, charges, { pageSize: 2 })

  // 9 groups on pages of 2.
  const { rows, asked } = await bill.bill(window)
  expect([rows.length, asked.amount, budget.spent.amount]).toEqual([9, '0.05', '0.05'])
  expect(explorer.charged).toEqual(budget.spent)
  await world.advance(1_000)
  await expect(bill.bill(window)).resolves.toBeDefined()

  const sent = explorer.requests.length
  await expect(bill.bill(window)).rejects.toMatchObject({
    code: 'COST_BUDGET_SPENT',
    message: expect.stringMatching(/costs \$0.01, and \$0.10 of \$0.10 is spent/),
  })
  expect(explorer.requests.length).toBe(sent)
})

test('only what bears the tag is asked for', async () => {
  const { explorer, budget, world } = setUp(6 * dayMs)
  const tag = { key: 'migration', values: ['orders'] }
  const { rows } = await costExplorerBill({ client: explorer.client, budget, account, tag, clock: world.clock }).bill(
    window,
  )
  expect(new Set(rows.map(({ meter }) => meter))).toEqual(new Set(['AWS Lambda: Lambda-Durable-Operations']))
})

test('a credit does not make usage free, and tax is no usage', async () => {
  const others = [charge(day, 'Request', '-0.2', { type: 'Credit' }), charge(day, 'Request', '0.04', { type: 'Tax' })]
  const { bill } = setUp(6 * dayMs, [...charges, ...others])
  const { rows } = await bill.bill({ from: day, to: day + dayMs })
  expect(rows.find(({ meter }) => meter === 'lambda/requests')?.cost.amount).toBe('0.2')
})

test('throttling is told, not repeated: each attempt would cost', async () => {
  const { bill, explorer } = setUp(6 * dayMs)
  for (let i = 0; i < 5; i++) await bill.bill(window)
  await expect(bill.bill(window)).rejects.toMatchObject({ code: 'COST_THROTTLED', retryable: true })
  expect(explorer.requests).toHaveLength(5)
})

test('an answer for a day that was not asked for is refused', async () => {
  const client = {
    getCostAndUsage: async () => ({
      ResultsByTime: [{ TimePeriod: { Start: '2025-11-20', End: '2025-11-21' }, Groups: [] }],
    }),
  }
  const bill = costExplorerBill({ client, budget: requestBudget(money(1, 'USD')), account })
  await expect(bill.bill(window)).rejects.toMatchObject({ code: 'COST_BILL_INVALID' })
})

test('an estimate beside the bill learns what it is wrong by, from settled days only', async () => {
  const { bill } = setUp(4.5 * dayMs)
  const ours = estimate(
    days.map((at) =>
      usage('lambda/requests', 1_000_000, { account, from: at, to: at + dayMs, complete: at < day + 2 * dayMs }),
    ),
    { prices: priceTable() },
  )

  const compared = reconcile(ours, await bill.bill(window))

  expect(compared.meters).toMatchObject([
    {
      meter: 'lambda/requests',
      days: 2,
      estimated: { amount: '0.4' },
      billed: { amount: '0.4' },
      factor: '1',
      isWithin: true,
    },
  ])
  expect(compared.onlyBilled.map(({ meter }) => meter)).toContain('AWS Lambda: Lambda-Durable-Operations')
  expect(compared.leftOut).toEqual(['2026-11-22: the bill is incomplete'])
})
