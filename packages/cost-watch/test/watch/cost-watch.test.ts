import type { CutoverEvent, MetricSource } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import {
  type CostAlarm,
  costWatch,
  type CostWatchOptions,
  CutoverError,
  type Look,
  memoryState,
  priceTable,
  type UsageSource,
} from '@cutover/cost-watch'
import { type ScriptedMeter, scriptedUsage } from '@cutover/cost-watch/testing'
import { expect, test } from 'vitest'

const hour = 3_600_000
const day = 24 * hour
const switchedAt = Date.UTC(2026, 10, 20, 2)
const lambda = 'arn:aws:lambda:us-east-1:111122223333:function:orders'
const app = '/subscriptions/one/resourceGroups/orders/providers/Microsoft.Web/sites/orders'

/** A service that moves from Lambda to Flex at `switchedAt`, where it costs 1.6 times as much for the same work. */
function moved(
  seed: number,
  targetMeters: readonly Partial<ScriptedMeter>[] = [{}],
  sourceMeters: readonly ScriptedMeter[] = [],
) {
  const world = fakeWorld({ startAt: switchedAt + 20 * 60_000 })
  const { clock } = world
  const series = { clock, seed, days: 50, startAt: switchedAt - 28 * day - 2 * hour }
  const source = scriptedUsage({
    ...series,
    cloud: 'aws',
    meters: [
      { resourceId: lambda, meter: 'lambda/gb-seconds/x86_64', perDay: 2_000_000, until: switchedAt },
      ...sourceMeters,
    ],
  })
  const target = scriptedUsage({
    ...series,
    cloud: 'azure',
    meters: targetMeters.map((meter) => ({
      resourceId: app,
      meter: 'flex/gb-seconds',
      perDay: 2_051_282,
      from: switchedAt,
      ...meter,
    })),
  })
  const options: CostWatchOptions = {
    source,
    target,
    prices: priceTable(),
    switchedAt,
    state: memoryState(),
    targetTimesSource: 1.6,
    ...world,
  }
  /** Looks every hour, each time as a process of its own. */
  const looks = async (hours: number, over: Partial<CostWatchOptions> = {}): Promise<Look[]> => {
    const seen: Look[] = []
    for (let i = 0; i < hours; i++) {
      seen.push(await costWatch({ ...options, ...over }).look())
      await clock.sleep(hour)
    }
    return seen
  }
  return { world, options, looks }
}

const alarmsOf = (looks: readonly Look[]): CostAlarm[] => looks.flatMap(({ alarms }) => alarms)

test('minutes after the first slot both sides have a run rate, and the target is judged by the source’s week', async () => {
  const { looks } = moved(7)

  const [before, first] = await looks(2)

  expect(before).toMatchObject({ target: undefined, judged: 0 })
  expect(before?.source?.overMs).toBe(day)
  expect(before?.text).toMatch(/^AWS \$\d+\.\d\d a day \(of the last 1d\), Azure unknown; nothing new to judge$/)
  expect(first?.target?.overMs).toBe(hour)
  expect(first?.judgement?.state).toBe('calm')
  expect(Number(first?.target?.perDay.amount)).toBeGreaterThan(0)
  // Nothing is left at the source, and nobody said that it costs nothing.
  expect(first?.source).toBeUndefined()
})

test('a service that runs as the source did is calm for a week', async () => {
  const { looks, world } = moved(7)

  const seen = await looks(7 * 24)

  expect(alarmsOf(seen)).toEqual([])
  expect(seen.at(-1)?.judged).toBe(1)
  expect(world.events.every((event) => event.kind === 'note' && event.code === 'COST_LOOK')).toBe(true)
})

test('a runaway is told once, with since when, how much, and from which resource', async () => {
  const from = switchedAt + 44 * hour
  const other = { resourceId: `${app}-mail`, perDay: 1_000_000 }
  const { looks, world } = moved(7, [{ runaways: [{ from, times: 3 }] }, other])

  const seen = await looks(54, { targetTimesSource: 2.4 })

  const alarms = alarmsOf(seen)
  expect(alarms).toHaveLength(1)
  expect(alarms[0]).toMatchObject({ kind: 'runaway', by: 'slot', since: from, demand: undefined })
  const { shares = [], at = 0, text = '' } = alarms[0]?.kind === 'runaway' ? alarms[0] : {}
  expect(at).toBeLessThan(from + 5 * hour)
  expect(shares[0]?.resourceId).toBe(app)
  // In the evening the other one costs more than by day, too; that is no part of the excess.
  expect(shares[0]?.part).toBeGreaterThan(0.97)
  expect(text).toMatch(
    /^Azure: costs \d\.\d\d times what was expected since 2026-11-21T22:00:00Z \(\S+\), \$\d+\.\d\d too much, \d+ % of it flex\/gb-seconds of /,
  )
  const told = world.events.filter((event: CutoverEvent) => event.kind === 'note' && event.code === 'COST_RUNAWAY')
  expect(told).toHaveLength(1)
})

