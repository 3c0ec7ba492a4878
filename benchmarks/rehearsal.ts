// How many faulted runs of a twelve-step script one core makes, and how many seeded defects of the engine they find.
import { rehearse } from '@cutover/rehearsal'
import { runCutover } from '@cutover/rollback'

import { mutants, mutated, rehearseMutant } from '../packages/rehearsal/test/mutants.ts'
import { load, move, parts } from '../packages/rehearsal/test/scenario.ts'
import type { Benchmark } from './run.ts'

const warmUps = 3
const rounds = 7

interface Measured {
  readonly runs: number
  readonly violations: number
  readonly wallMs: number
  readonly coreMs: number
}

/** Milliseconds for which this thread had a core: on a shared machine the wall clock measures the neighbours. Older Node counts every thread. */
function coreMs(): number {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage()
  return (user + system) / 1_000
}

/** The script with a target that is well, and with one that is sick. */
async function measured(options: {
  readonly depth: 1 | 2
  readonly loaded: boolean
  readonly pairs?: number
}): Promise<Measured> {
  const { depth, loaded, pairs } = options
  const [wallAt, coreAt] = [performance.now(), coreMs()]
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
  return { runs, violations, wallMs: performance.now() - wallAt, coreMs: coreMs() - coreAt }
}

const perSecond = (runs: number, ms: number): number => Math.round((runs / ms) * 1_000)

const row = ({ runs, violations, wallMs, coreMs: ms }: Measured): Record<string, number> => ({
  runs,
  violations,
  'wall ms': Math.round(wallMs),
  'runs/s, wall': perSecond(runs, wallMs),
  'runs/s of a core': perSecond(runs, ms),
})

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const benchmark: Benchmark = async () => {
  const table: Record<string, Record<string, string | number>> = {}
  const ofACore: number[] = []
  const ofTheWall: number[] = []
  for (let round = 1 - warmUps; round <= rounds; round++) {
    const one = await measured({ depth: 1, loaded: false })
    if (round < 1) continue
    ofACore.push(perSecond(one.runs, one.coreMs))
    ofTheWall.push(perSecond(one.runs, one.wallMs))
    table[`depth 1, round ${round}`] = row(one)
  }
  const clients = await measured({ depth: 1, loaded: true })
  table['depth 1 with clients'] = row(clients)
  const depth2 = await measured({ depth: 2, loaded: false, pairs: 10_000 })
  table['depth 2, 10,000 pairs each'] = row(depth2)

  let killed = 0
  for (const mutant of mutants) {
    const { engine, remove } = await mutated(mutant)
    const startedAt = performance.now()
    const report = await rehearseMutant(mutant, engine)
    await remove()
    const isFound = report.violations[0]?.text.includes(mutant.says) ?? false
    if (isFound) killed += 1
    table[`mutant: ${mutant.name}`] = {
      runs: report.runs,
      'wall ms': Math.round(performance.now() - startedAt),
      found: isFound ? `depth ${mutant.depth}, ${mutant.script}` : 'NO',
    }
  }
  return {
    table,
    result: {
      runsPerSecond12: median(ofACore),
      runsPerWallSecond12: median(ofTheWall),
      runsPerSecond12WithClients: perSecond(clients.runs, clients.coreMs),
      depth2Ms: Math.round(depth2.wallMs),
      depth2Runs: depth2.runs,
      violations: clients.violations + depth2.violations,
      mutants: mutants.length,
      mutantsKilled: killed,
    },
  }
}

export default benchmark
