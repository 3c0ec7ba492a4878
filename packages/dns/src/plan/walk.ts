import type { CallOptions } from '../dns-zone.ts'
import type { AskedType, DnsReply, NameServers, RepliedRecord } from './name-servers.ts'

/** The name servers that a parent sends to, for one zone. */
export interface Delegation {
  readonly zone: string
  readonly servers: readonly { readonly name: string; readonly addresses: readonly string[] }[]
}

export interface Walked {
  /** From the top to the zone that answered. */
  readonly delegations: readonly Delegation[]
  readonly reply: DnsReply
}

export interface Resolved {
  readonly addresses: readonly string[]
  /** The names on the way, the first not among them. */
  readonly chain: readonly string[]
  /** `'nxdomain'` and `'nodata'` of the last of them. */
  readonly found: 'answer' | 'nodata' | 'nxdomain' | 'loop'
}

const longestWalk = 16
const longestChain = 8

/** Whom a parent sends to for a zone, whether they answer or not; `undefined`: the servers above say that there is none. */
export async function delegationOf(
  nameServers: NameServers,
  zone: string,
  options: CallOptions = {},
): Promise<Delegation | undefined> {
  const { delegations } = await walk(nameServers, zone, 'SOA', options, 0, zone)
  return delegations.find((one) => one.zone === zone)
}

/**
 * Asks for a name as a resolver with an empty cache does: from the root down, until a server answers with authority.
 *
 * Rejects when none of a zone's servers answers.
 */
export async function walk(
  nameServers: NameServers,
  name: string,
  type: AskedType,
  options: CallOptions = {},
  depth = 0,
  stopAt?: string,
): Promise<Walked> {
  const delegations: Delegation[] = []
  let addresses = nameServers.roots
  let zone = ''
  for (let step = 0; step < longestWalk; step += 1) {
    const { reply, referral } = await askAny(nameServers, addresses, { name, type, above: zone, options })
    if (referral === undefined) return { delegations, reply }
    zone = referral.zone
    const servers = await Promise.all(
      referral.names.map(async (server) => {
        const glue = addressesOf(reply.additionals, server)
        if (glue.length > 0) return { name: server, addresses: glue }
        const found =
          depth < 3 ? await resolve(nameServers, server, options, depth + 1).catch(() => undefined) : undefined
        return { name: server, addresses: found?.addresses ?? [] }
      }),
    )
    delegations.push({ zone, servers })
    if (zone === stopAt) return { delegations, reply }
    addresses = servers.flatMap((server) => server.addresses)
  }
  throw new Error(`${name}: sent on more than ${longestWalk} times`)
}

/** The addresses of a name, through its CNAMEs. */
export async function resolve(
  nameServers: NameServers,
  name: string,
  options: CallOptions = {},
  depth = 0,
): Promise<Resolved> {
  const chain: string[] = []
  let at = name
  for (let step = 0; step <= longestChain; step += 1) {
    const { reply } = await walk(nameServers, at, 'A', options, depth)
    const addresses = addressesOf(reply.answers, at)
    if (addresses.length > 0) return { addresses, chain, found: 'answer' }
    const next = reply.answers.find((record) => record.type === 'CNAME' && record.name === at)?.value
    if (next === undefined) {
      if (reply.found === 'nxdomain') return { addresses: [], chain, found: 'nxdomain' }
      const six = addressesOf((await walk(nameServers, at, 'AAAA', options, depth)).reply.answers, at)
      return { addresses: six, chain, found: six.length > 0 ? 'answer' : 'nodata' }
    }
    if (next === name || chain.includes(next)) return { addresses: [], chain: [...chain, next], found: 'loop' }
    chain.push(next)
    at = next
  }
  return { addresses: [], chain, found: 'loop' }
}

interface Referral {
  readonly zone: string
  readonly names: readonly string[]
}

interface Asked {
  readonly name: string
  /** The zone whose servers are asked. */
  readonly above: string
  readonly type: AskedType
  readonly options: CallOptions
}

async function askAny(
  nameServers: NameServers,
  addresses: readonly string[],
  { name, type, above, options }: Asked,
): Promise<{ readonly reply: DnsReply; readonly referral: Referral | undefined }> {
  let last: unknown = new Error(`${name}: nobody to ask has an address`)
  for (const address of addresses) {
    try {
      const reply = await nameServers.ask(address, name, type, options)
      const referral = reply.found === 'referral' ? referredTo(reply, name, above) : undefined
      if (referral !== undefined || reply.authoritative) return { reply, referral }
      last = new Error(`${address} has no authority for ${name}, and sends nowhere`)
    } catch (error) {
      options.signal?.throwIfAborted()
      last = error
    }
  }
  throw last
}

/** Only downwards: a server that sends back up is lame. */
function referredTo({ authorities }: DnsReply, name: string, above: string): Referral | undefined {
  const zone = authorities.find((record) => record.type === 'NS' && isBelow(name, record.name))?.name
  if (zone === undefined || zone === above || !isBelow(zone, above)) return undefined
  return { zone, names: authorities.filter((one) => one.type === 'NS' && one.name === zone).map(({ value }) => value) }
}

const isBelow = (name: string, zone: string): boolean => zone === '' || name === zone || name.endsWith(`.${zone}`)

const addressesOf = (records: readonly RepliedRecord[], name: string): string[] =>
  records
    .filter((record) => record.type === 'A' && record.name === name)
    .map(({ value }) => value)
    .concat(records.filter((record) => record.type === 'AAAA' && record.name === name).map(({ value }) => value))
