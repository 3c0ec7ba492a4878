import { type Clock, CutoverError, isCutoverError, sameJson } from '@cutover/core'

import type { AnyRecordSet, DnsZone, Found, RecordSet, RecordType } from '../../dns-zone.ts'

/** Adds a case; one that the zone does not want is not run. @default for zones that create records */
export type AddCase = (
  title: string,
  run: (trial: ZoneTrial) => Promise<void>,
  options?: { readonly wants?: (zone: DnsZone) => boolean },
) => void

/** What one case works with. */
export interface ZoneTrial {
  readonly zone: DnsZone
  readonly clock: Clock
  /** A name that no other case writes: `label.<case>.<suffix>`. */
  name(label?: string): string
  find(set: Pick<AnyRecordSet, 'name' | 'type'>): Promise<AnyRecordSet | undefined>
  /** Creates it, and answers it as found. */
  create(set: AnyRecordSet & { readonly type: RecordType }): Promise<Found>
}

export function zoneTrial(zone: DnsZone, own: string, clock: Clock): ZoneTrial {
  const find: ZoneTrial['find'] = async ({ name, type }) => (await zone.find(name, type as RecordType))?.set
  return {
    zone,
    clock,
    name: (label) => (label === undefined ? own : `${label}.${own}`),
    find,
    async create(set) {
      await zone.replace(undefined, set)
      const found = await zone.find(set.name, set.type)
      if (found) return found
      throw new CutoverError('CONFORMANCE_FAILED', `${set.name} ${set.type} was created, but is not found`)
    },
  }
}

export const cname = (name: string, ttlSeconds: number, value: string): RecordSet =>
  one(name, 'CNAME', ttlSeconds, [value])

export const a = (name: string, ttlSeconds: number, values: readonly string[]): RecordSet =>
  one(name, 'A', ttlSeconds, values)

const one = (name: string, type: RecordType, ttlSeconds: number, values: readonly string[]): RecordSet => ({
  name,
  type,
  ttlSeconds,
  values,
})

export const overJournal = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T))

export const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'it did not reject',
    (error: unknown) => error,
  )

export async function conflicts(call: Promise<unknown>): Promise<void> {
  const error = await rejection(call)
  if (isCutoverError(error, 'DNS_CONFLICT')) return
  throw new CutoverError(
    'CONFORMANCE_FAILED',
    `a write that does not fit any more: wanted DNS_CONFLICT, got ${String(error)}`,
    {
      cause: error,
    },
  )
}

export function equal(found: unknown, wanted: unknown, what: string): void {
  if (sameJson(found, wanted)) return
  failed(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`)
}

export function failed(text: string): never {
  throw new CutoverError('CONFORMANCE_FAILED', text)
}
