import { CutoverError } from '@cutover/core'

/** Weight of each member by its id. */
export type Weights = Readonly<Record<string, number>>

/** How far a share may be from what was asked for, in percentage points. */
const tolerance = 0.5

/** How much of the answers a member gets, in percent; all weights 0 count as all equal, as Route 53 has it. */
export function percentOf(weights: Weights, id: string): number {
  const all = Object.values(weights)
  const sum = all.reduce((total, weight) => total + weight, 0)
  return sum === 0 ? 100 / all.length : (100 * (weights[id] ?? 0)) / sum
}

/**
 * Whole weights with which `id` gets `percent` of the answers and the others keep their shares of the rest among themselves
 * (equal ones where all had 0). Sums of 100 where that fits; who is to get anything gets at least 1.
 *
 * @throws CutoverError `DNS_OPTION_INVALID` when weights up to `most` cannot say it to half a percentage point.
 */
export function weightsFor(id: string, percent: number, present: Weights, most: number): Weights {
  const others = Object.entries(present).filter(([other]) => other !== id)
  const rest = others.reduce((sum, [, weight]) => sum + weight, 0)
  const shares: [string, number][] = [
    [id, percent / 100],
    ...others.map(([other, weight]): [string, number] => [
      other,
      (1 - percent / 100) * (rest === 0 ? 1 / others.length : weight / rest),
    ]),
  ]
  const largest = Math.max(...shares.map(([, share]) => share))
  let best: { readonly weights: Weights; readonly error: number } | undefined
  // From 100 upwards, then downwards: 100 is what people read most easily.
  const upTo = Math.floor(most / largest)
  for (const sum of sums(upTo)) {
    const weights = Object.fromEntries(
      shares.map(([each, share]) => [each, share === 0 ? 0 : Math.max(1, Math.round(share * sum))]),
    )
    if (Math.max(...Object.values(weights)) > most) continue
    const error = Math.max(...shares.map(([each, share]) => Math.abs(percentOf(weights, each) - 100 * share)))
    if (best === undefined || error < best.error - 1e-9) best = { weights, error }
    if (best.error < 1e-9) break
  }
  if (best && best.error <= tolerance) return best.weights
  throw new CutoverError(
    'DNS_OPTION_INVALID',
    `percent is ${percent}; wanted a share that whole weights up to ${most} can say` +
      (best ? `: the nearest is ${percentOf(best.weights, id).toFixed(2)} %` : ''),
  )
}

function* sums(upTo: number): Generator<number> {
  for (let sum = Math.min(100, upTo); sum <= upTo; sum += 1) yield sum
  for (let sum = Math.min(99, upTo); sum > 0; sum -= 1) yield sum
}
