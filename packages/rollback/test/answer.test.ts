import { answer, type Answer, type Cutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, reportOf, setting } from './setting.ts'
import { altered, saying, turn } from './switches.ts'

const person = { who: 'ana', why: 'I looked' }

/** A step whose write may have happened: the service cannot tell. */
function doubtful(options: { readonly happens: boolean }) {
  const set = setting()
  const { switches, world } = set
  const change = turn(switches, 'a', 'target', { rerun: 'never' })
  let tells = true
  const unclear = altered(change, {
    probe: (before, context) =>
      tells ? change.probe(before, context) : Promise.resolve({ is: 'unknown', why: 'the service keeps no list' }),
    apply: async (before, context) => {
      tells = false
      await change.apply(before, context)
    },
  })
  world.failNext('switches.write a', options.happens ? 'reply-lost' : 'refused')
  const script = async (cutover: Cutover) => {
    await cutover.apply(unclear)
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  return { ...set, script, tell: () => void (tells = true) }
}

test('happened: it is not sent again, and the script goes on', async () => {
  const { run, script, journal, world, writes } = doubtful({ happens: true })
  expect((await reportOf(run(script))).questions).toMatchObject([{ code: 'CUTOVER_STEP_IN_DOUBT' }])

  await answer(journal, { answer: 'happened', clock: world.clock, ...person })
  const report = await run(script)

  expect(report.end).toBe('completed')
  expect(writes()).toEqual(['a', 'b'])
})

test('did-not: it is sent again without another look', async () => {
  const { run, script, journal, world, writes, tell } = doubtful({ happens: false })
  await reportOf(run(script))

  await answer(journal, { answer: 'did-not', clock: world.clock, ...person })
  world.later(1_000, tell)
  const report = await run(script)

  expect(writes()).toEqual(['a', 'a', 'b'])
  expect(report.end).toBe('completed')
})

test('again: it is looked at once more', async () => {
  const { run, script, journal, world, writes, tell } = doubtful({ happens: true })
  await reportOf(run(script))
  tell()

  await answer(journal, { answer: 'again', clock: world.clock, ...person })
  const report = await run(script)

  expect(report.end).toBe('completed')
  expect(writes()).toEqual(['a', 'b'])
})

test('roll-back: what may have happened is undone', async () => {
  const { run, script, journal, world, switches, tell } = doubtful({ happens: true })
  await reportOf(run(script))
  tell()

  await answer(journal, { answer: 'roll-back', clock: world.clock, ...person })
  const report = await reportOf(run(script))

  expect(report).toMatchObject({ end: 'rolled-back', because: 'ana: I looked' })
  expect(switches.state).toEqual({ a: 'source', b: 'source', c: 'source' })
})

// ----- somebody else's value

/** Somebody changes a switch in the very moment at which it is turned. */
function meddled() {
  const set = setting()
  const { switches, world } = set
  const change = turn(switches, 'b', 'target')
  let meddles = true
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(
      altered(change, {
        apply: (before, context) => {
          if (meddles) switches.set('b', 'theirs')
          meddles = false
          return change.apply(before, context)
        },
      }),
    )
  }
  return { ...set, script, world }
}

test('take-theirs: it starts from what is there, and goes back to that', async () => {
  const { run, script, journal, world, switches } = meddled()
  expect((await reportOf(run(script))).questions).toMatchObject([
    {
      code: 'CUTOVER_STEP_FOREIGN',
      answers: [{ answer: 'again' }, { answer: 'take-theirs' }, { answer: 'roll-back' }],
    },
  ])

  await answer(journal, { answer: 'take-theirs', clock: world.clock, ...person })
  const completed = await run(script)
  const there = { ...switches.state }
  const back = await reportOf(run(script, { rollBack: true }))

  expect(completed.end).toBe('completed')
  expect(there).toMatchObject({ a: 'target', b: 'target' })
  expect(back.end).toBe('rolled-back')
  expect(switches.state).toMatchObject({ a: 'source', b: 'theirs' })
})

