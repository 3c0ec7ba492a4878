import type { CountBucket, CountSource } from '../count-source.ts'
import { checkedBuckets, checkGrids, itemsOf, type SideName } from './checked-buckets.ts'
import type { GateSettings } from './gate-options.ts'
import type { GateRules, Judge, Look, MetricLook } from './judge.ts'
import type { Row } from './metric-judge.ts'

/** Services restate recent numbers; so far back is read again at every look. */
const revisited = 10

/** Reads both sides of every metric once, and keeps what both have settled. */
export async function lookAt(
  settings: GateSettings,
  rules: GateRules,
  judge: Judge,
  at: number,
  signal: AbortSignal,
): Promise<Look> {
  const ends = rules.startedAt + rules.horizonMs
  const asked = new Map<CountSource, Map<string, Promise<readonly CountBucket[]>>>()
  /** Two metrics may stand on one source of counts: it is asked once. */
  const read = (side: CountSource, from: number, to: number, name: SideName): Promise<readonly CountBucket[]> => {
    const windows = asked.get(side) ?? new Map<string, Promise<readonly CountBucket[]>>()
    asked.set(side, windows)
    const key = `${from}-${to}`
    const reading = windows.get(key) ?? side.counts({ from, to }, { signal }).then((got) => checkedBuckets(got, name))
    windows.set(key, reading)
    return reading
  }
  const metrics: MetricLook[] = []
  for (const [i, metric] of settings.metrics.entries()) {
    const used = judge.rows[i] as ReadonlyMap<number, Row>
    const lacking = judge.gaps[i] as ReadonlySet<number>
    const { from, until } = openWindow(used, rules.startedAt)
    // After a final verdict only what was used is read again.
    const to = judge.final ? until : Math.min(at, ends)
    const { source, target, counts } = metric
    const { backMs } = settings
    const within = ({ from: starts }: CountBucket): boolean => starts >= from && starts < to
    const [ofSource, ofTarget] = await Promise.all([
      source && to > from ? read(source, from - backMs, to - backMs, 'source') : [],
      to > from ? read(target, from, to, 'target') : [],
    ])
    const later = backMs === 0 ? ofSource : ofSource.map(movedOn(backMs))
    const sourceSide = later.filter(within).filter(settledBy(at, source?.settleMs ?? 0, backMs))
    const targetSide = ofTarget.filter(within).filter(settledBy(at, target.settleMs, 0))
    if (source) checkGrids(sourceSide, targetSide)
    metrics.push({
      ...paired(source ? sourceSide : undefined, targetSide, counts, { used, lacking }),
      ...asOf('sourceAsOf', sourceSide, used),
      ...asOf('targetAsOf', targetSide, used),
    })
  }
  return { at, metrics }
}

const movedOn =
  (ms: number) =>
  (bucket: CountBucket): CountBucket =>
    Object.assign({}, bucket, { from: bucket.from + ms, to: bucket.to + ms })

const settledBy =
  (at: number, settleMs: number, backMs: number) =>
  ({ to, complete }: CountBucket): boolean =>
    complete && to - backMs + settleMs <= at

function openWindow(
  used: ReadonlyMap<number, Row>,
  startedAt: number,
): { readonly from: number; readonly until: number } {
  let last: Row | undefined
  for (const row of used.values()) if (!last || row[0] > last[0]) last = row
  if (!last) return { from: startedAt, until: startedAt }
  const [from, to] = last
  return { from: Math.max(startedAt, to - revisited * (to - from)), until: to }
}

/** Rows that are new or say something else than before, and intervals that one side newly lacks though both are further. */
function paired(
  source: readonly CountBucket[] | undefined,
  target: readonly CountBucket[],
  counts: 'bad' | 'slow',
  { used, lacking }: { readonly used: ReadonlyMap<number, Row>; readonly lacking: ReadonlySet<number> },
): Pick<MetricLook, 'rows' | 'gaps'> {
  const bySource = new Map(source?.map((bucket) => [bucket.from, bucket]))
  const until = Math.min(source?.at(-1)?.to ?? (source ? 0 : Infinity), target.at(-1)?.to ?? 0)
  const rows: Row[] = []
  for (const bucket of target) {
    const other = bySource.get(bucket.from)
    if (source && !other) continue
    const { bad, total } = itemsOf(bucket, counts, 'target')
    const at = other ? itemsOf(other, counts, 'source') : { bad: 0, total: 0 }
    const row: Row = [bucket.from, bucket.to, at.bad, at.total, bad, total]
    const before = used.get(bucket.from)
    if (!before || row.some((value, i) => value !== before[i])) rows.push(row)
  }
  if (!source) return { rows, gaps: [] }
  const byTarget = new Set(target.map(({ from }) => from))
  const gaps = [...source, ...target]
    .filter(({ from, to }) => to <= until && bySource.has(from) !== byTarget.has(from) && !lacking.has(from))
    .map(({ from }) => from)
  return { rows, gaps }
}

/** Until when one side is settled, now or by what was used before. */
function asOf<Name extends string>(
  name: Name,
  side: readonly CountBucket[],
  used: ReadonlyMap<number, Row>,
): { readonly [K in Name]?: number } {
  let end = side.at(-1)?.to
  if (end === undefined) for (const [, to] of used.values()) end = Math.max(end ?? 0, to)
  return (end === undefined ? {} : { [name]: end }) as { readonly [K in Name]?: number }
}
