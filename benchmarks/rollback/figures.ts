export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Of what was measured in turns: the medians of every 40 compared, and of these comparisons the median. */
export function ratio(values: readonly number[], to: readonly number[]): number {
  const size = 40
  const ratios: number[] = []
  for (let from = 0; from + size <= values.length; from += size)
    ratios.push(median(values.slice(from, from + size)) / median(to.slice(from, from + size)))
  return median(ratios)
}

export const rounded = (value: number): number => Math.round(value * 1_000) / 1_000

export async function measured(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
