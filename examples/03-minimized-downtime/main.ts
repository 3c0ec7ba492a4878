// npm start: rehearses the move of an "orders" workload from Lambda to Functions, makes it for real with a kill in the middle,
// and makes it again with a target that falls ill, so that everything comes back.
import type { Outline } from '@cutover/core'
import { rehearse } from '@cutover/rehearsal'
import type { JournalEntry } from '@cutover/rollback'

import { documentsAreKept, fake, load } from './fakes.ts'
import { liveMove, type Told } from './live-move.ts'
import { moveOrders } from './move-orders.ts'

console.log('1  Rehearsal in virtual time, with the delays of the real clouds: every fault at every write')
const rehearsal = { runs: 0, violations: 0 }
let outline: Outline = []
for (const fate of ['well', 'ill'] as const) {
  const options = {
    world: (world: Parameters<typeof fake>[0]) => fake(world, { fate }),
    load,
    cutover: moveOrders,
    invariants: [documentsAreKept],
  }
  // Going back is the longer way: it has every write of the way there, and its own.
  const report = await rehearse(
    fate === 'well' ? { ...options, replay: 'no fault' } : { ...options, onProgress: progress },
  )
  if (fate === 'well') outline = report.outline.filter(({ step }) => !step.startsWith('ttl/'))
  console.log(
    `   target ${fate}: without a fault ${report.end}; ${report.runs} runs, ${report.violations.length} violations`,
  )
  for (const violation of report.violations) console.log(`   ${violation.text}`)
  rehearsal.runs += report.runs
  rehearsal.violations += report.violations.length
}

console.log(
  '\n2  For real: clients order, both clouds run, and the process that moves them is killed while it repoints the name',
)
const moved = await liveMove({ fate: 'well', killWhen: killedWhile('dns:repoint'), outline })
tell(moved)

console.log('\n3  Again, with a function app that falls ill under load; the process is killed once more')
const back = await liveMove({ fate: 'ill', killWhen: killedWhile('triggers:activate'), outline })
tell(back)

const isWell = moved.end === 'completed' && back.end === 'rolled-back' && moved.byAzure > 0 && back.byAzure > 0
const wrong = moved.lost + moved.handledByBoth + back.lost + back.handledByBoth + rehearsal.violations
if (!isWell || wrong > 0) process.exitCode = 1
console.log(
  JSON.stringify({
    accepted: moved.accepted,
    lost: moved.lost,
    handledByBoth: moved.handledByBoth,
    downtimeMs: moved.downtimeMs,
    failback: { accepted: back.accepted, lost: back.lost, handledByBoth: back.handledByBoth, rtoMs: back.rtoMs },
    rehearsal,
  }),
)

/** In its first start, as soon as a step of that name has begun. */
function killedWhile(step: string): (entries: readonly JournalEntry[], start: number) => boolean {
  return (entries, start) => start === 1 && entries.some((entry) => entry.t === 'intent' && entry.step.startsWith(step))
}

function tell({ end, kills, accepted, byAzure, lost, handledByBoth, downtimeMs, rtoMs }: Told): void {
  console.table({
    end,
    kills,
    accepted,
    'accepted by Azure': byAzure,
    lost,
    'handled by both': handledByBoth,
    'longest without an order (ms)': downtimeMs,
    ...(rtoMs === undefined ? {} : { 'back in (ms)': rtoMs }),
  })
}

function progress(done: number, total: number): void {
  if (process.stdout.isTTY) process.stdout.write(`   ${done} of ${total} runs\r`)
}
