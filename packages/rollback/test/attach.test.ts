import { type Cutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, reportOf, type Script, setting } from './setting.ts'
import { altered, saying, turn } from './switches.ts'

/** A switch with a follower: what it does is written to `log`. */
function following() {
  const set = setting()
  const log: string[] = []
  const change = turn(set.switches, 'a', 'target')
  const state = { alive: 0, refuses: false, sticks: false }
  const followed = altered(change, {
    attach: async (before, after) => {
      if (state.refuses) throw new Error('cannot follow')
      state.alive += 1
      log.push(`attached ${before} ${after.to}`)
      return {
        async [Symbol.asyncDispose]() {
          if (state.sticks) throw new Error('cannot stop')
          state.alive -= 1
          log.push('disposed')
        },
      }
    },
    revert: async (before, context) => {
      log.push(`revert, ${state.alive} alive`)
      await change.revert(before, context)
    },
  })
  return { ...set, log, state, followed }
}

test('what is attached lives from when its change is felt until it is undone, and is disposed before that', async () => {
  const { run, log, followed, switches } = following()

  await reportOf(
    run(async (cutover) => {
      await cutover.apply(followed)
      await cutover.apply(turn(switches, 'b', 'target'))
      log.push('b is turned')
      await cutover.rollBack('it is late')
    }),
  )

  expect(log).toEqual(['attached source target', 'b is turned', 'disposed', 'revert, 0 alive'])
})

test.each<{ end: string; last: Script }>([
  { end: 'completed', last: async () => {} },
  { end: 'parked', last: (cutover) => cutover.require(saying('x', 'undecided')) },
  { end: 'interrupted', last: () => Promise.reject(new Error('power cut')) },
])('it ends with the process: $end', async ({ last }) => {
  const { run, state, followed } = following()
  let during = -1

  await run(async (cutover) => {
    await cutover.apply(followed)
    during = state.alive
    await last(cutover)
  }).catch(() => {})

  expect(during).toBe(1)
  expect(state.alive).toBe(0)
})

test('it is attached again on every resume, with what was recorded', async () => {
  const { run, log, followed } = following()
  let cuts = 2
  const script = async (cutover: Cutover) => {
    await cutover.apply(followed)
    if (cuts-- > 0) throw new Error('power cut')
  }
  await errorOf(run(script))
  await errorOf(run(script))

  await run(script)

  expect(log).toEqual([
    'attached source target',
    'disposed',
    'attached source target',
    'disposed',
    'attached source target',
    'disposed',
  ])
})

test('it lives again on the way back in another process, until its own undo', async () => {
  const { run, log, followed, switches } = following()
  const last = turn(switches, 'b', 'target')
  const script = async (cutover: Cutover) => {
    await cutover.apply(followed)
    await cutover.apply(
      altered(last, {
        revert: async (before, context) => {
          log.push('b is turned back')
          await last.revert(before, context)
        },
      }),
    )
  }
  await run(script)
  log.length = 0

  await reportOf(run(script, { rollBack: true }))

  expect(log).toEqual(['attached source target', 'b is turned back', 'disposed', 'revert, 0 alive'])
})

test('it is not attached again once its undo has begun', async () => {
  const { run, runAndDie, log, followed, world } = following()
  const script = async (cutover: Cutover) => {
    await cutover.apply(followed)
  }
  await run(script)
  world.failNext('switches.write a', 'crash')
  await runAndDie(script, { rollBack: true })
  log.length = 0

  const report = await reportOf(run(script))

  expect(report.end).toBe('rolled-back')
  expect(log).toEqual(['revert, 0 alive'])
})

test('one that cannot be attached interrupts; run again it goes on', async () => {
  const { run, state, followed, writes } = following()
  state.refuses = true
  const script = async (cutover: Cutover) => {
    await cutover.apply(followed)
  }

  const error = await errorOf(run(script))
  state.refuses = false
  const report = await run(script)

  expect(error.message).toBe('cannot follow')
  expect(report.end).toBe('completed')
  expect(writes()).toEqual(['a'])
})

test('one that cannot be attached does not keep what came after it from being undone', async () => {
  const { run, state, followed, switches } = following()
  const script = async (cutover: Cutover) => {
    await cutover.apply(followed)
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  await run(script)
  state.refuses = true

  const report = await reportOf(run(script, { rollBack: true }))

  expect(report.end).toBe('rolled-back')
  expect(switches.state).toEqual({ a: 'source', b: 'source', c: 'source' })
})

test('one that cannot be stopped is not undone over: a question', async () => {
  const { run, state, followed, switches } = following()

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(followed)
      await cutover.apply(turn(switches, 'b', 'target'))
      state.sticks = true
      await cutover.rollBack('it is late')
    }),
  )

  expect(report.questions).toMatchObject([{ code: 'CUTOVER_UNDO_FAILED', step: 'turn:a:target' }])
  expect(report.questions[0]?.question).toContain('cannot stop')
  expect(switches.state).toMatchObject({ a: 'target', b: 'source' })
})

test('one that cannot be stopped at the end hides neither the end nor its reason', async () => {
  const { run, state, followed } = following()

  const error = await errorOf(
    run(async (cutover) => {
      await cutover.apply(followed)
      state.sticks = true
      throw new TypeError('x is not a function')
    }),
  )

  expect(error).toBeInstanceOf(TypeError)
})
