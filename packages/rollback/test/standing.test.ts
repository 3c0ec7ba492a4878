// Guards, criteria and limits where it is tight: a crash between two records, the last moment, two at once, a check that hangs.
import { type Check, defineCheck } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import {
  answer,
  type Cutover,
  type Journal,
  type JournalEntry,
  memoryJournal,
  resume,
  runCutover,
  type RunOptions,
} from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, recordsOf, reportOf, slow } from './setting.ts'
import { inMemorySwitches, saying, turn } from './switches.ts'

const kim = { who: 'kim', why: 'a reason' }

function setUp() {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source', b: 'source', c: 'source' })
  const journal = memoryJournal({ operators: true })
  const events: string[] = []
  const onEvent = ({ kind, text }: { kind: string; text: string }): void => void events.push(`${kind}: ${text}`)
  const run = (script: (cutover: Cutover) => Promise<unknown>, options: Partial<RunOptions> = {}) =>
    runCutover({ id: 'move', journal, clock: world.clock, onEvent, ...options }, script)
  /** A check that fails from then on. */
  const sick = (fromMs: number, id = 'errors'): Check =>
    defineCheck({
      id,
      title: 'Few errors',
      run: async () =>
        world.clock.monotonic() >= fromMs ? { status: 'fail', text: '9 %' } : { status: 'pass', text: '1 %' },
    })
  return { world, switches, journal, events, run, sick }
}

/** The same journal, whose process dies once that record is written. */
const dyingAfter = (journal: Journal, last: (entry: JournalEntry) => boolean): Journal => ({
  ...journal,
  async open(options) {
    const opened = await journal.open(options)
    const append = opened.append.bind(opened)
    let isDead = false
    return Object.assign(opened, {
      async append(entry: JournalEntry) {
        if (isDead) throw new Error('dead')
        await append(entry)
        if (!last(entry)) return
        isDead = true
        throw new Error('dead')
      },
    })
  },
})

const isExceeded = (entry: JournalEntry): boolean => entry.t === 'alarm' && entry.state === 'exceeded'

test.each([
  ['roll-back', { end: 'rolled-back' }],
  ['ask', { end: 'parked' }],
] as const)('a guard that was about to %s when the process died does so in the next', async (then, end) => {
  const { switches, journal, run, sick } = setUp()
  const script = async (cutover: Cutover): Promise<void> => {
    cutover.guard(sick(60_000), { then })
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000 }))
  }
  await run(script, { journal: dyingAfter(journal, isExceeded) }).catch(() => {})

  expect(await reportOf(run(script))).toMatchObject(end)
})

test('a guard that was about to pause when the process died does so in the next, and once', async () => {
  const { world, switches, journal, run, sick, events } = setUp()
  const script = async (cutover: Cutover): Promise<void> => {
    cutover.guard(sick(60_000), { then: 'pause' })
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000 }))
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  await run(script, { journal: dyingAfter(journal, isExceeded) }).catch(() => {})
  world.later(3_600_000, () => void resume(journal, kim))

  const report = await run(script)

  expect(report.end).toBe('completed')
  expect(world.clock.monotonic()).toBeGreaterThan(3_600_000)
  expect(events.filter((event) => event.startsWith('paused'))).toHaveLength(1)
})

test('limits that were exceeded when the process died are heard in the next', async () => {
  const { world, switches, journal, run } = setUp()
  const measure = async () => ({ downtimeMs: world.clock.monotonic(), dataLoss: 0 })
  const limits = { maxDowntimeMs: 60_000, maxDataLoss: 0, agreedBy: 'ana', measure, then: 'roll-back' } as const
  const script = (cutover: Cutover) => cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000 }))
  await run(script, { limits, journal: dyingAfter(journal, isExceeded) }).catch(() => {})

  expect(await reportOf(run(script, { limits }))).toMatchObject({ end: 'rolled-back' })
})

test('a guard that decides while the script returns goes back; nothing follows the last record', async () => {
  for (let ms = 0; ms <= 2_000; ms += 50) {
    const { world, switches, journal, run, sick } = setUp()
    const report = await run(
      async (cutover) => {
        cutover.guard(sick(60_000), { every: '60s', then: 'roll-back' })
        await cutover.apply(turn(switches, 'a', 'target', { settleMs: 59_000 + ms, lateMs: 0 }))
      },
      { journal: slow(journal, world.clock, 100) },
    ).catch((error: unknown) => (error as { report?: unknown }).report ?? error)

    expect(report).toMatchObject({ end: expect.stringMatching(/^(completed|rolled-back)$/) })
    expect(journal.entries.findIndex(({ t }) => t === 'closed')).toBe(journal.entries.length - 1)
    expect(journal.entries.filter(({ t }) => t === 'decided').length).toBeLessThan(2)
  }
})

