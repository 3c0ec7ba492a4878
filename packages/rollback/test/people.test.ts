// People who skip, approve, decline and go back, where it is tight: late, twice, under two spellings, in several branches.
import { fakeWorld } from '@cutover/core/testing'
import {
  answer,
  approval,
  approve,
  type Cutover,
  decline,
  type Journal,
  memoryJournal,
  type OperatorRequest,
  pause,
  rollBack,
  runCutover,
  type RunOptions,
  skip,
} from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, recordsOf, reportOf } from './setting.ts'
import { inMemorySwitches, saying, turn } from './switches.ts'

const kim = { who: 'kim', why: 'a reason' }
const minute = 60_000

function setUp() {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source', b: 'source', c: 'source' })
  const journal = memoryJournal({ operators: true })
  const events: string[] = []
  const onEvent = ({ kind, text }: { kind: string; text: string }): void => void events.push(`${kind}: ${text}`)
  const run = (script: (cutover: Cutover) => Promise<unknown>, options: Partial<RunOptions> = {}) =>
    runCutover({ id: 'move', journal, clock: world.clock, onEvent, ...options }, script)
  const at = (ms: number, act: () => Promise<unknown>) => world.later(ms, () => void act().catch(() => {}))
  return { world, switches, journal, events, run, at }
}

// ----- going back

test('who wants to go back while a question is open is heard by the next run', async () => {
  const { switches, journal, run } = setUp()
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(saying('x', 'undecided'))
  }
  expect((await reportOf(run(script))).end).toBe('parked')
  await rollBack(journal, kim)

  expect(await reportOf(run(script))).toMatchObject({ end: 'rolled-back', because: 'kim: a reason' })
})

test('who wants to go back after completion is heard by the next run; once', async () => {
  const { switches, journal, run } = setUp()
  const script = (cutover: Cutover) => cutover.apply(turn(switches, 'a', 'target'))
  await run(script)
  await rollBack(journal, kim)

  expect(await reportOf(run(script))).toMatchObject({ end: 'rolled-back', because: 'kim: a reason' })
  expect(recordsOf(journal.entries).at(-1)).toBe('closed')
  expect((await reportOf(run(script))).end).toBe('rolled-back')
})

test.each([pause, rollBack])('nothing is asked any more of a cutover that goes back', async (what) => {
  const { switches, journal, run } = setUp()
  await run(
    async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      switches.set('a', 'elsewhere')
      await cutover.rollBack('it is enough')
    },
    { patience: '1s' },
  ).catch(() => {})

  const error = await errorOf(what(journal, kim))

  expect(error).toMatchObject({ code: 'CUTOVER_REQUEST_INVALID' })
  expect(error.message).toMatch(/it goes back since .*: it is enough/)
})

test('a box that cannot be read keeps nobody from running it', async () => {
  const { switches, journal, run } = setUp()
  const unreadable: Journal = {
    ...journal,
    requests: { send: () => Promise.reject(new Error('full')), since: () => Promise.reject(new Error('denied')) },
  }
  const script = (cutover: Cutover) => cutover.apply(turn(switches, 'a', 'target'))
  await run(script, { journal: unreadable })

  expect((await reportOf(run(script, { journal: unreadable, rollBack: true }))).end).toBe('rolled-back')
})

test.each(['explode', 7, undefined])('a request to %j is passed over, and what follows it is heard', async (what) => {
  const { switches, journal, run, at } = setUp()
  at(10_000, async () => {
    await journal.requests?.send({ do: what, ...kim } as unknown as OperatorRequest)
    await journal.requests?.send({ do: 'roll-back', ...kim })
  })

  const report = await reportOf(run((cutover) => cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000 }))))

  expect(report.because).toBe('kim: a reason')
  expect(journal.entries.flatMap((entry) => (entry.t === 'asked' ? [entry.do] : []))).toEqual(['roll-back'])
})

// ----- skipping

