import {
  type Check,
  defineCheck,
  type Duration,
  durationMs,
  formatDuration,
  formatInstant,
  knownOptions,
} from '@cutover/core'

import type { CountSource } from '../count-source.ts'
import { refuseOption } from '../health-error.ts'
import { dataAsOf } from './count-buckets.ts'

export interface CountsArriveOptions {
  /** For people: `CloudWatch, orders`. */
  readonly name: string
  /** How old the newest settled bucket may be, over the time that the source takes to settle. @default '5m' */
  readonly slack?: Duration | undefined
  /** How many requests the settled buckets must have seen in the last hour. @default 1 */
  readonly requests?: number | undefined
  /** @default made of the name */
  readonly id?: string | undefined
}

export interface CountsArriveEvidence {
  /** ISO 8601: the end of the newest bucket that decides. */
  readonly dataAsOf?: string | undefined
  readonly behindMs?: number | undefined
  /** Of the last hour. */
  readonly buckets: number
  readonly settled: number
  readonly requests: number
}

const hourMs = 3_600_000

/**
 * A check that a source of counts has data, and fresh data: before the night, so that a gate does not find out in it.
 *
 * Never fails, since missing data is no word of the side that is counted: it is undecided without a settled bucket in the last hour,
 * with one that is too old, and with fewer than `requests`.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when it is made.
 */
export function countsArrive(source: CountSource, options: CountsArriveOptions): Check<CountsArriveEvidence> {
  if (typeof (source as Partial<CountSource> | undefined)?.counts !== 'function')
    refuseOption('source', source, 'a source of counts, such as lambdaErrors(…)')
  knownOptions(options, ['name', 'slack', 'requests', 'id'], 'HEALTH_OPTIONS_INVALID', 'countsArrive')
  const { name, slack = '5m', requests: wanted = 1, id = `health:counts:${options.name}` } = options
  if (typeof name !== 'string' || name === '') refuseOption('name', name, 'a text')
  if (!Number.isInteger(wanted) || wanted < 0) refuseOption('requests', wanted, 'a whole number from 0')
  const oldestMs = source.settleMs + durationMs(slack, 'slack')

  return defineCheck<CountsArriveEvidence>({
    id,
    title: `The counts of ${name} arrive`,
    async run({ clock, signal }) {
      const now = clock.now()
      const buckets = await source.counts({ from: now - hourMs, to: now }, { signal })
      const settled = buckets.filter(({ complete }) => complete)
      const requests = settled.reduce((sum, { total }) => sum + total, 0)
      const newest = dataAsOf(buckets)
      const behindMs = newest === undefined ? undefined : now - newest
      const evidence = {
        ...(newest === undefined ? {} : { dataAsOf: formatInstant(newest), behindMs: now - newest }),
        buckets: buckets.length,
        settled: settled.length,
        requests,
      }
      const unknown = (text: string) => ({ status: 'undecided' as const, text: `${name} ${text}`, evidence })
      if (behindMs === undefined) return unknown(`has no settled data of the last hour, of ${buckets.length} buckets`)
      if (behindMs > oldestMs) return unknown(`is ${formatDuration(behindMs)} behind`)
      if (requests < wanted) return unknown(`saw ${requests} requests in the last hour, and ${wanted} are needed`)
      return { status: 'pass', text: `${name} is ${formatDuration(behindMs)} behind`, evidence }
    },
  })
}
