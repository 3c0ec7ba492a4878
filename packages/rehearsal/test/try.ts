import { rehearse } from '@cutover/rehearsal'
import { runCutover } from '@cutover/rollback'
import { inMemorySwitches, is, turn } from '../../rollback/test/switches.ts'
const depth = Number(process.argv[2] ?? 1) as 1 | 2
for (const healthy of [true, false]) {
  const t = performance.now()
  const r = await rehearse({
    world: (world) => ({ switches: inMemorySwitches(world, { a: 'source', b: 'source', c: 'source', health: healthy ? 'ok' : 'sick' }) }),
    cutover: ({ switches }, run) => runCutover({ id: 'move', ...run }, async (cutover) => {
      await cutover.require(is(switches, 'a', 'source'), { as: 'start' })
      const { to } = await cutover.apply(turn(switches, 'a', 'target'))
      const at = await cutover.value('at', () => cutover.clock.now() + 60_000)
      await cutover.waitUntil('soaked', () => at)
      await cutover.all({ b: (c) => c.apply(turn(switches, 'b', to)), c: (c) => c.apply(turn(switches, 'c', to, {settleMs: 30_000})) })
      await cutover.require(is(switches, 'health', 'ok'))
    }),
    depth, pairs: process.env.ALL ? 'all' : 3000, ...(replayArg()),
  })
  const s = (performance.now() - t) / 1000
  console.log(r.end, r.text.slice(0, 3000), `${(r.runs / s).toFixed(0)}/s`)
  if (process.argv[3]) console.log(r.trace.join('\n'))
}
function replayArg() { return process.argv[3] ? { replay: process.argv[3] } : {} }
