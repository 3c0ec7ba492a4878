import type { Found } from '../dns-zone.ts'
import { Malformed } from './malformed.ts'
import { base64, rdataOf, saysTheSame, type ServedSet, ttlOf, type ZoneSet } from './served-set.ts'
import { decodeSoa } from './soa.ts'

/** The `token` of what `find` and `list` answer: the state of the zone in which the record set was read. */
interface ZoneToken {
  /** For people; what counts is `soa`. */
  readonly serial: number
  /** RDATA, base64. */
  readonly soa: string
  /** RDATA of each record, base64. */
  readonly rdata: readonly string[]
  readonly ttlSeconds: number
}

/** What a caller expects to be there still. */
export interface Expected extends Found {
  readonly set: ZoneSet
}

export function foundOf(state: { soa: Buffer; serial: number }, served: ServedSet): Found {
  const { set, rdata } = served
  const token: ZoneToken = {
    serial: state.serial,
    soa: state.soa.toString('base64'),
    rdata: base64(rdata),
    ttlSeconds: ttlOf(set),
  }
  return { set, token }
}

/** What the token stands for; `undefined` when it is none of ours, or belongs to another record set: then it is read. */
export function tokenOf({ set, token }: Expected): { readonly soa: Buffer; readonly served: ServedSet } | undefined {
  if (!isZoneToken(token) || token.ttlSeconds !== ttlOf(set)) return undefined
  const [soa, rdata] = [Buffer.from(token.soa, 'base64'), token.rdata.map((bytes) => Buffer.from(bytes, 'base64'))]
  const isItsOwn =
    set.kind === 'opaque' ? base64(rdataOf(set)).join() === base64(rdata).join() : saysTheSame(set, rdata)
  return isItsOwn && isSoa(soa) ? { soa, served: { set, rdata } } : undefined
}

function isSoa(rdata: Buffer): boolean {
  try {
    return decodeSoa(rdata).serial >= 0
  } catch (error) {
    if (error instanceof Malformed) return false
    throw error
  }
}

function isZoneToken(token: unknown): token is ZoneToken {
  const { soa, rdata, ttlSeconds } = (token ?? {}) as Partial<Record<keyof ZoneToken, unknown>>
  return (
    typeof soa === 'string' &&
    typeof ttlSeconds === 'number' &&
    Array.isArray(rdata) &&
    rdata.every((bytes) => typeof bytes === 'string')
  )
}
