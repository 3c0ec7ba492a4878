// How late what DNS does is seen, and what it costs: beside nsupdate and AWS's own waiter, in the same run.
import { missingBind } from '@cutover/dns/testing'

import { missingDaemons } from '../packages/dns/integration/lab.ts'
import { fleetOf30 } from './dns/fleet.ts'
import { insyncAfter } from './dns/insync.ts'
import { plan } from './dns/plan.ts'
import { rfc2136 } from './dns/rfc2136.ts'
import { virtualDay } from './dns/virtual-day.ts'
import type { Benchmark } from './run.ts'

const days = 3
/** When changes are INSYNC after they were made; the first is the one of the result. */
const insyncMs = [8_000, 17_300, 2_300] as const

const benchmark: Benchmark = async () => {
  const missing = missingBind() ?? missingDaemons('unbound', 'bind', 'dnsmasq', 'pdns', 'kresd')
  if (missing !== undefined) throw new Error(missing)
  const table: Record<string, Record<string, string | number>> = {}

  const { diffMs, wallMs: leastMs, found } = plan()
  table['plan: 100,000 record sets'] = {
    ours: `${ms(diffMs)} ms of a core`,
    what: `${found} differ; quickest by the clock ${ms(leastMs)} ms`,
  }

  const dayMs: number[] = []
  for (let day = 0; day <= days; day++) {
    const { coreMs, wallMs, asked, observed } = await virtualDay()
    // The first warms up.
    if (day > 0) dayMs.push(coreMs)
    table['24 h × 1,000 resolvers'] = {
      ours: `${ms(median(dayMs))} ms of a core`,
      what: `${asked} questions, ${observed} seen to move; the last by the clock ${ms(wallMs)} ms`,
    }
  }

  const updates = await rfc2136()
  for (const { what, ours, nsupdate } of updates) {
    table[`RFC 2136 to BIND, ${what}`] = {
      ours: `${Math.round(ours)} sets/s, each read back`,
      peer: `nsupdate ${Math.round(nsupdate)} sets/s`,
    }
  }

  const fleet = await fleetOf30()
  table[`${fleet.resolvers} resolvers, TTL 20`] = {
    ours: `${fleet.questions} questions, all ${fleet.moved} seen ${ms(fleet.lagMs)} ms after the last flip`,
    peer: `clients every 50 ms: ${fleet.pollingQuestions} questions`,
    what: `at most ${fleet.mostQuestions} for one; ${ms(fleet.seenAfterMs)} ms after the switch`,
  }

  const insync = await Promise.all(insyncMs.map((after) => insyncAfter(after)))
  for (const each of insync) {
    table[`INSYNC after ${each.insyncMs} ms`] = {
      ours: `seen ${ms(each.lagMs)} ms later, ${each.questions} questions`,
      peer: `AWS's waiter ${ms(each.awsLagMs)} ms later, ${each.awsQuestions} questions`,
    }
  }

  const batch = updates.find(({ what }) => what === 'batch of 100')
  return {
    table,
    result: {
      plan100kMs: ms(diffMs),
      rfc2136RatioToNsupdate: batch && Math.round((batch.ours / batch.nsupdate) * 100) / 100,
      fleetQueriesPerResolver: Math.round((fleet.questions / fleet.resolvers) * 100) / 100,
      fleetLagMs: ms(fleet.lagMs),
      insyncLagMs: ms(insync[0]?.lagMs),
      awsWaiterLagMs: ms(insync[0]?.awsLagMs),
      virtualDayMs: ms(median(dayMs)),
    },
  }
}

export default benchmark

const ms = (value = Number.NaN): number => Math.round(value)

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
