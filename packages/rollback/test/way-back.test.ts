// What keeps the way back usable, and what is known about it: limits, preflight, readiness, forecast, the sheet, days of waiting.
import type { Change } from '@cutover/core'
import { answer, type Cutover, type Limits, rollbackReadiness, type RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, reportOf, setting } from './setting.ts'
import { altered, saying, turn } from './switches.ts'

const kim = { who: 'kim', why: 'a reason' }
const hour = 3_600_000

/** A change that says whether it could be undone. */
const undoable = (
  change: ReturnType<typeof turn>,
  now: () => boolean,
  until?: () => number,
): Change<string, { readonly to: string }> =>
  altered(change, {
    revertible: async () => ({
      now: now(),
      until: until?.(),
      because: now() ? 'the stream keeps it' : 'the stream has dropped it',
    }),
  })

// ----- the way back before every advance

test('nothing more is applied when what is applied could not be undone any more, unless a person accepts it by name', async () => {
  const { world, switches, journal, run } = setting()
  let isThere = true
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(undoable(turn(switches, 'a', 'target'), () => isThere))
    await cutover.value('an hour', () => world.clock.sleep(hour).then(() => 1))
    isThere = false
    await cutover.apply(turn(switches, 'b', 'target'))
  }

  const parked = await reportOf(run(script))
  expect(parked).toMatchObject({
    end: 'parked',
    questions: [
      {
        step: '@way-back/turn:a:target',
        code: 'CUTOVER_NO_WAY_BACK',
        question: 'step 1, Turn a to target: could not be undone now: the stream has dropped it',
      },
    ],
  })
  expect(switches.state['b']).toBe('source')
  await answer(journal, { answer: 'accept', ...kim, clock: world.clock })

  expect((await run(script)).end).toBe('completed')
})

test('a change that could not be undone is not even begun', async () => {
  const { switches, run } = setting()

  const parked = await reportOf(run((cutover) => cutover.apply(undoable(turn(switches, 'a', 'target'), () => false))))

  expect(parked.questions[0]).toMatchObject({ code: 'CUTOVER_NO_WAY_BACK' })
  expect(switches.state['a']).toBe('source')
})

test('a way back that nobody can look at counts as none', async () => {
  const { switches, run } = setting()
  const change = altered(turn(switches, 'a', 'target'), { revertible: () => Promise.reject(new Error('denied')) })

  const parked = await reportOf(run((cutover) => cutover.apply(change), { patience: '1m' }))

  expect(parked.questions[0]?.question).toMatch(/whether it could be undone could not be seen: denied/)
})

test('after the point of no return nobody asks for a way back', async () => {
  const { switches, run } = setting()

  const report = await run(async (cutover) => {
    await cutover.pointOfNoReturn('deleted')
    await cutover.apply(undoable(turn(switches, 'a', 'target'), () => false))
  })

  expect(report.end).toBe('completed')
})

// ----- readiness

test('readiness is told without a lease, a write or anything that is started', async () => {
  const { world, switches, journal, run } = setting()
  let attached = 0
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(
      altered(turn(switches, 'a', 'target'), {
        revertible: async () => ({
          now: true,
          until: world.clock.now() + 30 * hour,
          because: 'the stream keeps a day',
        }),
        attach: async () => {
          attached += 1
          return { async [Symbol.asyncDispose]() {} }
        },
      }),
    )
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  await run(script)
  const [records, writes] = [journal.entries.length, world.effects.length]

  const far = await rollbackReadiness({ id: 'move', journal, clock: world.clock }, script)

  expect(far).toMatchObject({ ready: true, hoursLeft: undefined, steps: [{ ready: true }, { ready: true }] })
  expect(far.text).toMatch(/going back works until .*, another 1d06h: step 1, Turn a to target: the stream keeps a day/)
  expect([journal.entries.length, world.effects.length, attached]).toEqual([records, writes, 1])
})

test.each([
  [23, 24],
  [3.9, 4],
  [0.5, 1],
  [-1, 0],
] as const)('with %d hours to the first expiry it says %d', async (left, hoursLeft) => {
  const { world, switches, journal, run } = setting()
  const until = (): number => world.clock.now() + left * hour
  const script = (cutover: Cutover) => cutover.apply(undoable(turn(switches, 'a', 'target'), () => true, until))
  await run(script)

  expect((await rollbackReadiness({ id: 'move', journal, clock: world.clock }, script)).hoursLeft).toBe(hoursLeft)
})