test('the first slot may already be a runaway when it is said what the target should cost', async () => {
  const { looks } = moved(7, [{ perDay: 2_051_282 * 3 }])

  const alarms = alarmsOf(await looks(8))

  expect(alarms).toMatchObject([{ kind: 'runaway', since: switchedAt }])
})

test('without a word about prices the first day is taken for right, and what comes after it is judged', async () => {
  const from = switchedAt + 40 * hour
  const { looks } = moved(7, [{ runaways: [{ from, times: 3 }] }])

  const seen = await looks(48, { targetTimesSource: undefined })

  expect(seen[12]?.judgement?.state).toBe('learning')
  expect(seen[30]?.judgement?.state).not.toBe('learning')
  expect(alarmsOf(seen)).toMatchObject([{ kind: 'runaway', since: from }])
})

test('more good requests are told from waste', async () => {
  const from = switchedAt + 60 * hour
  const requests = (perSlot: (at: number) => number): MetricSource => ({
    settleMs: 0,
    counts: ({ from: begin, to }) =>
      Promise.resolve(
        Array.from({ length: (to - begin) / hour }, (_, i) => {
          const at = begin + i * hour
          return { from: at, to: at + hour, total: perSlot(at) + 10, bad: 10, complete: true }
        }),
      ),
  })
  const twice = [{ shape: 'constant' as const, runaways: [{ from, times: 3 }] }]
  const flatSource = { state: memoryState(), targetTimesSource: undefined }
  const popular = moved(7, twice)
  const wasteful = moved(7, twice)

  const many = alarmsOf(
    await popular.looks(70, { ...flatSource, requests: requests((at) => (at < from ? 10_000 : 30_000)) }),
  )
  const few = alarmsOf(
    await wasteful.looks(70, { ...flatSource, state: memoryState(), requests: requests(() => 10_000) }),
  )

  const last = (alarms: readonly CostAlarm[]) =>
    alarms.findLast((alarm) => alarm.kind === 'runaway' && alarm.since >= from - hour)
  expect(last(many)).toMatchObject({ demand: true, text: expect.stringMatching(/good requests grew as much$/) })
  expect(last(few)).toMatchObject({ demand: false, text: expect.stringMatching(/not because of more good requests$/) })
})

test('what is left of the source, what is idle and what nobody uses is told once each', async () => {
  const bucket = {
    resourceId: 'arn:aws:s3:::uploads',
    meter: 's3/gb-months/standard',
    perDay: 30,
    shape: 'constant',
  } as const
  const idleApp = [
    { resourceId: `${app}-idle`, meter: 'flex/executions', perDay: 0 },
    {
      resourceId: `${app}-idle`,
      meter: 'flex/always-ready/baseline-gb-seconds',
      perDay: 86_400 * 2,
      shape: 'constant' as const,
    },
  ]
  const { looks } = moved(7, [{}, ...idleApp], [bucket])

  const seen = await looks(40, { decommissionedAt: switchedAt + 12 * hour, inUse: [app], minimumExcess: 1_000 })

  const alarms = alarmsOf(seen)
  expect(alarms.map((alarm) => [alarm.kind, 'standing' in alarm && alarm.standing.resourceId])).toEqual([
    ['orphaned', `${app}-idle`],
    ['residual', bucket.resourceId],
    ['idle', `${app}-idle`],
  ])
  expect(alarms[1]?.text).toMatch(
    /uploads was decommissioned and still costs: \$0\.\d+ in 1h, for s3\/gb-months\/standard$/,
  )
})

test('a budget that burns too fast is told, and again only when it has been well', async () => {
  const { looks } = moved(7)

  const alarms = alarmsOf(await looks(10, { budget: { amount: 30 } }))

  expect(alarms).toMatchObject([{ kind: 'budget', burn: { pace: 'fast' } }])
  expect(alarms[0]?.text).toMatch(/^The budget burns very fast: \d+\.\d times as fast as it may over 1h/)
})

