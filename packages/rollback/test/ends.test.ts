import { type Cutover, CutoverEnded, CutoverError, isCutoverError, type RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, reportOf, setting } from './setting.ts'
import { altered, is, saying, turn } from './switches.ts'

test('a completed cutover answers a report of its steps, in their order and with their times', async () => {
  const { run, switches } = setting({ a: 'source', b: 'target' })

  const report = await run(async (cutover) => {
    await cutover.require(is(switches, 'a', 'source'))
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 90_000 }))
    await cutover.apply(turn(switches, 'b', 'target'))
    await cutover.value('started at', () => cutover.clock.now())
  })

  expect(report).toMatchObject({ id: 'move', end: 'completed', because: undefined, residue: [], questions: [] })
  expect(report.endedAt - report.startedAt).toBe(90_000)
  expect(report.steps.map(({ number, step, kind, end, tookMs }) => [number, step, kind, end, tookMs])).toEqual([
    [1, 'is:a:source', 'check', 'pass', 0],
    [2, 'turn:a:target', 'change', 'done', 90_000],
    [3, 'turn:b:target', 'change', 'already', 0],
    [4, 'started at', 'value', 'done', 0],
  ])
})

test('a completed cutover that is run again does nothing, and answers the same report', async () => {
  const { run, switches, writes } = setting()
  const script = (cutover: Cutover) => cutover.apply(turn(switches, 'a', 'target'))
  const first = await run(script)

  const second = await run(() => Promise.reject(new Error('the script was run')))

  expect(second).toEqual(first)
  expect(writes()).toEqual(['a'])
})

test('a rolled back cutover says why, for people and for programs', async () => {
  const { run, switches } = setting()

  const error = await errorOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.require(saying('target', 'fail'))
    }),
  )

  expect(error).toBeInstanceOf(CutoverEnded)
  expect(error.code).toBe('CUTOVER_ROLLED_BACK')
  expect(isCutoverError(error.cause) && error.cause.code).toBe('CHECK_FAILED')
  expect((error as CutoverEnded).report).toMatchObject({
    end: 'rolled-back',
    because: 'target is well: it says fail',
    rolledBackInMs: 0,
  })
  expect(error.message.split('\n')).toEqual([
    'ROLLED BACK in 0ms: step 2, target is well, failed 02:00:00',
    '  it says fail',
    '  1 of 1 undone, the source is as found. Nothing is left to do.',
    '  Again    run it with a new journal; this one is memory',
    'CUTOVER_ROLLED_BACK, because of CHECK_FAILED',
  ])
})

test('a change that is refused for good rolls back, with the refusal as the cause', async () => {
  const { run, switches, world } = setting()
  world.failNext('switches.write b', 'refused-for-ever')

  const error = await errorOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.apply(turn(switches, 'b', 'target'))
    }),
  )

  expect(error.code).toBe('CUTOVER_ROLLED_BACK')
  expect(isCutoverError(error.cause) && error.cause.code).toBe('WORLD_DENIED')
  expect(error.message).toContain('CUTOVER_ROLLED_BACK, because of WORLD_DENIED')
  expect(switches.state).toEqual({ a: 'source', b: 'source', c: 'source' })
})

test('a rolled back cutover that is run again does nothing, and says the same', async () => {
  const { run, switches, writes } = setting()
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.rollBack('it is late')
  }
  const first = await reportOf(run(script))

  const second = await reportOf(run(script, { rollBack: true }))

  expect(second).toEqual(first)
  expect(second.because).toBe('it is late')
  expect(writes()).toEqual(['a', 'a'])
})

test('a script that calls rollBack is undone, and nothing after it is done', async () => {
  const { run, switches, writes } = setting()

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.rollBack('it is late')
      await cutover.apply(turn(switches, 'b', 'target'))
    }),
  )

  expect(report.end).toBe('rolled-back')
  expect(writes()).toEqual(['a', 'a'])
})

test('a parked cutover asks, with the command that answers', async () => {
  const { run, switches } = setting()

  const error = await errorOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.require(saying('target', 'undecided'), { within: '20m' })
    }),
  )

  expect(error.code).toBe('CUTOVER_PARKED')
  expect(error.next).toBe('Answer what is asked, then run it again.')
  expect(error.message.split('\n')).toEqual([
    'PARKED at step 2: target is well',
    '  it says undecided; undecided after 20m',
    '  State    1 change is applied; going back takes 0ms',
    `  Answer   await answer(journal, { step: 2, answer: 'again', who: 'NAME', why: 'TEXT' }) // look, or try, once more`,
    `  Answer   await answer(journal, { step: 2, answer: 'pass', who: 'NAME', why: 'TEXT' }) // count it as passed, and go on`,
    `  Answer   await answer(journal, { step: 2, answer: 'roll-back', who: 'NAME', why: 'TEXT' }) // go back`,
    '  then run it again',
    'CHECK_UNDECIDED',
  ])
  expect(switches.state['a']).toBe('target')
})

test('a parked cutover that is run again without an answer asks the same again', async () => {
  const { run, switches, records } = setting()
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(saying('target', 'undecided'))
  }
  const first = await reportOf(run(script))
  const before = records()

  const second = await reportOf(run(script))

  expect(second).toEqual(first)
  expect(records()).toEqual(before)
})

