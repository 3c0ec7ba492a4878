// Which gate rolls back a target that is well, and which finds one that is not, how soon: all on the same scripted traffic.
import type { HealthGateOptions } from '@cutover/health-checks'
import { scriptedTraffic, type ScriptedTraffic, type ScriptedTrafficOptions } from '@cutover/health-checks/testing'

import { argo } from './health-checks/argo.ts'
import { burnRate } from './health-checks/burn-rate.ts'
import { flagger } from './health-checks/flagger.ts'
import { kayenta } from './health-checks/kayenta.ts'
import { ourGate } from './health-checks/our-gate.ts'
import type { Peer } from './health-checks/peer.ts'
import { zTest } from './health-checks/z-test.ts'
import type { Benchmark } from './run.ts'

const historyMinutes = 360
const runs = 500
const onset = 20

/** A target with 95 % of the traffic. */
const anchored = { split: 0.95 } satisfies ScriptedTrafficOptions

/** 600 requests a minute and side, 1 % errors, two hours. */
const regimes = {
  iid: {},
  sparse: { perMinute: 40 },
  shocks: { noise: 'shocks' },
  bursty: { noise: 'bursty' },
} satisfies Record<string, ScriptedTrafficOptions>

type Gate = (traffic: ScriptedTraffic) => Promise<number | undefined>

const peer =
  (judge: Peer): Gate =>
  async ({ source, target }) =>
    judge(
      source
        .slice(historyMinutes)
        .map((bucket, i) => ({ source: bucket, target: target[historyMinutes + i] ?? bucket })),
    )

const ours =
  (options: Partial<HealthGateOptions>): Gate =>
  async (traffic) =>
    (await ourGate(traffic, historyMinutes, { ...options, mode: 'watch', guards: [] })).rolledBackAt

const ourOptions: Readonly<Record<string, Partial<HealthGateOptions>>> = {
  'ours, as it comes': {},
  'ours, betting': { dispersion: 'betting' },
  'ours, told that nothing bursts': { dispersion: 'exact' },
}

const gates: Readonly<Record<string, Gate>> = {
  ...Object.fromEntries(Object.entries(ourOptions).map(([name, options]) => [name, ours(options)])),
  'Kayenta, every 5 min': peer(kayenta()),
  'Kayenta, last 30 min': peer(kayenta({ lookbackMinutes: 30 })),
  'Flagger ≤ 2 %, threshold 5': peer(flagger({ max: 0.02, threshold: 5 })),
  'Argo ≤ 2 %, failureLimit 3': peer(argo({ max: 0.02, failureLimit: 3 })),
  'burn rate 14.4, SLO 99.9': peer(burnRate({ slo: 0.999 })),
  'z-test every minute': peer(zTest),
}

interface Outcome {
  /** The share that was rolled back before anything was wrong. */
  readonly early: number
  /** In the middle of those that were not; Infinity when most never were. */
  readonly delayMin: number
  readonly found: number
}

async function outcome(gate: Gate, options: ScriptedTrafficOptions, from: number): Promise<Outcome> {
  const delays: number[] = []
  let early = 0
  for (let seed = 1; seed <= runs; seed++) {
    const at = await gate(scriptedTraffic({ seed, historyMinutes, ...options }))
    if (at !== undefined && at <= from) early += 1
    else delays.push(at === undefined ? Infinity : at - from)
  }
  const found = delays.filter(Number.isFinite).length
  return { early: early / runs, delayMin: median(delays), found: found / Math.max(1, delays.length) }
}

const worse = (times: number, fromMinute: number): ScriptedTrafficOptions => ({
  degradations: [{ kind: 'errors', times, fromMinute }],
})

/** The others promote what they have not rolled back in two hours. */
async function never(gate: Gate, options: ScriptedTrafficOptions): Promise<number> {
  const { early } = await outcome(gate, options, 120)
  return 1 - early
}

