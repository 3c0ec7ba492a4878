import { fakeWorld } from '@cutover/core/testing'
import { activate, apply, cordon } from '@cutover/triggers'
import { inMemoryFunctionApp, inMemoryLambda } from '@cutover/triggers/testing'
import { expect, test } from 'vitest'

const uuid = '1f0c9d2e-0000-4000-8000-000000000001'
const triggers = { queue: { sqs: 'orders' }, api: { http: true } } as const
const setUp = (options: Partial<Parameters<typeof inMemoryLambda<'queue' | 'api'>>[1]> = {}) => {
  const world = fakeWorld()
  return { world, lambda: inMemoryLambda(world, { functionName: 'orders', triggers, ...options }) }
}

test('cordon disables a mapping, deletes nothing, and is settled when the mapping is Disabled', async () => {
  const { world, lambda } = setUp()

  const { result } = await apply(cordon(lambda, 'queue'), world)

  expect(lambda.listening).toEqual(['api'])
  expect(result.at).toBe(world.clock.now())
  expect(world.clock.monotonic()).toBe(45_750)
  expect(world.effects.map(({ operation }) => operation)).toEqual([`lambda.updateEventSourceMapping ${uuid}`])
})

test('cordon says what it waits for', async () => {
  const { world, lambda } = setUp()

  await apply(cordon(lambda, 'queue'), world)

  expect(world.events.filter(({ kind }) => kind === 'waiting').map(({ text }) => text)).toEqual([
    `triggers:cordon:lambda:orders/queue waits: lambda:orders queue: mapping ${uuid} of orders is Disabling; wanted stopped`,
  ])
})

test('a trigger that was stopped already is not started by an undo', async () => {
  const { world, lambda } = setUp({ listening: ['api'] })

  const { changed, revert } = await apply(cordon(lambda, 'queue'), world)
  await revert()

  expect(changed).toBe(false)
  expect(world.effects).toEqual([])
  expect(lambda.listening).toEqual(['api'])
})

test('a trigger that somebody is stopping counts as stopped, and is waited for', async () => {
  const { world, lambda } = setUp()
  lambda.editBehind((machine) => machine.updateMapping(uuid, { enabled: false }))

  const { changed } = await apply(cordon(lambda, 'queue'), world)

  expect(changed).toBe(false)
  expect(lambda.listening).toEqual(['api'])
})

test('a mapping in transition is waited for before the write, so that no write is refused', async () => {
  const { world, lambda } = setUp({ listening: ['api'] })
  lambda.editBehind((machine) => machine.updateMapping(uuid, { enabled: true }))

  await apply(cordon(lambda, 'queue'), world)

  expect(world.effects.map(({ at }) => at)).toEqual([20_000])
  expect(lambda.listening).toEqual(['api'])
})

test('while a mapping is Updating nobody knows how it is switched, and so it is not captured', async () => {
  const { world, lambda } = setUp()
  lambda.editBehind((machine) => machine.updateMapping(uuid, { batchSize: 5 }))
  expect(await lambda.look('queue')).toMatchObject({ state: 'changing', setting: undefined })

  const { revert } = await apply(cordon(lambda, 'queue'), world)
  await revert()

  expect(lambda.listening).toEqual(['queue', 'api'])
})

test('a mapping that was deleted meanwhile is foreign, and not made again', async () => {
  const { world, lambda } = setUp()
  const { revert } = await apply(cordon(lambda, 'queue'), world)
  lambda.editBehind((machine) => machine.deleteMapping(uuid))

  await expect(revert()).rejects.toMatchObject({ code: 'CHANGE_FOREIGN' })
})

test('somebody else enables the mapping while it is waited for: that is foreign, and left so', async () => {
  const { world, lambda } = setUp()
  world.later(45_500, () => lambda.editBehind((machine) => machine.updateMapping(uuid, { enabled: true })))

  const cordoned = apply(cordon(lambda, 'queue'), world)

  await expect(cordoned).rejects.toMatchObject({
    code: 'CHANGE_IN_DOUBT',
    message: expect.stringMatching(/somebody else has switched it/),
  })
})

for (const [reservedConcurrency, then] of [
  [undefined, 'none'],
  [5, 5],
] as const) {
  test(`undone, the reserved concurrency is ${then}, as it was`, async () => {
    const { world, lambda } = setUp({ listening: ['api'], reservedConcurrency })

    const { revert } = await apply(cordon(lambda, 'api'), world)
    expect(world.watched.get('lambda:orders')?.()).toMatchObject({ reservedConcurrency: 0 })
    await revert()

    expect(world.watched.get('lambda:orders')?.()).toMatchObject({ reservedConcurrency: then })
  })
}

