import type { Peer } from './peer.ts'

/** Two proportions over everything so far, one-sided at 5 %, looked at every minute: what a spreadsheet does. */
export const zTest: Peer = (minutes) => {
  let [sourceBad, sourceTotal, targetBad, targetTotal] = [0, 0, 0, 0]
  for (const [i, { source, target }] of minutes.entries()) {
    sourceBad += source.bad
    sourceTotal += source.total
    targetBad += target.bad
    targetTotal += target.total
    const pooled = (sourceBad + targetBad) / (sourceTotal + targetTotal)
    const error = Math.sqrt(pooled * (1 - pooled) * (1 / sourceTotal + 1 / targetTotal))
    if (error > 0 && (targetBad / targetTotal - sourceBad / sourceTotal) / error > 1.6448536269514722) return i + 1
  }
  return undefined
}
