import {
  type Answer,
  ask,
  type AskOptions,
  type Check,
  type Context,
  defineCheck,
  isCutoverError,
  type Status,
  waitFor,
} from '@cutover/core'
import { fakeWorld, type FakeWorld } from '@cutover/core/testing'
import { describe, expect, test } from 'vitest'

/** A check that answers one after the other, and the last for ever. */
function answering(
  world: FakeWorld,
  ...statuses: readonly (Status | Error)[]
): Check<number> & { readonly askedAt: number[] } {
  const askedAt: number[] = []
  return {
    ...defineCheck<number>({
      id: 'lambda:drained',
      title: 'Lambda is drained',
      async run() {
        askedAt.push(world.clock.monotonic() / 1_000)
        const status = statuses[Math.min(askedAt.length, statuses.length) - 1] ?? 'undecided'
        if (status instanceof Error) throw status
        return { status, text: `answer ${askedAt.length}`, evidence: askedAt.length }
      },
    }),
    askedAt,
  }
}

const contextOf = (world: FakeWorld, signal: AbortSignal = world.signal): Context => ({
  clock: world.clock,
  signal,
  key: 'k',
  fence() {},
  report() {},
})

async function asked(
  options: AskOptions,
  ...statuses: readonly (Status | Error)[]
): Promise<[status: Status, ...askedAt: number[]]> {
  const world = fakeWorld()
  const check = answering(world, ...statuses)
  const { status } = await ask(check, contextOf(world), options)
  return [status, ...check.askedAt]
}

const [pass, fail, undecided] = ['pass', 'fail', 'undecided'] as const

describe('ask', () => {
  test.each([pass, fail, undecided])('asks once unless told, and answers %s', async (status) => {
    expect(await asked({}, status)).toEqual([status, 0])
  })

  test('asks again while undecided, until within is over', async () => {
    expect(await asked({ within: '12s' }, undecided)).toEqual([undecided, 0, 5, 10, 12])
    expect(await asked({ within: '3s' }, undecided)).toEqual([undecided, 0, 3])
    expect(await asked({ within: '1m', every: '20s' }, undecided, undecided, pass)).toEqual([pass, 0, 20, 40])
  })

  test('a fail ends it at once', async () => {
    expect(await asked({ within: '1m' }, undecided, fail)).toEqual([fail, 0, 5])
  })

  test('with patience a fail counts only when it lasts', async () => {
    expect(await asked({ patience: '12s' }, fail)).toEqual([fail, 0, 5, 10, 12])
    expect(await asked({ patience: '12s' }, fail, fail, pass)).toEqual([pass, 0, 5, 10])
    expect(await asked({ within: '1m', patience: '12s' }, fail, fail, undecided, fail)).toEqual([
      fail,
      0,
      5,
      10,
      15,
      20,
      25,
      27,
    ])
  })

  test('a fail that began within may last longer than that', async () => {
    expect(await asked({ within: '5s', patience: '20s' }, undecided, fail)).toEqual([fail, 0, 5, 10, 15, 20, 25])
  })

  test('needs that many passes in a row', async () => {
    expect(await asked({ consecutive: 3 }, pass)).toEqual([pass, 0, 5, 10])
    expect(await asked({ within: '1m', consecutive: 2 }, pass, undecided, pass, pass)).toEqual([pass, 0, 5, 10, 15])
    expect(await asked({ within: '1m', consecutive: 2 }, pass, fail)).toEqual([fail, 0, 5])
  })

  test('passes in a row that began within are awaited', async () => {
    expect(await asked({ within: '6s', consecutive: 3 }, undecided, pass)).toEqual([pass, 0, 5, 10, 15])
  })

  test('passes that begin when within is over come too late', async () => {
    expect(await asked({ within: '5s', consecutive: 2 }, undecided, pass)).toEqual([undecided, 0, 5])
  })

  test('an answer that keeps changing is undecided in the end', async () => {
    const flapping = Array.from({ length: 1_000 }, (_, i) => (i % 2 === 0 ? pass : fail))

    expect(await asked({ within: '20s', consecutive: 2, patience: '10s' }, ...flapping)).toEqual([
      undecided,
      0,
      5,
      10,
      15,
      20,
      25,
      30,
    ])
  })

  test('a check that throws is undecided, and says what it threw', async () => {
    const world = fakeWorld()
    const check = answering(world, new Error('403'))

    const answer = await ask(check, contextOf(world))

    expect(answer).toEqual({ status: undecided, text: 'Lambda is drained: could not be asked: 403' })
    expect((await ask({ ...check, run: () => Promise.reject('403') }, contextOf(world))).status).toBe(undecided)
  })

  test('tells every answer, and which one is final', async () => {
    const world = fakeWorld()
    const told: (readonly [Status, boolean])[] = []

    await ask(
      answering(world, undecided, pass, pass),
      contextOf(world),
      { within: '1m', consecutive: 2 },
      ({ status }, final) => told.push([status, final]),
    )

    expect(told).toEqual([
      [undecided, false],
      [pass, false],
      [pass, true],
    ])
  })

  test('rejects with the very reason when it is aborted before, meanwhile, or while it asks', async () => {
    const world = fakeWorld()
    const reason = new Error('stopped')
    const stop = new AbortController()
    const check = answering(world, undecided)
    const asking: Check = {
      ...check,
      async run({ signal }) {
        world.later(3_000, () => stop.abort(reason))
        await world.clock.sleep(60_000, { signal })
        return { status: 'pass', text: '' }
      },
    }

    await expect(ask(check, contextOf(world, AbortSignal.abort(reason)))).rejects.toBe(reason)
    expect(check.askedAt).toEqual([])
    await expect(ask(asking, contextOf(world, stop.signal))).rejects.toBe(reason)
    const later = new AbortController()
    world.later(7_000, () => later.abort(reason))
    await expect(ask(check, contextOf(world, later.signal), { within: '1h' })).rejects.toBe(reason)
    expect(world.clock.monotonic()).toBe(10_000)
  })

  test.each<[AskOptions, string]>([
    [{ consecutive: 0 }, 'consecutive is 0'],
    [{ consecutive: 1.5 }, 'consecutive is 1.5'],
    [{ every: '0s' }, "every is '0s'"],
  ])('refuses %o before it asks', async (options, message) => {
    const world = fakeWorld()
    const check = answering(world)

    const error: unknown = await ask(check, contextOf(world), options).catch((e: unknown) => e)

    expect(isCutoverError(error, 'CHECK_INVALID') && error.message).toContain(message)
    expect(check.askedAt).toEqual([])
  })

  test.each(['within', 'every', 'patience'] as const)('names %s when its duration is wrong', async (field) => {
    const world = fakeWorld()

    const error: unknown = await ask(answering(world), contextOf(world), { [field]: '5 min' }).catch((e: unknown) => e)

    expect(isCutoverError(error, 'DURATION_INVALID') && error.message).toContain(`${field} is "5 min"`)
  })
})

