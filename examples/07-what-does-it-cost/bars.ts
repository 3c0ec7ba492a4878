// A line of blocks for each side, on one scale.
import type { SpendPoint } from '@cutover/cost-watch'

const blocks = '▁▂▃▄▅▆▇█'

/** One character for two hours; a blank where nothing is known, which is not nothing. */
export function bars(
  sides: Readonly<Record<string, readonly SpendPoint[]>>,
  { from, to }: { readonly from: number; readonly to: number },
  slotMs: number,
): string {
  const most = Math.max(...Object.values(sides).flatMap((points) => points.map(({ spend }) => spend)))
  const lines = Object.entries(sides).map(([name, points]) => {
    const spends = new Map(points.map(({ at, spend }) => [at, spend]))
    let line = ''
    for (let at = Math.floor(from / slotMs) * slotMs; at < to; at += 2 * slotMs) {
      const spend = spends.get(at)
      line += spend === undefined ? ' ' : blocks[Math.min(7, Math.floor((8 * spend) / most))]
    }
    return `   ${name.padEnd(6)}${line}`
  })
  return lines.join('\n')
}
