import type { AskedType, DnsReply, NameServers, RepliedRecord } from '../plan/index.ts'

/** One zone of a small world, and who serves it. */
export interface NamedZone {
  /** `''` for the root. */
  readonly name: string
  /** Names of its servers, and their addresses. */
  readonly servers: Readonly<Record<string, string>>
  readonly records?: readonly {
    readonly name: string
    readonly type: AskedType
    readonly values: readonly string[]
    readonly ttlSeconds?: number | undefined
  }[]
  /** How long "there is none" is remembered. @default 300 */
  readonly negativeTtlSeconds?: number | undefined
  /** Zones below that others serve. */
  readonly delegations?: Readonly<
    Record<string, { readonly servers: Readonly<Record<string, string | undefined>>; readonly ds?: string | undefined }>
  >
}

/**
 * The name servers of a small world in memory: referrals with and without glue, DS at the parent, CNAMEs, names that are not there.
 * `down` are addresses at which nobody answers.
 */
export function inMemoryNameServers(
  zones: readonly NamedZone[],
  { down = [] }: { readonly down?: readonly string[] | undefined } = {},
): NameServers & { readonly asked: readonly string[] } {
  const asked: string[] = []
  return {
    roots: Object.values(zones.find(({ name }) => name === '')?.servers ?? {}),
    asked,
    async ask(address, name, type, { signal } = {}) {
      signal?.throwIfAborted()
      asked.push(`${address} ${name} ${type}`)
      const served = zones.filter(({ servers }) => Object.values(servers).includes(address))
      const zone = closest(served, name, type)
      if (down.includes(address)) throw new Error(`${address} does not answer`)
      if (!zone) throw new Error(`${address} answered REFUSED to a query for ${name}`)
      return answer(zone, name, type)
    },
  }
}

/** The DS of a zone is its parent's. */
function closest(zones: readonly NamedZone[], name: string, type: AskedType): NamedZone | undefined {
  const [first] = zones
    .filter((zone) => isBelow(name, zone.name) && !(type === 'DS' && zone.name === name))
    .sort((a, b) => b.name.length - a.name.length)
  return first
}

function answer(zone: NamedZone, name: string, type: AskedType): DnsReply {
  const { records = [], delegations = {}, negativeTtlSeconds = 300 } = zone
  const child = Object.keys(delegations).find((one) => isBelow(name, one))
  const empty = { answers: [], authorities: [], additionals: [] }
  if (child !== undefined && !(type === 'DS' && child === name)) {
    const { servers } = delegations[child] ?? { servers: {} }
    const authorities = Object.keys(servers).map((value) => record(child, 'NS', value))
    const additionals = Object.entries(servers).flatMap(([server, glue]) =>
      glue === undefined ? [] : [record(server, 'A', glue)],
    )
    return { found: 'referral', authoritative: false, answers: [], authorities, additionals }
  }
  if (type === 'SOA' && name === zone.name) {
    return {
      ...empty,
      found: 'answer',
      authoritative: true,
      answers: [record(name, 'SOA', String(negativeTtlSeconds), 86_400)],
    }
  }
  const ds = type === 'DS' && child === name ? delegations[child]?.ds : undefined
  const found = [
    ...(ds === undefined ? [] : [record(name, 'DS', ds)]),
    ...records
      .filter((one) => one.name === name && (one.type === type || one.type === 'CNAME'))
      .flatMap((one) => one.values.map((value) => record(name, one.type, value, one.ttlSeconds))),
  ]
  if (found.length > 0) return { ...empty, found: 'answer', authoritative: true, answers: found }
  const exists = name === child || name === zone.name || records.some((one) => isBelow(one.name, name))
  return { ...empty, found: exists ? 'nodata' : 'nxdomain', authoritative: true }
}

const record = (name: string, type: string, value: string, ttlSeconds = 300): RepliedRecord => ({
  name,
  type,
  ttlSeconds,
  value,
})

const isBelow = (name: string, zone: string): boolean => zone === '' || name === zone || name.endsWith(`.${zone}`)
