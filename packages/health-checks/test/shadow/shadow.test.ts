import { fakeWorld } from '@cutover/core/testing'
import { isCutoverError, shadow, type ShadowOptions, waitFor } from '@cutover/health-checks'
import { seededRandom } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

interface Asked {
  readonly method: string
  readonly id: number
}
type Order = Record<string, unknown>

const world = fakeWorld()
const get = (id: number): Asked => ({ method: 'GET', id })

/** A service whose `requestId` is new every time and whose `stock` sometimes moves between two calls. */
function orders(
  random: ReturnType<typeof seededRandom>,
  change: (order: Order, id: number) => Order = (order) => order,
) {
  return ({ id }: Asked): Promise<Order> =>
    Promise.resolve(
      change({ id, requestId: random.uniform(), stock: random.uniform() < 0.1 ? 1 : 0, lines: [{ price: 5 }] }, id),
    )
}

async function compared(options: Partial<ShadowOptions<Asked, Order>>, requests = 600) {
  const random = seededRandom(5)
  const twin = shadow<Asked, Order>({
    source: orders(random),
    target: orders(random),
    clock: world.clock,
    ...options,
  })
  for (let id = 0; id < requests; id++) {
    await twin.ask(get(id))
    if (id % 10 === 9) await twin.settled()
  }
  await twin.settled()
  return twin
}

test('what also differs between two answers of the source is noise', async () => {
  const twin = await compared({ ignore: [] })

  const { verdict, fields, compared: count } = twin.report()

  expect(fields.map(({ path }) => path).toSorted()).toEqual(['requestId', 'stock'])
  expect(fields.some(({ differs }) => differs)).toBe(false)
  expect(verdict).not.toBe('differs')
  expect(count).toBe(600)
})

test('answers are the same when few differ beyond noise', async () => {
  const twin = await compared({ ignore: ['requestId'] }, 3_000)

  await expect(waitFor(twin.check, { clock: world.clock })).resolves.toMatchObject({
    status: 'pass',
    text: '3000 compared; under 1 % differ beyond noise',
  })
})

test('a field that the target answers otherwise, in a few percent of the requests, differs', async () => {
  const random = seededRandom(9)
  const wrong = orders(random, (order, id) => (id % 30 === 0 ? { ...order, lines: [{ price: 6 }] } : order))

  const twin = await compared({ target: wrong })

  const error: unknown = await waitFor(twin.check, { clock: world.clock }).catch((caught: unknown) => caught)
  expect(twin.report().eSame).toBeLessThan(3)
  expect(isCutoverError(error, 'CHECK_FAILED') && error.message).toMatch(
    /differ beyond noise: lines\[\]\.price \(20\)$/,
  )
})

test('of a hundred healthy nights, a field is called different in at most alpha of them', async () => {
  let wrong = 0
  for (let seed = 1; seed <= 100; seed++) {
    const random = seededRandom(seed)
    const twin = await compared({ source: orders(random), target: orders(random) }, 60)
    if (twin.report().verdict === 'differs') wrong += 1
  }

  expect(wrong).toBeLessThanOrEqual(5)
})