test('slots that come late are waited for; those that never come are passed over, and are no zeros', async () => {
  const { looks, options } = moved(7)
  const hole = { from: switchedAt + 5 * hour, to: switchedAt + 7 * hour }
  const target: UsageSource = {
    ...options.target,
    usage: async (window, more) => {
      const { rows, missing } = await options.target.usage(window, more)
      return { missing, rows: rows.filter((row) => row.from < hole.from || row.from >= hole.to) }
    },
  }

  const seen = await looks(14, { target })

  expect(seen.flatMap(({ skipped }) => skipped)).toEqual([hole.from, hole.from + hour])
  expect(seen.find(({ skipped }) => skipped.length > 0)?.at).toBeGreaterThanOrEqual(hole.to + 2 * hour)
  expect(alarmsOf(seen)).toEqual([])
  // The rate is of what is known before or after the hole, never across it.
  expect(seen.slice(1).map(({ target: rate }) => (rate?.overMs ?? 0) / hour)).toEqual([
    1, 2, 3, 4, 5, 5, 5, 1, 2, 3, 4, 5, 6,
  ])
})

test('unpriced usage is named in every look', async () => {
  const { looks } = moved(7, [{}, { meter: 'flex/moon-phase', perDay: 5 }])

  const [, look] = await looks(2)

  expect(look?.unpriced.map(({ meter }) => meter)).toContain('flex/moon-phase')
  expect(look?.text).toContain('without flex/moon-phase, which have no price')
})

test('a look that fails keeps nothing, and the next one sees the same slots', async () => {
  const { looks, options } = moved(7)
  await looks(3)
  const broken: UsageSource = {
    ...options.source,
    usage: () => Promise.reject(new CutoverError('COST_THROTTLED', 'too many requests', { retryable: true })),
  }
  const kept = await options.state?.read()

  await expect(costWatch({ ...options, source: broken }).look()).rejects.toMatchObject({ code: 'COST_THROTTLED' })

  expect(await options.state?.read()).toBe(kept)
  expect((await costWatch(options).look()).judged).toBe(1)
})

test('looks() goes on after what may succeed later, and ends with its signal', async () => {
  const { options, world } = moved(7)
  const controller = new AbortController()
  let asked = 0
  const source: UsageSource = {
    ...options.source,
    usage: (window, more) =>
      ++asked === 3
        ? Promise.reject(new CutoverError('COST_THROTTLED', 'too many requests', { retryable: true }))
        : options.source.usage(window, more),
  }

  const seen: Look[] = []
  const done = (async () => {
    for await (const look of costWatch({ ...options, source }).looks({ every: '1h', signal: controller.signal })) {
      seen.push(look)
      if (seen.length === 3) controller.abort(new Error('enough'))
    }
  })()

  await expect(done).rejects.toThrow('enough')
  expect(seen.map(({ judged }) => judged)).toEqual([0, 2, 1])
  expect(world.events.filter((event) => event.kind === 'note' && event.code === 'COST_LOOK_FAILED')).toHaveLength(1)
})

test('what is accepted raises no alarm again', async () => {
  const from = switchedAt + 30 * hour
  const { looks, options } = moved(7, [{ runaways: [{ from, times: 3 }] }])
  const found = alarmsOf(await looks(36))

  await costWatch(options).accept()
  const later = await looks(48)

  expect(found).toHaveLength(1)
  expect(alarmsOf(later)).toEqual([])
  expect(later.at(-1)?.judgement?.state).not.toBe('runaway')
})

test('the kept state is small, and another watch’s is refused', async () => {
  const { looks, options } = moved(7)
  await looks(3)

  expect((await options.state?.read())?.length).toBeLessThan(10_000)
  await expect(costWatch({ ...options, slot: '30m' }).look()).rejects.toMatchObject({
    code: 'COST_SNAPSHOT_INVALID',
    next: expect.stringMatching(/state of its own/),
  })
  await expect(costWatch({ ...options, state: memoryState('{') }).look()).rejects.toMatchObject({
    code: 'COST_SNAPSHOT_INVALID',
  })
})

test.each([
  [{ switchedAt: '2026-11-20T02:14:00' }, /switchedAt is "2026-11-20T02:14:00"; wanted '2026-11-20T02:14:00Z'/],
  [{ falseAlarmsPer30Days: 0.05 }, /falseAlarmsPer30Days is 0.05; wanted 0.2 to 0.9/],
  [{ slot: '2h' }, /slot is "2h"/],
  [{ decommissionedAt: '2026-01-01T00:00:00Z' }, /decommissionedAt is .*; wanted an instant after switchedAt/],
  [{ budget: { amount: -3 } }, /budget.amount is -3/],
  [{ targetTimesSource: 0 }, /targetTimesSource is 0/],
  [{ source: {} }, /source is an object; wanted a usage source/],
  [{ bugdet: 3 }, /there is no option bugdet/],
])('options with %j are refused before anything is read', (over, message) => {
  const { source, target, prices } = moved(7).options

  expect(() => costWatch({ source, target, prices, switchedAt, ...(over as object) })).toThrow(
    expect.objectContaining({ code: 'COST_OPTION_INVALID', message: expect.stringMatching(message) }),
  )
})
