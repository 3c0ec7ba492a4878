import { CutoverError } from '@cutover/core'

/** @throws CutoverError `DNS_RECORD_INVALID` */
export function refuseValue(field: string, found: unknown, wanted: string): never {
  const text = JSON.stringify(found) ?? String(found)
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text
  throw new CutoverError('DNS_RECORD_INVALID', `${field} is ${shown}; wanted ${wanted}`)
}