test('nothing is written about limits or drift after the last record, also when the way back is quick', async () => {
  for (let ms = 0; ms <= 2_000; ms += 50) {
    const { world, switches, journal, run } = setUp()
    const measure = async () => ({ downtimeMs: world.clock.monotonic(), dataLoss: 0 })
    const at = 60_000 + ms
    world.later(at, () => switches.set('b', 'elsewhere'))
    await run(
      async (cutover) => {
        await cutover.apply(turn(switches, 'a', 'target', { lateMs: 0 }))
        await cutover.require(saying('x', 'undecided', 'fail'), { within: '1h', every: '60s' })
      },
      {
        journal: slow(journal, world.clock, 100),
        drift: { every: '30s' },
        limits: { maxDowntimeMs: at, maxDataLoss: 0, agreedBy: 'ana', measure, everyMs: 500 },
      },
    ).catch(() => {})

    expect(recordsOf(journal.entries).at(-1)).toBe('closed')
  }
})

test('limits exceeded after the point of no return are told, and interrupt nothing', async () => {
  const { world, switches, run, events } = setUp()
  const measure = async () => ({ downtimeMs: world.clock.monotonic(), dataLoss: 0 })

  const report = await run(
    async (cutover) => {
      await cutover.pointOfNoReturn('deleted')
      await cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000 }))
    },
    { limits: { maxDowntimeMs: 60_000, maxDataLoss: 0, agreedBy: 'ana', measure, then: 'roll-back' } },
  )

  expect(report.end).toBe('completed')
  expect(report.downtime.actual).toBe(600_000)
  expect(events.filter((event) => event.startsWith('alarm: ALARM'))).toHaveLength(2)
})

test('what was used at the very end is measured, also on the way back', async () => {
  const { world, switches, run } = setUp()
  const measure = async () => ({ downtimeMs: world.clock.monotonic(), dataLoss: 0 })
  const limits = { maxDowntimeMs: 9e9, maxDataLoss: 0, agreedBy: 'ana', measure }

  const report = await reportOf(
    run(
      async (cutover) => {
        await cutover.apply(turn(switches, 'a', 'target', { settleMs: 62_000 }))
        await cutover.require(saying('x', 'fail'))
      },
      { limits },
    ),
  )

  expect(report.downtime.actual).toBe(124_000)
})

test('limits that cannot be measured are told, and never taken for kept', async () => {
  const { switches, run, events } = setUp()
  const measure = () => Promise.reject(new Error('metrics are out'))

  const report = await run((cutover) => cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 })), {
    limits: { maxDowntimeMs: 60_000, maxDataLoss: 0, agreedBy: 'ana', measure },
  })

  expect(report.downtime.actual).toBeUndefined()
  expect(events.filter((event) => event.startsWith('alarm'))).toEqual([
    expect.stringMatching(/nobody can say: .*metrics are out/),
  ])
})

test.each([[{}], [{ downtimeMs: Number.NaN, dataLoss: 0 }], [undefined]])(
  'a measurement of %j is none',
  async (nonsense) => {
    const { switches, run, events } = setUp()

    const report = await run((cutover) => cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 })), {
      limits: {
        maxDowntimeMs: 60_000,
        maxDataLoss: 0,
        agreedBy: 'ana',
        measure: async () => nonsense as never,
        then: 'roll-back',
      },
    })

    expect(report).toMatchObject({ end: 'completed', downtime: { actual: undefined } })
    expect(events.filter((event) => event.startsWith('alarm'))).toHaveLength(1)
  },
)

test('what hangs beside the steps keeps nobody from ending', async () => {
  const { switches, run } = setUp()
  const never = new Promise<never>(() => {})

  const report = await run(
    async (cutover) => {
      cutover.guard(defineCheck({ id: 'hung', title: 'Hangs', run: () => never }), { then: 'roll-back' })
      await cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 }))
    },
    { limits: { maxDowntimeMs: 1, maxDataLoss: 0, agreedBy: 'ana', measure: () => never } },
  )

  expect(report.end).toBe('completed')
})

test('a check that answers nonsense leaves its guard standing, blind', async () => {
  const { world, switches, run, events } = setUp()
  const odd = defineCheck({
    id: 'odd',
    title: 'Odd',
    run: async () =>
      world.clock.monotonic() < 60_000 ? (undefined as never) : { status: 'fail' as const, text: 'sick' },
  })

  const report = await reportOf(
    run(async (cutover) => {
      cutover.guard(odd, { then: 'roll-back' })
      await cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000 }))
    }),
  )

  expect(report.end).toBe('rolled-back')
  expect(events.find((event) => event.startsWith('alarm'))).toMatch(/nobody can say/)
})

test('a guard that asks while the script is in code of its own stops it at its next step', async () => {
  const { world, switches, run, sick } = setUp()

  const report = await reportOf(
    run(async (cutover) => {
      cutover.guard(sick(60_000), { then: 'ask' })
      await cutover.apply(turn(switches, 'a', 'target'))
      await world.clock.sleep(120_000)
      await cutover.apply(turn(switches, 'b', 'target')).catch(() => {})
      await cutover.apply(turn(switches, 'c', 'target')).catch(() => {})
    }),
  )

  expect(report.questions.map(({ step }) => step)).toEqual(['@alarm/errors'])
  expect(switches.state).toEqual({ a: 'target', b: 'source', c: 'source' })
})

