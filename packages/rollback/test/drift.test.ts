// What was applied is not as it was left: told once, asked about until it is answered, never overwritten.
import { fakeWorld } from '@cutover/core/testing'
import { answer, type Cutover, memoryJournal, rollBack, runCutover, type RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, recordsOf, reportOf, slow } from './setting.ts'
import { altered, inMemorySwitches, turn } from './switches.ts'

const kim = { who: 'kim', why: 'a reason' }
const minute = 60_000

function setUp() {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source', b: 'source', c: 'source' })
  const journal = memoryJournal({ operators: true })
  const events: string[] = []
  const onEvent = ({ kind, text }: { kind: string; text: string }): void => void events.push(`${kind}: ${text}`)
  const run = (script: (cutover: Cutover) => Promise<unknown>, options: Partial<RunOptions> = {}) =>
    runCutover({ id: 'move', journal, clock: world.clock, onEvent, drift: { every: '1m' }, ...options }, script)
  /** Three steps, the second of which takes an hour. */
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target', { settleMs: 60 * minute }))
    await cutover.apply(turn(switches, 'c', 'target'))
  }
  const say = (said: 'again' | 'accept' | 'roll-back') => answer(journal, { answer: said, ...kim, clock: world.clock })
  return {
    world,
    switches,
    journal,
    run,
    script,
    say,
    told: (kind: string) => events.filter((event) => event.startsWith(`${kind}: `)),
  }
}

test('again looks again before the next step, and asks again while it is still so', async () => {
  const { world, switches, run, script, say } = setUp()
  world.later(5 * minute, () => switches.set('a', 'elsewhere'))
  expect((await reportOf(run(script))).end).toBe('parked')
  await say('again')

  expect(await reportOf(run(script))).toMatchObject({ end: 'parked', questions: [{ code: 'CUTOVER_DRIFTED' }] })
  expect(switches.state['c']).toBe('source')
  switches.set('a', 'target')
  await say('again')

  expect((await run(script)).end).toBe('completed')
})

test('what somebody has put right again is not asked about', async () => {
  const { world, switches, run, script, told, journal } = setUp()
  world.later(5 * minute, () => switches.set('a', 'elsewhere'))
  world.later(30 * minute, () => switches.set('a', 'target'))

  expect((await run(script)).end).toBe('completed')
  expect(told('drift')).toHaveLength(1)
  expect(told('note')).toEqual(['note: step 1, Turn a to target: it is as it was left again'])
  expect(journal.entries.flatMap((entry) => (entry.t === 'drifted' ? [entry.is] : []))).toEqual(['foreign', 'applied'])
})

test('accepted, it is not asked about again; another drift is', async () => {
  const { world, switches, run, say, told } = setUp()
  const longer = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target', { settleMs: 60 * minute }))
    await cutover.apply(turn(switches, 'c', 'target', { settleMs: 60 * minute }))
    await cutover.apply(turn(switches, 'c', 'beyond'))
  }
  world.later(5 * minute, () => switches.set('a', 'elsewhere'))
  expect((await reportOf(run(longer))).end).toBe('parked')
  await say('accept')
  world.later(30 * minute, () => switches.set('a', 'nowhere'))

  const parked = await reportOf(run(longer))

  expect(parked).toMatchObject({ end: 'parked', questions: [{ code: 'CUTOVER_DRIFTED' }] })
  expect(parked.questions[0]?.question).toMatch(/found "nowhere"/)
  expect(told('drift')).toHaveLength(2)
  await say('accept')
  expect((await run(longer)).end).toBe('completed')
})

test('nobody comes to the point of no return over a drift, nor over a pause', async () => {
  const { world, switches, run, script } = setUp()
  world.later(5 * minute, () => switches.set('a', 'elsewhere'))

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.apply(turn(switches, 'b', 'target', { settleMs: 60 * minute }))
      await cutover.pointOfNoReturn('deleted')
    }),
  )

  expect(report).toMatchObject({ end: 'parked', questions: [{ code: 'CUTOVER_DRIFTED' }] })
  expect(script).toBeDefined()
})

test('who changed it is told, where the cloud tells; a cloud that does not answer holds up neither the event nor the question', async () => {
  const { world, switches, run, told } = setUp()
  const by = { who: 'pipeline', at: 1 }
  const script = (changedBy: () => Promise<typeof by>) => async (cutover: Cutover) => {
    await cutover.apply(altered(turn(switches, 'a', 'target'), { changedBy }))
    await cutover.apply(turn(switches, 'b', 'target', { settleMs: 60 * minute }))
    await cutover.apply(turn(switches, 'c', 'target'))
  }
  world.later(5 * minute, () => switches.set('a', 'elsewhere'))

  expect((await reportOf(run(script(() => new Promise(() => {}))))).end).toBe('parked')
  expect(told('drift')).toEqual(['drift: step 1, Turn a to target: it is not so any more: "elsewhere"'])

  const other = setUp()
  other.world.later(5 * minute, () => other.switches.set('a', 'elsewhere'))
  await reportOf(
    other.run(async (cutover) => {
      await cutover.apply(altered(turn(other.switches, 'a', 'target'), { changedBy: async () => by }))
      await cutover.apply(turn(other.switches, 'b', 'target', { settleMs: 60 * minute }))
      await cutover.apply(turn(other.switches, 'c', 'target'))
    }),
  )
  expect(other.told('drift')).toEqual([
    'drift: step 1, Turn a to target: it is not so any more, by pipeline: "elsewhere"',
  ])
})

test('a drift that is found while it is decided to go back is not written any more', async () => {
  for (let ms = 0; ms < 4_000; ms += 100) {
    const { world, switches, journal, run } = setUp()
    const changedBy = () => world.clock.sleep(200).then(() => undefined)
    world.later(90_000, () => switches.set('a', 'elsewhere'))
    world.later(122_500 + ms, () => void rollBack(journal, kim))

    const report = await reportOf(
      run(
        async (cutover) => {
          await cutover.apply(altered(turn(switches, 'a', 'target', { lateMs: 0 }), { changedBy }))
          await cutover.apply(turn(switches, 'b', 'target', { settleMs: 60 * minute, lateMs: 0 }))
        },
        { journal: slow(journal, world.clock, 100) },
      ),
    )

    const records = recordsOf(journal.entries)
    expect(report.end).toBe('parked')
    expect(records.slice(records.indexOf('asked')).filter((record) => record.startsWith('drifted'))).toEqual([])
  }
})

test('a change of the same subject that is under way is no drift', async () => {
  const { switches, world, run, told } = setUp()
  const slowly = altered(turn(switches, 'a', 'beyond'), {
    async apply(before, { signal, fence }) {
      await switches.write('a', before, 'between', { signal, fence })
      await world.clock.sleep(10 * minute, { signal })
      await switches.write('a', 'between', 'beyond', { signal, fence })
    },
    lateMs: 0,
  })

  const report = await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(slowly)
  })

  expect(report.end).toBe('completed')
  expect(told('drift')).toEqual([])
})

test.each([
  [{ every: '0s' }, /every/],
  [{ perMinute: 0 }, /perMinute is 0/],
  [{ perMinute: Number.NaN }, /perMinute is/],
  [{ evry: '1m' }, /evry/],
])('drift %j is refused', async (drift, message) => {
  const { run } = setUp()

  const error = await errorOf(run(async () => {}, { drift: drift as never }))

  expect(error).toMatchObject({ code: 'CUTOVER_OPTIONS_INVALID', message: expect.stringMatching(message) })
})
