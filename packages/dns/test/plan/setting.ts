// A zone in a fake world, and around it a small world of name servers and a new side that is well.
import { fakeWorld, type FakeWorld } from '@cutover/core/testing'
import {
  type DnsZone,
  dnsRecord,
  type EndpointAnswer,
  type EndpointProbe,
  type Finding,
  type FindingCode,
  planRepoint,
  type PlanRepointOptions,
  type RecordSet,
  type RecordType,
} from '@cutover/dns'
import { inMemoryNameServers, inMemoryZone, type InMemoryZoneOptions, type NamedZone } from '@cutover/dns/testing'

export const to = 'orders.azurewebsites.net'
export const api: RecordSet = {
  name: 'api.example.com',
  type: 'CNAME',
  ttlSeconds: 300,
  values: ['d-1.execute-api.us-east-1.amazonaws.com'],
}
export const asuid: RecordSet = {
  name: 'asuid.api.example.com',
  type: 'TXT',
  ttlSeconds: 300,
  values: ['f'.repeat(64)],
}
export const address = '203.0.113.10'
const day = 86_400_000

export const root: NamedZone = {
  name: '',
  servers: { 'a.root.example': '198.51.100.1' },
  delegations: {
    com: { servers: { 'a.gtld.net': '198.51.100.2' } },
    net: { servers: { 'a.gtld.net': '198.51.100.2' } },
  },
}
export const com: NamedZone = {
  name: 'com',
  servers: { 'a.gtld.net': '198.51.100.2' },
  delegations: { 'example.com': { servers: { 'ns1.dns.net': undefined, 'ns2.dns.net': undefined } } },
}
export const net: NamedZone = {
  name: 'net',
  servers: { 'a.gtld.net': '198.51.100.2' },
  records: [
    { name: 'ns1.dns.net', type: 'A', values: ['198.51.100.3'] },
    { name: 'ns2.dns.net', type: 'A', values: ['198.51.100.4'] },
    { name: to, type: 'CNAME', values: ['waws-prod-1.azurewebsites.net'] },
    { name: 'waws-prod-1.azurewebsites.net', type: 'A', values: [address] },
  ],
}
export const example: NamedZone = {
  name: 'example.com',
  servers: { 'ns1.dns.net': '198.51.100.3', 'ns2.dns.net': '198.51.100.4' },
  records: [{ name: api.name, type: 'CNAME', values: api.values }],
  negativeTtlSeconds: 60,
}

/** A new side that answers 200 to every name, with a certificate for it. */
export const well = (
  world: FakeWorld,
  answer: Partial<Extract<EndpointAnswer, { reached: true }>> = {},
): EndpointProbe => ({
  look: async ({ name }) => ({
    reached: true,
    certificate: { names: [name], issuer: 'Example CA', validUntil: world.clock.now() + 90 * day },
    status: 200,
    ...answer,
  }),
})

export interface Given {
  readonly records?: readonly RecordSet[] | Parameters<typeof inMemoryZone>[1]
  readonly zone?: InMemoryZoneOptions
  readonly servers?: readonly NamedZone[]
  readonly down?: readonly string[]
  readonly name?: string
  readonly type?: RecordType
  readonly wrap?: (zone: DnsZone) => DnsZone
  readonly endpoint?: (world: FakeWorld) => EndpointProbe
  readonly options?: Partial<PlanRepointOptions>
}

export async function plan(given: Given = {}) {
  const world = fakeWorld()
  const {
    records = [api, asuid],
    servers = [root, com, net, example],
    down = [],
    wrap = (zone: DnsZone) => zone,
  } = given
  const memory = inMemoryZone(world, records, given.zone)
  const zone = wrap(memory)
  const nameServers = inMemoryNameServers(servers, { down })
  const endpoint = (given.endpoint ?? well)(world)
  const record = dnsRecord(zone, given.name ?? api.name, given.type ?? 'CNAME')
  const options: PlanRepointOptions = { to, nameServers, endpoint, ...given.options }
  const made = await planRepoint(record, options, world)
  return { world, memory, record, nameServers, plan: made, findings: made.findings }
}

/** What a plan found under that code, as `severity`. */
export const severities = (findings: readonly Finding[], code: FindingCode): string[] =>
  findings.filter((finding) => finding.code === code).map(({ severity }) => severity)

export const textOf = (findings: readonly Finding[], code: FindingCode): string =>
  findings
    .filter((finding) => finding.code === code)
    .map(({ text, fix }) => `${text} | ${fix}`)
    .join('\n')
