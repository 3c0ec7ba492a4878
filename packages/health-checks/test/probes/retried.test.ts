import { type Answer, type Check, retried } from '@cutover/health-checks'
import pRetry from 'p-retry'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

function scripted(...answers: readonly (Answer['status'] | Error)[]): Check & { readonly asked: () => number } {
  let asked = 0
  return {
    id: 'scripted',
    title: 'It is well',
    run() {
      const next = answers[Math.min(asked, answers.length - 1)] as Answer['status'] | Error
      asked += 1
      return next instanceof Error ? Promise.reject(next) : Promise.resolve({ status: next, text: next })
    },
    asked: () => asked,
  }
}

const options = { retry: pRetry, pauseMs: 0 }

test('p-retry asks again after an undecided answer and after one that throws, and tells how often', async () => {
  const check = scripted('undecided', new Error('lost'), 'pass')

  const answer = await retried(check, options).run(contextOf())

  expect(answer).toMatchObject({ status: 'pass', text: 'pass (asked 3 times)' })
  expect(answer.evidence?.attempts.map(({ text }) => text)).toEqual(['undecided', 'could not be asked: lost', 'pass'])
})

test('a fail is taken at once, unless it is told otherwise', async () => {
  const [once, again] = [scripted('fail', 'pass'), scripted('fail', 'pass')]

  expect(await retried(once, options).run(contextOf())).toMatchObject({ status: 'fail', text: 'fail' })
  expect(await retried(again, { ...options, on: ['fail'] }).run(contextOf())).toMatchObject({ status: 'pass' })
  expect(once.asked()).toBe(1)
})

test('when the retries are over the last answer is given', async () => {
  const check = scripted('undecided')

  expect(await retried(check, { ...options, retries: 3 }).run(contextOf())).toMatchObject({
    status: 'undecided',
    text: 'undecided (asked 4 times)',
  })
  expect(check.asked()).toBe(4)
})

test('an abort between two attempts rejects with its reason, and nothing is asked any more', async () => {
  const stop = new AbortController()
  const reason = new Error('the night is over')
  const check = scripted('undecided')
  const asking = retried(check, { retry: pRetry, pauseMs: 60_000 }).run(contextOf({ signal: stop.signal }))
  while (check.asked() === 0) await Promise.resolve()

  stop.abort(reason)

  await expect(asking).rejects.toBe(reason)
  expect(check.asked()).toBe(1)
})

test.each([
  [{ retry: undefined as never }, 'retry'],
  [{ retry: pRetry, retries: 0 }, 'retries'],
  [{ retry: pRetry, on: [] }, 'on'],
  [{ retry: pRetry, attempts: 3 } as never, 'attempts'],
])('%o is refused when it is made', (wrong, field) => {
  expect(() => retried(scripted('pass'), wrong)).toThrow(field)
})
