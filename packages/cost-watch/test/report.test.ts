import { costReport, estimate, priceTable } from '@cutover/cost-watch'
import { describe, expect, test } from 'vitest'

import { azureUsage, day, dayMs, hourMs, usage } from './usage.ts'

const prices = priceTable()
const hourly = (make: typeof usage, meter: string, quantities: readonly (number | undefined)[]) =>
  quantities.flatMap((quantity, at) =>
    quantity === undefined ? [] : [make(meter, quantity, { from: day + at * hourMs, to: day + (at + 1) * hourMs })],
  )
const report = (other: object = {}) =>
  costReport({
    at: day + dayMs,
    source: estimate(hourly(usage, 's3/requests/write', [20_000, 20_000, undefined, 20_000]), { prices }),
    target: estimate(hourly(azureUsage, 'flex/always-ready/gb-seconds', [6_250, 6_250]), { prices }),
    window: { from: day, to: day + 4 * hourMs },
    ...other,
  })

test('says what both sides cost, in a sentence and in tables', () => {
  const { text, markdown } = report()
  expect(text).toBe('source $1.80 a day, target $1.20 a day: $0.60 less')
  expect(markdown).toContain('| source | $0.08 | $1.80 | $54.75 |')
  expect(markdown).toContain('| flex/always-ready/gb-seconds | $0.20 | 1 |')
})

test('an hour that is not known breaks the line, and is not drawn as zero', () => {
  const { html } = report()
  const path = /class="line source" d="([^"]+)"/.exec(html)?.[1] ?? ''
  // Two pieces: hours one and two, then hour four.
  expect(path.match(/M/g)).toHaveLength(2)
  expect(path.match(/L/g)).toHaveLength(1)
})

test('what is in no figure has a section of its own', () => {
  const holed = estimate([usage('lambda/something-new', 1), usage('s3/requests/write', 1)], { prices })
  const { markdown, html } = report({ source: holed })
  expect(markdown).toContain('## Not in these figures\n\n- source: lambda/something-new in us-east-1 has no price')
  expect(html).toContain('lambda/something-new in us-east-1 has no price')
  expect(report().markdown).not.toContain('Not in these figures')
})

test('a side without a settled hour is not known yet, and not free', () => {
  const growing = estimate([azureUsage('flex/gb-seconds', 1, { complete: false })], { prices })
  const { text, markdown, html } = report({ target: growing, window: undefined })
  expect(text).toBe('not both run rates are known yet')
  expect(markdown).toContain('| target | not known yet |')
  expect(html).toContain('not known yet')
})

describe('a name that would be code', () => {
  const evil = '<img src=x onerror=alert(1)>|[x](javascript:y)`'
  const { markdown, html } = report({
    title: evil,
    alarms: [{ at: day, text: evil }],
    source: estimate([usage(evil, 1)], {
      prices: {
        currency: 'USD',
        price: () => ({ tiers: [{ above: '0', price: '1' }], source: 'x', asOf: '2026-11-01' }),
      },
    }),
  })

  test('is text on the page', () => {
    expect(html).not.toContain('<img')
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;')
  })

  test('is text in Markdown', () => {
    expect(markdown).not.toContain('<img')
    expect(markdown).not.toMatch(/(?<!\\)\[x/)
    expect(markdown).not.toMatch(/(?<!\\)`/)
  })
})

test('the page needs nothing from elsewhere', () => {
  const { html } = report()
  expect(html).toContain("default-src 'none'")
  expect(html).not.toMatch(/<script|https?:\/\/|url\(|@import/)
})

test('an option that there is not is refused', () => {
  expect(() => report({ alarm: [] })).toThrow(/there is no option alarm/)
})