test('a change that somebody has undone, and one that the script lacks, are no way back', async () => {
  const { world, switches, journal, run } = setting()
  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target'))
  })
  switches.set('a', 'elsewhere')

  const readiness = await rollbackReadiness({ id: 'move', journal, clock: world.clock }, (cutover) =>
    cutover.apply(turn(switches, 'a', 'target')),
  )

  expect(readiness.ready).toBe(false)
  expect(readiness.text).toBe(
    'NO WAY BACK: step 2, Turn b to target: this script does not come to it; step 1, Turn a to target: it is foreign: somebody has changed it since',
  )
})

// ----- limits

const limits = (more: Partial<Limits> = {}): Limits => ({
  maxDowntimeMs: 60_000,
  maxDataLoss: 0,
  agreedBy: 'ana',
  ...more,
})

test('what is predicted to be over a limit is not begun', async () => {
  const { journal, run } = setting()

  const error = await errorOf(
    run(async () => {}, { limits: limits({ predicted: { downtimeMs: 90_000, dataLoss: 2 } }) }),
  )

  expect(error).toMatchObject({ code: 'CUTOVER_OVER_LIMIT' })
  expect(error.message).toBe(
    'REFUSED: predicted is a downtime of 1m30s; 1m was agreed, and 2 lost; 0 was agreed, by ana',
  )
  expect(journal.entries).toEqual([])
})

test('a red limit never keeps anybody from going back, nor from going on with what is begun', async () => {
  const { switches, run } = setting()
  const script = (cutover: Cutover) => cutover.apply(turn(switches, 'a', 'target'))
  await run(script)
  const red = {
    limits: limits({
      predicted: { downtimeMs: 90_000, dataLoss: 2 },
      measure: async () => ({ downtimeMs: 9e9, dataLoss: 9 }),
      then: 'ask',
    }),
  } as const

  const report = await reportOf(run(script, { ...red, rollBack: true }))

  expect(report.end).toBe('rolled-back')
  expect(switches.state['a']).toBe('source')
})

test('what is used is measured and told; over the limit is an alarm, and what was agreed follows', async () => {
  const { world, switches, journal, run } = setting()
  const measure = async () => ({ downtimeMs: Math.max(0, world.clock.monotonic() - 100_000), dataLoss: 0 })

  const report = await reportOf(
    run((cutover) => cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000 })), {
      limits: limits({ measure, then: 'roll-back' }),
    }),
  )

  expect(report).toMatchObject({
    end: 'rolled-back',
    because: expect.stringMatching(/^Within the agreed limits: downtime 1m/),
  })
  expect(journal.entries.some((entry) => entry.t === 'alarm' && entry.id === '@limits')).toBe(true)
})

// ----- days of waiting

test('until ends the process with waiting, and a later one goes on', async () => {
  const { world, switches, journal, run } = setting()
  const due = world.clock.now() + 72 * hour
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.until('three days of validation', () => due)
    await cutover.apply(turn(switches, 'b', 'target'))
  }

  const first = await run(script)
  expect(first.end).toBe('waiting')
  expect(first.text.split('\n')[0]).toBe('WAITING until 2026-11-23T02:00:00Z: three days of validation')
  const records = journal.entries.length
  expect((await run(script)).end).toBe('waiting')
  expect(journal.entries).toHaveLength(records)
  expect(world.clock.monotonic()).toBe(0)
  await world.clock.sleep(72 * hour)

  expect((await run(script)).end).toBe('completed')
  expect(switches.state['b']).toBe('target')
})

test('going back is possible while it waits', async () => {
  const { world, switches, run } = setting()
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.until('three days', () => world.clock.now() + 72 * hour)
  }
  await run(script)

  expect((await reportOf(run(script, { rollBack: true }))).end).toBe('rolled-back')
  expect(switches.state['a']).toBe('source')
})

test('until a check passes: undecided waits, a fail goes back', async () => {
  const { switches, run } = setting()
  const target = saying('target', 'undecided', 'undecided', 'pass')
  const script = (check: typeof target) => async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.until('the target is as cheap', check)
  }

  expect((await run(script(target))).end).toBe('waiting')
  expect((await run(script(target))).end).toBe('waiting')
  expect((await run(script(target))).end).toBe('completed')

  const other = setting()
  const report = await reportOf(
    other.run(async (cutover) => {
      await cutover.apply(turn(other.switches, 'a', 'target'))
      await cutover.until('the target is as cheap', saying('target', 'fail'))
    }),
  )
  expect(report).toMatchObject({ end: 'rolled-back', because: 'the target is as cheap: it says fail' })
})

test.each([
  [undefined, /^cutover\.until.* was given |check/],
  [5, /^cutover\.until.* was given |check/],
  [{ title: 'x' }, /^cutover\.until.* was given |check/],
])('until refuses %j', async (what, message) => {
  const { run } = setting()

  const error = await errorOf(run((cutover) => cutover.until('x', what as never)))

  expect(error.message).toMatch(message)
})

// ----- the sheet

