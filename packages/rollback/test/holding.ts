// Run as a process of its own: turns two switches kept in a file, and stays between them until it is told to go on.
// node holding.ts DIRECTORY JOURNAL [LEASE_MS]
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

import { type Change, defineChange, defineCheck } from '@cutover/core'
import { fileJournal, runCutover } from '@cutover/rollback'

const [directory = '', journal = '', leaseMs = '30000'] = process.argv.slice(2)
const statePath = `${directory}/state.json`
const state = (): Record<string, string> => JSON.parse(readFileSync(statePath, 'utf8')) as Record<string, string>
const say = (what: string): void => void process.stdout.write(`${what}\n`)

const turn = (name: string): Change<string, null> =>
  defineChange({
    id: `turn:${name}`,
    subject: `switch:${name}`,
    title: `Turn ${name}`,
    intent: {},
    lateMs: 100,
    capture: async () => state()[name] ?? '',
    probe: async (before) => {
      const now = state()[name]
      return now === 'target'
        ? { is: 'applied', seen: null }
        : now === before
          ? { is: 'absent' }
          : { is: 'foreign', found: now }
    },
    async apply(_before, { fence }) {
      say(`turning ${name}`)
      while (existsSync(`${directory}/busy`)) await pause(10)
      fence()
      appendFileSync(`${directory}/writes.log`, `${process.pid} ${name}\n`)
      writeFileSync(statePath, JSON.stringify({ ...state(), [name]: 'target' }))
    },
    async revert() {},
  })

const report = await runCutover(
  { id: 'hold', journal: fileJournal(journal, { leaseMs: Number(leaseMs) }) },
  async (cutover) => {
    await cutover.apply(turn('a'))
    say('waiting')
    await cutover.require(
      defineCheck({
        id: 'told to go on',
        title: 'It was told to go on',
        run: async () => ({
          status: existsSync(`${directory}/go`) ? 'pass' : 'undecided',
          text: 'waits for the file go',
        }),
      }),
      { within: '1m', every: '20ms' },
    )
    await cutover.value('ballast', () => 'x'.repeat(8_000))
    await cutover.apply(turn('b'))
  },
)
say(report.end)