test('again, while it is still theirs, asks the same again; once it is as found, it goes on', async () => {
  const { run, script, journal, world, switches } = meddled()
  await reportOf(run(script))

  await answer(journal, { answer: 'again', clock: world.clock, ...person })
  const second = await reportOf(run(script))
  switches.set('b', 'source')
  await answer(journal, { answer: 'again', clock: world.clock, ...person })
  const third = await run(script)

  expect(second.questions).toMatchObject([{ code: 'CUTOVER_STEP_FOREIGN' }])
  expect(third.end).toBe('completed')
})

/** A change that only starts from `ready`, and finds something else. */
function notReady() {
  const set = setting()
  const { switches } = set
  const change = turn(switches, 'b', 'target')
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(
      altered(change, {
        probe: (before, context) =>
          before === 'ready' ? change.probe(before, context) : Promise.resolve({ is: 'foreign', found: before }),
      }),
    )
  }
  return { ...set, script }
}

test('what is foreign before anything was sent is a question; again captures it anew', async () => {
  const { run, script, journal, world, switches, records, writes } = notReady()

  const first = await reportOf(run(script))
  const recorded = records()
  switches.set('b', 'ready')
  await answer(journal, { answer: 'again', clock: world.clock, ...person })
  const second = await run(script)
  const third = await reportOf(run(script, { rollBack: true }))

  expect(first.questions).toMatchObject([{ code: 'CUTOVER_STEP_FOREIGN', step: 'turn:b:target', number: 2 }])
  expect(recorded).not.toContain('intent turn:b:target')
  expect(second.end).toBe('completed')
  expect(third.end).toBe('rolled-back')
  expect(switches.state).toMatchObject({ a: 'source', b: 'ready' })
  expect(writes()).toEqual(['a', 'b', 'b', 'a'])
})

test('what is foreign before anything was sent is not undone', async () => {
  const { run, script, journal, world, switches, writes } = notReady()
  await reportOf(run(script))

  await answer(journal, { answer: 'roll-back', clock: world.clock, ...person })
  const report = await reportOf(run(script))

  expect(report.end).toBe('rolled-back')
  expect(switches.state).toMatchObject({ a: 'source', b: 'source' })
  expect(writes()).toEqual(['a', 'a'])
})

// ----- a check

test.each<{ says: Answer; end: string }>([
  { says: 'pass', end: 'completed' },
  { says: 'again', end: 'completed' },
  { says: 'roll-back', end: 'rolled-back' },
])('$says to an undecided check: $end', async ({ says, end }) => {
  const { run, journal, world, switches } = setting()
  const target = saying('target', 'undecided', 'pass')
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(target)
  }
  await reportOf(run(script))

  await answer(journal, { step: 'target', answer: says, clock: world.clock, ...person })
  const report = await run(script).catch((error: unknown) => (error as { report: unknown }).report)

  expect(report).toMatchObject({ end })
  expect(target.asked).toBe(says === 'again' ? 2 : 1)
})

test('what a person said is what the script is told', async () => {
  const { run, journal, world } = setting()
  const said: unknown[] = []
  const script = async (cutover: Cutover) => {
    said.push(
      await cutover.require(saying('target', { status: 'undecided', text: 'no data', evidence: { points: 0 } })),
    )
  }
  await reportOf(run(script))
  await answer(journal, { answer: 'pass', clock: world.clock, ...person })

  await run(script)

  expect(said).toMatchObject([{ status: 'pass', text: 'ana: I looked', evidence: { points: 0 } }])
})

test('pass, said by a person, stands also when nothing was applied since', async () => {
  const { run, journal, world } = setting()
  const target = saying('target', 'fail')
  let broken = true
  const script = async (cutover: Cutover) => {
    await cutover.require(target, { onFail: 'park' })
    if (broken) throw new Error('power cut')
  }
  await reportOf(run(script))
  await answer(journal, { answer: 'pass', clock: world.clock, ...person })
  await errorOf(run(script))
  broken = false

  const report = await run(script)

  expect(report.end).toBe('completed')
  expect(target.asked).toBe(1)
})

