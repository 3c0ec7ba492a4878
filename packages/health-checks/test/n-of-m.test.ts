import { defineCheck } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { isCutoverError, nOfM, type Status, waitFor } from '@cutover/health-checks'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { contextOf } from './context.ts'

/** Answers these in turn; `'throws'` does. */
function scripted(answers: readonly (Status | 'throws')[]) {
  let asked = 0
  const check = defineCheck<number>({
    id: 'orders',
    title: 'Orders answers',
    run() {
      const status = answers[asked++] ?? 'throws'
      if (status === 'throws') return Promise.reject(new Error('no network'))
      return Promise.resolve({ status, text: `${status} ${asked}`, evidence: asked })
    },
  })
  return { check, asked: () => asked }
}

test('it passes as soon as n passed', async () => {
  const world = fakeWorld()
  const { check, asked } = scripted(['pass', 'fail', 'pass', 'pass', 'fail'])

  const answer = await nOfM(check, { pass: 3, of: 5, every: '10s' }).run(contextOf(world))

  expect(answer).toEqual({
    status: 'pass',
    text: '3 passed, 1 failed, 0 undecided of 4 asked, 3 of 5 needed; last: pass 4',
    evidence: {
      pass: 3,
      fail: 1,
      undecided: 0,
      needed: 3,
      of: 5,
      last: { status: 'pass', text: 'pass 4', evidence: 4 },
    },
  })
  expect(asked()).toBe(4)
  expect(world.clock.monotonic()).toBe(30_000)
})

test('it fails as soon as fails alone put n out of reach', async () => {
  const { check, asked } = scripted(['fail', 'pass', 'fail', 'fail', 'pass'])

  const { status } = await nOfM(check, { pass: 3, of: 5 }).run(contextOf(fakeWorld()))

  expect(status).toBe('fail')
  expect(asked()).toBe(4)
})

test('undecided answers count for neither side, and neither does an ask that throws', async () => {
  const { check } = scripted(['pass', 'undecided', 'throws', 'fail', 'fail'])

  const answer = await nOfM(check, { pass: 3, of: 5 }).run(contextOf(fakeWorld()))

  expect(answer).toMatchObject({ status: 'undecided', evidence: { pass: 1, undecided: 2 } })
})

test('the last answer of the kind that decided is the evidence', async () => {
  const { check } = scripted(['pass', 'undecided', 'throws'])

  const { evidence } = await nOfM(check, { pass: 2, of: 3 }).run(contextOf(fakeWorld()))

  expect(evidence?.last).toMatchObject({ status: 'undecided', text: 'could not be asked: no network' })
})

test('stopping early never changes the answer', async () => {
  const answers = fc.array(fc.constantFrom<Status>('pass', 'fail', 'undecided'), { minLength: 1, maxLength: 8 })

  await fc.assert(
    fc.asyncProperty(answers, fc.nat(), async (all, seed) => {
      const pass = 1 + (seed % all.length)
      const count = (wanted: Status): number => all.filter((status) => status === wanted).length
      const expected = count('pass') >= pass ? 'pass' : count('fail') > all.length - pass ? 'fail' : 'undecided'

      const { status } = await nOfM(scripted(all).check, { pass, of: all.length }).run(contextOf(fakeWorld()))

      expect(status).toBe(expected)
    }),
  )
})

test('a flapping target passes a patience and fails n of m', async () => {
  const world = fakeWorld()
  const flapping = defineCheck({
    id: 'orders',
    title: 'Orders answers',
    run: () =>
      Promise.resolve({
        status: world.clock.monotonic() % 15_000 === 0 ? ('pass' as const) : ('fail' as const),
        text: '',
      }),
  })

  const error: unknown = await waitFor(nOfM(flapping, { pass: 8, of: 10 }), { clock: world.clock }).catch(
    (e: unknown) => e,
  )

  expect(isCutoverError(error, 'CHECK_FAILED')).toBe(true)
  await expect(waitFor(flapping, { clock: world.clock, within: '1m', patience: '30s' })).resolves.toMatchObject({
    status: 'pass',
  })
})

test('an abort between two asks rejects with its reason', async () => {
  const world = fakeWorld()
  const controller = new AbortController()
  void world.clock.sleep(7_000).then(() => controller.abort(new Error('enough')))
  const { check, asked } = scripted(['pass', 'pass', 'pass'])

  const running = nOfM(check, { pass: 3, of: 3 }).run(contextOf({ clock: world.clock, signal: controller.signal }))

  await expect(running).rejects.toThrow('enough')
  expect(asked()).toBe(2)
  expect(world.clock.monotonic()).toBe(7_000)
})

test('an abort in the middle of an ask rejects with its reason, also when it is the last', async () => {
  const controller = new AbortController()
  const check = defineCheck({
    id: 'orders',
    title: 'Orders answers',
    run({ signal }) {
      controller.abort(new Error('enough'))
      return Promise.reject(signal.reason as Error)
    },
  })

  const running = nOfM(check, { pass: 1, of: 1 }).run(contextOf({ signal: controller.signal }))

  await expect(running).rejects.toThrow('enough')
})

test.each([
  [{ pass: 4, of: 3 }, 'pass is 4; wanted at most of, which is 3'],
  [{ pass: 0, of: 3 }, 'pass is 0; wanted a whole number of at least 1'],
  [{ pass: 0.5, of: 3 }, 'pass is 0.5; wanted a whole number of at least 1'],
  [{ pass: 1, of: 0 }, 'of is 0; wanted a whole number of at least 1'],
  [{ pass: 1, of: Number.NaN }, 'of is NaN; wanted a whole number of at least 1'],
])('%o is refused when the check is made', (options, message) => {
  let error: unknown
  try {
    nOfM(scripted([]).check, options)
  } catch (caught) {
    error = caught
  }

  expect(isCutoverError(error, 'HEALTH_OPTIONS_INVALID') && error.message).toBe(message)
})

test.each([
  [{ pass: 1, of: 3, interval: '5s' }, /interval\b.*pass, of, every, title/],
  [undefined, /options/],
])('the options %o are refused, and what is known is told', (options, message) => {
  const make = () => nOfM(scripted([]).check, options as unknown as Parameters<typeof nOfM>[1])

  expect(make).toThrow(
    expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID', message: expect.stringMatching(message) as unknown }),
  )
})

test('what is no check is refused by name', () => {
  const make = () => nOfM(undefined as unknown as Parameters<typeof nOfM>[0], { pass: 1, of: 1 })

  expect(make).toThrow(
    expect.objectContaining({
      code: 'HEALTH_OPTIONS_INVALID',
      message: 'check is undefined; wanted a check, such as httpProbe(…)',
    }),
  )
})
