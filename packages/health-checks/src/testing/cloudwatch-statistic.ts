import type { Datum } from './late-data.ts'

/**
 * A statistic of CloudWatch over the data of one period; `undefined` for one that there is not.
 *
 * `TC(a:b)` counts values above a and up to b, `PR(a:b)` is their percentage.
 *
 * @see docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function cloudWatchStatistic(stat: string, data: readonly Datum[]): number | undefined {
  const times = data.reduce((sum, datum) => sum + datum.times, 0)
  const sum = data.reduce((added, datum) => added + datum.value * datum.times, 0)
  const values = data.map(({ value }) => value)
  if (stat === 'Sum') return sum
  if (stat === 'SampleCount') return times
  if (stat === 'Average') return sum / times
  if (stat === 'Minimum') return Math.min(...values)
  if (stat === 'Maximum') return Math.max(...values)
  const percentile = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(stat)?.[1]
  if (percentile !== undefined) return atPercentile(data, (Number(percentile) / 100) * times)
  const [, kind, low = '', high = ''] = /^(TC|PR)\((-?[\d.]*):(-?[\d.]*)\)$/.exec(stat) ?? []
  if (kind === undefined) return undefined
  const above = low === '' ? Number.NEGATIVE_INFINITY : Number(low)
  const upTo = high === '' ? Number.POSITIVE_INFINITY : Number(high)
  const inside = data
    .filter(({ value }) => value > above && value <= upTo)
    .reduce((count, datum) => count + datum.times, 0)
  return kind === 'TC' ? inside : (inside / times) * 100
}

function atPercentile(data: readonly Datum[], rank: number): number {
  let passed = 0
  const sorted = [...data].sort((a, b) => a.value - b.value)
  for (const { value, times } of sorted) {
    passed += times
    if (passed >= rank) return value
  }
  return sorted.at(-1)?.value ?? 0
}
