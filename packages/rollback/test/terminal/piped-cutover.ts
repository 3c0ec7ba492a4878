// Run by pipe.test.ts as a process of its own, so that its standard streams are pipes. Says `ready` on its standard output.
import { defineChange } from '@cutover/core'
import { memoryJournal, runCutover } from '@cutover/rollback'
import { terminal } from '@cutover/rollback/terminal'

let now = 'source'

const turn = defineChange({
  id: 'turn',
  subject: 'switch',
  title: 'Turn the switch',
  intent: 'target',
  lateMs: 0,
  capture: () => Promise.resolve('source'),
  probe: () =>
    Promise.resolve(now === 'target' ? { is: 'applied' as const, seen: 'target' } : { is: 'absent' as const }),
  apply: () => Promise.resolve((now = 'target')),
  revert: () => Promise.resolve((now = 'source')),
})

using listener = terminal()
await runCutover({ id: 'orders', journal: memoryJournal(), onEvent: listener }, (cutover) => cutover.apply(turn))
console.log(`ready, ${now}`)
