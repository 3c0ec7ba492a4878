import { CutoverError, isCutoverError, knownOptions } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import { nameInZone } from '../dns-name.ts'
import type { DnsZone, Found, RecordSet, RecordType } from '../dns-zone.ts'
import { oneOf } from '../option-error.ts'
import { describeRecordSet, recordSet, sameRecordSet, sameValues } from '../record-set.ts'
import { recordKey, ServedRecords } from './served-records.ts'

export interface InMemoryZoneOptions {
  /** @default 'example.com' */
  readonly name?: string | undefined
  /** After how long each name server serves a write, in milliseconds; one number per server. @default [3_000, 8_000], as often seen at Route 53 */
  readonly serverDelaysMs?: readonly number[] | undefined
  /** The upper bound that the zone states. @default 60_000, which Route 53 documents as usual */
  readonly propagationMs?: number | undefined
  /** @default 45_000 */
  readonly lateMs?: number | undefined
  /** How long a reply takes, in milliseconds. @default 0 */
  readonly replyMs?: number | undefined
  /** How long resolvers remember that there is no such record (RFC 2308), in seconds. @default 900, the SOA of a new Route 53 zone */
  readonly negativeTtlSeconds?: number | undefined
  /** What a write compares; `'value'` as an RFC 2136 server does. @default 'value and ttl' */
  readonly compareAndSwap?: DnsZone['supports']['compareAndSwap'] | undefined
}

const zoneOptions: readonly (keyof InMemoryZoneOptions)[] = [
  'name',
  'serverDelaysMs',
  'propagationMs',
  'lateMs',
  'replyMs',
  'negativeTtlSeconds',
  'compareAndSwap',
]

export interface ZoneWrite {
  /** Epoch milliseconds. */
  readonly at: number
  readonly from: RecordSet | undefined
  readonly to: RecordSet | undefined
}

/** A zone in a fake world: as strict as Route 53, and as slow. Without wildcards, and without types other than the port's. */
export interface InMemoryZone extends DnsZone {
  readonly name: string
  /** What is written, sorted; a copy. What is *served* follows later. */
  readonly records: readonly RecordSet[]
  /** What was written through the port, in order; a copy. */
  readonly writes: readonly ZoneWrite[]
  readonly servers: number
  readonly negativeTtlSeconds: number
  /** What one name server answers now, to be called from simulated clients and resolvers. @default the server is drawn */
  answer(name: string, type: RecordType, server?: number): RecordSet | undefined
  /** Somebody else's edit, behind our back; it replaces the record set of that name and type. */
  editBehind(set: RecordSet): void
  /** Somebody else deletes a record set. */
  removeBehind(name: string, type: RecordType): void
  /** The next such call is refused with this error, and does nothing. */
  failNext(method: 'find' | 'replace', error: unknown): void
}

/**
 * A zone with these records, in this world's time and with its faults: `world.failNext('zone.replace', 'reply-lost')`.
 *
 * The world watches the records as `dns:<zone>`.
 */
