import { defineProcedure } from '@cutover/core'
import { answer, type Cutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, reportOf, type Script, setting } from './setting.ts'
import { altered, saying, turn } from './switches.ts'

/** Runs the first script until it ends or is cut, then the second one with the same journal. */
async function thenEdited(first: Script, second: Script, set = setting()) {
  await set.run(first).catch(() => {})
  const before = set.records()
  const writes = set.writes()
  const error = await errorOf(set.run(second))
  expect(set.records()).toEqual(before)
  expect(set.writes()).toEqual(writes)
  return error
}

const cut = () => Promise.reject(new Error('power cut'))

test('a step that was inserted is refused with the difference, and nothing is written', async () => {
  const set = setting()
  const { switches } = set
  const error = await thenEdited(
    async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.apply(turn(switches, 'b', 'target'))
      await cut()
    },
    async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.apply(turn(switches, 'c', 'target'))
      await cutover.apply(turn(switches, 'b', 'target'))
    },
    set,
  )

  expect(error.code).toBe('CUTOVER_PLAN_CHANGED')
  expect(error.message.split('\n')).toEqual([
    'REFUSED: this is not the plan that the journal began with',
    '  step 2  - Turn b to target',
    '          + Turn c to target',
  ])
  expect(error.next).toBe('Run the script with which it was begun; to go back, that script with rollBack: true.')
})

test('a step that was removed is refused with the difference', async () => {
  const set = setting()
  const { switches } = set
  const error = await thenEdited(
    async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.apply(turn(switches, 'b', 'target'))
      await cut()
    },
    async (cutover) => {
      await cutover.apply(turn(switches, 'b', 'target'))
    },
    set,
  )

  expect(error.code).toBe('CUTOVER_PLAN_CHANGED')
  expect(error.message).toContain('step 1  - Turn a to target')
})

test('two steps that changed places are refused', async () => {
  const set = setting()
  const { switches } = set
  const error = await thenEdited(
    async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.apply(turn(switches, 'b', 'target'))
      await cut()
    },
    async (cutover) => {
      await cutover.apply(turn(switches, 'b', 'target'))
      await cutover.apply(turn(switches, 'a', 'target'))
    },
    set,
  )

  expect(error.code).toBe('CUTOVER_PLAN_CHANGED')
})

test('a step whose intent was altered is refused with both intents', async () => {
  const set = setting()
  const { switches } = set
  const error = await thenEdited(
    async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cut()
    },
    (cutover) => cutover.apply(altered(turn(switches, 'a', 'target'), { intent: { to: 'elsewhere' } })),
    set,
  )

  expect(error.code).toBe('CUTOVER_PLAN_CHANGED')
  expect(error.message).toContain('- Turn a to target {"to":"target"}')
  expect(error.message).toContain('+ Turn a to target {"to":"elsewhere"}')
})

test('an intent that says the same in another order of keys is the same', async () => {
  const { run, switches } = setting()
  const change = (intent: object) => altered(turn(switches, 'a', 'target'), { intent })
  await run(async (cutover) => {
    await cutover.apply(change({ a: 1, b: 2, c: undefined }))
    await cut()
  }).catch(() => {})

  const report = await run((cutover) => cutover.apply(change({ b: 2, a: 1 })))

  expect(report.end).toBe('completed')
})

test('steps that are missing at the end are refused, and listed', async () => {
  const set = setting()
  const { switches } = set
  const error = await thenEdited(
    async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.apply(turn(switches, 'b', 'target'))
      await cut()
    },
    (cutover) => cutover.apply(turn(switches, 'a', 'target')),
    set,
  )

  expect(error.code).toBe('CUTOVER_PLAN_CHANGED')
  expect(error.message).toContain('the script ended without\n  step 2  - Turn b to target')
})

