import { CutoverError } from '@cutover/core'

/** `found` is printed: pass no secret. @throws CutoverError `DNS_OPTION_INVALID` */
export function refuseOption(field: string, found: unknown, wanted: string): never {
  throw new CutoverError('DNS_OPTION_INVALID', `${field} is ${shown(found)}; wanted ${wanted}`)
}

/** One of a closed set. @throws CutoverError `DNS_OPTION_INVALID` with all that are known */
export function oneOf<Known extends string>(field: string, found: Known, known: readonly Known[]): Known {
  if (known.includes(found)) return found
  return refuseOption(field, found, `one of ${known.map((each) => JSON.stringify(each)).join(', ')}`)
}

/** What an object has inside may be a secret: it is not shown. */
function shown(found: unknown): string {
  if (Array.isArray(found)) return `[${found.map(shown).join(', ')}]`
  if (typeof found === 'object' && found !== null) return 'an object'
  if (typeof found === 'function') return 'a function'
  return typeof found === 'string' ? JSON.stringify(found.slice(0, 200)) : String(found)
}
