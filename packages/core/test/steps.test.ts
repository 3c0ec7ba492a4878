import { defineProcedure, type Steps } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { expect, test } from 'vitest'

test('a procedure does nothing until its steps are run, and answers what they answer', async () => {
  const done: string[] = []
  const procedure = defineProcedure({
    id: 'job:move',
    title: 'Move the job',
    async steps(steps) {
      const runId = await steps.value('run id', () => 'r1')
      done.push(runId)
      return { runId }
    },
  })
  const steps = { ...fakeWorld(), value: async (_: string, make: () => unknown) => make() } as unknown as Steps

  expect(done).toEqual([])
  const result = await procedure.steps(steps)

  expect([result, done]).toEqual([{ runId: 'r1' }, ['r1']])
})