test("an exception of the script's own is rethrown, nothing is undone, and run again it goes on", async () => {
  const { run, switches, writes } = setting()
  let broken = true
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    if (broken) throw new TypeError('x is not a function')
    await cutover.apply(turn(switches, 'b', 'target'))
  }

  const error = await errorOf(run(script))
  broken = false
  const report = await run(script)

  expect(error).toBeInstanceOf(TypeError)
  expect(report.end).toBe('completed')
  expect(writes()).toEqual(['a', 'b'])
})

// ----- rollBack: true

test('rollBack in the middle undoes what a crash has left', async () => {
  const { run, runAndDie, switches, world } = setting()
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  world.failNext('switches.write b', 'crash-late')
  expect(await runAndDie(script)).toBeUndefined()

  const report = await reportOf(run(script, { rollBack: true }))

  expect(report).toMatchObject({ end: 'rolled-back', because: 'asked to go back' })
  expect(switches.state).toEqual({ a: 'source', b: 'source', c: 'source' })
})

test('rollBack goes back from a question, which is moot then', async () => {
  const { run, switches } = setting()
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(saying('target', 'undecided'))
  }
  await reportOf(run(script))

  const report = await reportOf(run(script, { rollBack: true }))

  expect(report).toMatchObject({ end: 'rolled-back', questions: [] })
  expect(switches.state['a']).toBe('source')
})

test('a way back that was begun goes on without being asked again', async () => {
  const { run, runAndDie, switches, world } = setting()
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  await run(script)
  world.failNext('switches.write a', 'crash')
  expect(await runAndDie(script, { rollBack: true })).toBeUndefined()
  expect(switches.state).toMatchObject({ a: 'target', b: 'source' })

  const report = await reportOf(run(script))

  expect(report.end).toBe('rolled-back')
  expect(switches.state).toMatchObject({ a: 'source', b: 'source' })
})

test('rollBack on an empty journal is refused, and nothing is written', async () => {
  const { run, switches, records } = setting()

  const error = await errorOf(run((cutover) => cutover.apply(turn(switches, 'a', 'target')), { rollBack: true }))

  expect(error.code).toBe('CUTOVER_NOTHING_BEGUN')
  expect(error.message).toBe('REFUSED: memory is empty or not there: nothing has begun')
  expect(records()).toEqual([])
})

test('rollBack after the point of no return is refused, and nothing is written', async () => {
  const { run, switches, writes, records } = setting()
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.pointOfNoReturn('the source is deleted')
  }
  const { text } = await run(script)
  const before = records()

  const error = await errorOf(run(script, { rollBack: true }))

  expect(error.code).toBe('CUTOVER_PAST_NO_RETURN')
  expect(error.message).toContain('the source is deleted')
  expect(text).toContain('nothing is undone since the point of no return: the source is deleted')
  expect(text).not.toContain('rollBack')
  expect(records()).toEqual(before)
  expect(writes()).toEqual(['a'])
})

// ----- the point of no return

test('after the point of no return a failed check is a question that does not offer the way back', async () => {
  const { run, switches, journal } = setting()
  const target = saying('target', 'fail')
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.pointOfNoReturn('the source is deleted')
    await cutover.require(target)
  }

  const report = await reportOf(run(script))

  expect(report.questions).toMatchObject([{ code: 'CUTOVER_PAST_NO_RETURN', step: 'target', number: 2 }])
  expect(report.questions[0]?.answers.map(({ answer }) => answer)).toEqual(['again', 'pass'])
  expect(switches.state['a']).toBe('target')
  expect(journal.entries.filter(({ t }) => t === 'no-return')).toHaveLength(1)
})

test('run again, the point of no return is recorded once', async () => {
  const { run, records } = setting()
  let broken = true
  const script = async (cutover: Cutover) => {
    await cutover.pointOfNoReturn('the source is deleted')
    if (broken) throw new Error('power cut')
  }
  await errorOf(run(script))
  broken = false

  await run(script)

  expect(records()).toEqual(['opened', 'no-return', 'closed'])
})

test('no question after the point of no return offers the way back', async () => {
  const { run, switches } = setting()

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.pointOfNoReturn('the source is deleted')
      await cutover.require(saying('target', 'undecided'))
      await cutover.apply(turn(switches, 'a', 'target'))
    }),
  )

  expect(report.questions[0]?.answers.map(({ answer }) => answer)).toEqual(['again', 'pass'])
})

test('after the point of no return a change that is refused is a question, to try again or to say that it happened', async () => {
  const { run, switches, world } = setting()
  world.failNext('switches.write a', 'refused-for-ever')

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.pointOfNoReturn('the source is deleted')
      await cutover.apply(turn(switches, 'a', 'target'))
    }),
  )

  expect(report.questions).toMatchObject([{ code: 'CUTOVER_PAST_NO_RETURN', step: 'turn:a:target' }])
  expect(report.questions[0]?.answers.map(({ answer }) => answer)).toEqual(['again', 'happened'])
})

