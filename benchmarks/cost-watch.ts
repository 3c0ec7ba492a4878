// Golden bills, and how soon a runaway is found at which rate of false alarms, beside emulations of what the clouds offer.
//
// Thresholds were chosen on seeds 1 to 1000 of the synthetic demand (packages/cost-watch/src/watch/threshold.ts); everything here is
// measured on seeds from 10001 on. The demand is ours: its noise, bursts and holidays stand in packages/cost-watch/src/testing/demand.ts,
// and a service that is more irregular has more false alarms. The rows "like …" are emulations from documented lags, judged as kindly as
// we can; neither service was measured.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { goldenBills, ourBill } from '../packages/cost-watch/test/golden-bills.ts'
import {
  coldStart,
  dailyOnly,
  type Delays,
  delays,
  falseAlarms,
  fastOnly,
  hour,
  hourly,
  type Judge,
  likeAws,
  likeAzure,
  ours,
} from './cost-watch/found.ts'
import type { Benchmark } from './run.ts'

const seeds = (count: number): number[] => Array.from({ length: count }, (_, i) => 10_001 + i)
const exec = promisify(execFile)

const judges: Readonly<Record<string, Judge>> = {
  'ours: half hours and days': ours,
  'ours: hours and days': hourly,
  'ours, without history: the source’s week': coldStart,
  'like AWS (emulated: 3 a day, a day late)': likeAws,
  'like Azure (emulated: daily, 36 h late)': likeAzure,
}

const benchmark: Benchmark = async () => {
  const wrong = goldenBills.filter((golden) => ourBill(golden) !== golden.expected)
  for (const { name } of wrong) console.error(`golden bill is wrong: ${name}`)

  const [many, some] = [seeds(1_000), seeds(300)]
  const table: Record<string, Record<string, string | number>> = {}
  for (const [name, judge] of Object.entries(judges)) {
    table[name] = {
      'false/30 d': falseAlarms(judge, many, 60).toFixed(2),
      'x1.3 step': text(delays(judge, some, { times: 1.3 })),
      'x1.5 step': text(delays(judge, some, { times: 1.5 })),
      'x2 step': text(delays(judge, some, { times: 2 })),
      'x2 ramp of a day': text(delays(judge, some, { times: 2, rampMs: 24 * hour })),
      'x2 step costs': `${delays(judge, some, { times: 2 }).excessDays.toFixed(2)} days`,
    }
  }
  console.log(
    'Hours until found: median (slowest tenth), part found within 14 days. 28 days of history; out of sample.',
  )

  const twice = delays(fastOnly, many, { times: 2 })
  const third = delays(dailyOnly, many, { times: 1.3 })
  // In processes of their own, so that the memory is theirs; the quickest of three, since what else runs can only slow one down.
  const rounds: { readonly ms: number; readonly peakMb: number }[] = []
  for (let round = 0; round < 3; round++) {
    const { stdout } = await exec(process.execPath, [join(import.meta.dirname, 'cost-watch/thousand.ts')])
    rounds.push(JSON.parse(stdout) as { readonly ms: number; readonly peakMb: number })
  }
  return {
    table,
    result: {
      goldenBills: goldenBills.length - wrong.length,
      x2Hours: rounded(twice.medianHours),
      falseAlarmsPer30d: rounded(falseAlarms(ours, many, 60)),
      x13DailyFound: rounded(third.found),
      judge1000Ms: Math.min(...rounds.map(({ ms }) => ms)),
      x2HoursSlowestTenth: rounded(twice.slowestTenth),
      x2Within3Hours: rounded(twice.within3Hours),
      x2Found: rounded(twice.found),
      x13DailyHours: rounded(third.medianHours),
      judge1000PeakMb: Math.max(...rounds.map(({ peakMb }) => peakMb)),
    },
  }
}

export default benchmark

const text = ({ medianHours, slowestTenth, found }: Delays): string =>
  `${medianHours.toFixed(1)} (${slowestTenth.toFixed(1)}) h, ${Math.round(100 * found)} %`

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000