/** A target at the margin, judged to the end: how many are promoted. */
async function falsePromotion(options: ScriptedTrafficOptions, gate: Partial<HealthGateOptions> = {}): Promise<number> {
  let promoted = 0
  for (let seed = 1; seed <= runs; seed++) {
    const traffic = scriptedTraffic({ seed, historyMinutes, ...options, ...worse(1.5, 0) })
    if ((await ourGate(traffic, historyMinutes, { ...gate, guards: [] })).promotedAt !== undefined) promoted += 1
  }
  return promoted / runs
}

async function speed(): Promise<{ readonly stepUs: number; readonly cutoversPerMinute: number }> {
  const scripts = Array.from({ length: 60 }, (_, seed) => scriptedTraffic({ seed, historyMinutes }))
  const us: number[] = []
  const before = process.cpuUsage()
  for (const traffic of scripts) await ourGate(traffic, historyMinutes, { mode: 'watch' }, (_, took) => us.push(took))
  const { user, system } = process.cpuUsage(before)
  // Of a core's time: others may be busy on this machine.
  const cpuUs = user + system
  return { stepUs: median(us), cutoversPerMinute: scripts.length / (cpuUs / 60_000_000) }
}

const benchmark: Benchmark = async () => {
  const table: Record<string, Record<string, string>> = {}
  const first: Record<string, Outcome> = {}
  for (const [name, gate] of Object.entries(gates)) {
    const row: Record<string, string> = {}
    for (const [regime, options] of Object.entries(regimes)) {
      const healthy = await outcome(gate, options, 120)
      if (name.startsWith('ours, as')) first[regime] = healthy
      row[`well: ${regime}`] = percent(healthy.early)
    }
    row['well: 5 % stay'] = percent((await outcome(gate, anchored, 120)).early)
    for (const [label, options, from] of degraded) {
      const found = await outcome(gate, options, from)
      if (name.startsWith('ours, as')) first[label] = found
      row[label] = shown(found)
    }
    const promoted = name.startsWith('ours')
      ? await falsePromotion({}, ourOptions[name])
      : await never(gate, worse(1.5, 0))
    row['x1.5 promoted'] = percent(promoted)
    table[name] = row
  }
  const promotions: Record<string, number> = {}
  for (const [regime, options] of Object.entries(regimes)) promotions[regime] = await falsePromotion(options)
  const { stepUs, cutoversPerMinute } = await speed()
  table['(a look of ours)'] = {
    'well: iid': `${rounded(stepUs)} µs`,
    x2: `${Math.round(cutoversPerMinute)} nights/min`,
  }
  const falseRollback = Object.fromEntries(Object.keys(regimes).map((regime) => [regime, first[regime]?.early]))
  return {
    table,
    result: {
      alpha: 0.05,
      beta: 0.05,
      falseRollback,
      delayX2Min: first['x2']?.delayMin,
      delayX5Min: first['x5']?.delayMin,
      falsePromotion: Math.max(...Object.values(promotions)),
      stepUs: rounded(stepUs),
    },
  }
}

const degraded: readonly (readonly [string, ScriptedTrafficOptions, number])[] = [
  ['x2', worse(2, onset), onset],
  ['x5', worse(5, onset), onset],
  ['x2 at 60', worse(2, 60), 60],
  ['x2 shocks', { ...regimes.shocks, ...worse(2, onset) }, onset],
  ['x2 bursty', { ...regimes.bursty, ...worse(2, onset) }, onset],
  ['x5 sparse', { ...regimes.sparse, ...worse(5, onset) }, onset],
  ['x2, 5 % stay', { ...anchored, ...worse(2, onset) }, onset],
  ['0.1 % to 1 %', { errorRate: 0.001, ...worse(10, onset) }, onset],
]

export default benchmark

/** `9 min`, and what of it is wrong: found in the end, rolled back before anything happened. */
function shown({ delayMin, found, early }: Outcome): string {
  const missed = found > 0.995 ? '' : `, ${percent(found)} found`
  return `${Number.isFinite(delayMin) ? `${delayMin} min` : 'late'}${missed}${early > 0.005 ? `, ${percent(early)} early` : ''}`
}

const percent = (part: number): string => `${rounded(part * 100)} %`
const rounded = (value: number): number => Math.round(value * 10) / 10
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