test.each(['procedure', 'branch'])('a %s that is missing altogether is refused', async (shape) => {
  const set = setting()
  const { switches } = set
  const inner = (steps: Pick<Cutover, 'apply'>) => steps.apply(turn(switches, 'b', 'target'))
  const error = await thenEdited(
    async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      if (shape === 'branch') await cutover.all({ b: inner })
      else await cutover.run(defineProcedure({ id: 'b', title: 'b', steps: inner }))
      await cut()
    },
    (cutover) => cutover.apply(turn(switches, 'a', 'target')),
    set,
  )

  expect(error.code).toBe('CUTOVER_PLAN_CHANGED')
  expect(error.message).toContain('step 2  - Turn b to target')
})

test.each(['procedure', 'branch'])('a step that was inserted before a %s that has begun is refused', async (shape) => {
  const set = setting()
  const { switches } = set
  const inner = (steps: Pick<Cutover, 'apply'>) => steps.apply(turn(switches, 'b', 'target'))
  const script = (inserted: boolean) => async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    if (inserted) await cutover.apply(turn(switches, 'c', 'target'))
    if (shape === 'branch') await cutover.all({ b: inner })
    else await cutover.run(defineProcedure({ id: 'b', title: 'b', steps: inner }))
    await cut()
  }
  const error = await thenEdited(script(false), script(true), set)

  expect(error.code).toBe('CUTOVER_PLAN_CHANGED')
  expect(error.message).toContain('+ Turn c to target')
})

test('a step that was inserted into a branch, before what came after all of them, is refused', async () => {
  const set = setting()
  const { switches } = set
  const script = (inserted: boolean) => async (cutover: Cutover) => {
    await cutover.all({
      a: async (steps) => {
        await steps.apply(turn(switches, 'a', 'target'))
        if (inserted) await steps.apply(turn(switches, 'c', 'target'))
      },
      other: async () => {},
    })
    await cutover.apply(turn(switches, 'b', 'target'))
    await cut()
  }
  const error = await thenEdited(script(false), script(true), set)

  expect(error.code).toBe('CUTOVER_PLAN_CHANGED')
})

test('a branch that has not come as far as the one beside it goes on', async () => {
  const { run, switches } = setting()
  let broken = true
  const script = (cutover: Cutover) =>
    cutover.all({
      fast: async (steps) => {
        await steps.apply(turn(switches, 'a', 'target'))
        await steps.apply(turn(switches, 'b', 'target'))
        if (broken) await cut()
      },
      slow: async (steps) => {
        await steps.waitUntil('a moment', () => steps.clock.now() + 60_000)
        await steps.apply(turn(switches, 'c', 'target'))
      },
    })
  await errorOf(run(script))
  broken = false

  const report = await run(script)

  expect(report.end).toBe('completed')
})

test('a step that became one of another kind is refused', async () => {
  const set = setting()
  const error = await thenEdited(
    async (cutover) => {
      await cutover.value('x', () => 1)
      await cut()
    },
    (cutover) => cutover.require(saying('x')),
    set,
  )

  expect(error.code).toBe('CUTOVER_PLAN_CHANGED')
  expect(error.message).toContain('- x (a value)')
  expect(error.message).toContain('+ x is well (a check)')
})

test('steps that were added after all that has begun are run', async () => {
  const { run, switches } = setting()
  await errorOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cut()
    }),
  )

  const report = await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target'))
  })

  expect(report.end).toBe('completed')
  expect(switches.state).toMatchObject({ a: 'target', b: 'target' })
})

test('going back, a script that differs is no reason to stop: what it does not construct is a question', async () => {
  const { run, switches, journal, world } = setting()
  const former = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  await run(former)

  const report = await reportOf(
    run(
      async (cutover) => {
        await cutover.apply(turn(switches, 'a', 'target'))
        await cutover.apply(turn(switches, 'c', 'target'))
      },
      { rollBack: true },
    ),
  )

  expect(report.questions).toMatchObject([{ code: 'CUTOVER_STEP_MISSING', step: 'turn:b:target' }])
  expect(report.questions[0]?.question).toContain('Answer again, and run the script with which it was begun')
  expect(switches.state).toEqual({ a: 'target', b: 'target', c: 'source' })

  await answer(journal, { answer: 'again', who: 'ana', why: 'the former script is back', clock: world.clock })
  expect((await reportOf(run(former))).end).toBe('rolled-back')
})
