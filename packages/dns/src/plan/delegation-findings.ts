import { formatDuration } from '@cutover/core'

import type { AnyRecordSet } from '../dns-zone.ts'
import { describeRecordSet, sameValues } from '../record-set.ts'
import { recordValues } from '../record-values.ts'
import { blocker, type Finding, note, reason, undecided, warning } from './finding.ts'
import type { Looking } from './looking.ts'
import { noNameServers, notLooked } from './not-looked.ts'
import { type Delegation, delegationOf, walk } from './walk.ts'

/** What the parent says of the zone: who serves it, whether it is signed; and how long a gap would be remembered. */
export async function delegationFindings(
  looking: Looking,
  { rtoMs }: { readonly rtoMs: number | undefined },
): Promise<Finding[]> {
  const { zone, nameServers, signal } = looking
  const unseen = {
    'delegation-lame': `who serves ${zone.name ?? 'the zone'}`,
    'delegation-elsewhere': 'what it answers where clients ask',
    'dnssec-signed': 'whether it is signed',
    'negative-cache': 'how long a gap in it is remembered',
  }
  if (!nameServers) return [noNameServers(unseen)]
  if (zone.name === undefined) {
    const fix = 'Give the zone its name: route53Zone({ …, name })'
    return [notLooked(unseen, { why: "the zone's name is not known", fix })]
  }
  try {
    const delegation = await delegationOf(nameServers, zone.name, { signal })
    if (!delegation) {
      return [
        blocker(
          'delegation-lame',
          `no parent sends anybody to ${zone.name}: it is not delegated`,
          'Delegate it, or take the zone that is.',
        ),
      ]
    }
    const [served, signed] = await Promise.all([serverFindings(looking, delegation, rtoMs), signedFindings(looking)])
    return [...served, ...signed]
  } catch (error) {
    signal.throwIfAborted()
    return [notLooked(unseen, { why: reason(error), fix: `Look: dig +trace ${zone.name} SOA` })]
  }
}

interface ServerLook {
  readonly server: string
  readonly lame?: string
  readonly values?: readonly string[]
  readonly negativeTtlSeconds?: number
}

async function serverFindings(
  looking: Looking,
  { zone, servers }: Delegation,
  rtoMs: number | undefined,
): Promise<Finding[]> {
  const { name, type, found } = looking
  const looks = await Promise.all(servers.map((server) => lookAt(looking, zone, server)))
  const findings: Finding[] = []
  const lame = looks.filter((look) => look.lame !== undefined)
  if (lame.length > 0) {
    const text = `${lame.length} of ${looks.length} name servers to which clients are sent do not serve ${zone}: ${lame.map((look) => `${look.server} ${look.lame}`).join('; ')}`
    const all = lame.length === looks.length
    findings.push(
      (all ? blocker : warning)('delegation-lame', text, 'Correct the NS records at the parent, or the servers.', lame),
    )
  }
  const serving = looks.filter((look) => look.values !== undefined)
  const wanted = answersOf(found)
  if (found && !wanted) {
    const text = `${describeRecordSet(found)}: nobody can tell from here whether its name servers answer that`
    findings.push(undecided('delegation-elsewhere', text, `Look: dig +norecurse ${name} ${type} at one of them`))
  }
  const others = wanted ? serving.filter((look) => !wanted(look.values ?? [])) : []
  if (others.length > 0 && found) {
    const text = `${others.length} of ${serving.length} name servers to which clients are sent answer something else for ${name} ${type}: ${others.map((look) => `${look.server} ${look.values?.join(' ') || 'nothing'}`).join('; ')}; this zone has ${describeRecordSet(found)}`
    findings.push(
      (others.length === serving.length ? blocker : warning)(
        'delegation-elsewhere',
        text,
        'Take the zone to which the parent delegates; if it was written just now, plan again in a minute.',
        others,
      ),
    )
  }
  const negative = Math.max(0, ...looks.map((look) => look.negativeTtlSeconds ?? 0))
  const limitMs = rtoMs ?? usualLimitMs
  if (negative * 1_000 > limitMs) {
    findings.push(
      warning(
        'negative-cache',
        `who asks ${zone} for a name that is not there remembers it for ${formatDuration(negative * 1_000)}: a gap of a moment in ${name} would last as long`,
        'Never delete and create: every verb of this package replaces. Ask no resolver for a name before it is there.',
        { negativeTtlSeconds: negative },
      ),
    )
  }
  return findings
}

/** Are those answers what the zone has? Of a weighted set it may be any member's; of an alias the zone does not tell. */
function answersOf(found: AnyRecordSet | undefined): ((values: readonly string[]) => boolean) | undefined {
  if (found?.kind === undefined) return found && ((values) => sameValues(values, found.values))
  if (found.kind !== 'weighted' || found.members.some(({ values }) => values === undefined)) return undefined
  return (values) => found.members.some((member) => sameValues(values, member.values ?? []))
}

/** Where no rto says how long is too long. */
const usualLimitMs = 300_000

async function lookAt(
  { nameServers, name, type, signal }: Looking,
  zone: string,
  server: { readonly name: string; readonly addresses: readonly string[] },
): Promise<ServerLook> {
  const [address] = server.addresses
  if (!nameServers || address === undefined) return { server: server.name, lame: 'has no address' }
  try {
    const soa = await nameServers.ask(address, zone, 'SOA', { signal })
    if (!soa.authoritative || soa.found !== 'answer') return { server: server.name, lame: 'answers without authority' }
    const record = soa.answers.find((one) => one.type === 'SOA')
    const reply = await nameServers.ask(address, name, type, { signal })
    const answers = reply.answers.filter((one) => one.type === type && one.name === name).map(({ value }) => value)
    return {
      server: server.name,
      values: answers.length === 0 ? [] : recordValues(name, type, answers),
      ...(record && { negativeTtlSeconds: Math.min(record.ttlSeconds, Number(record.value)) }),
    }
  } catch (error) {
    signal.throwIfAborted()
    return { server: server.name, lame: reason(error) }
  }
}

/** A DS at the parent says that every answer of the zone is signed; resolvers that check refuse what is not. */
async function signedFindings({ zone, nameServers, signal }: Looking): Promise<Finding[]> {
  const { name } = zone
  if (!nameServers || name === undefined) return []
  const has = async (type: 'DS' | 'DNSKEY'): Promise<boolean> =>
    (await walk(nameServers, name, type, { signal })).reply.answers.some((record) => record.type === type)
  let signed: boolean
  let keyed = false
  try {
    signed = await has('DS')
    if (signed) keyed = await has('DNSKEY')
  } catch (error) {
    signal.throwIfAborted()
    return [
      undecided('dnssec-signed', `nobody tells whether ${name} is signed: ${reason(error)}`, `Look: dig DS ${name}`),
    ]
  }
  if (!signed) return []
  if (!keyed) {
    return [
      blocker(
        'dnssec-broken',
        `the parent of ${name} has a DS, but ${name} has no key: resolvers that check answer SERVFAIL`,
        'Remove the DS at the registrar, wait for its TTL, or sign the zone.',
      ),
    ]
  }
  return [
    note(
      'dnssec-signed',
      `${name} is signed: the new answer has to be, too`,
      'Route 53 and Azure DNS sign what is written; a server that takes updates needs inline signing. Move no name servers before the DS is gone.',
    ),
  ]
}