// ----- the way back

/** A switch that cannot be turned back, between two that can. */
function stuck() {
  const set = setting()
  const { switches, world } = set
  const change = turn(switches, 'b', 'target')
  let isStuck = true
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(
      altered(change, {
        revert: (before, context) =>
          isStuck ? Promise.reject(new Error('AccessDenied')) : change.revert(before, context),
        byHand: () => ({
          apply: [],
          revert: ['switch b source'],
          look: ['switch b'],
        }),
      }),
    )
    await cutover.apply(turn(switches, 'c', 'target'))
    await cutover.rollBack('it is late')
  }
  return { ...set, world, script, loosen: () => void (isStuck = false) }
}

test('what cannot be undone stops what came before it, and is a question with the commands to copy', async () => {
  const { run, script, switches } = stuck()

  const report = await reportOf(run(script))

  expect(switches.state).toEqual({ a: 'target', b: 'target', c: 'source' })
  expect(report.questions).toMatchObject([
    {
      step: 'turn:b:target',
      code: 'CUTOVER_UNDO_FAILED',
      look: ['switch b'],
      answers: [{ answer: 'again' }, { answer: 'done-by-hand' }, { answer: 'leave' }],
    },
  ])
  expect(report.questions[0]?.question).toContain('AccessDenied')
  expect(report.questions[0]?.question).toContain('By hand: switch b source')
  expect(report.text).toContain('  Look     switch b')
})

test('again: it is tried once more, and then what came before', async () => {
  const { run, script, journal, world, switches, loosen } = stuck()
  await reportOf(run(script))
  loosen()

  await answer(journal, { answer: 'again', clock: world.clock, ...person })
  const report = await reportOf(run(script))

  expect(report.end).toBe('rolled-back')
  expect(switches.state).toEqual({ a: 'source', b: 'source', c: 'source' })
})

test('done-by-hand: it is not tried again, and the way back goes on', async () => {
  const { run, script, journal, world, switches, writes } = stuck()
  await reportOf(run(script))
  switches.set('b', 'source')

  await answer(journal, { answer: 'done-by-hand', clock: world.clock, ...person })
  const report = await reportOf(run(script))

  expect(report.end).toBe('rolled-back')
  expect(report.steps.map(({ end }) => end)).toEqual(['undone', 'undone-by-hand', 'undone'])
  expect(writes()).toEqual(['a', 'b', 'c', 'c', 'a'])
})

test('leave: it stays as residue, the way back goes on, and the report names who said so', async () => {
  const { run, script, journal, world, switches } = stuck()
  await reportOf(run(script))

  await answer(journal, { answer: 'leave', clock: world.clock, ...person })
  const error = await errorOf(run(script))
  const report = await reportOf(run(script))

  expect(error.code).toBe('CUTOVER_ROLLED_BACK_WITH_RESIDUE')
  expect(report).toMatchObject({
    end: 'rolled-back-with-residue',
    residue: [{ step: 'turn:b:target', why: 'ana: I looked' }],
  })
  expect(switches.state).toEqual({ a: 'source', b: 'target', c: 'source' })
  expect(error.message.split('\n')).toEqual([
    'ROLLED BACK, AND ONE THING IS LEFT FOR YOU',
    '  Step 2, Turn b to target: left as it is (ana: I looked)',
    '  2 of 3 undone; these are as found.',
    '  Why      it is late',
    '  Journal  memory',
    'CUTOVER_ROLLED_BACK_WITH_RESIDUE, because of CUTOVER_ASKED',
  ])
})

