// says: Type 'number' is not assignable to type '`${number}d`
// says: Type '"15 min"' is not assignable to type '`${number}d`
import { defineCheck } from '@cutover/core'
import { memoryJournal, runCutover } from '@cutover/rollback'

const drained = defineCheck({
  id: 'queue:drained',
  title: 'The queue is drained',
  run: async () => ({ status: 'pass', text: '0 messages left' }),
})

await runCutover({ id: 'x', journal: memoryJournal() }, async (cutover) => {
  await cutover.require(drained, { within: 15 })
  await cutover.require(drained, { within: '15 min' })
})
