import { CutoverError, isCutoverError, knownOptions } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import { nameInZone } from '../dns-name.ts'
import type { AnyRecordSet, DnsZone, DnsZoneSupport, Edit, Found, RecordSet, RecordType } from '../dns-zone.ts'
import { oneOf } from '../option-error.ts'
import { anyRecordSet } from '../record-set.ts'
import { ServedRecords } from './served-records.ts'
import { answerAt } from './zone-answer.ts'
import { type ZoneProfile, zoneProfiles } from './zone-profile.ts'
import { rejected, ZoneRecords, type ZoneWrite } from './zone-records.ts'

export interface InMemoryZoneOptions {
  /** @default 'example.com' */
  readonly name?: string | undefined
  /** Whose abilities it has: batches, weights, aliases and locks as Route 53, none but aliases as Azure DNS, batches as an RFC 2136 server. @default 'route53' */
  readonly profile?: ZoneProfile | undefined
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
  /** What a write compares; `'value'` as an RFC 2136 server without the SOA in its prerequisites. @default as the profile has it */
  readonly compareAndSwap?: DnsZoneSupport['compareAndSwap'] | undefined
  /** What aliases answer, by target. @default none: they answer nothing */
  readonly aliases?: Readonly<Record<string, readonly string[]>> | undefined
}

const zoneOptions: readonly (keyof InMemoryZoneOptions)[] = [
  'name',
  'profile',
  'serverDelaysMs',
  'propagationMs',
  'lateMs',
  'replyMs',
  'negativeTtlSeconds',
  'compareAndSwap',
  'aliases',
]

type Method = 'find' | 'list' | 'replace' | 'replaceAll' | 'lock' | 'unlock'

/** A zone in a fake world: as strict as the service of its profile, and as slow. */
export interface InMemoryZone extends DnsZone {
  readonly name: string
  /** What is written, sorted; a copy. What is *served* follows later. */
  readonly records: readonly AnyRecordSet[]
  /** What was written through the port, in order; a copy. */
  readonly writes: readonly ZoneWrite[]
  readonly servers: number
  readonly negativeTtlSeconds: number
  /** What one name server answers now, to be called from simulated clients and resolvers: one of a weighted set, an alias as its target, a wildcard's, and a CNAME to who asks for addresses. @default the server is drawn */
  answer(name: string, type: RecordType, server?: number): RecordSet | undefined
  /** Somebody else's edit, behind our back; it replaces the record set of that name and type. */
  editBehind(set: AnyRecordSet): void
  /** Somebody else deletes a record set. */
  removeBehind(name: string, type: string): void
  /** The next such call is refused with this error, and does nothing. */
  failNext(method: Method, error: unknown): void
}

/**
 * A zone with these records, in this world's time and with its faults: `world.failNext('zone.replace', 'reply-lost')`; a batch is
 * `zone.replace`, too.
 *
 * The world watches the records as `dns:<zone>`, and locks as `dns-locks:<zone>`.
 */
