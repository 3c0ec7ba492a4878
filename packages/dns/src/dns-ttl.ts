import { CutoverError } from '@cutover/core'

/** RFC 2181 §8: an unsigned number of 31 bits. */
const longestTtlSeconds = 2_147_483_647

/**
 * Whole seconds that a TTL can have. `field` names it in errors, `least` is the lowest that is accepted.
 *
 * @throws CutoverError `DNS_TTL_INVALID`
 */
export function dnsTtl(seconds: number, field = 'ttlSeconds', least: 0 | 1 = 0): number {
  if (Number.isInteger(seconds) && seconds >= least && seconds <= longestTtlSeconds) return seconds
  throw new CutoverError(
    'DNS_TTL_INVALID',
    `${field} is ${typeof seconds === 'string' ? JSON.stringify(seconds) : String(seconds)}; ` +
      `wanted whole seconds from ${least} to ${longestTtlSeconds}${seconds === 0 ? `, because ${whyNotZero}` : ''}`,
  )
}

/** Floors as measured: Knot Resolver keeps 5 s, PowerDNS Recursor 1 s. Azure DNS accepts 1 and more. */
const whyNotZero =
  '0 promises nothing: some resolvers keep an answer for 1 or 5 s all the same, the others ask the authority each time, and not every provider accepts it'
