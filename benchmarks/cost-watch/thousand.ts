// Prices and judges 1,000 resources × 30 days × 24 hours, in a process of its own; prints milliseconds and peak memory as JSON.
import { estimate, priceTable, runawayDetector, type UsageRow } from '@cutover/cost-watch'
import { demand } from '@cutover/cost-watch/testing'

const hour = 3_600_000
const prices = priceTable()
const shape = demand({ seed: 1, days: 30, slotMs: hour, startAt: Date.UTC(2026, 8, 1), perDay: 50_000 })
let [ms, judged, alarms, priced] = [0, 0, 0, 0]
for (let resource = 0; resource < 1_000; resource++) {
  const rows = shape.map(({ at, spend }): UsageRow => ({
    cloud: 'azure',
    account: 'one',
    region: 'eastus',
    resourceId: `/subscriptions/one/resourceGroups/orders/providers/Microsoft.Web/sites/app-${resource}`,
    meter: 'flex/gb-seconds',
    from: at,
    to: at + hour,
    quantity: Math.round(spend * (1 + ((resource * 7_919) % 1_000) / 100)),
    complete: true,
  }))
  const begun = performance.now()
  const cost = estimate(rows, { prices })
  const detector = runawayDetector({ slotMs: hour })
  for (const { from, cost: spent } of cost.rows) {
    alarms += detector.judge({ at: from, spend: Number(spent.amount) }).alarm ? 1 : 0
    judged += 1
  }
  ms += performance.now() - begun
  priced += Number(cost.mid.amount)
}
const peakMb = Math.round(process.resourceUsage().maxRSS / 1_024)
console.log(JSON.stringify({ ms: Math.round(ms), peakMb, judged, alarms, priced: Math.round(priced) }))
