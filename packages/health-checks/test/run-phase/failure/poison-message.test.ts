import { fakeWorld } from '@cutover/core/testing'
import { type Answer, type Check, poisonMessage, type PoisonMessageOptions } from '@cutover/health-checks'
import { inMemoryPoisonQueue } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { contextOf } from '../../context.ts'

const host = 'orders.queue.core.windows.net'
const handle = (body: string): void => {
  JSON.parse(body)
}

function queueOf(options: Partial<Parameters<typeof inMemoryPoisonQueue>[1]> = {}) {
  const world = fakeWorld()
  const queue = inMemoryPoisonQueue(world, { name: 'queue:orders', host, handle, ...options })
  let sent = false
  const well: Check = {
    id: 'well',
    title: 'The consumer handles what is sound',
    run() {
      if (!sent) queue.put('{"id":17}')
      sent = true
      const isHandled = queue.handled.includes('{"id":17}')
      const answer: Answer = { status: isHandled ? 'pass' : 'undecided', text: isHandled ? 'handled' : 'not yet' }
      return Promise.resolve(answer)
    },
  }
  const run = (given: Partial<PoisonMessageOptions> = {}) =>
    world.runUntil(poisonMessage(queue, { hosts: [host], well, ...given }).run(contextOf(world)))
  return { world, queue, run }
}

test('a message that cannot be handled becomes a dead letter, is removed, and others go on', async () => {
  const { queue, run } = queueOf()
  queue.put('nor this one')

  const answer = await run()

  expect(answer).toMatchObject({
    status: 'pass',
    text: expect.stringMatching(/^cutover-poison-\w+ was a dead letter after 2m30s, and is removed; handled$/),
    evidence: { reason: 'held', tookMs: 150_000, left: 0 },
  })
  // Another's dead letter is none of ours.
  expect(queue.dead).toEqual(['nor this one'])
  expect(queue.waiting).toEqual([])
})

test('a queue without a limit of deliveries fails', async () => {
  const { run } = queueOf({ maxReceives: Infinity })

  expect(await run()).toMatchObject({
    status: 'fail',
    text: expect.stringMatching(/is no dead letter after 5m: it is still in the queue, or was lost/),
    evidence: { reason: 'not-dead-lettered' },
  })
})

test('a consumer that swallows what it cannot handle fails', async () => {
  const { run } = queueOf({ handle: () => {} })

  expect(await run()).toMatchObject({ status: 'fail', evidence: { reason: 'not-dead-lettered' } })
})

const alwaysWell: Check = { id: 'w', title: 'w', run: () => Promise.resolve({ status: 'pass', text: 'w' }) }

test('a message that becomes two dead letters fails, and both are removed', async () => {
  const { world, queue } = queueOf()
  const send = (body: string): Promise<void> => {
    queue.put(body)
    queue.put(body)
    return Promise.resolve()
  }
  const check = poisonMessage(Object.assign(queue, { send }), { hosts: [host], well: alwaysWell })

  const answer = await world.runUntil(check.run(contextOf(world)))

  expect(answer).toMatchObject({ status: 'fail', evidence: { reason: 'twice' } })
  expect(queue.dead).toEqual([])
})

test('a consumer that stands still afterwards is told by well, and nothing of ours is left', async () => {
  let broken = false
  const { queue, run } = queueOf({
    handle(body) {
      if (broken) throw new Error('stuck')
      broken = !body.startsWith('{')
      handle(body)
    },
  })

  const answer = await run({ within: '4m' })

  expect(answer).toMatchObject({ status: 'undecided', evidence: { reason: 'not-well', left: 0 } })
  expect(queue.dead.filter((body) => body.includes('cutover-poison'))).toEqual([])
})

test('a clean-up that leaves something is undecided and says what to do', async () => {
  const { world, queue } = queueOf()
  const keeps = Object.assign(queue, { discard: () => Promise.resolve() })

  const answer = await world.runUntil(poisonMessage(keeps, { hosts: [host], well: alwaysWell }).run(contextOf(world)))

  expect(answer).toMatchObject({
    status: 'undecided',
    text: expect.stringMatching(/is still among the dead letters; remove it by hand/),
    evidence: { reason: 'not-cleaned-up' },
  })
})

test('what a killed run has left is removed first', async () => {
  const { queue, world, run } = queueOf()
  queue.put('not an order: cutover-poison-former')
  await world.advance(200_000)
  expect(queue.dead).toHaveLength(1)

  const answer = await run()

  expect(answer.status).toBe('pass')
  expect(queue.dead).toEqual([])
})

test.each([
  [{ hosts: ['other.queue.core.windows.net'] }, 'hosts names other'],
  [{ body: () => 'no marker' }, 'body'],
  [{ marker: 'x' }, 'marker'],
  [{ well: {} as never }, 'well'],
  [{ every: '0s' as const }, 'every'],
])('%o is refused when it is made', (wrong, said) => {
  const { queue } = queueOf()

  expect(() => poisonMessage(queue, { hosts: [host], well: alwaysWell, ...wrong })).toThrow(said)
})
