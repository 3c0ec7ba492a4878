// Run as a process of its own: moves two "switches" kept in a file, slowly enough to be killed anywhere.
// node crashing.ts DIRECTORY JOURNAL SICK(0|1) PARK(0|1) [CRASH_AT_RECORD]
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

import { type Check, type Change, CutoverError, defineChange, defineCheck } from '@cutover/core'
import { CutoverEnded, fileJournal, runCutover } from '@cutover/rollback'

const [directory = '', journal = '', sick = '0', crashAt = ''] = process.argv.slice(2)
const statePath = `${directory}/state.json`
const read = (): Record<string, string> => JSON.parse(readFileSync(statePath, 'utf8')) as Record<string, string>

/** A service that takes a while, does it atomically, and answers later still. */
async function write(name: string, from: string, to: string, fence: () => void): Promise<void> {
  fence()
  await pause(Math.random() * 6)
  const state = read()
  if (state[name] !== from) throw new CutoverError('SWITCH_CONFLICT', `${name} is ${state[name]}, not ${from}`)
  writeFileSync(`${statePath}.${process.pid}`, JSON.stringify({ ...state, [name]: to }))
  renameSync(`${statePath}.${process.pid}`, statePath)
  appendFileSync(`${directory}/writes.log`, `${name} ${from} ${to}\n`)
  await pause(Math.random() * 6)
}

const turn = (name: string, to: string): Change<string, null> =>
  defineChange({
    id: `turn:${name}:${to}`,
    subject: `switch:${name}`,
    title: `Turn ${name} to ${to}`,
    intent: { to },
    lateMs: 20,
    capture: async () => read()[name] ?? '',
    async probe(before) {
      await pause(1)
      const now = read()[name]
      if (now === to) return { is: 'applied', seen: null }
      return now === before ? { is: 'absent' } : { is: 'foreign', found: now }
    },
    apply: (before, { fence }) => write(name, before, to, fence),
    async revert(before, { fence }) {
      if (read()[name] === to) await write(name, to, before, fence)
    },
    async settle(_before, _seen, { clock, signal }) {
      await clock.sleep(3, { signal })
      return null
    },
  })

const healthy: Check = defineCheck({
  id: 'healthy',
  title: 'The target is well',
  run: async () => ({ status: sick === '1' ? 'fail' : 'pass', text: sick === '1' ? 'it is sick' : 'it is well' }),
})

const records = crashAt === '' ? undefined : dyingJournal(Number(crashAt))
try {
  const report = await runCutover(
    { id: 'two-switches', journal: records ?? fileJournal(journal), interruptible: false },
    async (cutover) => {
      await cutover.apply(turn('a', 'target'))
      await cutover.all({
        b: (steps) => steps.apply(turn('b', 'target')),
        c: (steps) => steps.apply(turn('c', 'target')),
      })
      await cutover.require(healthy)
      await cutover.apply(turn('d', 'target'))
    },
  )
  console.log(report.end)
} catch (error) {
  if (!(error instanceof CutoverEnded)) throw error
  console.log(error.report.end)
}

/** Dies right after the record with that number is on disk, once. */
function dyingJournal(at: number): ReturnType<typeof fileJournal> {
  const inner = fileJournal(journal)
  return {
    ...inner,
    async open(options) {
      const opened = await inner.open(options)
      return {
        fence: opened.fence,
        entries: opened.entries,
        get isFresh() {
          return opened.isFresh
        },
        hold: () => opened.hold(),
        renew: () => opened.renew(),
        close: () => opened.close(),
        async append(entry) {
          await opened.append(entry)
          const marker = `${directory}/died-at-${at}`
          if (entry.seq !== at || existsSync(marker)) return
          writeFileSync(marker, '')
          process.kill(process.pid, 'SIGKILL')
          await new Promise(() => {})
        },
      }
    },
  }
}