export function inMemoryZone(
  world: FakeWorld,
  records: readonly RecordSet[] = [],
  options: InMemoryZoneOptions = {},
): InMemoryZone {
  knownOptions(options, zoneOptions, 'DNS_OPTION_INVALID', 'inMemoryZone')
  const { name: zoneName = 'example.com', serverDelaysMs = [3_000, 8_000], propagationMs = 60_000 } = options
  const { lateMs = 45_000, replyMs: ms = 0, negativeTtlSeconds = 900, compareAndSwap = 'value and ttl' } = options
  oneOf('compareAndSwap', compareAndSwap, ['value and ttl', 'value'])
  if (serverDelaysMs.length === 0 || serverDelaysMs.some((delayMs) => !(delayMs >= 0 && delayMs <= propagationMs))) {
    throw new CutoverError(
      'DNS_OPTION_INVALID',
      `serverDelaysMs is [${serverDelaysMs.join(', ')}]; wanted at least one number from 0 to propagationMs (${propagationMs})`,
    )
  }
  const written = new Map<string, RecordSet>()
  const served = new ServedRecords(serverDelaysMs)
  const writes: ZoneWrite[] = []
  const armed: { readonly method: 'find' | 'replace'; readonly error: unknown }[] = []
  const changes = new Map<string, number>()
  const time = (): number => world.clock.monotonic()

  const present = (set: RecordSet | undefined): RecordSet | undefined =>
    set && written.get(recordKey(set.name, set.type))

  const put = (set: RecordSet): void => {
    written.set(recordKey(set.name, set.type), set)
    served.write(recordKey(set.name, set.type), set, time())
  }

  const remove = (set: Pick<RecordSet, 'name' | 'type'>): void => {
    written.delete(recordKey(set.name, set.type))
    served.write(recordKey(set.name, set.type), undefined, time())
  }

  /** RFC 1034 §3.6.2: a CNAME stands alone at its name. */
  const refuseBesideCname = (next: RecordSet, except: RecordSet | undefined): void => {
    for (const other of written.values()) {
      const stays = other !== except && other.name === next.name && other.type !== next.type
      if (stays && (other.type === 'CNAME' || next.type === 'CNAME')) {
        throw rejected(`${next.type} cannot stand beside ${other.type} at ${next.name}`)
      }
    }
  }

  const swap = (expected: RecordSet | undefined, next: RecordSet | undefined): string => {
    const now = present(expected)
    const fits = compareAndSwap === 'value' ? sameByValue(now, expected) : sameRecordSet(now, expected)
    const inTheWay = present(next)
    if (!fits || (inTheWay !== undefined && inTheWay !== now)) {
      throw new CutoverError(
        'DNS_CONFLICT',
        `${(expected ?? next)?.name}: expected ${describeRecordSet(expected)}, found ${describeRecordSet(now ?? inTheWay)}`,
      )
    }
    if (next) refuseBesideCname(next, now)
    if (now) remove(now)
    if (next) put(next)
    writes.push({ at: world.clock.now(), from: now, to: next })
    const change = `C${changes.size + 1}`
    changes.set(change, time())
    return change
  }

  const refuseIfArmed = (method: 'find' | 'replace'): void => {
    const place = armed.findIndex((next) => next.method === method)
    if (place >= 0) throw armed.splice(place, 1)[0]?.error
  }

  const zone: InMemoryZone = {
    name: zoneName,
    supports: { compareAndSwap },
    lateMs,
    propagationMs,
    servers: served.servers,
    negativeTtlSeconds,
    get records() {
      return [...written.values()].map(copy).sort(byName)
    },
    get writes() {
      return writes.map(({ at, from, to }) => ({ at, from: from && copy(from), to: to && copy(to) }))
    },
    find(text, type, { signal } = {}) {
      return world.call(`zone.find ${text} ${type}`, { ms, signal }, (): Found | undefined => {
        refuseIfArmed('find')
        const set = written.get(recordKey(nameInZone(text, zoneName), type))
        return set && { set: copy(set) }
      })
    },
    replace(expected, next, { signal, fence } = {}) {
      const { name, type } = next ?? expected?.set ?? {}
      return world.call(`zone.replace ${name} ${type}`, { write: true, ms, signal, fence }, () => {
        refuseIfArmed('replace')
        const [from, to] = [expected && checked(expected.set, zoneName), next && checked(next, zoneName)]
        if (!from && !to) throw rejected('neither a record to replace nor one to put there')
        return { change: swap(from, to) }
      })
    },
    async waitUntilServed(receipt, { since, clock, signal }) {
      const change = (receipt as { readonly change?: string } | undefined)?.change ?? ''
      const writtenAt = changes.get(change)
      if (writtenAt === undefined) return clock.sleep(since + propagationMs - clock.now(), { signal })
      const isPending = (): Promise<boolean> =>
        world.call(`zone.change ${change}`, { ms, signal }, () => !served.isServed(writtenAt, time()))
      while (await isPending()) await clock.sleep(1_000, { signal })
    },
    answer(text, type, server = Math.floor(world.random() * served.servers)) {
      const set = served.answer(nameInZone(text, zoneName), type, server, time())
      return set && copy(set)
    },
    editBehind(set) {
      const theirs = checked(set, zoneName)
      refuseBesideCname(theirs, present(theirs))
      put(theirs)
    },
    removeBehind: (text, type) => remove({ name: nameInZone(text, zoneName), type }),
    failNext: (method, error) => void armed.push({ method: oneOf('method', method, ['find', 'replace']), error }),
  }
  for (const record of records) {
    const set = recordSet(record, zoneName)
    refuseBesideCname(set, undefined)
    if (present(set)) throw new CutoverError('DNS_RECORD_INVALID', `${set.name} ${set.type} is given twice`)
    written.set(recordKey(set.name, set.type), set)
    served.seed(recordKey(set.name, set.type), set)
  }
  world.watch(`dns:${zoneName}`, () => zone.records)
  return zone
}

const rejected = (text: string, cause?: unknown): CutoverError =>
  new CutoverError('DNS_CHANGE_REJECTED', text, { cause })

/** The service's own look at what it is sent. */
function checked(set: RecordSet, zoneName: string): RecordSet {
  try {
    return recordSet(set, zoneName)
  } catch (error) {
    throw isCutoverError(error) ? rejected(error.message, error) : error
  }
}

const sameByValue = (a: RecordSet | undefined, b: RecordSet | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameValues(a.values, b.values)

const copy = (set: RecordSet): RecordSet => ({ ...set, values: [...set.values] })

const byName = (a: RecordSet, b: RecordSet): number => (recordKey(a.name, a.type) < recordKey(b.name, b.type) ? -1 : 1)