describe('waitFor', () => {
  test('answers the evidence, and tells every answer', async () => {
    const world = fakeWorld()

    const answer: Answer<number> = await waitFor(answering(world, undecided, pass), { ...world, within: '1m' })

    expect(answer).toEqual({ status: pass, text: 'answer 2', evidence: 2 })
    expect(world.events).toMatchObject([
      { kind: 'check-answered', step: 'lambda:drained', status: undecided, final: false, text: 'answer 1' },
      { kind: 'check-answered', step: 'lambda:drained', status: pass, final: true, text: 'answer 2' },
    ])
  })

  test('a fail is an error, and a final answer', async () => {
    const world = fakeWorld()

    const error: unknown = await waitFor(answering(world, fail), { ...world }).catch((e: unknown) => e)

    expect(isCutoverError(error, 'CHECK_FAILED') && error.message).toBe('Lambda is drained: answer 1')
    expect(world.events.at(-1)).toMatchObject({ status: fail, final: true })
  })

  test('no data is undecided, never a fail, and may be asked again', async () => {
    const world = fakeWorld()

    const error: unknown = await waitFor(answering(world, undecided), { ...world, within: '90s' }).catch(
      (e: unknown) => e,
    )

    expect(isCutoverError(error, 'CHECK_UNDECIDED') && [error.message, error.retryable]).toEqual([
      'Lambda is drained: undecided after 1m30s: answer 19',
      true,
    ])
  })

  test('what a check reports is told', async () => {
    const world = fakeWorld()
    const check = defineCheck({
      id: 'c',
      title: 'c',
      run: async ({ report, fence, key }) => {
        fence()
        report({ kind: 'waiting', why: key })
        return { status: 'pass' as const, text: 'ok' }
      },
    })

    await waitFor(check, { ...world })
    await waitFor(check)

    expect(world.events[0]).toMatchObject({ kind: 'waiting', text: 'c waits: c' })
  })
})