test('a concurrency of 0 that was there before stays 0', async () => {
  const { world, lambda } = setUp({ listening: [] })

  const { changed, revert } = await apply(cordon(lambda, 'api'), world)
  await revert()

  expect(changed).toBe(false)
  expect(world.watched.get('lambda:orders')?.()).toMatchObject({ reservedConcurrency: 0 })
})

test('what is so already is left alone, even where it would be refused', async () => {
  const { world, lambda } = setUp({ reservedConcurrency: 0 })

  const { changed } = await apply(cordon(lambda, 'api'), world)

  expect(changed).toBe(false)
})

test('an outage while it is waited for is waited out', async () => {
  const { world, lambda } = setUp()
  const down = Object.assign(new Error('down'), { name: 'ServiceException', $metadata: { httpStatusCode: 503 } })
  world.later(45_500, () => lambda.failNext('getEventSourceMapping', down))

  await apply(cordon(lambda, 'queue'), world)

  expect(world.clock.monotonic()).toBe(47_750)
  expect(world.events.map(({ text }) => text)).toContainEqual(expect.stringMatching(/nobody answers; wanted stopped/))
})

test('a missing permission is no outage', async () => {
  const { world, lambda } = setUp()
  const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } })
  world.later(45_500, () => lambda.failNext('getEventSourceMapping', denied))

  const cordoned = apply(cordon(lambda, 'queue'), world)

  await expect(cordoned).rejects.toMatchObject({ code: 'CHANGE_IN_DOUBT' })
})

test('activate deletes a concurrency of 0, since nobody knows what it was before', async () => {
  const { world, lambda } = setUp({ listening: [] })

  const { revert } = await apply(activate(lambda, 'api'), world)

  expect(world.watched.get('lambda:orders')?.()).toMatchObject({ reservedConcurrency: 'none' })
  await revert()
  expect(world.watched.get('lambda:orders')?.()).toMatchObject({ reservedConcurrency: 0 })
})

test('a function is not stopped while its mappings still take messages', async () => {
  const { world, lambda } = setUp()

  const cordoned = apply(cordon(lambda, 'api'), world)

  await expect(cordoned).rejects.toMatchObject({
    code: 'TRIGGERS_WOULD_LOSE',
    message: expect.stringMatching(/dead letter: cordon them first/),
  })
  expect(world.effects).toEqual([])
})

test('nor while one of them is only Disabling', async () => {
  const { world, lambda } = setUp()
  lambda.editBehind((machine) => machine.updateMapping(uuid, { enabled: false }))

  const cordoned = apply(cordon(lambda, 'api'), world)

  await expect(cordoned).rejects.toMatchObject({ message: expect.stringMatching(/Disabling/) })
})

test('a mapping is not enabled while the function may not run', async () => {
  const { world, lambda } = setUp({ listening: [] })

  const activated = apply(activate(lambda, 'queue'), world)

  await expect(activated).rejects.toMatchObject({
    code: 'TRIGGERS_WOULD_LOSE',
    message: expect.stringMatching(/reserved concurrency .* is 0/),
  })
})

test('a function of an app that is stopped as a whole is not activated', async () => {
  const world = fakeWorld()
  const app = inMemoryFunctionApp(world, { name: 'orders', triggers: { queue: 'consumeOrders' } })
  app.editBehind((site) => site.stop())

  const activated = apply(activate(app, 'queue'), world)

  await expect(activated).rejects.toMatchObject({
    code: 'TRIGGERS_WOULD_LOSE',
    message: expect.stringMatching(/az functionapp start/),
  })
})

test('activate is settled only when the restarted app listens', async () => {
  const world = fakeWorld()
  const app = inMemoryFunctionApp(world, { name: 'orders', triggers: { queue: 'consumeOrders' } })

  await apply(activate(app, 'queue'), world)

  expect(app.listening).toEqual(['queue'])
  expect(world.clock.monotonic()).toBe(21_750)
})

test('a name that came from outside is refused at once, before anything is called', () => {
  const { lambda } = setUp()
  const name = 'que' as 'queue'

  expect(() => cordon(lambda, name)).toThrow('lambda:orders has no trigger que; wanted one of queue, api')
})