test('the sheet that undoes it is there before each change is sent, newest first, and empty again afterwards', async () => {
  const { switches, run, world } = setting()
  const sheets: string[] = []
  const seen: string[][] = []
  const hand = (name: string) =>
    altered(turn(switches, name, 'target'), {
      byHand: (before) => ({
        apply: [`switch set ${name} target`],
        revert: [`switch set ${name} ${before ?? '<as found>'}`],
        look: [`switch get ${name}`],
        traps: ['it sticks'],
      }),
      async apply(before, { signal, fence }) {
        seen.push([...(sheets.at(-1) ?? '').matchAll(/^switch set (\w)/gm)].map(([, letter = '']) => letter))
        await switches.write(name, before, 'target', { signal, fence })
      },
    })
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(hand('a'))
    await cutover.apply(hand('b'))
  }
  const sheet = async (markdown: string): Promise<void> => void sheets.push(markdown)

  await run(script, { sheet })
  expect(seen).toEqual([['a'], ['b', 'a']])
  expect(sheets.at(-1)).toMatch(
    /## 1\. Turn b to target\n\nStep 2, switch:b: it may be applied or not \(attempt 1\): look first\./,
  )
  expect(sheets.at(-1)).toMatch(/```sh\nswitch get b\n```\n\n- Beware: it sticks/)
  await reportOf(run(script, { sheet, rollBack: true }))

  expect(sheets.at(-1)).toMatch(/Nothing is applied\./)
  expect(world.effects).toHaveLength(4)
})

test('a sheet that cannot be written stops nothing, and is told', async () => {
  const { switches, run, world } = setting()
  const notes: string[] = []

  const report = await run((cutover) => cutover.apply(turn(switches, 'a', 'target')), {
    sheet: () => Promise.reject(new Error('disk full')),
    onEvent: ({ kind, text }) => void (kind === 'note' && notes.push(text)),
  })

  expect(report.end).toBe('completed')
  expect(notes).toEqual(['the sheet for undoing by hand could not be written: Error: disk full'])
  expect(world.effects).toHaveLength(1)
})

// ----- forecast

test('the forecast is corrected by how long applying really took', async () => {
  const { world, switches, run } = setting()
  const bounded = altered(turn(switches, 'a', 'target', { settleMs: 8_000 }), {
    estimate: (_before, measured) => ({ applyMs: 60_000, revertMs: measured?.applyMs ?? 60_000 }),
  })
  let [before, after] = [0, 0]

  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'b', 'target'))
    before = cutover.forecast().backMs
    await cutover.apply(bounded)
    after = cutover.forecast().backMs
  })

  expect([before, after]).toEqual([0, 8_000])
  expect(world.clock.monotonic()).toBe(8_000)
})

test('people are warned before going back would not fit the window any more', async () => {
  const { world, switches, run } = setting()
  const warnings: string[] = []
  const options: Partial<RunOptions> = {
    windowEndsAt: world.clock.now() + 2 * hour,
    onEvent: (event) =>
      void (event.kind === 'note' && event.code === 'CUTOVER_LATEST_ABORT' && warnings.push(event.text)),
  }

  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 1_800_000 }))
    await cutover.value('two hours', () => world.clock.sleep(2 * hour).then(() => 1))
  }, options)

  expect(warnings.map((text) => text.replace(/, at .*;/, ';'))).toEqual([
    'the latest abort that still fits the window is in 10m; going back takes 30m',
    'the latest abort that still fits the window is in 5m; going back takes 30m',
    'the latest abort that still fits the window is in 1m; going back takes 30m',
    expect.stringMatching(/^the latest abort that still fits the window has passed at/),
  ])
})

test('the report tells targets, forecasts and what came of them', async () => {
  const { world, switches, run } = setting()
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 }))
    await cutover.require(saying('target', 'fail'))
  }
  const measure = async () => ({ downtimeMs: Math.min(3_000, world.clock.monotonic()), dataLoss: 0 })

  const report = await reportOf(
    run(script, {
      limits: limits({ measure, rtoMs: 300_000, predicted: { downtimeMs: 2_000, dataLoss: 0 } }),
    }),
  )

  expect(report.rto).toEqual({ target: 300_000, forecast: 60_000, actual: 60_000 })
  expect(report.rpo).toEqual({ target: 0, forecast: 0, actual: 0 })
  expect(report.downtime).toEqual({ target: 60_000, forecast: 2_000, actual: 3_000 })
})

test('what nobody said or knows is not zero', async () => {
  const { run } = setting()

  const report = await run(async () => {})

  const unknown = { target: undefined, forecast: undefined, actual: undefined }
  expect([report.rto, report.rpo, report.downtime]).toEqual([unknown, unknown, unknown])
})
