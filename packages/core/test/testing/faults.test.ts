import { isCutoverError } from '@cutover/core'
import { everyFault, type Fault, fakeWorld, type FakeWorld } from '@cutover/core/testing'
import { describe, expect, test } from 'vitest'

interface Heard {
  /** When the write was done, seconds; undefined for never. */
  readonly doneAt: number | undefined
  /** When the caller heard of it, seconds; undefined for never. */
  readonly heardAt: number | undefined
  readonly heard: unknown
}

/** A process writes once; what was done, and what did it hear? */
async function writing(fault: Fault, world: FakeWorld = fakeWorld()): Promise<Heard> {
  const seconds = (): number => world.clock.monotonic() / 1_000
  let doneAt: number | undefined
  let heardAt: number | undefined
  let heard: unknown
  const hear = (answer: unknown): void => {
    heardAt = seconds()
    heard = isCutoverError(answer) ? `${answer.code}${answer.retryable ? ', retryable' : ''}` : answer
  }
  world.failNext('flags.write', fault)
  const write = (): Promise<string> =>
    world.call('flags.write orders', { write: true }, () => {
      doneAt = seconds()
      return 'done'
    })
  void world.runAs(world.spawn('runner'), () => write().then(hear, hear))
  await world.advance(3_600_000)
  return { doneAt, heardAt, heard }
}

describe('one write that meets', () => {
  test.each<[Fault, Heard]>([
    ['refused', { doneAt: undefined, heardAt: 0, heard: 'WORLD_REFUSED, retryable' }],
    ['refused-though-done', { doneAt: 0, heardAt: 0, heard: 'WORLD_CONFLICT' }],
    ['reply-lost', { doneAt: 0, heardAt: 5, heard: 'WORLD_TIMEOUT, retryable' }],
    ['late', { doneAt: 40, heardAt: 5, heard: 'WORLD_TIMEOUT, retryable' }],
    ['slow', { doneAt: 0, heardAt: 20, heard: 'done' }],
    ['crash', { doneAt: undefined, heardAt: undefined, heard: undefined }],
    ['crash-late', { doneAt: 40, heardAt: undefined, heard: undefined }],
    ['zombie-early', { doneAt: 0, heardAt: 5, heard: 'done' }],
    ['zombie-in-lease', { doneAt: 0, heardAt: 20, heard: 'done' }],
    ['zombie-after', { doneAt: 0, heardAt: 2_700, heard: 'done' }],
    ['refused-for-ever', { doneAt: undefined, heardAt: 0, heard: 'WORLD_DENIED' }],
    ['outage', { doneAt: undefined, heardAt: 0, heard: 'WORLD_REFUSED, retryable' }],
  ])('%s', async (fault, heard) => {
    expect(await writing(fault)).toEqual(heard)
  })

  test.each(everyFault)('%s is written down with its effect', async (fault) => {
    const world = fakeWorld({ trace: true })

    await writing(fault, world)

    expect(world.effects).toMatchObject([{ number: 1, process: 'runner', fault }])
    expect(world.trace?.[0]).toContain(`#1 flags.write orders meets ${fault}`)
  })

  test('late is as late as the world says', async () => {
    expect(await writing('late', fakeWorld({ lateMs: 7_000 }))).toMatchObject({ doneAt: 7, heardAt: 5 })
  })
})

const act = (world: FakeWorld, operation: string, options: object = {}): Promise<string> =>
  world
    .call(operation, { write: true, ...options }, () => 'done')
    .catch((error: unknown) => (isCutoverError(error) ? error.code : String(error)))

test('a plan says which effect meets which fault', async () => {
  const world = fakeWorld({ faults: new Map([[2, 'refused']]) })

  expect([await act(world, 'a.x'), await act(world, 'a.y'), await act(world, 'a.z')]).toEqual([
    'done',
    'WORLD_REFUSED',
    'done',
  ])
})

test('failNext hits the next write whose operation begins so, once, and reads never', async () => {
  const world = fakeWorld()
  world.failNext('dns.replace api', 'refused')

  expect(await act(world, 'dns.replace www')).toBe('done')
  expect(await act(world, 'dns.replace api.example.com', { write: false })).toBe('done')
  expect(await act(world, 'dns.replace api.example.com')).toBe('WORLD_REFUSED')
  expect(await act(world, 'dns.replace api.example.com')).toBe('done')
})

