// How many faulted runs of a twelve-step script one core makes, and how many seeded defects of the engine they find.
import { rehearse } from '@cutover/rehearsal'
import { runCutover } from '@cutover/rollback'

import { mutants, mutated, rehearseMutant } from '../packages/rehearsal/test/mutants.ts'
import { load, move, parts } from '../packages/rehearsal/test/scenario.ts'
import type { Benchmark } from './run.ts'

const rounds = 5

async function measured(options: {
  readonly depth: 1 | 2
  readonly loaded: boolean
  readonly pairs?: number
}): Promise<{ readonly runs: number; readonly ms: number; readonly violations: number }> {
  const { depth, loaded, pairs } = options
  const startedAt = performance.now()
  let runs = 0
  let violations = 0
  for (const healthy of [true, false]) {
    const report = await rehearse({
      world: (world) => parts(world, { healthy }),
      load: loaded ? load : () => () => {},
      cutover: (p, run) => runCutover({ id: 'orders', ...run }, move(p)),
      depth,
      pairs,
    })
    runs += report.runs
    violations += report.violations.length
  }
  return { runs, ms: performance.now() - startedAt, violations }
}

const benchmark: Benchmark = async () => {
  const table: Record<string, Record<string, string | number>> = {}
  const perSecond: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const { runs, ms, violations } = await measured({ depth: 1, loaded: false })
    if (round === 0) continue
    perSecond.push((runs / ms) * 1_000)
    table[`depth 1, round ${round}`] = {
      runs,
      ms: Math.round(ms),
      'runs/s': Math.round((runs / ms) * 1_000),
      violations,
    }
  }
  const clients = await measured({ depth: 1, loaded: true })
  table['depth 1 with clients'] = {
    runs: clients.runs,
    ms: Math.round(clients.ms),
    'runs/s': Math.round((clients.runs / clients.ms) * 1_000),
    violations: clients.violations,
  }
  const depth2 = await measured({ depth: 2, loaded: false, pairs: 10_000 })
  table['depth 2, 10,000 pairs each'] = {
    runs: depth2.runs,
    ms: Math.round(depth2.ms),
    'runs/s': Math.round((depth2.runs / depth2.ms) * 1_000),
    violations: depth2.violations,
  }

  let killed = 0
  for (const mutant of mutants) {
    const { engine, remove } = await mutated(mutant)
    const startedAt = performance.now()
    const report = await rehearseMutant(mutant, engine)
    await remove()
    const found = report.violations.length > 0
    if (found) killed += 1
    table[`mutant: ${mutant.name}`] = {
      runs: report.runs,
      ms: Math.round(performance.now() - startedAt),
      found: found ? `depth ${mutant.depth}, ${mutant.script}` : 'NO',
    }
  }
  return {
    table,
    result: {
      runsPerSecond12: Math.round(perSecond.toSorted((a, b) => a - b)[Math.floor(perSecond.length / 2)] ?? 0),
      depth2Ms: Math.round(depth2.ms),
      depth2Runs: depth2.runs,
      mutants: mutants.length,
      mutantsKilled: killed,
    },
  }
}

export default benchmark
