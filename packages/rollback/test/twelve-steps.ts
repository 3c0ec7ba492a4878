// Run as a process of its own: twelve steps, three of them beside each other, on a journal of any kind.
// node twelve-steps.ts DIRECTORY KIND LOCATION SICK(0|1) [after:SEQ, before:SEQ or nothing] [LEASE_MS]
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'

import { type Change, defineChange, defineCheck } from '@cutover/core'
import { CutoverEnded, type Journal, runCutover } from '@cutover/rollback'

import { journalAt } from './journal-at.ts'

const [directory = '', kind = '', location = '', sick = '0', kill = '', leaseMs = '30000'] = process.argv.slice(2)
const say = (what: string): void => void process.stdout.write(`${what}\n`)

/** The world: each switch is a file, and every effect is noted. */
const now = (name: string): string => (existsSync(`${directory}/${name}`) ? 'target' : 'source')
function effect(name: string, to: string): void {
  appendFileSync(`${directory}/effects.log`, `${name} ${to}\n`)
  if (to === 'target') writeFileSync(`${directory}/${name}`, '')
  else writeFileSync(`${directory}/${name}.back`, '')
}
const isTarget = (name: string): boolean =>
  existsSync(`${directory}/${name}`) && !existsSync(`${directory}/${name}.back`)

const turn = (name: string): Change<string, null> =>
  defineChange({
    id: `turn:${name}`,
    subject: `switch:${name}`,
    title: `Turn ${name}`,
    intent: { to: 'target' },
    lateMs: 5,
    capture: async () => now(name),
    probe: async () => (isTarget(name) ? { is: 'applied', seen: null } : { is: 'absent' }),
    async apply(_before, { fence }) {
      fence()
      effect(name, 'target')
    },
    async revert(_before, { fence }) {
      if (!isTarget(name)) return
      fence()
      effect(name, 'source')
    },
    settle: async () => null,
  })

const is = (id: string, passes: () => boolean) =>
  defineCheck({
    id,
    title: `${id} is as it must be`,
    run: async () => ({ status: passes() ? 'pass' : 'fail', text: 'looked' }),
  })

const { journal, close } = await journalAt(kind, location, Number(leaseMs))
try {
  const report = await runCutover(
    {
      id: 'twelve',
      journal: dying(journal),
      interruptible: false,
      operators: false,
      drift: false,
      onEvent: (event) => event.kind === 'opened' && event.resumed && say(`resumed ${performance.now()}`),
    },
    async (cutover) => {
      await cutover.value('opened at', () => readFileSync('/proc/self/stat', 'utf8').length)
      await cutover.apply(turn('one'))
      await cutover.apply(turn('two'))
      await cutover.require(is('the start', () => isTarget('two')))
      await cutover.all({
        queue: (steps) => steps.apply(turn('queue')),
        async nightly(steps) {
          await steps.apply(turn('nightly'))
          await steps.require(is('nightly', () => isTarget('nightly')))
        },
        hourly: (steps) => steps.apply(turn('hourly')),
      })
      await cutover.apply(turn('seven'))
      if (existsSync(`${directory}/hold`)) await held()
      await cutover.apply(turn('eight'))
      await cutover.require(is('the target', () => sick === '0'))
      await cutover.apply(turn('nine'))
    },
  )
  say(report.end)
} catch (error) {
  if (!(error instanceof CutoverEnded)) throw error
  say(error.report.end)
}
await close()

/** Stays there until it is told to go on; a step that was begun is under way then. */
async function held(): Promise<void> {
  say('holding')
  while (existsSync(`${directory}/hold`)) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Dies once by `kill -9`: right after that record is acknowledged, or right before it is written, when what it tells has happened. */
function dying(inner: Journal): Journal {
  const [when, at] = kill.split(':')
  if (kill === '') return inner
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
          if (when === 'before' && entry.seq === Number(at)) await die()
          await opened.append(entry)
          if (when === 'after' && entry.seq === Number(at)) await die()
        },
      }
    },
  }
}

async function die(): Promise<void> {
  if (existsSync(`${directory}/died`)) return
  writeFileSync(`${directory}/died`, '')
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
}