test('what somebody else changed since is not undone over them', async () => {
  const { run, journal, world, switches, records } = setting()
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  await run(script)
  switches.set('b', 'theirs')

  const report = await reportOf(run(script, { rollBack: true }))
  await answer(journal, { step: 2, answer: 'leave', clock: world.clock, ...person })
  const second = await reportOf(run(script))

  expect(report.questions).toMatchObject([{ code: 'CUTOVER_STEP_FOREIGN', number: 2 }])
  expect(report.questions[0]?.question).toContain('found "theirs"')
  expect(records()).not.toContain('undoing turn:b:target')
  expect(second.end).toBe('rolled-back-with-residue')
  expect(switches.state).toEqual({ a: 'source', b: 'theirs', c: 'source' })
})

/** A switch that turns itself on again once it was turned back. */
function springing() {
  const set = setting()
  const { switches, world } = set
  const change = turn(switches, 'b', 'target')
  let springs = true
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(
      altered(change, {
        settle: async (_before, _seen, context, { toward }) => {
          await context.clock.sleep(1_000)
          if (toward === 'absent' && springs) world.later(0, () => switches.set('b', 'target'))
          await context.clock.sleep(1_000)
          return { to: 'target' }
        },
      }),
    )
    await cutover.rollBack('it is late')
  }
  return { ...set, world, script, calm: () => void (springs = false) }
}

test.each<{ says: Answer; end: string; b: string }>([
  { says: 'again', end: 'rolled-back', b: 'source' },
  { says: 'done-by-hand', end: 'rolled-back', b: 'target' },
  { says: 'leave', end: 'rolled-back-with-residue', b: 'target' },
])('what came back after it was undone is not called restored; $says: $end', async ({ says, end, b }) => {
  const { run, script, journal, world, switches, calm } = springing()

  const first = await reportOf(run(script))
  calm()
  await answer(journal, { answer: says, clock: world.clock, ...person })
  const second = await reportOf(run(script))

  expect(first.questions).toMatchObject([{ code: 'CUTOVER_NOT_RESTORED', step: 'turn:b:target' }])
  expect(first.questions[0]?.question).toContain('it is applied')
  expect(second.end).toBe(end)
  expect(switches.state).toEqual({ a: 'source', b, c: 'source' })
})

test('an authority that does not answer for a while, at the very end, is asked until it does', async () => {
  const { run, switches, world } = setting()
  const change = turn(switches, 'a', 'target')
  let undone = Number.POSITIVE_INFINITY
  const sick = altered(change, {
    probe: (before, context) =>
      world.clock.monotonic() > undone && world.clock.monotonic() < undone + 3 * 60_000
        ? Promise.reject(new Error('503'))
        : change.probe(before, context),
    settle: async (_before, _seen, { clock }, { toward }) => {
      if (toward === 'absent') undone = clock.monotonic()
      await clock.sleep(1)
      return { to: 'target' }
    },
  })

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(sick)
      await cutover.rollBack('it is late')
    }),
  )

  expect(report.end).toBe('rolled-back')
})

test('a step that the script does not come to again is a question, and what came before it waits', async () => {
  const { run, journal, world, switches } = setting()
  let broken = false
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    if (broken) throw new Error('the configuration is gone')
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  await run(script)
  broken = true

  const report = await reportOf(run(script, { rollBack: true }))
  broken = false
  await answer(journal, { answer: 'again', clock: world.clock, ...person })
  const second = await reportOf(run(script))

  expect(report.questions).toMatchObject([{ code: 'CUTOVER_STEP_MISSING', step: 'turn:b:target' }])
  expect(second.end).toBe('rolled-back')
  expect(switches.state).toMatchObject({ a: 'source', b: 'source' })
})

test('whether it is felt cannot be seen: a question, on the way there and on the way back', async () => {
  const { run, journal, world, switches } = setting()
  let sees = false
  const blind = altered(turn(switches, 'a', 'target'), {
    settle: () => (sees ? Promise.resolve({ to: 'target' }) : Promise.reject(new Error('no metrics'))),
  })
  const script = async (cutover: Cutover) => {
    await cutover.apply(blind)
  }

  const first = await reportOf(run(script))
  await answer(journal, { answer: 'roll-back', clock: world.clock, ...person })
  const second = await reportOf(run(script))
  sees = true
  await answer(journal, { answer: 'again', clock: world.clock, ...person })
  const third = await reportOf(run(script))

  expect(first.questions).toMatchObject([{ code: 'CUTOVER_STEP_UNSETTLED', step: 'turn:a:target' }])
  expect(second.questions).toMatchObject([{ code: 'CUTOVER_UNDO_UNSETTLED', step: 'turn:a:target' }])
  expect(third.end).toBe('rolled-back')
  expect(switches.state['a']).toBe('source')
})

