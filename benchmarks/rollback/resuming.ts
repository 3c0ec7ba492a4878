// A process of its own: twelve steps, of which the first start does six. node resuming.js JOURNAL FIRST|SECOND
import { fileJournal, runCutover } from '@cutover/rollback'

import { nothing } from './nothing.ts'

const [journal = '', which = 'first'] = process.argv.slice(2)

await runCutover(
  {
    id: 'resuming',
    journal: fileJournal(journal),
    onEvent(event) {
      // Since the process was started, Node's own start included.
      if (event.kind === 'opened' && event.resumed) process.stdout.write(`resumed ${performance.now()}\n`)
    },
  },
  async (cutover) => {
    for (let i = 0; i < 12; i++) {
      if (i === 6 && which === 'first') process.kill(process.pid, 'SIGKILL')
      await cutover.apply(nothing(i))
    }
  },
)
