import { fakeWorld, type FakeWorld } from '@cutover/core/testing'
import { apply, activate, cordon, oneListener } from '@cutover/triggers'
import { inMemoryFunctionApp, inMemoryLambda } from '@cutover/triggers/testing'
import { expect, test } from 'vitest'

const context = (world: FakeWorld) => ({ ...world, clock: world.clock, key: 'k', fence: () => {}, report: () => {} })

const setUp = () => {
  const world = fakeWorld()
  const triggers = { queue: { sqs: 'orders' }, audit: { sqs: 'audit' } } as const
  const lambda = inMemoryLambda(world, { functionName: 'orders', triggers })
  const functions = { queue: 'consumeOrders', audit: 'writeAudit', more: 'more' }
  return { world, lambda, app: inMemoryFunctionApp(world, { name: 'orders', triggers: functions }) }
}

test('one listener for each name passes, whichever side it is', async () => {
  const { world, lambda, app } = setUp()
  await apply(cordon(lambda, 'queue'), world)
  await apply(activate(app, 'queue'), world)

  const answer = await oneListener(lambda, app).run(context(world))

  expect(answer).toEqual({
    status: 'pass',
    text: 'queue: functions:orders listens; audit: lambda:orders listens',
    evidence: {
      queue: { listener: 'functions:orders', source: 'stopped', target: 'listening' },
      audit: { listener: 'lambda:orders', source: 'listening', target: 'stopped' },
    },
  })
})

test('two listeners fail, even while another name is changing', async () => {
  const { world, lambda, app } = setUp()
  await apply(activate(app, 'audit'), world)
  lambda.editBehind((machine) => machine.updateMapping('1f0c9d2e-0000-4000-8000-000000000001', { enabled: false }))

  const answer = await oneListener(lambda, app).run(context(world))

  expect(answer).toMatchObject({
    status: 'fail',
    text: expect.stringMatching(/^audit: both lambda:orders and functions:orders listen; queue: /),
  })
})

test('no listener fails', async () => {
  const { world, lambda, app } = setUp()
  await apply(cordon(lambda, 'queue'), world)

  const answer = await oneListener(lambda, app, ['queue']).run(context(world))

  expect(answer).toMatchObject({ status: 'fail', text: 'queue: nobody listens' })
})

test('a side that is changing is undecided', async () => {
  const { world, lambda, app } = setUp()
  await apply(cordon(lambda, 'queue'), world)
  app.editBehind((site) => site.putAppSettings({}))

  const answer = await oneListener(lambda, app, ['queue']).run(context(world))

  expect(answer).toMatchObject({ status: 'undecided', text: expect.stringMatching(/its settings say enabled/) })
})

test('an app that is stopped as a whole does not listen, whatever its functions are set to', async () => {
  const { world, lambda, app } = setUp()
  await apply(cordon(lambda, 'queue'), world)
  await apply(activate(app, 'queue'), world)
  app.editBehind((site) => site.stop())

  const answer = await oneListener(lambda, app, ['queue']).run(context(world))

  expect(answer).toMatchObject({ status: 'undecided', text: expect.stringMatching(/the app is Stopped/) })
})

test('a name that the target does not have is refused when the types were not asked', () => {
  const { lambda, app } = setUp()

  expect(() => oneListener(app as never, lambda as never)).toThrow('lambda:orders has no trigger more')
})
