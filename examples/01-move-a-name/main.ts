// npm start: rehearses a move on fakes, then makes it for real, is killed in the middle, goes on, finds the target ill, comes back.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { rehearse } from '@cutover/rehearsal'
import { fileJournal, type JournalEntry } from '@cutover/rollback'

import { fake, load, name, source, target } from './clouds.ts'
import { moveName } from './move-a-name.ts'
import type { Told } from './world.ts'

const here = import.meta.dirname
const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const running of children) running.kill('SIGKILL')
})

console.log('1  Rehearsal: every fault at every write, in virtual time')
const rehearsal = { runs: 0, violations: 0 }
for (const falls of [false, true]) {
  const report = await rehearse({
    world: (world) => fake(world, { falls }),
    cutover: moveName,
    load,
    depth: 2,
    pairs: 500,
  })
  console.log(
    `   target ${falls ? 'falls ill' : 'stays well'}: ${report.runs} runs, ${report.violations.length} violations; without a fault ${report.end}`,
  )
  for (const violation of report.violations) console.log(`   ${violation.text}`)
  rehearsal.runs += report.runs
  rehearsal.violations += report.violations.length
}

const directory = await mkdtemp(join(tmpdir(), 'move-a-name-'))
const path = join(directory, 'move-a-name.jsonl')
const expected = join(directory, 'outline.json')
// What the real move will look like, from one more run with its TTL and without a fault: for the screen.
const { outline } = await rehearse({
  world: (world) => fake(world, { falls: false, ttlSeconds: 1 }),
  cutover: moveName,
  replay: 'no fault',
})
await writeFile(expected, JSON.stringify(outline))
const world = child('world.ts', [])
const [ready] = (await once(world, 'message')) as [{ dnsPort: number; httpPort: number; dns: string }]
console.log(`\n2  The world: ${ready.dns}, a server at ${source} and one at ${target}, 8 clients calling ${name}`)

console.log('\n3  The move, killed with kill -9 while it repoints the name')
const first = cutover()
await until(async () => (await entries()).some((entry) => entry.t === 'intent' && entry.step.startsWith('dns:repoint')))
first.kill('SIGKILL')
await ended(first)

console.log('\n4  Run again: it goes on where it was')
const exitCode = await ended(cutover())
await pause(1_000)
world.send('stop')
const [{ told, record }] = (await once(world, 'message')) as [{ told: Told; record: string }]
const decidedAt = (await entries()).find((entry) => entry.t === 'decided')?.at
await rm(directory, { recursive: true })

const backAt = told.lastByTargetAt
const rtoMs = decidedAt === undefined || backAt === undefined ? undefined : Math.max(0, backAt - decidedAt)
console.log('\n5  What the clients were told')
console.table({
  requests: told.requests,
  unanswered: told.unanswered,
  'by the source': told.bySource,
  'by the target': told.byTarget,
  'the record now': record,
})
const isBack = exitCode === 1 && record === `${source} TTL 5` && told.byTarget > 0
if (!isBack || told.unanswered > 0 || rehearsal.violations > 0) process.exitCode = 1
console.log(
  JSON.stringify({
    requests: told.requests,
    unanswered: told.unanswered,
    movedAt: told.firstByTargetAt,
    backAt,
    rtoMs,
    rehearsal,
  }),
)

function child(script: string, parameters: readonly string[]): ChildProcess {
  const started = fork(join(here, script), parameters)
  children.add(started)
  started.once('exit', () => children.delete(started))
  return started
}

function cutover(): ChildProcess {
  return child('cutover.ts', [String(ready.dnsPort), String(ready.httpPort), path, expected])
}

async function ended(running: ChildProcess): Promise<number | null> {
  if (running.exitCode === null && running.signalCode === null) await once(running, 'exit')
  return running.exitCode
}

async function entries(): Promise<readonly JournalEntry[]> {
  return fileJournal(path).read()
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 3_000; i++) {
    if (await isSo()) return
    await pause(5)
  }
  throw new Error('the move did not come to its repoint within 15 s')
}
