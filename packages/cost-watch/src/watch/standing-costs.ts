import type { CostRow } from '../estimate/cost-row.ts'
import { type Money, sumMoney } from '../money/money.ts'
import type { Cloud } from '../usage/usage-row.ts'

/** A resource that costs something although it should not. */
export interface Standing {
  /**
   * `idle`: all its work was counted, and was none. `orphaned`: not among the resources that are in use. `residual`: of the source,
   * after it was decommissioned.
   */
  readonly kind: 'idle' | 'orphaned' | 'residual'
  readonly cloud: Cloud
  readonly resourceId: string
  readonly cost: Money
  /** What costs: the meters, the dearest first. */
  readonly meters: readonly string[]
}

/** Meters that count work; the others are paid for being there. */
const work =
  /\/(requests|executions|operations|read-units|write-units|serverless-rus|egress-gb)(\/|$)|\/gb-seconds(\/|$)/

/** Says of a meter whether it counts work, rather than being there. */
const countsWork = (meter: string): boolean => work.test(meter)

/**
 * Resources that are paid for and do nothing: at least one of their work meters was read, and all were 0. One whose work nobody counted
 * is not idle: nothing is known about it.
 */
export function idle(rows: readonly CostRow[]): Standing[] {
  return byResource(rows)
    .filter(({ rows: own }) => {
      const worked = own.filter(({ meter }) => countsWork(meter))
      return worked.length > 0 && worked.every(({ quantity }) => Number(quantity) === 0)
    })
    .flatMap((one) => standing('idle', one))
}

/** Resources that cost something and are not in use. `inUse` are resource ids; a part of one (a slot, a version) belongs to it. */
export function orphaned(rows: readonly CostRow[], inUse: readonly string[]): Standing[] {
  const known = inUse.map((id) => id.toLowerCase())
  const belongs = (id: string): boolean =>
    known.some((one) => id === one || id.startsWith(`${one}/`) || id.startsWith(`${one}:`))
  return byResource(rows)
    .filter(({ resourceId }) => resourceId !== '' && !belongs(resourceId.toLowerCase()))
    .flatMap((one) => standing('orphaned', one))
}

/** What the source still costs after it was decommissioned: rows that begin at `decommissionedAt` (epoch milliseconds) or later. */
export function residual(rows: readonly CostRow[], source: Cloud, decommissionedAt: number): Standing[] {
  return byResource(rows.filter(({ cloud, from }) => cloud === source && from >= decommissionedAt)).flatMap((one) =>
    standing('residual', one),
  )
}

interface OfResource {
  readonly cloud: Cloud
  readonly resourceId: string
  readonly rows: CostRow[]
}

function byResource(rows: readonly CostRow[]): OfResource[] {
  const all = new Map<string, OfResource>()
  for (const row of rows) {
    const { cloud, resourceId } = row
    const known = all.get(resourceId)
    if (known) known.rows.push(row)
    else all.set(resourceId, { cloud, resourceId, rows: [row] })
  }
  return [...all.values()]
}

/** Nothing, where it costs nothing. */
function standing(kind: Standing['kind'], { cloud, resourceId, rows }: OfResource): Standing[] {
  const costs = new Map<string, number>()
  for (const { meter, cost } of rows) costs.set(meter, (costs.get(meter) ?? 0) + Number(cost.amount))
  const meters = [...costs].filter(([, cost]) => cost > 0).sort(([, one], [, other]) => other - one)
  if (meters.length === 0) return []
  const cost = sumMoney(rows.map((row) => row.cost))
  return [{ kind, cloud, resourceId, cost, meters: meters.map(([meter]) => meter) }]
}
