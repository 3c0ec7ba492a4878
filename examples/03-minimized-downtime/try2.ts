import { rehearse } from '@cutover/rehearsal'

import { documentsAreKept, fake, load } from './fakes.ts'
import { moveOrders } from './move-orders.ts'
for (const fate of ['well', 'ill'] as const) {
  const t = Date.now()
  const r = await rehearse({
    world: (w) => fake(w, { fate }),
    load,
    cutover: moveOrders,
    invariants: [documentsAreKept],
    ...(process.argv[3] ? { replay: process.argv[3] } : process.argv[2] === '0' ? { replay: 'no fault' } : {}),
  })
  console.log(r.matrix.length, fate, r.end, r.text.slice(0, 6000), r.longestMs / 60000, 'min', Date.now() - t, 'ms')
  if (process.argv[3] && fate === process.argv[2]) console.log(r.trace.join('\n'))
}
