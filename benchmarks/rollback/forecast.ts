import { fakeWorld } from '@cutover/core/testing'
import { type Journal, type JournalEntry, memoryJournal } from '@cutover/rollback'

import { fake } from '../../examples/01-move-a-name/clouds.ts'
import { moveName } from '../../examples/01-move-a-name/move-a-name.ts'

export interface Boundary {
  readonly after: string
  readonly forecastMs: number
  readonly tookMs: number
  readonly errorPct: number
}

/** Stops the run once that record is written. */
const stopping = (journal: Journal, at: number, stop: AbortController): Journal => ({
  ...journal,
  async open(options) {
    const opened = await journal.open(options)
    const append = opened.append.bind(opened)
    return Object.assign(opened, {
      async append(entry: JournalEntry) {
        await append(entry)
        if (entry.seq === at) stop.abort(new Error('enough'))
      },
    })
  },
})

/**
 * The example's move in a fake world, stopped after each record of a step and then sent back: what the engine said that going back
 * would take, against the virtual time that it took. Before anything is applied both are nothing.
 */
export async function forecastErrors(): Promise<Boundary[]> {
  const whole = memoryJournal()
  const world = fakeWorld()
  await moveName(fake(world, { falls: false }), { journal: whole, clock: world.clock })
  const boundaries = whole.entries.filter(({ t }) => ['settled', 'check', 'value'].includes(t))
  const errors: Boundary[] = []
  for (const { seq, ...boundary } of boundaries) {
    errors.push(await sentBackAfter(seq, `${boundary.t} ${'step' in boundary ? boundary.step : ''}`))
  }
  return errors
}

async function sentBackAfter(seq: number, after: string): Promise<Boundary> {
  const world = fakeWorld()
  const parts = fake(world, { falls: false })
  const journal = memoryJournal()
  const stop = new AbortController()
  let forecastMs = 0
  const run = {
    clock: world.clock,
    onEvent: (event: { kind: string; backMs?: number }) =>
      void (event.kind === 'forecast' && (forecastMs = event.backMs ?? Number.NaN)),
  }
  await moveName(parts, { ...run, journal: stopping(journal, seq, stop), signal: stop.signal }).catch(() => {})
  const said = forecastMs
  await moveName(parts, { ...run, journal, rollBack: true }).catch(() => {})
  const [decided, closed] = ['decided', 'closed'].map(
    (t) => journal.entries.find((entry) => entry.t === t)?.at ?? Number.NaN,
  )
  const tookMs = (closed ?? Number.NaN) - (decided ?? Number.NaN)
  return { after, forecastMs: said, tookMs, errorPct: said === tookMs ? 0 : (100 * Math.abs(said - tookMs)) / tookMs }
}