test('checks skipped in branches are each accepted by name', async () => {
  const { world, journal, run, at } = setUp()
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.all({
      one: (steps) => steps.require(saying('x', 'undecided'), { within: '1h' }),
      two: (steps) => steps.require(saying('x', 'undecided'), { within: '1h' }),
    })
    await cutover.pointOfNoReturn('deleted')
  }
  for (const step of ['one/x', 'two/x']) at(minute, () => skip(journal, { ...kim, step }))
  const asked: string[] = []

  for (let runs = 0; runs < 5; runs += 1) {
    const outcome = await run(script).catch((error: { report: { questions: { step: string }[] } }) => error.report)
    const steps = outcome.questions.map(({ step }) => step)
    asked.push(...steps)
    for (const step of steps) await answer(journal, { step, answer: 'accept', ...kim, clock: world.clock })
  }

  expect(asked).toEqual(['@skipped/one/x', '@skipped/two/x'])
  expect(recordsOf(journal.entries).at(-1)).toBe('closed')
})

test('what is skipped after the point of no return is no question there when it is run again', async () => {
  const { switches, journal, run, at } = setUp()
  const script = (isCut: boolean) => async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.pointOfNoReturn('deleted')
    await cutover.require(saying('x', 'undecided'), { within: '1h' })
    if (isCut) throw new Error('power cut')
  }
  at(minute, () => skip(journal, { ...kim, step: 'x' }))
  await run(script(true)).catch(() => {})

  const report = await run(script(false))

  expect(report.end).toBe('completed')
  expect(report.text).toMatch(/\n {2}Skipped {2}step 2, x is well, by kim: a reason\n/)
})

test('a check that has passed before its skip was taken has passed', async () => {
  const { switches, journal, run } = setUp()
  const x = saying('x', 'pass')
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(x)
    if (x.asked < 2) throw new Error('power cut')
  }
  await run(script).catch(() => {})
  // Sent before it passed, taken after.
  await journal.requests?.send({ do: 'skip', step: 'x', ...kim })

  expect((await run(script)).end).toBe('completed')
  expect(x.asked).toBe(2)
})

test('only a check is skipped', async () => {
  const { world, run, journal } = setUp()
  await run(async (cutover) => {
    await cutover.value('x', () => 1)
    await cutover.until('three days', () => world.clock.now() + 72 * 60 * minute)
  })

  for (const step of ['x', 'three days', 1]) {
    expect((await errorOf(skip(journal, { ...kim, step }))).message).toMatch(/is no check that could be skipped/)
  }
  const error = await errorOf(skip(journal, kim as never))
  expect(error).toMatchObject({ code: 'CUTOVER_REQUEST_INVALID', message: expect.stringMatching(/step is undefined/) })
})

test('a check about which people are asked is answered, not skipped', async () => {
  const { switches, journal, run } = setUp()
  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(saying('x', 'undecided'))
  }).catch(() => {})

  expect((await errorOf(skip(journal, { ...kim, step: 'x' }))).message).toMatch(/a question is open: answer it/)
})

// ----- approvals

const go = (options = {}) => approval('Go?', { id: 'go', ...options })

test('nobody is two people by spelling a name in two ways', async () => {
  const { world, journal, run, at } = setUp()
  for (const [i, who] of ['ana', 'Ana', ' ana ', 'ANA'].entries())
    at((i + 1) * 10_000, () => approve(journal, { step: 'go', who, why: 'yes' }))

  const report = await reportOf(run((cutover) => cutover.require(go({ quorum: 2, expires: '1h' }))))

  expect(report.questions[0]?.question).toMatch(/expired with 1 of 2/)
  expect(world.clock.monotonic()).toBe(60 * minute)
})

test('who may approve is known however it is spelt', async () => {
  const { journal, run, at } = setUp()
  at(10_000, () => approve(journal, { step: 'go', who: 'ANA', why: 'yes' }))

  expect((await run((cutover) => cutover.require(go({ from: ['Ana'] })))).end).toBe('completed')
})

