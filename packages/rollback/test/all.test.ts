import { defineProcedure } from '@cutover/core'
import { answer, type Cutover, CutoverError, type Steps } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, reportOf, setting, slow } from './setting.ts'
import { altered, inMemorySwitches, saying, turn } from './switches.ts'

test('branches run beside each other, under paths of their own, and answer by name', async () => {
  const { run, switches, world, journal } = setting()
  let answered: unknown

  await run(async (cutover) => {
    answered = await cutover.all({
      left: (steps) => steps.apply(turn(switches, 'a', 'target', { settleMs: 60_000 })),
      right: async (steps) => {
        await steps.apply(turn(switches, 'b', 'target', { settleMs: 60_000 }))
        return 'b'
      },
    })
  })

  expect(answered).toEqual({ left: { to: 'target' }, right: 'b' })
  expect(world.clock.monotonic()).toBe(60_000)
  expect(journal.entries.filter(({ t }) => t === 'intent')).toMatchObject([
    { step: 'left/turn:a:target', scope: 'left/', lane: '0.left/' },
    { step: 'right/turn:b:target', scope: 'right/', lane: '0.right/' },
  ])
})

test('the same change may be in two scopes, and branches in branches', async () => {
  const { run, journal } = setting()

  await run((cutover) =>
    cutover.all({
      a: (steps) => steps.all({ x: (inner) => inner.value('v', () => 1), y: (inner) => inner.value('v', () => 2) }),
      b: (steps) => steps.value('v', () => 3),
    }),
  )

  expect(journal.entries.filter(({ t }) => t === 'value')).toMatchObject([
    { step: 'a/x/v', lane: '0.a/0.x/', value: 1 },
    { step: 'a/y/v', lane: '0.a/0.y/', value: 2 },
    { step: 'b/v', lane: '0.b/', value: 3 },
  ])
})

test('a branch that fails stops the others at their next step, and everything is undone, the last begun first', async () => {
  const { run, switches, writes } = setting({ a: 'source', b: 'source', c: 'source', d: 'source' })

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.all({
        sick: async (steps) => {
          await steps.apply(turn(switches, 'b', 'target'))
          await steps.waitUntil('a minute', () => steps.clock.now() + 60_000)
          await steps.require(saying('b', 'fail'))
        },
        well: async (steps) => {
          await steps.waitUntil('a moment', () => steps.clock.now() + 30_000)
          await steps.apply(turn(switches, 'c', 'target', { settleMs: 3_600_000 }))
          await steps.apply(turn(switches, 'd', 'target'))
        },
      })
    }),
  )

  expect(report.end).toBe('rolled-back')
  expect(writes()).toEqual(['a', 'b', 'c', 'c', 'b', 'a'])
})

test('what cannot be undone stops its branch and what came before all of them, but not the branch beside it', async () => {
  const { run, switches, journal, world } = setting({ a: 'source', b: 'source', c: 'source', d: 'source', e: 'source' })
  const change = turn(switches, 'c', 'target')
  const stuck = altered(change, { revert: () => Promise.reject(new Error('AccessDenied')) })
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.all({
      left: async (steps) => {
        await steps.apply(turn(switches, 'b', 'target'))
        await steps.apply(stuck)
      },
      right: (steps) => steps.apply(turn(switches, 'd', 'target')),
    })
    await cutover.apply(turn(switches, 'e', 'target'))
    await cutover.rollBack('it is late')
  }

  const report = await reportOf(run(script))
  const between = { ...switches.state }
  await answer(journal, { answer: 'leave', who: 'ana', why: 'so be it', clock: world.clock })
  const second = await reportOf(run(script))

  expect(report.questions.map(({ step }) => step)).toEqual(['left/turn:c:target'])
  expect(between).toEqual({ a: 'target', b: 'target', c: 'target', d: 'source', e: 'source' })
  expect(second.end).toBe('rolled-back-with-residue')
  expect(switches.state).toEqual({ a: 'source', b: 'source', c: 'target', d: 'source', e: 'source' })
})

test('an exception of one branch interrupts: the others stop, nothing is undone, and run again it goes on', async () => {
  const { run, switches, writes } = setting()
  let broken = true
  const script = (cutover: Cutover) =>
    cutover.all({
      broken: async (steps) => {
        await steps.apply(turn(switches, 'a', 'target'))
        if (broken) throw new TypeError('x is not a function')
      },
      other: async (steps) => {
        await steps.waitUntil('a minute', () => steps.clock.now() + 60_000)
        await steps.apply(turn(switches, 'b', 'target'))
      },
    })

  const error = await errorOf(run(script))
  const between = writes()
  broken = false
  const report = await run(script)

  expect(error).toBeInstanceOf(TypeError)
  expect(between).toEqual(['a'])
  expect(report.end).toBe('completed')
  expect(writes()).toEqual(['a', 'b'])
})

