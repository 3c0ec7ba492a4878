import { CutoverError } from './cutover-error.ts'

type Unit = 'ms' | 's' | 'm' | 'h' | 'd'

/** `'500ms'`, `'30s'`, `'15m'`, `'2h'`, `'3d'`. */
export type Duration = `${number}${Unit}`

const unitMs: Readonly<Record<Unit, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * The milliseconds of a duration. `field` names the option in the error.
 *
 * @throws CutoverError `DURATION_INVALID` for anything but digits (and a decimal point) with a unit.
 */
export function durationMs(duration: Duration, field = 'duration'): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration)
  if (!match) {
    throw new CutoverError('DURATION_INVALID', `${field} is ${JSON.stringify(duration)}; wanted e.g. '90s' or '15m'`)
  }
  return Number(match[1]) * unitMs[match[2] as Unit]
}

/** A duration as people write it: `52s`, `1m15s`, `6h02m`, `3d`; two units at most, under a second in `ms`. */
export function formatDuration(ms: number): string {
  if (Math.round(ms) < 1_000) return `${Math.max(0, Math.round(ms))}ms`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3_600) return pair(seconds, 60, 'm', 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1_440) return pair(minutes, 60, 'h', 'm')
  return pair(Math.round(minutes / 60), 24, 'd', 'h')
}

function pair(amount: number, size: number, large: string, small: string): string {
  const rest = amount % size
  return `${Math.floor(amount / size)}${large}${rest === 0 ? '' : `${String(rest).padStart(2, '0')}${small}`}`
}
