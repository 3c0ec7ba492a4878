import { fakeWorld } from '@cutover/core/testing'
import { restartUnderLoad, type RestartUnderLoadOptions } from '@cutover/health-checks'
import { expect, test } from 'vitest'

import { contextOf } from '../../context.ts'
import { type Answering, loadWorld } from '../load-world.ts'

const host = 'target.test'
const options = {
  target: { url: `https://${host}` },
  requests: [{ path: '/orders/17' }],
  hosts: [host],
  ratePerSecond: 20,
} satisfies RestartUnderLoadOptions
const refused = { kind: 'refused', text: 'refused the connection' } as const

async function run(
  downMs: number,
  given: Partial<RestartUnderLoadOptions> = {},
  { restarts = true, after = undefined as Answering['reply'] } = {},
) {
  const world = fakeWorld()
  const startedAt = world.clock.now()
  let restartedAt = Infinity
  const target: Answering = {
    ms: () => 50,
    reply: (at, n) => (at >= restartedAt && at < restartedAt + downMs ? refused : after?.(at, n)),
  }
  const { transport, asked, open } = loadWorld(world, { source: target, target })
  const app = {
    name: 'functions:orders',
    host,
    async restart() {
      await world.clock.sleep(100)
      restartedAt = world.clock.now() - startedAt
    },
    instance: () => Promise.resolve(restarts && restartedAt < Infinity ? 'second' : 'first'),
  }
  const check = restartUnderLoad(app, { ...options, transport, ...given })
  const answer = await world.runUntil(check.run(contextOf(world)))
  return { answer, restartedAt, asked, open }
}

test('a target that is back soon passes; what it refused and for how long is evidence', async () => {
  const { answer, restartedAt, asked } = await run(3_000)

  expect(Math.abs(restartedAt - 30_000)).toBeLessThan(1_000)
  expect(answer).toMatchObject({
    status: 'pass',
    evidence: { reason: 'held', before: 'first', after: 'second', lateBad: 0 },
  })
  const bad = asked.target.filter((at) => at >= restartedAt && at < restartedAt + 3_000).length
  expect(answer.evidence?.load.bad).toBe(bad)
  expect(answer.evidence?.gapMs).toBeGreaterThan(2_800)
  expect(answer.evidence?.gapMs).toBeLessThan(3_600)
})

test.each([
  ['many bad answers', 8_000, {}, 'bad'],
  ['a long silence', 8_000, { bad: 0.5, gap: '5s' as const }, 'gap'],
  ['no recovery', 70_000, { bad: 0.9, gap: '5m' as const }, 'not-recovered'],
])('%s fail', async (_, downMs, given, reason) => {
  expect((await run(downMs, given)).answer).toMatchObject({ status: 'fail', evidence: { reason } })
})

test('nothing that tells of a restart is undecided', async () => {
  expect((await run(0, {}, { restarts: false })).answer).toMatchObject({
    status: 'undecided',
    evidence: { reason: 'not-restarted' },
  })
})

test('a restart that is refused rejects, and nothing is left under way', async () => {
  const world = fakeWorld()
  const { transport, open } = loadWorld(world, { source: { ms: () => 50 }, target: { ms: () => 50 } })
  const app = {
    name: 'functions:orders',
    host,
    restart: () => Promise.reject(new Error('403')),
    instance: () => Promise.resolve('first'),
  }
  const running = world.runUntil(restartUnderLoad(app, { ...options, transport }).run(contextOf(world)))

  await expect(running).rejects.toThrow('403')
  expect(open.now).toBe(0)
})

test.each([
  [{ hosts: ['other.test'] }, 'hosts names other.test'],
  [{ for: '10m' as const }, 'for'],
  [{ ratePerSecond: 0 }, 'ratePerSecond'],
  [{ bad: 1 }, 'bad'],
  [{ duration: '1m' } as never, 'duration'],
])('%o is refused when it is made', (wrong, said) => {
  const app = { name: 'a', host, restart: () => Promise.resolve(), instance: () => Promise.resolve('a') }

  expect(() => restartUnderLoad(app, { ...options, ...wrong })).toThrow(said)
})
