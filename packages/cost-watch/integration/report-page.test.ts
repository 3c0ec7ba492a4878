// The page in a real browser: it draws, asks for nothing, and runs nothing.
import { spawnSync } from 'node:child_process'

import { costReport, doubleRunning, estimate, priceTable, runRate, type UsageRow } from '@cutover/cost-watch'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const executablePath = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
)
if (executablePath === undefined) {
  const text = 'there is no chromium: apt-get install chromium'
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(text)
  console.warn(`skipped: ${text}`)
}

const hourMs = 3_600_000
const switchedAt = Date.UTC(2026, 10, 18, 2)
const from = switchedAt - 48 * hourMs
const prices = priceTable()

/** Four days around a switch: traffic moves, and on the second night something runs away on the target. */
const hour = (at: number): { source: number; target: number } => {
  const daily = 1 + 0.6 * Math.sin(((at % 24) / 24) * 2 * Math.PI)
  const isAfter = at >= 48
  const runaway = at >= 78 ? 2.4 : 1
  return { source: isAfter ? 0.04 : daily, target: isAfter ? daily * runaway : 0.02 }
}
const rows = Array.from({ length: 96 }, (_, at): readonly UsageRow[] => {
  const span = { from: from + at * hourMs, to: from + (at + 1) * hourMs, complete: true }
  const { source, target } = hour(at)
  const aws = { cloud: 'aws', account: '1', region: 'us-east-1', resourceId: 'orders', ...span } as const
  const azure = { cloud: 'azure', account: '2', region: 'eastus', resourceId: 'orders', ...span } as const
  return [
    { ...aws, meter: 'lambda/gb-seconds/x86_64', quantity: Math.round(60_000 * source) },
    { ...aws, meter: 'lambda/requests', quantity: Math.round(900_000 * source) },
    { ...aws, meter: 'sqs/requests/standard', quantity: Math.round(400_000 * source) },
    // Two hours of metrics never came.
    ...(at === 60 || at === 61 ? [] : [{ ...azure, meter: 'flex/gb-seconds', quantity: Math.round(42_000 * target) }]),
    { ...azure, meter: 'flex/executions', quantity: Math.round(900_000 * target) },
    { ...azure, meter: 'flex/always-ready/baseline-gb-seconds', quantity: 14_400 },
  ]
}).flat()
const unknown: UsageRow = { ...(rows[0] as UsageRow), meter: 'lambda/durable-operations', quantity: 5 }
const lost = { from: from + 60 * hourMs, to: from + 62 * hourMs }
const why = 'Azure Monitor has no value of OnDemandFunctionExecutionUnits'
const gap = { cloud: 'azure', resourceId: 'orders', meter: 'OnDemandFunctionExecutionUnits', ...lost, why } as const
const side = (cloud: 'aws' | 'azure') =>
  estimate(
    {
      rows: [...rows, unknown].filter((row) => row.cloud === cloud),
      missing: cloud === 'azure' ? [gap] : [],
    },
    { prices },
  )
const now = from + 96 * hourMs
const kept = runRate(
  estimate(
    rows.filter((row) => row.cloud === 'aws' && row.from >= switchedAt),
    { prices },
  ),
  { from: switchedAt, to: now },
)

const { html } = costReport({
  at: now,
  source: side('aws'),
  target: side('azure'),
  switchedAt,
  doubleRunning: doubleRunning({ source: kept, switchedAt, until: switchedAt + 14 * 24 * hourMs }),
  alarms: [
    { at: from + 81 * hourMs, text: 'Azure costs 2.4 times what was expected, 92 % of it flex/gb-seconds of orders' },
  ],
})

describe.skipIf(executablePath === undefined)('the page', () => {
  let browser: Browser
  beforeAll(async () => {
    const path = spawnSync('sh', ['-c', `command -v ${executablePath ?? ''}`], { encoding: 'utf8' }).stdout.trim()
    browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox'] })
  })
  afterAll(() => browser.close())

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`draws both sides, the switch and the alarm in a ${colorScheme} window, and asks for nothing`, async () => {
      const page = await browser.newPage({ colorScheme, viewport: { width: 1_000, height: 1_200 } })
      const asked: string[] = []
      const complaints: string[] = []
      page.on('request', (request) => void asked.push(request.url()))
      page.on('console', (message) => void complaints.push(message.text()))
      page.on('pageerror', (error) => void complaints.push(error.message))

      await page.setContent(html)

      expect(await page.locator('h1').textContent()).toBe('What both clouds cost')
      expect(await page.locator('.card').count()).toBe(3)
      for (const name of ['source', 'target']) {
        const box = await page.locator(`path.line.${name}`).boundingBox()
        expect(box?.width).toBeGreaterThan(500)
        expect(box?.height).toBeGreaterThan(20)
      }
      // The target's line breaks where metrics never came.
      expect((await page.locator('path.line.target').getAttribute('d'))?.match(/M/g)).toHaveLength(2)
      expect(await page.locator('.mark.switch text').textContent()).toBe('switch')
      expect(await page.locator('.mark.alarm').count()).toBe(1)
      expect(await page.locator('rect.bar').count()).toBe(6)
      expect(await page.locator('.holes li').allTextContents()).toEqual([
        'source: lambda/durable-operations in us-east-1 has no price',
        `target: ${why}`,
      ])
      // Nothing is cut off at the side.
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      expect([asked, complaints]).toEqual([[], []])
      const shot = process.env['CUTOVER_SCREENSHOTS']
      if (shot !== undefined) await page.screenshot({ path: `${shot}/cost-report-${colorScheme}.png`, fullPage: true })
      await page.close()
    })
  }
})
