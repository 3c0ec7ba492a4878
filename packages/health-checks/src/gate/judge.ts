import { formatDuration } from '@cutover/core'

import { between, evidenceOf, numberOf, shown } from './evidence.ts'
import { hindrance, lowTraffic, type Standing } from './hindrance.ts'
import { logSum } from './log-sum.ts'
import { MetricJudge, type MetricRules, type Row, type SharedRules } from './metric-judge.ts'
import type { UndecidedReason, Verdict } from './verdict.ts'

/** All that a gate judges by; fixed before the start. JSON. */
export interface GateRules extends SharedRules {
  readonly alpha: number
  readonly beta: number
  readonly sourceLimit: number
  readonly staleAfterMs: number
  readonly watch: boolean
  readonly metrics: readonly MetricRules[]
}

/** What one look brought for one metric. JSON. */
export interface MetricLook {
  /** New intervals, and those whose counts have changed. */
  readonly rows: readonly Row[]
  readonly sourceAsOf?: number | undefined
  readonly targetAsOf?: number | undefined
  /** Intervals, by their start, that one side newly lacks though both had the time. */
  readonly gaps: readonly number[]
}

/** One look: all that a verdict is made of, besides the rules and the looks before. JSON. */
export interface Look {
  readonly at: number
  readonly metrics: readonly MetricLook[]
}

/** Judges looks; without clock, network and randomness, so the same looks give the same verdicts. */
export interface Judge {
  look(look: Look): Verdict
  /** Rows that were used, per metric, by the start of their interval. */
  readonly rows: readonly ReadonlyMap<number, Row>[]
  /** Intervals that one side lacks, per metric. */
  readonly gaps: readonly ReadonlySet<number>[]
  readonly final: Verdict | undefined
}

export function createJudge(rules: GateRules): Judge {
  const rows = rules.metrics.map(() => new Map<number, Row>())
  const gaps = rules.metrics.map(() => new Set<number>())
  const restated = rules.metrics.map(() => 0)
  const latest = rules.metrics.map(() => -Infinity)
  let judges = fresh(rules)
  let peak = 0
  let final: Verdict | undefined
  let freshness: readonly MetricLook[] = []

  function take(added: readonly { readonly metric: number; readonly row: Row }[]): void {
    for (const { metric, row } of added.toSorted((a, b) => a.row[0] - b.row[0])) {
      judges[metric]?.add(row)
      peak = Math.max(peak, familyLog(judges))
    }
  }

  function fold(look: Look): boolean {
    const added: { metric: number; row: Row }[] = []
    let again = false
    for (const [metric, { rows: brought, gaps: lacking }] of look.metrics.entries()) {
      const known = rows[metric] as Map<number, Row>
      for (const from of lacking) gaps[metric]?.add(from)
      for (const row of brought) {
        const before = known.get(row[0])
        if (before) restated[metric] = (restated[metric] ?? 0) + 1
        if (before || row[0] < (latest[metric] as number)) again = true
        latest[metric] = Math.max(latest[metric] as number, row[0])
        known.set(row[0], row)
        gaps[metric]?.delete(row[0])
        added.push({ metric, row })
      }
    }
    if (!again) {
      take(added)
      return false
    }
    judges = fresh(rules)
    peak = 0
    take(rows.flatMap((known, metric) => [...known.values()].map((row) => ({ metric, row }))))
    return true
  }

  return {
    rows,
    gaps,
    get final() {
      return final
    },
    look(look) {
      const changed = fold(look)
      if (final) {
        if (!changed) return final
        const now = decide(rules, judges, { at: final.at, peak, looks: freshness, restated, gaps })
        const { wouldNowBe: _, ...given } = final
        final = now.kind === final.kind ? given : { ...given, wouldNowBe: now.kind }
        return final
      }
      freshness = look.metrics
      const verdict = decide(rules, judges, { at: look.at, peak, looks: freshness, restated, gaps })
      if (verdict.kind === 'rollback' || verdict.kind === 'promote') final = verdict
      return verdict
    },
  }
}

const fresh = (rules: GateRules): MetricJudge[] => rules.metrics.map((metric) => new MetricJudge(metric, rules))

/** The weighted mean of e-values is one, however the metrics depend on each other. */
const familyLog = (judges: readonly MetricJudge[]): number =>
  logSum(judges.filter(({ rules }) => rules.weight > 0).map(({ rules, logWorse }) => Math.log(rules.weight) + logWorse))

