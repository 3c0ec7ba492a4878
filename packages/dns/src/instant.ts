import { refuseOption } from './option-error.ts'

/** 1973 in milliseconds, and the year 5138 in seconds: what is less was counted in seconds. */
const leastInstant = 100_000_000_000

/** An instant in epoch milliseconds. `field` names it in errors. @throws CutoverError `DNS_OPTION_INVALID` */
export function instant(at: number, field: string): number {
  if (!Number.isFinite(at)) return refuseOption(field, at, 'epoch milliseconds')
  if (at >= leastInstant) return at
  const meant = at * 1_000 >= leastInstant ? `, not seconds: perhaps ${at * 1_000}` : ''
  return refuseOption(field, at, `epoch milliseconds${meant}`)
}