test('rollBack by the script after the point of no return is refused; the script can be corrected', async () => {
  const { run, switches } = setting()
  const before = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.pointOfNoReturn('the source is deleted')
  }

  const error = await errorOf(
    run(async (cutover) => {
      await before(cutover)
      await cutover.rollBack('it is late')
    }),
  )
  const report = await run(before)

  expect(error.code).toBe('CUTOVER_PAST_NO_RETURN')
  expect(error.message).toContain('it is late')
  expect(report.end).toBe('completed')
  expect(switches.state['a']).toBe('target')
})

// ----- a start that is not a start

test('a new journal whose first change is true already is refused, and nothing is written', async () => {
  const { run, switches, writes, records } = setting({ a: 'target' })

  const error = await errorOf(run((cutover) => cutover.apply(turn(switches, 'a', 'target'))))

  expect(error.code).toBe('CUTOVER_BEGUN_ELSEWHERE')
  expect(error.message).toContain('Turn a to target. Its journal, memory, is new')
  expect(error.next).toContain('adopt: true')
  expect(writes()).toEqual([])
  expect(records()).toEqual(['opened'])
})

test('with adopt it is recorded, and never undone', async () => {
  const { run, switches, writes } = setting({ a: 'target', b: 'source' })

  const report = await reportOf(
    run(
      async (cutover) => {
        await cutover.apply(turn(switches, 'a', 'target'))
        await cutover.apply(turn(switches, 'b', 'target'))
        await cutover.rollBack('it is late')
      },
      { adopt: true },
    ),
  )

  expect(report.steps.map(({ end }) => end)).toEqual(['already', 'undone'])
  expect(switches.state).toEqual({ a: 'target', b: 'source' })
  expect(writes()).toEqual(['b', 'b'])
})

test('a later change that is true already is recorded, answers its result, and is never undone', async () => {
  const { run, switches, writes, journal } = setting({ a: 'source', b: 'target' })
  let answered: unknown

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      answered = await cutover.apply(turn(switches, 'b', 'target'))
      await cutover.rollBack('it is late')
    }),
  )

  expect(answered).toEqual({ to: 'target' })
  expect(report.end).toBe('rolled-back')
  expect(journal.entries.find((entry) => entry.t === 'outcome' && entry.how === 'already')).toMatchObject({
    before: 'target',
    seen: { to: 'target' },
  })
  expect(switches.state).toEqual({ a: 'source', b: 'target' })
  expect(writes()).toEqual(['a', 'a'])
})

test('a change that refuses to start from what is there leaves nothing to undo: the script hears of it', async () => {
  const { run, switches, records } = setting()
  const change = altered(turn(switches, 'a', 'target'), {
    capture: () => Promise.reject(new CutoverError('SWITCH_WRONG_START', 'a is source, wanted ready')),
  })

  const error = await errorOf(run((cutover) => cutover.apply(change)))

  expect(error.code).toBe('SWITCH_WRONG_START')
  expect(records()).toEqual(['opened'])
})

test('a change that refuses to start later on rolls back what was applied', async () => {
  const { run, switches } = setting()
  const change = altered(turn(switches, 'b', 'target'), {
    capture: () => Promise.reject(new CutoverError('SWITCH_WRONG_START', 'b is source, wanted ready')),
  })

  const error = await errorOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.apply(change)
    }),
  )

  expect(error.code).toBe('CUTOVER_ROLLED_BACK')
  expect(isCutoverError(error.cause) && error.cause.code).toBe('SWITCH_WRONG_START')
  expect(switches.state).toEqual({ a: 'source', b: 'source', c: 'source' })
})

test('a before that a journal cannot give back is refused before anything is written', async () => {
  const { run, switches, writes, records } = setting()
  const change = altered(turn(switches, 'a', 'target'), { capture: async () => new Date(0) as unknown as string })

  const error = await errorOf(run((cutover) => cutover.apply(change)))

  expect(error.code).toBe('CHANGE_NOT_JSON')
  expect(error.message).toContain('turn:a:target: before is a Date')
  expect(writes()).toEqual([])
  expect(records()).toEqual(['opened'])
})

test('an intent that a journal cannot give back is refused before anything is written', async () => {
  const { run, switches, writes, records } = setting()
  const change = altered(turn(switches, 'a', 'target'), { intent: { at: new Date(0) } })

  const error = await errorOf(run((cutover) => cutover.apply(change)))

  expect(error.code).toBe('CHANGE_NOT_JSON')
  expect(writes()).toEqual([])
  expect(records()).toEqual(['opened'])
})

test.each<[Partial<RunOptions> & { id?: string }, string, string]>([
  [{ id: '' }, 'CUTOVER_OPTIONS_INVALID', 'id is ""; wanted a name'],
  [{ patience: '15 minutes' as '15m' }, 'DURATION_INVALID', 'patience is "15 minutes"'],
])('%j is refused before anything is written', async (options, code, text) => {
  const { run, records } = setting()

  const error = await errorOf(run(async () => {}, options))

  expect(error.code).toBe(code)
  expect(error.message).toContain(text)
  expect(records()).toEqual([])
})