test('asked again, people are asked anew, for as long as before; what they say then counts, also after a crash', async () => {
  const { world, journal, run, at } = setUp()
  const script = (cutover: Cutover) => cutover.require(go({ quorum: 2, expires: '10m' }))
  at(minute, () => approve(journal, { step: 'go', who: 'ana', why: 'yes' }))
  expect((await reportOf(run(script))).end).toBe('parked')
  await answer(journal, { answer: 'again', ...kim, clock: world.clock })
  const controller = new AbortController()
  at(minute, () => approve(journal, { step: 'go', who: 'ana', why: 'yes' }))
  at(2 * minute, async () => controller.abort())
  await run(script, { signal: controller.signal }).catch(() => {})
  at(minute, () => approve(journal, { step: 'go', who: 'raj', why: 'yes' }))

  expect((await run(script)).end).toBe('completed')
})

test('what is said after an approval has expired does not count, also when nobody ran it', async () => {
  const { world, journal, run, at } = setUp()
  const script = (cutover: Cutover) => cutover.require(go({ expires: '10m' }))
  const controller = new AbortController()
  at(minute, async () => controller.abort())
  await run(script, { signal: controller.signal }).catch(() => {})
  await world.clock.sleep(20 * minute)
  await approve(journal, { step: 'go', who: 'ana', why: 'yes' })

  expect((await reportOf(run(script))).questions[0]?.question).toMatch(/expired with 0 of 1/)
})

test('one who declines after enough have approved, in the same second, is heard', async () => {
  const { switches, journal, run, at } = setUp()
  at(10_100, () => approve(journal, { step: 'go', who: 'ana', why: 'yes' }))
  at(10_200, () => decline(journal, { step: 'go', who: 'raj', why: 'no' }))

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.require(go())
    }),
  )

  expect(report.because).toBe('Go?: raj declined: no')
})

test('a check that cannot be asked after a long wait leaves it undecided', async () => {
  const { journal, run, at } = setUp()
  at(30 * minute, () => approve(journal, { step: 'go', who: 'ana', why: 'yes' }))
  const broken = { id: 'x', title: 'X', run: () => Promise.reject(new Error('denied')) }

  const report = await reportOf(run((cutover) => cutover.require(go({ revalidate: [broken] }))))

  expect(report.questions[0]).toMatchObject({ code: 'CHECK_UNDECIDED' })
})

test.each([
  [{ from: [] }, /from is \[\]; wanted at least one name/],
  [{ from: ['ana', 'Ana'], quorum: 2 }, /quorum is 2; wanted a whole number from 1 to 1/],
  [{ from: [' '] }, /from is/],
  [{ revalidate: [{}] }, /revalidate/],
])('approval refuses %j', (options, message) => {
  expect(() => go(options)).toThrow(
    expect.objectContaining({ code: 'CUTOVER_OPTIONS_INVALID', message: expect.stringMatching(message) }),
  )
})

test.each([{ within: '1h' }, { patience: '1h' }, { every: '1s' }, { consecutive: 2 }] as const)(
  'an approval that is required with %j is refused: it has its own end',
  async (options) => {
    const { run } = setUp()

    expect(await errorOf(run((cutover) => cutover.require(go(), options)))).toMatchObject({
      code: 'CUTOVER_OPTIONS_INVALID',
      message: expect.stringMatching(/expires/),
    })
  },
)

// ----- names

test.each(['@alarm/x', '@drift'])(
  'a step is not named %s, which is kept for what stands beside the steps',
  async (as) => {
    const { switches, run } = setUp()

    const error = await errorOf(run((cutover) => cutover.apply(turn(switches, 'a', 'target'), { as })))

    expect(error.code).toBe('CUTOVER_STEP_NAME')
    expect(switches.state['a']).toBe('source')
  },
)

test('a box that hangs keeps nobody from beginning, going on, nor from an end', async () => {
  const { world, switches, journal, run } = setUp()
  const hung: Journal = {
    ...journal,
    requests: { send: () => new Promise(() => {}), since: () => new Promise(() => {}) },
  }
  const script = (cutover: Cutover) => cutover.apply(turn(switches, 'a', 'target', { settleMs: minute }))
  await run(script, { journal: hung })

  expect((await reportOf(run(script, { journal: hung, rollBack: true }))).end).toBe('rolled-back')
  expect(world.clock.monotonic()).toBeLessThan(3 * minute)
})