test('all fields together have no more than alpha', async () => {
  const wide = ({ id }: Asked) =>
    Promise.resolve(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}`, id])))

  const twin = await compared({ source: wide, target: ({ id }) => wide(get(id + 1)) }, 10)

  const { fields, alpha } = twin.report()
  expect(fields).toHaveLength(200)
  expect(fields.reduce((sum, { needed }) => sum + 1 / needed, 0)).toBeLessThanOrEqual(alpha)
})

test('the caller has its answer before anything is compared, and what the target does cannot reach it', async () => {
  const hanging = shadow<Asked, Order>({
    source: orders(seededRandom(1)),
    target: () => new Promise(() => {}),
    clock: world.clock,
    within: '3s',
  })
  const throwing = shadow<Asked, Order>({
    source: orders(seededRandom(1)),
    target: () => {
      throw new Error('broken')
    },
    clock: world.clock,
  })
  const before = world.clock.monotonic()

  const answers = await Promise.all([hanging.ask(get(1)), throwing.ask(get(1))])

  expect(answers).toMatchObject([{ id: 1 }, { id: 1 }])
  expect(world.clock.monotonic()).toBe(before)
  await Promise.all([hanging.settled(), throwing.settled()])
  expect(hanging.report().fields.find(({ path }) => path === '(error)')).toMatchObject({ byTarget: 1, bySource: 0 })
  expect(throwing.report().fields.find(({ path }) => path === '(error)')).toMatchObject({ byTarget: 1, bySource: 0 })
})

test('a source that throws throws at the caller, and is not compared', async () => {
  const twin = shadow<Asked, Order>({
    source: () => Promise.reject(new Error('down')),
    target: orders(seededRandom(1)),
    clock: world.clock,
  })

  await expect(twin.ask(get(1))).rejects.toThrow('down')
  await twin.settled()
  expect(twin.report()).toMatchObject({ asked: 1, compared: 0, skipped: { failed: 1 } })
  const minute = { from: world.clock.now() - 60_000, to: world.clock.now() + 60_000 }
  await world.clock.sleep(1)
  expect(await twin.sourceCounts.counts(minute)).toMatchObject([{ total: 1, bad: 1 }])
})

test('writes are not sent twice, and to the target only when told', async () => {
  const seen: string[] = []
  const make = (writes: 'source-only' | 'target-too') =>
    shadow<Asked, Order>({
      source: ({ method }) => Promise.resolve({ side: seen.push(`source ${method}`) }),
      target: ({ method }) => Promise.resolve({ side: seen.push(`target ${method}`) }),
      clock: world.clock,
      writes,
    })

  for (const writes of ['source-only', 'target-too'] as const) {
    const twin = make(writes)
    await twin.ask({ method: 'POST', id: 1 })
    await twin.settled()
    expect(twin.report()).toMatchObject({ compared: 0, skipped: { writes: 1 } })
  }

  expect(seen).toEqual(['source POST', 'source POST', 'target POST'])
})

test('a request that does not say that it reads is a write', async () => {
  let asked = 0
  const twin = shadow<{ readonly id: number }, Order>({
    source: () => Promise.resolve({}),
    target: () => Promise.resolve({ asked: ++asked }),
    clock: world.clock,
  })

  await twin.ask({ id: 1 })
  await twin.settled()

  expect(asked).toBe(0)
  expect(twin.report().skipped.writes).toBe(1)
})

test('more than it may have under way is skipped, and so is what is not in the sample', async () => {
  const busy = shadow<Asked, Order>({
    source: orders(seededRandom(1)),
    target: () => new Promise(() => {}),
    clock: world.clock,
    atOnce: 2,
  })
  const sampled = await compared({ everyNth: 3 }, 30)

  for (let id = 0; id < 5; id++) await busy.ask(get(id))

  expect(busy.report().skipped).toMatchObject({ busy: 3 })
  expect(sampled.report()).toMatchObject({ compared: 10, skipped: { sample: 20 } })
  await busy.settled()
})

test('both sides are counted for a gate, a refused answer as bad', async () => {
  const started = world.clock.now()
  const twin = await compared({ isBad: ({ id }) => id === 3, target: () => Promise.reject(new Error('no')) }, 5)
  await world.clock.sleep(60_000)

  const window = { from: started - 60_000, to: world.clock.now() }
  const sum = async (side: typeof twin.sourceCounts) =>
    (await side.counts(window)).reduce((all, { total, bad }) => [all[0]! + total, all[1]! + bad], [0, 0])

  expect(await sum(twin.sourceCounts)).toEqual([5, 1])
  expect(await sum(twin.targetCounts)).toEqual([5, 5])
})

test('an abort ends what is under way, and rejects nobody', async () => {
  const controller = new AbortController()
  const twin = shadow<Asked, Order>({
    source: orders(seededRandom(1)),
    target: () => new Promise(() => {}),
    clock: world.clock,
    signal: controller.signal,
    within: '10m',
  })
  await twin.ask(get(1))
  controller.abort(new Error('enough'))

  await twin.settled()

  expect(twin.report().compared).toBe(0)
})

test.each([
  [{ alpha: 0 }, /alpha is 0/],
  [{ maxShare: 1 }, /maxShare is 1/],
  [{ atOnce: 0 }, /atOnce is 0/],
  [{ everyNth: 0.5 }, /everyNth is 0.5/],
  [{ writes: 'both' }, /writes is "both"/],
  [{ within: '0s' }, /within is "0s"/],
  [{ target: undefined }, /target is undefined; wanted a function/],
  [{ sample: 0.1 }, /there is no option sample/],
])('%o is refused when it is made', (options, message) => {
  const make = () =>
    shadow({ source: orders(seededRandom(1)), target: orders(seededRandom(1)), ...options } as unknown as ShadowOptions<
      Asked,
      Order
    >)

  expect(make).toThrow(
    expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID', message: expect.stringMatching(message) as unknown }),
  )
})
