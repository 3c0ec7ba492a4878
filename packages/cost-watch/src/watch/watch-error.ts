import { CutoverError } from '@cutover/core'

/**
 * `COST_OPTION_INVALID`: an option cannot be meant, or there is none of that name; nothing was read.
 * `COST_SERIES_INVALID`: a point that is no number, or out of order; the detector is as before.
 * `COST_SNAPSHOT_INVALID`: a snapshot of another version, or of a watch with other options.
 */
export type WatchErrorCode = 'COST_OPTION_INVALID' | 'COST_SERIES_INVALID' | 'COST_SNAPSHOT_INVALID'

export function refuse(code: WatchErrorCode, field: string, found: unknown, wanted: string, next?: string): never {
  throw new CutoverError(code, `${field} is ${shown(found)}; wanted ${wanted}`, { next })
}

/** What a refusal prints. */
function shown(found: unknown): string {
  if (typeof found === 'string') return JSON.stringify(found)
  if (typeof found === 'function') return 'a function'
  if (typeof found === 'object' && found !== null) return Array.isArray(found) ? `[${found.join(', ')}]` : 'an object'
  return String(found)
}