// ----- what is no answer

test('the first answer wins; a second finds no question', async () => {
  const { run, script, journal, world } = doubtful({ happens: true })
  await reportOf(run(script))

  await answer(journal, { answer: 'happened', clock: world.clock, ...person })
  const error = await errorOf(answer(journal, { answer: 'roll-back', clock: world.clock, who: 'kim', why: 'no' }))

  expect(error.code).toBe('CUTOVER_NO_QUESTION')
  expect(error.message).toMatch(
    /open questions: none; turn:a:target was answered happened by ana, 2026-11-20T02:\d\d:\d\dZ: /,
  )
  expect(journal.entries.filter(({ t }) => t === 'answered')).toMatchObject([{ who: 'ana', answer: 'happened' }])
})

test.each([
  [
    { answer: 'maybe' as Answer },
    'CUTOVER_ANSWER_INVALID',
    'answer is "maybe"; wanted happened | did-not | again | roll-back',
  ],
  [{ answer: 'leave' as const }, 'CUTOVER_ANSWER_INVALID', 'answer is "leave"; wanted happened | did-not'],
  [{ step: 'turn:x' }, 'CUTOVER_NO_QUESTION', 'step is "turn:x"; open questions: 1 turn:a:target'],
  [{ step: 2 }, 'CUTOVER_NO_QUESTION', 'step is 2; open questions: 1 turn:a:target'],
  [{ who: ' ' }, 'CUTOVER_ANSWER_INVALID', 'wanted both, and not empty'],
  [{ why: '' }, 'CUTOVER_ANSWER_INVALID', 'wanted both, and not empty'],
  [{ who: undefined as unknown as string }, 'CUTOVER_ANSWER_INVALID', 'wanted both, and not empty'],
])('%j is refused, and nothing is written', async (options, code, text) => {
  const { run, script, journal, world, records } = doubtful({ happens: true })
  await reportOf(run(script))
  const before = records()

  const error = await errorOf(answer(journal, { answer: 'happened', clock: world.clock, ...person, ...options }))

  expect(error.code).toBe(code)
  expect(error.message).toContain(text)
  expect(records()).toEqual(before)
})

test('of two open questions one must be named; the other stays open', async () => {
  const { run, journal, world, switches } = setting()
  const stuckAt = (name: string) =>
    altered(turn(switches, name, 'target'), { revert: () => Promise.reject(new Error('AccessDenied')) })
  const script = async (cutover: Cutover) => {
    await cutover.all({ x: (steps) => steps.apply(stuckAt('a')), y: (steps) => steps.apply(stuckAt('b')) })
    await cutover.rollBack('it is late')
  }
  const first = await reportOf(run(script))

  const error = await errorOf(answer(journal, { answer: 'leave', clock: world.clock, ...person }))
  await answer(journal, { step: 'x/turn:a:target', answer: 'leave', clock: world.clock, ...person })
  const second = await reportOf(run(script))
  await answer(journal, { step: 2, answer: 'leave', clock: world.clock, ...person })
  const third = await reportOf(run(script))

  expect(first.questions.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual([1, 2])
  expect(first.text.match(/^PARKED at step/gm)).toHaveLength(2)
  expect(error.code).toBe('CUTOVER_NO_QUESTION')
  expect(error.message).toContain('1 x/turn:a:target')
  expect(second.questions.map(({ step }) => step)).toEqual(['y/turn:b:target'])
  expect(third.end).toBe('rolled-back-with-residue')
})
