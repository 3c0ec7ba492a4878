// The process that moves the workload; it can be killed at any moment and run again: node cutover.ts PORTS DIRECTORY [OUTLINE]
import { readFile } from 'node:fs/promises'

import type { Outline } from '@cutover/core'
import { CutoverEnded, fileJournal, isCutoverError } from '@cutover/rollback'
import { terminal } from '@cutover/rollback/terminal'

import { local, type Ports } from './clouds.ts'
import { moveOrders } from './move-orders.ts'

const [ports = '', directory = '', expected] = process.argv.slice(2)
const outline = expected === undefined ? undefined : (JSON.parse(await readFile(expected, 'utf8')) as Outline)
using screen = terminal({ title: 'Lambda → Functions, minimized downtime', rto: '1m' })

try {
  const orders = local(JSON.parse(ports) as Ports, directory)
  await moveOrders(orders, { journal: fileJournal(`${directory}/orders.jsonl`), onEvent: screen, outline })
} catch (error) {
  if (!isCutoverError(error)) throw error
  console.log(error.message)
  process.exitCode = error instanceof CutoverEnded ? 1 : 2
}