test('of several branches that fail at once the first decides, and its reason is the cause', async () => {
  const { run, world, journal } = setting()
  const wrongStart = altered(turn(setting().switches, 'b', 'target'), {
    capture: () => Promise.reject(new CutoverError('SWITCH_WRONG_START', 'b is not ready')),
  })

  const error = await errorOf(
    run(
      async (cutover) => {
        await cutover.apply(turn(inMemorySwitches(world, { a: 'source' }), 'a', 'target'))
        await cutover.all({
          x: (steps) => steps.require(saying('x', 'fail')),
          y: async (steps) => {
            await steps.clock.sleep(105)
            await steps.apply(wrongStart)
          },
          z: (steps) => steps.require(saying('z', 'fail')),
        })
      },
      { journal: slow(journal, world.clock, 100) },
    ),
  )

  expect(journal.entries.filter(({ t }) => t === 'decided')).toMatchObject([{ code: 'CHECK_FAILED' }])
  expect(error.message).toContain('x is well')
  expect(error.cause).toMatchObject({ code: 'CHECK_FAILED' })
})

test('a question that comes while another branch decides to go back is moot', async () => {
  const { run, switches, world, journal } = setting()

  const report = await reportOf(
    run(
      async (cutover) => {
        await cutover.apply(turn(switches, 'a', 'target'))
        await cutover.all({
          x: (steps) => steps.require(saying('x', 'fail')),
          y: (steps) => steps.require(saying('y', 'undecided')),
        })
      },
      { journal: slow(journal, world.clock, 100) },
    ),
  )

  expect(report).toMatchObject({ end: 'rolled-back', questions: [] })
  expect(switches.state['a']).toBe('source')
})

test('a question of one branch stops the others at their next step; they go on once it is answered', async () => {
  const { run, switches, journal, world, writes } = setting()
  const script = (cutover: Cutover) =>
    cutover.all({
      x: (steps) => steps.require(saying('x', 'undecided')),
      y: async (steps) => {
        await steps.apply(turn(switches, 'a', 'target'))
        await steps.waitUntil('a minute', () => steps.clock.now() + 60_000)
        await steps.apply(turn(switches, 'b', 'target'))
      },
    })

  const report = await reportOf(run(script))
  const between = writes()
  await answer(journal, { answer: 'pass', who: 'ana', why: 'it is', clock: world.clock })
  const second = await run(script)

  expect(report.questions.map(({ step }) => step)).toEqual(['x/x'])
  expect(between).toEqual(['a'])
  expect(second.end).toBe('completed')
  expect(writes()).toEqual(['a', 'b'])
})

test.each(['', 'a/b', 'a.b'])('a branch cannot be named %j', async (name) => {
  const { run } = setting()

  const error = await errorOf(run((cutover) => cutover.all({ [name]: async () => {} })))

  expect(error.code).toBe('CUTOVER_STEP_NAME')
  expect(error.message).toContain(JSON.stringify(name))
})

test('two branches of one name in one scope are refused', async () => {
  const { run } = setting()

  const error = await errorOf(
    run(async (cutover) => {
      await cutover.all({ a: async () => {} })
      await cutover.all({ a: async () => {} })
    }),
  )

  expect(error.code).toBe('CUTOVER_DUPLICATE_STEP')
})

// ----- procedures

const switchOver = (apply: (steps: Steps) => Promise<unknown>) =>
  defineProcedure({
    id: 'switch-over',
    title: 'Switch over',
    async steps(steps) {
      await steps.value('begun', () => 1)
      return apply(steps)
    },
  })

test('a procedure’s steps are journalled under its path, and it answers its result', async () => {
  const { run, switches, records } = setting()
  const procedure = switchOver((steps) => steps.apply(turn(switches, 'a', 'target')))
  let answered: unknown

  await run(async (cutover) => {
    answered = await cutover.run(procedure)
    await cutover.run(
      switchOver(async () => 'again'),
      { as: 'second' },
    )
  })

  expect(answered).toEqual({ to: 'target' })
  expect(records().filter((record) => record.startsWith('intent') || record.startsWith('value'))).toEqual([
    'value switch-over/begun',
    'intent switch-over/turn:a:target',
    'value second/begun',
  ])
})

test('a procedure in a branch and branches in a procedure are undone like everything else', async () => {
  const { run, switches, writes } = setting()
  const both = defineProcedure({
    id: 'both',
    title: 'Turn both',
    steps: (steps) =>
      steps.all({
        a: (inner) => inner.apply(turn(switches, 'a', 'target')),
        b: (inner) => inner.apply(turn(switches, 'b', 'target')),
      }),
  })

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.all({ x: (steps) => steps.run(both), y: (steps) => steps.apply(turn(switches, 'c', 'target')) })
      await cutover.rollBack('it is late')
    }),
  )

  expect(report.end).toBe('rolled-back')
  expect(report.steps.map(({ step }) => step).sort()).toEqual([
    'x/both/a/turn:a:target',
    'x/both/b/turn:b:target',
    'y/turn:c:target',
  ])
  expect(writes().slice(0, 3).toReversed()).toEqual(writes().slice(3))
})

test('two procedures of one name are refused', async () => {
  const { run } = setting()

  const error = await errorOf(
    run(async (cutover) => {
      await cutover.run(switchOver(async () => {}))
      await cutover.run(switchOver(async () => {}))
    }),
  )

  expect(error.code).toBe('CUTOVER_DUPLICATE_STEP')
  expect(error.message).toContain('switch-over')
  expect(error.next).toContain('as')
})
