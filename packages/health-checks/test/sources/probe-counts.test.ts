import { fakeWorld } from '@cutover/core/testing'
import { httpProbe, probeCounts } from '@cutover/health-checks'
import { inMemoryHosts } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

const minute = 60_000

function probed() {
  const world = fakeWorld()
  const { clock } = world
  const hosts = inMemoryHosts(world)
  const host = hosts.serve('10.0.0.1', undefined, { answerMs: 40 })
  const url = 'https://api.example.com/'
  const check = httpProbe({ url, address: host.address, transport: hosts.transport })
  return { world, clock, host, check, start: clock.now() }
}

test('a pass is a good request, a fail a bad one, and an undecided answer none', async () => {
  const { world, clock, host, check, start } = probed()
  await using counts = probeCounts(check, { every: '1s', clock })

  await world.advance(minute)
  host.turn('sick')
  await world.advance(minute)
  host.turn('silent')
  await world.advance(minute)

  const buckets = await counts.counts({ from: start, to: start + 3 * minute })
  expect(buckets.map(({ total, bad, complete }) => [total, bad, complete])).toEqual([
    [60, 0, true],
    [60, 60, true],
    [0, 0, true],
  ])
  expect(counts.undecided).toBeGreaterThan(50)
})

test('the pace does not slow down with the target, and slow answers are counted', async () => {
  const { world, clock, host, check, start } = probed()
  host.turn('slow')
  await using counts = probeCounts(check, { every: '1s', slowerThan: '300ms', clock })

  await world.advance(2 * minute)

  expect(host.handled).toBeGreaterThanOrEqual(120)
  const [first] = await counts.counts({ from: start, to: start + minute })
  expect(first).toMatchObject({ bad: first?.total, slow: first?.total })
})

test('nothing is asked any more when it is disposed of', async () => {
  const { world, clock, host, check } = probed()
  const counts = probeCounts(check, { clock })
  await world.advance(10_500)
  await counts[Symbol.asyncDispose]()
  const { handled } = host
  await world.advance(minute)

  expect(host.handled).toBe(handled)
})

test('options that cannot be meant are refused when it is made', () => {
  const { check } = probed()

  for (const make of [
    () => probeCounts(check, { every: '0s' }),
    () => probeCounts({} as never),
    () => probeCounts(check, { paused: true } as never),
  ]) {
    expect(make).toThrow(expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID' }))
  }
})
