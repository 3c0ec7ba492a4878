import type { CostCharge } from './cost-machine.ts'
import type { QueryWindow } from './query-window.ts'

/** The part of a query's dataset that is understood. */
export interface Dataset {
  readonly aggregation: readonly string[]
  readonly grouping: readonly string[]
  readonly filter: unknown
}

interface Column {
  readonly name: string
  readonly type: 'Number' | 'String'
}

const sums: Readonly<Record<string, (charge: CostCharge) => string>> = {
  Cost: ({ cost }) => cost,
  PreTaxCost: ({ cost }) => cost,
  UsageQuantity: ({ quantity }) => quantity,
}
const dimensions: Readonly<Record<string, (charge: CostCharge) => string>> = {
  // The service answers ids in small letters, whatever they were.
  ResourceId: ({ resourceId }) => resourceId.toLowerCase(),
  ResourceGroupName: ({ resourceId }) => /\/resourceGroups\/([^/]+)/i.exec(resourceId)?.[1]?.toLowerCase() ?? '',
  Meter: ({ meter }) => meter,
  ChargeType: ({ type = 'Usage' }) => type,
}

/** Why a dataset cannot be answered; `undefined` when it can. */
export function datasetProblem({ aggregation, grouping }: Dataset): string | undefined {
  if (aggregation.length > 2) return 'Aggregation: at most 2 are allowed.'
  if (grouping.length > 2) return 'Grouping: at most 2 are allowed.'
  const unknown = [
    ...aggregation.filter((name) => !(name in sums)),
    ...grouping.filter((name) => !(name in dimensions)),
  ]
  return unknown.length > 0 ? `Invalid query definition: ${unknown[0]} is not a valid column.` : undefined
}

/** The rows of a daily query: sums by day and group, as numbers; the day as `20261120`. */
export function queryRows(
  charges: readonly CostCharge[],
  { first, last }: QueryWindow,
  { aggregation, grouping, filter }: Dataset,
): { readonly columns: readonly Column[]; readonly rows: readonly (readonly (number | string)[])[] } {
  const groups = new Map<string, { readonly charge: CostCharge; readonly sums: number[] }>()
  for (const charge of charges) {
    if (charge.day < first || charge.day > last || !fits(charge, filter)) continue
    const key = JSON.stringify([charge.day, charge.currency, ...grouping.map((name) => dimensions[name]?.(charge))])
    const group = groups.get(key) ?? { charge, sums: aggregation.map(() => 0) }
    aggregation.forEach((name, at) => (group.sums[at] = rounded((group.sums[at] ?? 0) + Number(sums[name]?.(charge)))))
    groups.set(key, group)
  }
  const sorted = [...groups.values()].toSorted((one, other) => (one.charge.day < other.charge.day ? -1 : 1))
  return {
    columns: [
      ...aggregation.map((name) => ({ name, type: 'Number' as const })),
      { name: 'UsageDate', type: 'Number' },
      ...grouping.map((name) => ({ name, type: 'String' as const })),
      { name: 'Currency', type: 'String' },
    ],
    rows: sorted.map(({ charge, sums: found }) => [
      ...found,
      Number(charge.day.replaceAll('-', '')),
      ...grouping.map((name) => dimensions[name]?.(charge) ?? ''),
      charge.currency,
    ]),
  }
}

/** The service answers doubles. */
const rounded = (sum: number): number => Number(sum.toPrecision(15))

function fits(charge: CostCharge, filter: unknown): boolean {
  const { and, or, tags, dimensions: by } = Object(filter) as Readonly<Record<string, unknown>>
  if (Array.isArray(and)) return and.every((one) => fits(charge, one))
  if (Array.isArray(or)) return or.some((one) => fits(charge, one))
  if (tags !== undefined) {
    const { name, values } = comparison(tags)
    return values.includes(charge.tags?.[name] ?? '')
  }
  if (by === undefined) return true
  const { name, values } = comparison(by)
  return values.some((value) => value.toLowerCase() === dimensions[name]?.(charge).toLowerCase())
}

function comparison(given: unknown): { readonly name: string; readonly values: readonly string[] } {
  const { name, values } = Object(given) as { readonly name?: string; readonly values?: unknown }
  return { name: name ?? '', values: Array.isArray(values) ? (values as string[]) : [] }
}