test('of two guards that fail at once, one of which asks, what was agreed before needs no answer', async () => {
  const { world, switches, journal, run, sick } = setUp()
  const script = async (cutover: Cutover): Promise<void> => {
    cutover.guard(sick(60_000, 'one'), { then: 'ask' })
    cutover.guard(sick(60_000, 'two'), { then: 'roll-back' })
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000 }))
  }

  expect((await reportOf(run(script, { journal: slow(journal, world.clock, 100) }))).end).toBe('rolled-back')

  const other = setUp()
  const asked = async (cutover: Cutover): Promise<void> => {
    cutover.guard(other.sick(60_000, 'one'), { then: 'ask' })
    cutover.guard(other.sick(60_001, 'two'), { then: 'roll-back' })
    await cutover.apply(turn(other.switches, 'a', 'target', { settleMs: 600_000 }))
  }
  expect((await reportOf(other.run(asked))).end).toBe('parked')
  await answer(other.journal, { answer: 'accept', ...kim, clock: other.world.clock })
  expect((await reportOf(other.run(asked))).end).toBe('rolled-back')
})

test('two guards of one name are refused: nobody could tell their alarms apart', async () => {
  const { journal, run, sick } = setUp()
  const script = async (cutover: Cutover): Promise<void> => {
    cutover.guard(sick(0), { then: 'notify' })
    cutover.guard(sick(0), { then: 'roll-back' })
  }

  expect((await errorOf(run(script))).code).toBe('CUTOVER_DUPLICATE_STEP')
  const criterion = { id: 'errors', check: sick(0), then: 'notify', owner: 'ana' } as const
  const other = async (cutover: Cutover): Promise<void> => cutover.guard(sick(0), { then: 'notify' })
  expect((await errorOf(run(other, { criteria: [criterion] }))).code).toBe('CUTOVER_DUPLICATE_STEP')
  expect(recordsOf(journal.entries)).not.toContain('closed')
})

test('accepted, a guard is quiet, also in later processes; well and failing again, it acts again', async () => {
  const { world, switches, journal, run } = setUp()
  const spans = [
    [60_000, 300_000],
    [500_000, 9e9],
  ] as const
  const check = defineCheck({
    id: 'errors',
    title: 'Few errors',
    async run() {
      const now = world.clock.monotonic()
      return spans.some(([from, to]) => now >= from && now < to)
        ? { status: 'fail', text: '9 %' }
        : { status: 'pass', text: '1 %' }
    },
  })
  const script = async (cutover: Cutover): Promise<void> => {
    cutover.guard(check, { then: 'ask' })
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 900_000 }))
  }
  expect((await reportOf(run(script))).end).toBe('parked')
  await answer(journal, { answer: 'accept', ...kim, clock: world.clock })

  const again = await reportOf(run(script))

  expect(again).toMatchObject({ end: 'parked', questions: [{ step: '@alarm/errors' }] })
  expect(world.clock.monotonic()).toBeGreaterThanOrEqual(500_000)
})

test('a guard of which the lease is lost stops the script at once', async () => {
  const { world, switches, journal, run, sick } = setUp()
  const script = async (cutover: Cutover): Promise<void> => {
    cutover.guard(sick(9e9), { every: '20s', then: 'notify' })
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.value(
      'a talk',
      () =>
        new Promise((_, reject) =>
          cutover.signal.addEventListener('abort', () => reject(cutover.signal.reason as Error)),
        ),
    )
  }
  world.later(50_000, () => {
    journal.holderDied()
    void journal.open({ clock: world.clock })
  })

  expect((await errorOf(run(script))).code).toBe('CUTOVER_FENCED')
  expect(world.clock.monotonic()).toBeLessThan(120_000)
})

test.each([
  [{ toleratedForMs: 0, resolveWithinMs: 0 }, 60_000],
  [{ toleratedForMs: 0, resolveWithinMs: 60_000 }, 120_000],
  [{ toleratedForMs: 60_000, resolveWithinMs: 0 }, 120_000],
] as const)('a criterion of %j goes back at %d ms', async (tolerance, at) => {
  const { world, switches, run, sick } = setUp()

  await reportOf(
    run((cutover) => cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000, lateMs: 0 })), {
      criteria: [{ id: 'x', check: sick(60_000), then: 'roll-back', owner: 'ana', everyMs: 7_000, ...tolerance }],
    }),
  )

  // The way back waits until it is felt.
  const decidedAt = world.clock.monotonic() - 600_000
  expect(decidedAt).toBeGreaterThanOrEqual(at)
  expect(decidedAt).toBeLessThanOrEqual(at + 7_000)
})
