import { attribute, idle, orphaned, residual } from '@cutover/cost-watch'
import { expect, test } from 'vitest'

import { costRow, hour, monday } from './cost-rows.ts'

const now = { from: monday + hour, to: monday + 2 * hour }
const before = { from: monday, to: monday + hour }
const nowRow = (over: Parameters<typeof costRow>[0]) => costRow({ ...now, ...over })

test('an excess comes from the resources that rose, the largest first, and one that fell hides none', () => {
  const shares = attribute({
    now: {
      window: now,
      rows: [
        nowRow({ resourceId: 'a', usd: '5' }),
        nowRow({ resourceId: 'b', usd: '3' }),
        nowRow({ resourceId: 'c', usd: '1' }),
        nowRow({ resourceId: 'd', usd: '1' }),
      ],
    },
    before: {
      window: before,
      rows: [
        costRow({ resourceId: 'a', usd: '2' }),
        costRow({ resourceId: 'b', usd: '2' }),
        costRow({ resourceId: 'c', usd: '8' }),
        costRow({ resourceId: 'd', usd: '1' }),
      ],
    },
  })

  expect(shares.map(({ resourceId, part, times }) => [resourceId, part, times])).toEqual([
    ['a', 0.75, 2.5],
    ['b', 0.25, 1.5],
  ])
  expect(shares.map(({ excess }) => Number(excess.amount))).toEqual([3, 1])
  expect(shares.at(-1)?.cumulative).toBe(1)
})

test('scale brings a night to the day that followed it', () => {
  const rows = [nowRow({ resourceId: 'a', usd: '4' }), nowRow({ resourceId: 'b', usd: '9' })]
  const night = [costRow({ resourceId: 'a', usd: '1' }), costRow({ resourceId: 'b', usd: '1' })]

  const shares = attribute({ now: { window: now, rows }, before: { window: before, rows: night }, scale: 4 })

  expect(shares.map(({ resourceId }) => resourceId)).toEqual(['b'])
})

test('a meter that did not exist before is all excess, and how many times is no number', () => {
  const [share] = attribute({ now: { window: now, rows: [nowRow({})] }, before: { window: before, rows: [] } })

  expect(share).toMatchObject({ part: 1, times: undefined })
})

test('a resource is idle when all its work was counted and was none, not when nobody counted it', () => {
  const standing = (resourceId: string) =>
    costRow({ resourceId, meter: 'flex/always-ready/baseline-gb-seconds', usd: '0.3' })
  const rows = [
    standing('idle'),
    costRow({ resourceId: 'idle', meter: 'flex/executions', quantity: '0', usd: '0' }),
    standing('busy'),
    costRow({ resourceId: 'busy', meter: 'flex/executions', quantity: '3', usd: '0' }),
    standing('uncounted'),
    costRow({ resourceId: 'free', meter: 'flex/executions', quantity: '0', usd: '0' }),
  ]

  expect(idle(rows)).toEqual([
    {
      kind: 'idle',
      cloud: 'azure',
      resourceId: 'idle',
      cost: { amount: '0.3', currency: 'USD' },
      meters: ['flex/always-ready/baseline-gb-seconds'],
    },
  ])
})

test('what is not in use is orphaned, its parts with it, and case does not matter to Azure', () => {
  const rows = ['/Sites/Orders', '/sites/orders/slots/blue', '/sites/orders-old', ''].map((resourceId) =>
    costRow({ resourceId }),
  )

  expect(orphaned(rows, ['/sites/orders']).map(({ resourceId }) => resourceId)).toEqual(['/sites/orders-old'])
})

test('residual is what the source costs from its decommissioning on', () => {
  const rows = [
    costRow({ cloud: 'aws', resourceId: 'before', from: monday - hour, to: monday }),
    costRow({ cloud: 'aws', resourceId: 'bucket', meter: 's3/gb-months/standard', usd: '0.2' }),
    costRow({ cloud: 'aws', resourceId: 'bucket', meter: 's3/requests/read', usd: '0.5' }),
    costRow({ cloud: 'aws', resourceId: 'nothing', usd: '0' }),
    costRow({ cloud: 'azure' }),
  ]

  const [only, ...more] = residual(rows, 'aws', monday)

  expect(more).toEqual([])
  expect(only).toMatchObject({
    resourceId: 'bucket',
    cost: { amount: '0.7' },
    meters: ['s3/requests/read', 's3/gb-months/standard'],
  })
})
