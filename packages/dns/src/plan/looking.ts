import type { Clock } from '@cutover/core'

import type { AnyRecordSet, DnsZone, RecordType } from '../dns-zone.ts'
import type { EndpointProbe } from './endpoint-probe.ts'
import type { NameServers } from './name-servers.ts'

/** What was read of the zone, by `name/TYPE`; `null`: no such record. What a plan's hash is made of. */
export type Seen = Readonly<Record<string, AnyRecordSet | null>>

/** One look at everything: what is asked, and what may be used for it. */
export interface Looking {
  readonly zone: DnsZone
  /** The record's name and type. */
  readonly name: string
  readonly type: RecordType
  /** What it is to answer, in the form of `recordValues`; as given where that does not fit the type. */
  readonly to: readonly string[]
  readonly found: AnyRecordSet | undefined
  readonly nameServers: NameServers | undefined
  readonly endpoint: EndpointProbe | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Reads the zone, and remembers what it saw. `undefined`: no such record. Check `canRead` first. */
  find(name: string, type: RecordType): Promise<AnyRecordSet | undefined>
}

/** Not every provider has every type: what it cannot write it cannot be asked for. */
export const canRead = ({ zone }: Pick<Looking, 'zone'>, type: RecordType): boolean =>
  zone.supports.types.includes(type)

/** Keeps what is read, each record once. */
export function reader(zone: DnsZone, signal: AbortSignal): { find: Looking['find']; readonly seen: Seen } {
  const reads = new Map<string, Promise<AnyRecordSet | undefined>>()
  const seen: Record<string, AnyRecordSet | null> = {}
  return {
    seen,
    find(name, type) {
      const key = `${name}/${type}`
      const read =
        reads.get(key) ??
        zone.find(name, type, { signal }).then((found) => {
          seen[key] = found?.set ?? null
          return found?.set
        })
      reads.set(key, read)
      return read
    },
  }
}

/** `d-1.execute-api…` of `api.example.com`: the name without its first label; `undefined` at the top. */
export function parentOf(name: string): string | undefined {
  const dot = name.indexOf('.')
  return dot < 0 ? undefined : name.slice(dot + 1)
}
