import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { type FakeWorld, rehearse } from '@cutover/rehearsal'
import { runCutover, type RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { load, move, type Parts, parts } from './scenario.ts'

const orders = {
  world: parts,
  load,
  cutover: (p: Parts, run: RunOptions) => runCutover({ id: 'orders', ...run }, move(p)),
} as const

/** Of every run with one fault: what was written, what it met, who died or was stopped when. Not what the engine says of it. */
async function digest(): Promise<{ readonly runs: number; readonly sha256: string }> {
  const options = { ...orders, world: (world: FakeWorld) => parts(world, { healthy: false }) }
  const { matrix } = await rehearse({ ...options, faults: ['slow'] })
  const hash = createHash('sha256')
  let runs = 0
  for (const fault of ['reply-lost', 'late', 'crash-late', 'zombie-in-lease', 'zombie-after', 'outage'] as const) {
    for (const { effect } of matrix) {
      const { trace, ends } = await rehearse({ ...options, replay: `${effect}:${fault}` })
      hash.update(JSON.stringify([ends, trace.filter((line) => !/^ *\S+ {4}/.test(line))]))
      runs += 1
    }
  }
  return { runs, sha256: hash.digest('hex') }
}

test(
  'the same runs leave the same traces, in every process and on every version of Node',
  { timeout: 60_000 },
  async () => {
    const first = await digest()
    const second = await digest()

    expect(second).toEqual(first)
    // Another engine or scenario makes another one: see that it is wanted, then `vitest -u`, and look on Node 22 as well.
    expect(first).toMatchInlineSnapshot(`
    {
      "runs": 288,
      "sha256": "43c6eaeddcba5d1bdb37096b37419e65d35ddeb5825416c2a4f9edc17ab5c47c",
    }
  `)
  },
)

test('thousands of runs keep no memory', { timeout: 60_000 }, async () => {
  setFlagsFromString('--expose_gc')
  const collect = runInNewContext('gc') as () => void
  const run = (pairs: number) => rehearse({ ...orders, load: () => () => {}, depth: 2, pairs })
  const heapMb = async (): Promise<number> => {
    await new Promise((resolve) => void setImmediate(resolve))
    collect()
    return process.memoryUsage().heapUsed / 2 ** 20
  }
  await run(200)
  const before = await heapMb()

  const { runs } = await run(2_700)

  expect(runs).toBeGreaterThan(3_000)
  expect((await heapMb()) - before).toBeLessThan(3)
})