function decide(rules: GateRules, judges: readonly MetricJudge[], standing: Standing): Verdict {
  const { alpha, beta } = rules
  const { at, peak, looks, restated, gaps } = standing
  const evidence = judges.map((judge, i) =>
    evidenceOf(judge, alpha, looks[i], { restated: restated[i] ?? 0, gaps: gaps[i]?.size ?? 0 }),
  )
  const judged = judges.filter(({ rules: { dryRun } }) => !dryRun)
  const told = [...judged].sort((a, b) => b.logWorse - a.logWorse)[0] as MetricJudge
  const ratio = told.ratios(alpha)
  const base = { at, e: numberOf(Math.max(peak, familyLog(judges))), alpha, beta, ratio, evidence }
  const { guarantee } = told.rules

  const broken = judged.find(({ brokenGuard }) => brokenGuard)
  if (broken?.brokenGuard) {
    const text = `${broken.rules.name} at the target: ${broken.brokenGuard.title}; an absolute limit, which has no α`
    return { ...base, kind: 'rollback', by: 'guard', guarantee: 'none', text }
  }
  if (peak >= -Math.log(alpha)) {
    const text = `${told.rules.name}: the target is worse, ${between(ratio)}; e ${shown(base.e)}, ${shown(1 / alpha)} needed`
    return { ...base, kind: 'rollback', by: 'evidence', guarantee, text }
  }
  const critical = judged.filter(({ rules: { critical: is } }) => is)
  const hindered = hindrance(rules, judges, critical, standing)
  const undecided = (reason: UndecidedReason, text: string): Verdict => ({
    ...base,
    kind: 'undecided',
    reason,
    guarantee,
    text,
  })
  if (hindered) return undecided(hindered.reason, hindered.text)
  const goal = -Math.log(beta)
  if (!rules.watch && critical.every(({ intervals, logAsGood }) => intervals >= atLeast && logAsGood >= goal)) {
    const text = `as good as the source: under ${rules.maxRatio} times as bad; ${between(ratio)}`
    return { ...base, kind: 'promote', guarantee: weakest(critical), text }
  }
  const leftMs = rules.startedAt + rules.horizonMs - at
  const asOf = Math.min(...critical.map((judge) => looks[judges.indexOf(judge)]?.targetAsOf ?? -Infinity))
  const bucketMs = Math.max(...critical.map((judge) => judge.bucketMs ?? 0))
  const isJudged = asOf + bucketMs > rules.startedAt + rules.horizonMs
  if (leftMs <= 0 && (isJudged || leftMs < -(rules.staleAfterMs + settleOf(critical))))
    return undecided(
      'deadline',
      `${formatDuration(rules.horizonMs)} are over: neither worse nor surely as good, ${between(ratio)}`,
    )
  if (critical.some(({ intervals }) => intervals === 0))
    return { ...base, kind: 'continue', guarantee, text: 'no interval is settled yet that can be judged' }
  if (rules.watch)
    return { ...base, kind: 'continue', guarantee, text: `nothing against the target: ${between(ratio)}` }
  const needs = critical.map((judge) => judge.need(goal))
  // When the horizon is over, its last minutes may still have to settle.
  const low = leftMs > 0 ? lowTraffic(critical, needs, leftMs) : undefined
  if (low !== undefined) return undecided('low-traffic', low)
  if (needs.some((need) => need === undefined))
    return { ...base, kind: 'continue', guarantee, text: `no error to compare yet, ${between(ratio)}` }
  const needErrors = Math.max(...needs.map((need) => need?.errors ?? 0))
  const etaMs = Math.max(...needs.map((need) => need?.ms ?? 0))
  const text = `${between(ratio)} so far; needs ${needErrors} more errors ≈ ${formatDuration(etaMs)}`
  return { ...base, kind: 'continue', guarantee, needErrors, etaMs, text }
}

/** A lucky minute is no reason to promote: so many intervals are judged before. */
const atLeast = 5

const strength = ['none', 'dispersion-calibrated', 'exchangeable-intervals', 'exact'] as const

const weakest = (judges: readonly MetricJudge[]): Verdict['guarantee'] =>
  strength[Math.min(...judges.map(({ rules }) => strength.indexOf(rules.guarantee)))] ?? 'none'

const settleOf = (judges: readonly MetricJudge[]): number =>
  Math.max(...judges.map(({ rules }) => Math.max(rules.sourceSettleMs ?? 0, rules.targetSettleMs)))
