// The process that moves the name; it can be killed at any moment and run again:
// node cutover.ts DNS_PORT HTTP_PORT JOURNAL [OUTLINE]
import { readFile } from 'node:fs/promises'

import type { Outline } from '@cutover/core'
import { CutoverEnded, fileJournal, isCutoverError } from '@cutover/rollback'
import { terminal } from '@cutover/rollback/terminal'

import { local } from './clouds.ts'
import { moveName } from './move-a-name.ts'

const [dnsPort, httpPort, journal = 'move-a-name.jsonl', expected] = process.argv.slice(2)
// A script does not know its future steps; its rehearsal does.
const outline = expected === undefined ? undefined : (JSON.parse(await readFile(expected, 'utf8')) as Outline)
using screen = terminal({ title: 'one name, two clouds', rto: '10s' })

try {
  await moveName(local({ dnsPort: Number(dnsPort), httpPort: Number(httpPort) }), {
    journal: fileJournal(journal),
    onEvent: screen,
    outline,
  })
} catch (error) {
  if (!isCutoverError(error)) throw error
  console.log(error.message)
  process.exitCode = error instanceof CutoverEnded ? 1 : 2
}
