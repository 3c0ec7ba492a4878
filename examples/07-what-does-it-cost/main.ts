// What both clouds cost since the switch, and a runaway that is caught. npm start -- 07-what-does-it-cost
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  capSpend,
  type CostAlarm,
  costReport,
  costWatch,
  doubleRunning,
  estimate,
  formatMoney,
  type Look,
  memoryState,
  priceTable,
  slotCosts,
} from '@cutover/cost-watch'

import { bars } from './bars.ts'
import { day, hour, runawayAt, switchedAt, world } from './world.ts'

const { options, app, clock } = world()
const state = memoryState()
const alarms: CostAlarm[] = []
let last: Look | undefined

console.log('1  The target is an hour old, and has no history')
for (let hours = 0; hours < 44; hours++) {
  // Each look may be a process of its own: a timer, a cron job.
  const look = await costWatch({ ...options, state }).look()
  const after = Math.round((clock.now() - switchedAt) / hour)
  if ([0, 1, 12, 30].includes(after) || look.alarms.length > 0) console.log(`   ${after} h  ${look.text}`)
  if (after === 30) console.log('\n2  After 31 hours a release makes each execution two and a half times as long')
  for (const alarm of look.alarms) {
    alarms.push(alarm)
    console.log(`\n   ! ${alarm.text}\n`)
  }
  last = look
  await clock.sleep(hour)
}

console.log('3  What could be done: nothing is, unless a person applies it')
const cap = capSpend(app.cap, { limit: 40 })
console.log(`   ${cap.title}: ${app.cap.refuses(40)}`)
console.log(`   ${app.cap.byHand({ limit: 40 })}`)

console.log('\n4  What keeping the source costs')
const kept = last?.source && doubleRunning({ source: last.source, switchedAt, until: switchedAt + 14 * day })
if (kept) console.log(`   ${kept.at(clock.now()).text}`)

const prices = priceTable()
const until = Math.floor(clock.now() / hour) * hour
const costs = async (from: number) => ({
  at: clock.now(),
  source: estimate(await options.source.usage({ from, to: until }), { prices }),
  target: estimate(await options.target.usage({ from, to: until }), { prices }),
})
console.log('\n5  Both sides by the hour, from three days before the switch')
const window = { from: switchedAt - 3 * day, to: until }
const all = await costs(window.from)
console.log(
  bars({ AWS: slotCosts(all.source, window, hour), Azure: slotCosts(all.target, window, hour) }, window, hour),
)

const report = costReport({ ...(await costs(switchedAt)), switchedAt, doubleRunning: kept, alarms })
const file = join(tmpdir(), 'what-does-it-cost.html')
await writeFile(file, report.html)
console.log(`\n   As a page: ${file}\n`)
const alarm = alarms.find((one) => one.kind === 'runaway')
console.log(
  JSON.stringify({
    awsPerDay: last?.source && formatMoney(last.source.perDay),
    azurePerDay: last?.target && formatMoney(last.target.perDay),
    alarms: alarms.map(({ kind }) => kind),
    foundAfterHours: alarm && Math.round((10 * (alarm.at - runawayAt)) / hour) / 10,
    tooMuch: alarm?.kind === 'runaway' ? formatMoney(alarm.excess) : undefined,
    stateBytes: (await state.read())?.length,
  }),
)
if (alarm === undefined) process.exitCode = 1
