// The cutover of this example with a journal that kills its process right after a certain record is on disk, once.
// node dying.ts DNS_PORT HTTP_PORT JOURNAL [RECORD]
import { existsSync, writeFileSync } from 'node:fs'

import { CutoverEnded, fileJournal, type Journal } from '@cutover/rollback'

import { local } from '../clouds.ts'
import { moveName } from '../move-a-name.ts'

const [dnsPort, httpPort, path = '', record = ''] = process.argv.slice(2)

function dying(journal: Journal): Journal {
  if (record === '') return journal
  return {
    ...journal,
    async open(options) {
      const opened = await journal.open(options)
      const append = opened.append.bind(opened)
      opened.append = async (entry) => {
        await append(entry)
        if (entry.seq !== Number(record) || existsSync(`${path}.died`)) return
        writeFileSync(`${path}.died`, '')
        process.kill(process.pid, 'SIGKILL')
        await new Promise(() => {})
      }
      return opened
    },
  }
}

try {
  const report = await moveName(local({ dnsPort: Number(dnsPort), httpPort: Number(httpPort) }), {
    journal: dying(fileJournal(path)),
    interruptible: false,
  })
  console.log(report.end)
} catch (error) {
  if (!(error instanceof CutoverEnded)) throw error
  console.log(error.report.end)
}