export function inMemoryZone(
  world: FakeWorld,
  records: readonly AnyRecordSet[] = [],
  options: InMemoryZoneOptions = {},
): InMemoryZone {
  knownOptions(options, zoneOptions, 'DNS_OPTION_INVALID', 'inMemoryZone')
  const { name: zoneName = 'example.com', profile = 'route53', aliases = {} } = options
  const { serverDelaysMs = [3_000, 8_000], propagationMs = 60_000 } = options
  const { lateMs = 45_000, replyMs: ms = 0, negativeTtlSeconds = 900 } = options
  const abilities = zoneProfiles[oneOf('profile', profile, Object.keys(zoneProfiles) as ZoneProfile[])]
  const { compareAndSwap = abilities.supports.compareAndSwap } = options
  oneOf('compareAndSwap', compareAndSwap, ['value and ttl', 'value'])
  const supports: DnsZoneSupport = { ...abilities.supports, compareAndSwap }
  if (serverDelaysMs.length === 0 || serverDelaysMs.some((delayMs) => !(delayMs >= 0 && delayMs <= propagationMs))) {
    throw new CutoverError(
      'DNS_OPTION_INVALID',
      `serverDelaysMs is [${serverDelaysMs.join(', ')}]; wanted at least one number from 0 to propagationMs (${propagationMs})`,
    )
  }
  const time = (): number => world.clock.monotonic()
  const served = new ServedRecords(serverDelaysMs)
  const written = new ZoneRecords(served, supports, time)
  const writes: ZoneWrite[] = []
  const armed: { readonly method: Method; readonly error: unknown }[] = []
  const changes = new Map<string, number>()

  const aliasValues = (target: string): readonly string[] | undefined => aliases[target]

  const names = new Map<string, string>()
  /** Thousands of simulated resolvers ask for the same few names. */
  const normalName = (text: string): string => {
    const known = names.get(text)
    if (known !== undefined) return known
    const name = nameInZone(text, zoneName)
    if (names.size < 1_000) names.set(text, name)
    return name
  }

  const refuseIfArmed = (method: Method): void => {
    const place = armed.findIndex((next) => next.method === method)
    if (place >= 0) throw armed.splice(place, 1)[0]?.error
  }

  const write = (
    method: 'replace' | 'replaceAll',
    edits: readonly Edit[],
    { signal, fence }: NonNullable<Parameters<DnsZone['replace']>[2]>,
  ): Promise<unknown> => {
    const about = edits.map(({ expected, next }) => `${(next ?? expected?.set)?.name} ${(next ?? expected?.set)?.type}`)
    return world.call(`zone.replace ${about.join(', ')}`, { write: true, ms, signal, fence }, () => {
      refuseIfArmed(method)
      const wanted = edits.map(({ expected, next }) => ({
        expected: expected && { ...expected, set: checked(expected.set, zoneName, supports) },
        next: next && checked(next, zoneName, supports),
      }))
      if (wanted.some(({ expected, next }) => !expected && !next)) {
        throw rejected('neither a record to replace nor one to put there')
      }
      for (const { from, to } of written.swap(wanted)) writes.push({ at: world.clock.now(), from, to })
      const change = `C${changes.size + 1}`
      changes.set(change, time())
      return { change }
    })
  }

  const guard =
    (what: 'lock' | 'unlock', name: string, type: string, edit: (key: string) => void) =>
    ({ signal, fence }: NonNullable<Parameters<DnsZone['replace']>[2]> = {}): Promise<void> =>
      world.call(`zone.${what} ${name} ${type}`, { write: true, ms, signal, fence }, () => {
        refuseIfArmed(what)
        edit(`${nameInZone(name, zoneName)} ${type}`)
      })

  const zone: InMemoryZone = {
    name: zoneName,
    supports,
    lateMs,
    propagationMs,
    servers: served.servers,
    negativeTtlSeconds,
    get records() {
      return written.all
    },
    get writes() {
      return structuredClone(writes)
    },
    find(text, type, { signal } = {}) {
      return world.call(`zone.find ${text} ${type}`, { ms, signal }, (): Found | undefined => {
        refuseIfArmed('find')
        const set = written.get(nameInZone(text, zoneName), type)
        return set && { set }
      })
    },
    async *list({ signal } = {}) {
      const all = await world.call(`zone.list ${zoneName}`, { ms, signal }, () => {
        refuseIfArmed('list')
        return written.all
      })
      for (const set of all) yield { set }
    },
    replace: (expected, next, how = {}) => write('replace', [{ expected, next }], how),
    ...(abilities.batch && {
      replaceAll: (edits: readonly Edit[], how: Parameters<DnsZone['replace']>[2] = {}) =>
        write('replaceAll', edits, how),
    }),
    async waitUntilServed(receipt, { since, clock, signal }) {
      const change = (receipt as { readonly change?: string } | undefined)?.change ?? ''
      const writtenAt = changes.get(change)
      if (writtenAt === undefined) return clock.sleep(since + propagationMs - clock.now(), { signal })
      const isPending = (): Promise<boolean> =>
        world.call(`zone.change ${change}`, { ms, signal }, () => !served.isServed(writtenAt, time()))
      while (await isPending()) await clock.sleep(1_000, { signal })
    },
    ...(abilities.locks && {
      locks: {
        find: (name, type, { signal } = {}) =>
          world.call(`zone.lockOf ${name} ${type}`, { ms, signal }, () =>
            written.locks.get(`${nameInZone(name, zoneName)} ${type}`),
          ),
        lock: (name, type, why, how) =>
          guard('lock', name, type, (key) => {
            if (written.locks.has(key)) throw new CutoverError('DNS_CONFLICT', `${key} is locked already`)
            written.locks.set(key, why)
          })(how),
        unlock: (name, type, how) =>
          guard('unlock', name, type, (key) => {
            if (!written.locks.delete(key)) throw new CutoverError('DNS_CONFLICT', `${key} is not locked`)
          })(how),
      } satisfies DnsZone['locks'],
    }),
    answer(text, type, server = Math.floor(world.random() * served.servers)) {
      const name = normalName(text)
      return answerAt({ served, server, now: time(), random: () => world.random(), aliasValues }, name, type)
    },
    editBehind: (set) => written.put(checked(set, zoneName, supports)),
    removeBehind: (text, type) => written.remove({ name: nameInZone(text, zoneName), type }),
    failNext: (method, error) =>
      void armed.push({
        method: oneOf('method', method, ['find', 'list', 'replace', 'replaceAll', 'lock', 'unlock']),
        error,
      }),
  }
  for (const record of records) written.seed(anyRecordSet(record, zoneName))
  world.watch(`dns:${zoneName}`, () => zone.records)
  if (abilities.locks)
    world.watch(`dns-locks:${zoneName}`, () => [...written.locks].map(([key, why]) => `${key}: ${why}`).sort())
  return zone
}

/** The service's own look at what it is sent. */
function checked(set: AnyRecordSet, zoneName: string, supports: DnsZoneSupport): AnyRecordSet {
  try {
    const normal = anyRecordSet(set, zoneName)
    if (normal.kind === 'weighted') checkWeights(normal.members, supports)
    if (normal.kind === 'alias' && !supports.alias) throw rejected(`${set.name}: this zone has no aliases`)
    if (normal.kind !== 'opaque' && !supports.types.includes(normal.type))
      throw rejected(`${set.name}: this zone has no ${set.type} records`)
    return normal
  } catch (error) {
    throw isCutoverError(error) ? rejected(error.message, error) : error
  }
}

function checkWeights(
  members: readonly { readonly id: string; readonly weight: number; readonly ttlSeconds?: number | undefined }[],
  { weighted }: DnsZoneSupport,
): void {
  if (weighted === false) throw rejected('this zone does not answer by weight')
  const heavy = members.find(({ weight }) => weight > weighted.most)
  if (heavy) throw rejected(`weight of ${heavy.id} is ${heavy.weight}; wanted at most ${weighted.most}`)
  const ttls = new Set(members.map(({ ttlSeconds }) => ttlSeconds).filter((ttl) => ttl !== undefined))
  if (ttls.size > 1) throw rejected('the members of a weighted set have one TTL')
}
