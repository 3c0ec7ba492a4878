import { fakeWorld } from '@cutover/core/testing'
import { azureCostBill } from '@cutover/cost-watch/azure'
import { describe, expect, test } from 'vitest'

import { day, dayMs } from '../usage.ts'

const scope = '/subscriptions/s1'
const columns = ['Cost', 'UsageQuantity', 'UsageDate', 'ResourceId', 'Meter', 'Currency'].map((name) => ({ name }))
const page = (rows: readonly (readonly unknown[])[]) => JSON.stringify({ properties: { columns, rows } })
const row = [0.5, 10, 20261120, '/subscriptions/s1/x', 'On Demand Execution Time', 'USD']

/** A service that answers so, one after the other; the last for ever. */
const served = (
  answers: readonly { readonly status?: number; readonly body?: string; readonly headers?: Record<string, string> }[],
  other: object = {},
) => {
  const world = fakeWorld({ startAt: day + 5 * dayMs })
  let asked = 0
  const fetch = async () => {
    const { status = 200, body = page([row]), headers = {} } = answers[Math.min(asked, answers.length - 1)] ?? {}
    asked += 1
    return new Response(status === 204 ? null : body, { status, headers })
  }
  const credential = { getToken: async () => ({ token: 'a-secret-token' }) }
  const bill = azureCostBill({ credential, fetch, scope, clock: world.clock, ...other })
  return { world, read: () => bill.bill({ from: day, to: day + dayMs }), asked: () => asked }
}

test('of all headers that ask to wait, the longest is obeyed', async () => {
  const prefix = 'x-ms-ratelimit-microsoft.costmanagement-'
  const headers = {
    [`${prefix}qpu-retry-after`]: '10',
    [`${prefix}tenant-retry-after`]: '50',
    [`${prefix}entity-retry-after`]: '30',
    [`${prefix}clienttype-retry-after`]: 'soon',
    'retry-after': '1',
  }
  const { world, read, asked } = served([{ status: 429, headers }, {}])
  const from = world.clock.now()

  const { rows } = await world.runUntil(read())

  expect([rows.length, asked(), world.clock.now() - from]).toEqual([1, 2, 50_000])
})

test('an amount keeps the digits that it was written with', async () => {
  const { read } = served([{ body: page([row]).replace('[0.5,', '[0.123456789012345678901,') }])
  const { rows } = await read()
  expect(rows[0]?.cost.amount).toBe('0.123456789012345678901')
})

describe('what is no bill is refused, and never a bill of zero', () => {
  test.each([
    ['no data for the scope', { status: 204 }, 'COST_BILL_INVALID', /no cost data/],
    ['no columns', { body: '{"properties":{"rows":[]}}' }, 'COST_BILL_INVALID', /no columns or no rows/],
    ['no JSON', { body: '<html>' }, 'COST_BILL_INVALID', /no columns or no rows/],
    ['no currency', { body: page([[...row.slice(0, 5), '']]) }, 'COST_BILL_INVALID', /no currency/],
    ['no amount', { body: page([[null, ...row.slice(1)]]) }, 'COST_BILL_INVALID', /no cost/],
    ['another day', { body: page([[0.5, 10, 20251120, ...row.slice(3)]]) }, 'COST_BILL_INVALID', /changed the dates/],
    [
      'a refusal',
      { status: 403, body: '{"error":{"code":"AuthorizationFailed","message":"no"}}' },
      'COST_NOT_AUTHORIZED',
      /AuthorizationFailed/,
    ],
    ['a bad token', { status: 401, body: '' }, 'COST_NOT_AUTHORIZED', /401/],
    ['an outage', { status: 503, body: '' }, 'COST_UNAVAILABLE', /503/],
  ])('%s', async (_, answer, code, message) => {
    await expect(served([answer]).read()).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  test('a connection that is cut', async () => {
    const fetch = () => Promise.reject(new TypeError('fetch failed'))
    await expect(served([], { fetch }).read()).rejects.toMatchObject({ code: 'COST_UNAVAILABLE', retryable: true })
  })

  test('a credential that gives no token; what it says is not repeated', async () => {
    const credential = { getToken: () => Promise.reject(new Error('secret=hunter2')) }
    const error = await served([], { credential })
      .read()
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'COST_NOT_AUTHORIZED' })
    expect(JSON.stringify([String(error), (error as Error).cause])).not.toContain('hunter2')
  })
})

test('a permission that is missing is named', async () => {
  const refused = { status: 403, body: '{"error":{"code":"AuthorizationFailed","message":"no"}}' }
  await expect(served([refused]).read()).rejects.toMatchObject({ next: 'Allow Microsoft.CostManagement/query/action.' })
})

test.each([
  [{ scope: 'subscriptions/s1' }, /wanted \/subscriptions\/<id>/],
  [{ scope: '/providers/Microsoft.Billing/billingAccounts/1' }, /wanted \/subscriptions/],
  [{ clientType: '' }, /clientType is ""/],
  [{ tag: { key: 'a', values: [] } }, /no values/],
  [{ credential: {} }, /no getToken/],
  [{ fetch: undefined }, /fetch is undefined; pass fetch itself/],
])('options that cannot be meant are refused at once: %j', (other, message) => {
  expect(() => served([], other)).toThrow(message)
})