test('several are used up one by one, in the order in which they were given', async () => {
  const world = fakeWorld()
  world.failNext('dns.', 'refused')
  world.failNext('', 'refused-though-done')
  world.failNext('dns.', 'refused')

  const codes = [
    await act(world, 'dns.a'),
    await act(world, 'dns.b'),
    await act(world, 'dns.c'),
    await act(world, 'dns.d'),
  ]

  expect(codes).toEqual(['WORLD_REFUSED', 'WORLD_CONFLICT', 'WORLD_REFUSED', 'done'])
})

test('what is given for the next write goes before the plan', async () => {
  const world = fakeWorld({ faults: new Map([[1, 'refused']]) })
  world.failNext('a.', 'refused-though-done')

  expect(await act(world, 'a.x')).toBe('WORLD_CONFLICT')
})

test('what is refused for ever is that operation alone, and stays no use to try again', async () => {
  const world = fakeWorld()
  world.failNext('dns.', 'refused-for-ever')

  await act(world, 'dns.replace api')
  await world.clock.sleep(365 * 86_400_000)
  const again: unknown = await world.call('dns.replace api', { write: true }, () => 'done').catch((e: unknown) => e)

  expect(again).toMatchObject({ code: 'WORLD_DENIED', retryable: false })
  expect(await act(world, 'dns.replace www')).toBe('done')
  expect(world.effects).toHaveLength(2)
})

test('an outage closes the whole service, reads too, for ten minutes, and no other service', async () => {
  const world = fakeWorld()
  world.failNext('dns.', 'outage')

  await act(world, 'dns.replace api')
  await world.clock.sleep(599_999)
  expect(await act(world, 'dns.read www', { write: false })).toBe('WORLD_REFUSED')
  expect(await act(world, 'lambda.read', { write: false })).toBe('done')
  await world.clock.sleep(1)
  expect(await act(world, 'dns.replace api')).toBe('done')
})

test.each([
  ['journal', 'journals'],
  ['journal append', 'journals append'],
  ['dns.replace a.b', 'dnsx.replace a.b'],
])('an outage of %s does not reach %s', async (hit, other) => {
  const world = fakeWorld()
  world.failNext('', 'outage')

  await act(world, hit)

  expect([await act(world, hit), await act(world, other)]).toEqual(['WORLD_REFUSED', 'done'])
})

test.each<Fault>(['crash', 'crash-late', 'zombie-early', 'zombie-in-lease', 'zombie-after'])(
  '%s needs a process',
  async (fault) => {
    const world = fakeWorld()
    world.failNext('', fault)

    expect(await act(world, 'a.x')).toBe('WORLD_NO_PROCESS')
  },
)

test.each<Fault>(['reply-lost', 'late', 'slow'])('an abort ends the wait for a reply that met %s', async (fault) => {
  const world = fakeWorld()
  const stop = new AbortController()
  world.failNext('', fault)
  world.later(1_000, () => stop.abort(new Error('stopped')))

  expect(await act(world, 'a.x', { signal: stop.signal })).toBe('Error: stopped')
  expect(world.clock.monotonic()).toBe(1_000)
})

const refuse = (): never => {
  throw new Error('conflict')
}

test.each<[Fault, string]>([
  ['late', 'CutoverError: a.x: no reply'],
  ['reply-lost', 'CutoverError: a.x: no reply'],
  ['refused-though-done', 'CutoverError: a.x: the precondition does not hold'],
  ['slow', 'Error: conflict'],
  ['zombie-early', 'Error: conflict'],
])('what the service itself refuses harms nobody when it meets %s', async (fault, heard) => {
  const world = fakeWorld()
  world.failNext('', fault)

  const error: unknown = await world
    .runAs(world.spawn('runner'), () => world.call('a.x', { write: true }, refuse))
    .catch((e: unknown) => e)
  await world.advance(60_000)

  expect(String(error)).toBe(heard)
})
