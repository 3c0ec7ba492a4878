import { CutoverError } from '@cutover/core'

import { nameInZone } from '../dns-name.ts'

/**
 * A name of the zone as Azure DNS has it: relative, `@` for the zone's own.
 *
 * @throws CutoverError `DNS_NAME_INVALID` for another zone's, and for a character that would part the SDK's URL, which puts the
 * name into its path as it is.
 */
export function relativeName(name: string, zone: string): string {
  const absolute = nameInZone(name, zone)
  const relative = absolute === zone ? '@' : absolute.slice(0, -zone.length - 1)
  if (/^[a-z\d_*@.-]+$/.test(relative)) return relative
  throw new CutoverError(
    'DNS_NAME_INVALID',
    `name is ${JSON.stringify(name)}; wanted letters, digits, hyphens and underscores, which is all that Azure DNS takes`,
  )
}

/** Lower case, without the last dot. */
export const absoluteName = (relative: string, zone: string): string =>
  relative === '@' ? zone : `${relative.toLowerCase()}.${zone}`
