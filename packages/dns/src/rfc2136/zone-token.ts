import type { Found } from '../dns-zone.ts'
import { sameValues } from '../record-set.ts'
import { Malformed } from './malformed.ts'
import { decodeValue } from './rdata.ts'
import { decodeSoa } from './soa.ts'
import type { ZoneState } from './zone-state.ts'

/** The `token` of what `find` answers: the state of the zone in which the record set was read. */
interface ZoneToken {
  /** For people; what counts is `soa`. */
  readonly serial: number
  /** RDATA, base64. */
  readonly soa: string
  /** RDATA of each record, base64. */
  readonly rdata: readonly string[]
  readonly ttlSeconds: number
}

export function foundOf({ soa, serial, found }: ZoneState): Found | undefined {
  if (found === undefined) return undefined
  const token: ZoneToken = {
    serial,
    soa: soa.toString('base64'),
    rdata: found.rdata.map((rdata) => rdata.toString('base64')),
    ttlSeconds: found.set.ttlSeconds,
  }
  return { set: found.set, token }
}

/** The state that the token stands for; `undefined` when it is none of ours, or belongs to another record set: then it is read. */
export function stateOf({ set, token }: Found): ZoneState | undefined {
  if (!isZoneToken(token) || token.ttlSeconds !== set.ttlSeconds) return undefined
  const [soa, rdata] = [Buffer.from(token.soa, 'base64'), token.rdata.map((bytes) => Buffer.from(bytes, 'base64'))]
  try {
    const values = [...new Set(rdata.map((bytes) => decodeValue(set.type, bytes)))].sort()
    return sameValues(values, set.values) ? { soa, serial: decodeSoa(soa).serial, found: { set, rdata } } : undefined
  } catch (error) {
    if (error instanceof Malformed) return undefined
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
