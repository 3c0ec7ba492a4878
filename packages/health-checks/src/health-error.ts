import { CutoverError } from '@cutover/core'

/**
 * - `HEALTH_OPTIONS_INVALID`: an option cannot be meant, or there is none of that name; nothing was asked.
 * - `HEALTH_HOST_NOT_NAMED`: a test of the run phase would ask a host that is not in its `hosts`; nothing was asked.
 * - `HEALTH_FAULT_REFUSED`: a fault was not put in: there is nothing to put it in, or another one is there; nothing was written.
 * - `HEALTH_COUNTS_INVALID`: a source of counts answered what cannot be true; nothing of it was used.
 * - `HEALTH_CLOCK_INVALID`: the clock went back by more than a minute; nothing was judged.
 * - `HEALTH_SNAPSHOT_INVALID`: a gate cannot go on from that snapshot.
 *
 * What a probe sees is an answer, never an error.
 */
export type HealthErrorCode =
  | 'HEALTH_OPTIONS_INVALID'
  | 'HEALTH_HOST_NOT_NAMED'
  | 'HEALTH_FAULT_REFUSED'
  | 'HEALTH_COUNTS_INVALID'
  | 'HEALTH_CLOCK_INVALID'
  | 'HEALTH_SNAPSHOT_INVALID'

/** `found` is printed: pass no secret. */
export function refuseOption(field: string, found: unknown, wanted: string): never {
  const code: HealthErrorCode = 'HEALTH_OPTIONS_INVALID'
  throw new CutoverError(code, `${field} is ${shown(found)}; wanted ${wanted}`)
}

function shown(found: unknown): string {
  if (typeof found === 'string') return JSON.stringify(found)
  if (typeof found === 'function') return 'a function'
  if (typeof found === 'object' && found !== null) return Array.isArray(found) ? `[${found.join(', ')}]` : 'an object'
  return String(found)
}
