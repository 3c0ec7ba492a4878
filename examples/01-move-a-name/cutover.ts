// The process that moves the name; it can be killed at any moment and run again: node cutover.ts DNS_PORT HTTP_PORT JOURNAL
import { CutoverEnded, fileJournal, isCutoverError } from '@cutover/rollback'
import { terminal } from '@cutover/rollback/terminal'

import { local } from './clouds.ts'
import { moveName } from './move-a-name.ts'

const [dnsPort, httpPort, journal = 'move-a-name.jsonl'] = process.argv.slice(2)
const screen = terminal()

try {
  await moveName(local({ dnsPort: Number(dnsPort), httpPort: Number(httpPort) }), {
    journal: fileJournal(journal),
    onEvent: screen,
  })
} catch (error) {
  if (!isCutoverError(error)) throw error
  console.log(error.message)
  process.exitCode = error instanceof CutoverEnded ? 1 : 2
} finally {
  screen.close()
}
