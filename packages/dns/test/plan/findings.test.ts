import type { FindingCode } from '@cutover/dns'
import { expect, test } from 'vitest'

import {
  address,
  api,
  asuid,
  com,
  example,
  type Given,
  net,
  plan,
  root,
  severities,
  textOf,
  to,
  well,
} from './setting.ts'

const withRecords = (...records: NonNullable<(typeof example)['records']>) => ({
  ...example,
  records: [...(example.records ?? []), ...records],
})
const servers = (one: typeof example) => [root, com, net, one]

test('a move to a side that is well has nothing against it, and all was looked at', async () => {
  const { plan: made } = await plan({ records: [{ ...api, ttlSeconds: 60 }, asuid] })

  expect(made.findings).toEqual([])
  expect([made.ok, made.complete]).toEqual([true, true])
})

interface Case {
  readonly severity: 'blocker' | 'warning' | 'note' | 'undecided'
  readonly fires: Given
  /** The nearest case in which it is not found. */
  readonly not: Given
  readonly says?: RegExp
}

const a = { name: api.name, type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] } as const
const moveA: Given = { type: 'A', options: { to: '203.0.113.10' } }
const weighted = (value: string) =>
  ({
    kind: 'weighted',
    name: api.name,
    type: 'CNAME',
    members: [{ id: 'aws', weight: 100, ttlSeconds: 60, values: [value] }],
  }) as const
const coarse: Given['wrap'] = (zone) => ({
  ...zone,
  supports: { ...zone.supports, weighted: { most: 10, zero: 'not served' } },
})
const halves = {
  ...weighted(to),
  members: [...weighted(to).members, { id: 'azure', weight: 100, ttlSeconds: 60, values: api.values }],
} as const
const wildcard = { ...api, name: '*.example.com' }
const text = (name: string, value: string) => ({ name, type: 'TXT', ttlSeconds: 300, values: [value] }) as const
const heritage = 'heritage=external-dns,external-dns/owner=prod,external-dns/resource=ingress/shop/api'
const caa = (name: string, ...values: string[]) => ({ name, type: 'CAA', ttlSeconds: 300, values }) as const
const digicert: Given['options'] = { certificateAuthority: 'digicert.com' }
const days = (count: number) => (world: Parameters<typeof well>[0]) =>
  well(world, {
    certificate: { names: [api.name], issuer: 'Example CA', validUntil: world.clock.now() + count * 86_400_000 },
  })
const byHost = (statuses: Readonly<Record<string, number>>) => (world: Parameters<typeof well>[0]) => ({
  look: async (question: { readonly name: string }) => {
    const answer = await well(world).look({ ...question, address, port: 443, path: '/' })
    return answer.reached ? { ...answer, status: statuses[question.name] ?? 200 } : answer
  },
})

const cases: Readonly<Record<string, Case & { readonly code: FindingCode }>> = {
  'a record that is not there': {
    code: 'record-not-found',
    severity: 'blocker',
    fires: { records: [asuid] },
    not: {},
    says: /api\.example\.com has no CNAME record.*toWeighted\(record, …\) puts CNAMEs in their place/s,
  },
  'a name that only a wildcard answers': {
    code: 'wildcard-shadowed',
    severity: 'blocker',
    fires: { records: [wildcard] },
    not: { records: [wildcard, api, asuid] },
    says: /\*\.example\.com answers for it, and a record at or below api\.example\.com, such as asuid\.api\.example\.com TXT/,
  },
  'a weighted set': {
    code: 'record-kind',
    severity: 'blocker',
    fires: {
      records: [
        {
          kind: 'weighted',
          name: api.name,
          type: 'CNAME',
          members: [{ id: 'aws', weight: 100, ttlSeconds: 60, values: api.values }],
        },
        asuid,
      ],
    },
    not: {},
    says: /shift\(record, \{ to, percent \}\)/,
  },
  'an alias, which repoint replaces when it is told a TTL': {
    code: 'record-kind',
    severity: 'note',
    fires: {
      records: [
        { kind: 'alias', name: api.name, type: 'A', alias: { target: 'd-1.execute-api.us-east-1.amazonaws.com' } },
      ],
      ...moveA,
    },
    not: { records: [a], ...moveA },
    says: /repoint\(record, \{ to, ttlSeconds \}\)/,
  },
  'an alias that is to point to a name': {
    code: 'types-cannot-mix',
    severity: 'blocker',
    fires: {
      records: [
        { kind: 'alias', name: api.name, type: 'A', alias: { target: 'd-1.execute-api.us-east-1.amazonaws.com' } },
      ],
      type: 'A',
    },
    not: { records: [a], ...moveA },
    says: /toWeighted\(record, …\), which replaces the alias by weighted CNAMEs/,
  },
  'an address that is to point to a name, at the apex': {
    code: 'types-cannot-mix',
    severity: 'blocker',
    fires: { records: [{ ...a, name: 'example.com' }], name: 'example.com', type: 'A' },
    not: { records: [{ ...a, name: 'example.com' }], name: 'example.com', ...moveA },
    says: /At the apex a CNAME cannot stand/,
  },
  'an address that is to point to a name, where types cannot change at once': {
    code: 'types-cannot-mix',
    severity: 'blocker',
    fires: { records: [a], type: 'A', zone: { profile: 'azure-dns' } },
    not: { records: [a], ...moveA, zone: { profile: 'azure-dns' } },
    says: /This provider changes no type at once/,
  },
  'a step by weights of a record without any': {
    code: 'weights-unsupported',
    severity: 'blocker',
    fires: { options: { step: { percent: 5 } } },
    not: {},
    says: /First: toWeighted/,
  },
  'a step by weights at a provider without any': {
    code: 'weights-unsupported',
    severity: 'blocker',
    fires: { options: { step: { percent: 5 } }, zone: { profile: 'azure-dns' } },
    not: { zone: { profile: 'azure-dns' } },
    says: /the provider of api\.example\.com has no weights/,
  },
  'a step to a side that no member answers': {
    code: 'weights-unsupported',
    severity: 'blocker',
    fires: { records: [weighted(api.values[0] ?? ''), asuid], options: { step: { percent: 5 } } },
    not: { records: [weighted(to), asuid], options: { step: { percent: 100 } } },
    says: /no member of api\.example\.com answers orders\.azurewebsites\.net/,
  },
  'a step to the id of a member': {
    code: 'weights-unsupported',
    severity: 'blocker',
    fires: { records: [weighted(to), asuid], options: { to: 'aws', step: { percent: 5 } } },
    not: { records: [weighted(to), asuid], options: { step: { percent: 100 } } },
    says: /Say what it answers: to: 'orders\.azurewebsites\.net'/,
  },
  'a step that whole weights cannot say': {
    code: 'weights-unsupported',
    severity: 'blocker',
    fires: { records: [halves], options: { step: { percent: 1 } }, wrap: coarse },
    not: { records: [halves], options: { step: { percent: 50 } }, wrap: coarse },
    says: /a share that whole weights up to 10 can say/,
  },
  'an AAAA beside the A': {
    code: 'sibling-stays',
    severity: 'blocker',
    fires: { records: [a, { ...a, type: 'AAAA', values: ['2001:db8::1'] }], ...moveA },
    not: { records: [a], ...moveA },
    says: /clients that take it stay on the former side when the A moves/,
  },
  'an HTTPS record with addresses beside the A': {
    code: 'sibling-stays',
    severity: 'blocker',
    fires: { records: [a, { ...a, type: 'HTTPS', values: ['1 . alpn="h2" ipv4hint="192.0.2.1"'] }], ...moveA },
    not: { records: [a], ...moveA },
  },
  'an HTTPS record that names nothing else': {
    code: 'sibling-stays',
    severity: 'note',
    fires: { records: [a, { ...a, type: 'HTTPS', values: ['1 . alpn="h2"'] }], ...moveA },
    not: { records: [a], ...moveA },
  },
  'external-dns at the name itself': {
    code: 'foreign-controller',
    severity: 'blocker',
    fires: { records: [a, text(api.name, heritage)], ...moveA },
    not: { records: [a, text(api.name, 'v=spf1 -all')], ...moveA },
    says: /external-dns says in api\.example\.com TXT/,
  },
  'external-dns beside the name, by its type': {
    code: 'foreign-controller',
    severity: 'blocker',
    fires: { records: [api, asuid, text('cname-api.example.com', `"${heritage}"`)] },
    not: { records: [api, asuid, text('cname-shop.example.com', `"${heritage}"`)] },
  },
  'external-dns with a prefix of its own': {
    code: 'foreign-controller',
    severity: 'blocker',
    fires: { records: [api, asuid, text('k8s-cname-api.example.com', heritage)] },
    not: { records: [api, asuid, text('k8s-cname-shop.example.com', heritage)] },
  },
  'external-dns of another name that ends alike': {
    code: 'foreign-controller',
    severity: 'blocker',
    fires: { records: [api, asuid, text('cname-my-api.example.com', heritage)] },
    not: { records: [api, asuid, { ...api, name: 'my-api.example.com' }, text('cname-my-api.example.com', heritage)] },
  },
  octoDNS: {
    code: 'foreign-controller',
    severity: 'blocker',
    fires: { records: [api, asuid, text('_owner.cname.api.example.com', 'shop')] },
    not: { records: [api, asuid, text('_owner.cname.shop.example.com', 'shop')] },
    says: /octoDNS/,
  },
  'no asuid TXT where the app does not know the name': {
    code: 'asuid-missing',
    severity: 'blocker',
    fires: { records: [api], endpoint: byHost({ [api.name]: 404 }) },
    not: { endpoint: byHost({ [api.name]: 404 }) },
    says: /bindHostName/,
  },
  'no asuid TXT where nobody has looked whether the app knows the name': {
    code: 'asuid-missing',
    severity: 'warning',
    fires: { records: [api], options: { endpoint: undefined } },
    not: { records: [api] },
  },
  'no asuid TXT where the app knows the name already': {
    code: 'asuid-missing',
    severity: 'note',
    fires: { records: [api] },
    not: {},
  },
  'no asuid TXT where an app may be behind a Traffic Manager profile': {
    code: 'asuid-missing',
    severity: 'warning',
    fires: { records: [api], options: { to: 'orders.trafficmanager.net', endpoint: undefined } },
    not: { options: { to: 'orders.trafficmanager.net', endpoint: undefined } },
    says: /behind the profile/,
  },
  'a CAA that names others': {
    code: 'caa-forbids',
    severity: 'blocker',
    fires: {
      records: [api, asuid, caa('example.com', '0 issue "amazon.com"')],
      options: { certificateAuthority: 'digicert.com' },
    },
    not: {
      records: [
        api,
        asuid,
        caa('example.com', '0 issue "amazon.com"', '0 issue "digicert.com; cansignhttpexchanges=yes"'),
      ],
      options: digicert,
    },
    says: /by the CAA of example\.com, digicert\.com may not issue a certificate for api\.example\.com: only amazon\.com/,
  },
  'a CAA that allows nobody': {
    code: 'caa-forbids',
    severity: 'blocker',
    fires: { records: [api, asuid, caa('example.com', '0 issue ";"')], options: digicert },
    not: { records: [api, asuid, caa('example.com', '0 iodef "mailto:ca@example.com"')], options: digicert },
    says: /only nobody/,
  },
  'a CAA above one that restricts nobody': {
    code: 'caa-forbids',
    severity: 'blocker',
    fires: {
      records: [api, asuid],
      servers: [
        root,
        { ...com, records: [{ name: 'com', type: 'CAA', values: ['0 issue "other.example"'] }] },
        net,
        example,
      ],
      options: digicert,
    },
    not: {
      records: [api, asuid, caa('example.com', '0 iodef "mailto:ca@example.com"')],
      servers: [
        root,
        { ...com, records: [{ name: 'com', type: 'CAA', values: ['0 issue "other.example"'] }] },
        net,
        example,
      ],
      options: digicert,
    },
  },
  'a CAA at the target, which authorities follow': {
    code: 'caa-forbids',
    severity: 'blocker',
    fires: {
      servers: [
        root,
        com,
        {
          ...net,
          records: [
            ...(net.records ?? []).filter(({ name }) => name !== to),
            { name: to, type: 'A', values: [address] },
            { name: to, type: 'CAA', values: ['0 issue "microsoft.com"'] },
          ],
        },
        example,
      ],
      options: digicert,
    },
    not: { options: digicert },
    says: /by the CAA of orders\.azurewebsites\.net/,
  },
  'a CAA above the zone': {
    code: 'caa-forbids',
    severity: 'blocker',
    fires: {
      servers: [
        root,
        { ...com, records: [{ name: 'com', type: 'CAA', values: ['0 issue "other.example"'] }] },
        net,
        example,
      ],
      options: digicert,
    },
    not: { options: digicert },
    says: /by the CAA of com,/,
  },
  'a CAA for wildcards alone': {
    code: 'caa-forbids',
    severity: 'blocker',
    fires: {
      records: [
        { ...api, name: '*.example.com' },
        asuid,
        caa('example.com', '0 issue "digicert.com"', '0 issuewild "other.example"'),
      ],
      name: '*.example.com',
      options: digicert,
    },
    not: {
      records: [api, asuid, caa('example.com', '0 issue "digicert.com"', '0 issuewild "other.example"')],
      options: digicert,
    },
  },
  'a CAA where nobody says who is to issue': {
    code: 'caa-restricts',
    severity: 'note',
    fires: { records: [api, asuid, caa('example.com', '0 issue "amazon.com"')] },
    not: {},
  },
  'a signed zone': {
    code: 'dnssec-signed',
    severity: 'note',
    fires: {
      servers: [
        root,
        { ...com, delegations: { 'example.com': { ...com.delegations!['example.com']!, ds: '3039' } } },
        net,
        withRecords({ name: 'example.com', type: 'DNSKEY', values: ['0101'] }),
      ],
    },
    not: { servers: servers(withRecords({ name: 'example.com', type: 'DNSKEY', values: ['0101'] })) },
  },
  'a DS without a key': {
    code: 'dnssec-broken',
    severity: 'blocker',
    fires: {
      servers: [
        root,
        { ...com, delegations: { 'example.com': { ...com.delegations!['example.com']!, ds: '3039' } } },
        net,
        example,
      ],
    },
    not: {},
    says: /SERVFAIL/,
  },
  'a name server that does not answer': {
    code: 'delegation-lame',
    severity: 'warning',
    fires: { down: ['198.51.100.4'] },
    not: {},
    says: /1 of 2 name servers .*ns2\.dns\.net 198\.51\.100\.4 does not answer/,
  },
  'name servers of which none serves the zone': {
    code: 'delegation-lame',
    severity: 'blocker',
    fires: {
      servers: [
        root,
        { ...com, delegations: { 'example.com': { servers: { 'gone.dns.net': undefined } } } },
        net,
        example,
      ],
    },
    not: {},
  },
  'a zone that nobody is sent to': {
    code: 'delegation-lame',
    severity: 'blocker',
    fires: { servers: [root, { ...com, delegations: {} }, net, example] },
    not: {},
    says: /it is not delegated/,
  },
  'another zone of the same name': {
    code: 'delegation-elsewhere',
    severity: 'blocker',
    fires: {
      servers: servers({ ...example, records: [{ name: api.name, type: 'CNAME', values: ['old.example.net'] }] }),
    },
    not: {},
    says: /answer something else for api\.example\.com CNAME: ns1\.dns\.net old\.example\.net/,
  },
  'an answer that no member of a weighted set gives': {
    code: 'delegation-elsewhere',
    severity: 'blocker',
    fires: { records: [weighted('x.example.net'), asuid] },
    not: { records: [weighted(api.values[0] ?? ''), asuid] },
  },
  'a name server that lags': {
    code: 'delegation-elsewhere',
    severity: 'warning',
    fires: {
      servers: [
        root,
        com,
        net,
        { ...example, servers: { 'ns1.dns.net': '198.51.100.3' } },
        { ...example, servers: { 'ns2.dns.net': '198.51.100.4' }, records: [] },
      ],
    },
    not: {},
    says: /1 of 2/,
  },
  'a gap that would be remembered for longer than the rto': {
    code: 'negative-cache',
    severity: 'warning',
    fires: { servers: servers({ ...example, negativeTtlSeconds: 900 }), options: { rto: '10m' } },
    not: { servers: servers({ ...example, negativeTtlSeconds: 900 }), options: { rto: '20m' } },
    says: /remembers it for 15m/,
  },
  'a gap that would be remembered for long, where no rto says how long is long': {
    code: 'negative-cache',
    severity: 'warning',
    fires: { servers: servers({ ...example, negativeTtlSeconds: 301 }) },
    not: { servers: servers({ ...example, negativeTtlSeconds: 300 }) },
  },
  'a target that is not there': {
    code: 'target-not-found',
    severity: 'blocker',
    fires: { options: { to: 'gone.azurewebsites.net' } },
    not: {},
    says: /gone\.azurewebsites\.net has no address \(nxdomain\)/,
  },
  'a target that leads back': {
    code: 'target-points-back',
    severity: 'blocker',
    fires: {
      servers: [
        root,
        com,
        { ...net, records: [...(net.records ?? []).slice(0, 2), { name: to, type: 'CNAME', values: [api.name] }] },
        withRecords(),
      ],
    },
    not: {},
    says: /orders\.azurewebsites\.net → api\.example\.com/,
  },
  'a new side that does not answer': {
    code: 'endpoint-unreachable',
    severity: 'blocker',
    fires: { endpoint: () => ({ look: async () => ({ reached: false, why: 'connect ECONNREFUSED' }) }) },
    not: {},
    says: /203\.0\.113\.10 port 443 does not answer for api\.example\.com: connect ECONNREFUSED/,
  },
  'a probe that throws': {
    code: 'endpoint-unreachable',
    severity: 'blocker',
    fires: {
      endpoint: () => ({
        look: async () => {
          throw new Error('no route')
        },
      }),
    },
    not: {},
  },
  'a certificate for another name': {
    code: 'certificate-invalid',
    severity: 'blocker',
    fires: {
      endpoint: (world) =>
        well(world, {
          certificate: {
            names: ['*.azurewebsites.net'],
            issuer: 'Example CA',
            validUntil: world.clock.now() + 1e10,
            problem: 'not for api.example.com',
          },
        }),
    },
    not: {},
    says: /for \*\.azurewebsites\.net, by Example CA/,
  },
  'a certificate that ends while the move goes on': {
    code: 'certificate-expires',
    severity: 'blocker',
    fires: { endpoint: days(0.01) },
    not: { endpoint: days(15) },
    says: /before the move is over/,
  },
  'a certificate that ends soon': {
    code: 'certificate-expires',
    severity: 'warning',
    fires: { endpoint: days(13) },
    not: { endpoint: days(15) },
  },
  'an app that does not know the name': {
    code: 'host-not-served',
    severity: 'blocker',
    fires: { endpoint: byHost({ [api.name]: 404 }) },
    // Whatever name it is asked by, there is nothing at that path.
    not: { endpoint: byHost({ [api.name]: 404, [to]: 404 }) },
    says: /answers 404 to Host: api\.example\.com, 200 to Host: orders\.azurewebsites\.net/,
  },
  'a front end that says that it is misdirected': {
    code: 'host-not-served',
    severity: 'blocker',
    fires: { endpoint: byHost({ [api.name]: 421 }) },
    not: { endpoint: byHost({ [api.name]: 401 }) },
  },
  'an app that fails': {
    code: 'endpoint-failing',
    severity: 'warning',
    fires: { endpoint: byHost({ [api.name]: 503 }) },
    not: {},
  },
  'a TTL that is to be lowered first': {
    code: 'ttl-high',
    severity: 'note',
    fires: {},
    not: { records: [{ ...api, ttlSeconds: 60 }, asuid] },
    says: /caches keep api\.example\.com for 5m.*lowerTtl\(record, \{ ttlSeconds: 60 \}\)/,
  },
  'a TTL of 0': {
    code: 'ttl-zero',
    severity: 'note',
    fires: { records: [{ ...api, ttlSeconds: 0 }, asuid] },
    not: { records: [{ ...api, ttlSeconds: 1 }, asuid] },
  },
  'a TTL that nobody tells': {
    code: 'ttl-unknown',
    severity: 'warning',
    fires: { records: [{ kind: 'opaque', name: api.name, type: 'CNAME', what: 'a latency record', extra: {} }] },
    not: {},
  },
  'a switch before the former TTL is forgotten': {
    code: 'too-early',
    severity: 'blocker',
    // 60 s until all servers have the lower TTL, then 300 s, then 1 s for rounding.
    fires: { options: { switchAt: Date.UTC(2026, 10, 20, 2, 6, 0) } },
    not: { options: { switchAt: Date.UTC(2026, 10, 20, 2, 6, 1) } },
    says: /comes 1s too early/,
  },
  'a way back that is too long': {
    code: 'rto-missed',
    severity: 'blocker',
    // 60 s until all servers have it, the TTL of 60 s, 1 s for rounding.
    fires: { options: { rto: '2m' } },
    not: { options: { rto: '121s' } },
    says: /going back could take 2m01s, the rto is 2m: 1m until all name servers have it.*A TTL of 59 s or less fits/,
  },
  'a provider that compares nothing': {
    code: 'not-compared',
    severity: 'note',
    fires: { wrap: (zone) => ({ ...zone, supports: { ...zone.supports, compareAndSwap: 'none' } }) },
    not: {},
  },
  'a record that is locked': {
    code: 'record-locked',
    severity: 'blocker',
    fires: {
      wrap: (zone) => ({
        ...zone,
        locks: { find: async () => 'moved to Azure', lock: async () => {}, unlock: async () => {} },
      }),
    },
    not: {
      wrap: (zone) => ({
        ...zone,
        locks: { find: async () => undefined, lock: async () => {}, unlock: async () => {} },
      }),
    },
    says: /is locked at its provider: moved to Azure/,
  },
}

for (const [what, { code, severity, fires, not, says }] of Object.entries(cases)) {
  test(`${what} is found as ${severity} ${code}, and only then`, async () => {
    const { findings, plan: made } = await plan(fires)
    const other = await plan(not)

    expect(severities(findings, code)).toContain(severity)
    expect(severities(other.findings, code)).not.toContain(severity)
    expect(textOf(findings, code)).toMatch(says ?? /./)
    expect(made.ok && severity === 'blocker').toBe(false)
  })
}

const broken = (method: 'list' | 'find', matching: RegExp): Given => ({
  wrap: (zone) => ({
    ...zone,
    ...(method === 'list' && {
      // oxlint-disable-next-line require-yield -- it fails before the first
      async *list() {
        throw new Error('throttled')
      },
    }),
    find: async (name, type, call) => {
      if (method === 'find' && matching.test(`${name}/${type}`)) throw new Error('throttled')
      return zone.find(name, type, call)
    },
  }),
})

const undecidable: Readonly<Record<string, { readonly code: FindingCode; readonly given: Given }>> = {
  'who serves the zone, without name servers': {
    code: 'delegation-lame',
    given: { options: { nameServers: undefined } },
  },
  'what is served, without name servers': {
    code: 'delegation-elsewhere',
    given: { options: { nameServers: undefined } },
  },
  'whether it is signed, without name servers': {
    code: 'dnssec-signed',
    given: { options: { nameServers: undefined } },
  },
  'how long a gap lasts, without name servers': {
    code: 'negative-cache',
    given: { options: { nameServers: undefined } },
  },
  'whether the target is there, without name servers': {
    code: 'target-not-found',
    given: { options: { nameServers: undefined } },
  },
  'who may issue, without name servers': { code: 'caa-restricts', given: { options: { nameServers: undefined } } },
  'whether one authority may issue, without name servers': {
    code: 'caa-forbids',
    given: { options: { nameServers: undefined, certificateAuthority: 'digicert.com' } },
  },
  'who serves the zone, when the roots are silent': { code: 'delegation-lame', given: { down: ['198.51.100.1'] } },
  'the certificate, without a probe': { code: 'certificate-invalid', given: { options: { endpoint: undefined } } },
  'the Host header, without a probe': { code: 'host-not-served', given: { options: { endpoint: undefined } } },
  'controllers, when the zone cannot be listed': { code: 'foreign-controller', given: broken('list', /never/) },
  'siblings, when they cannot be read': {
    code: 'sibling-stays',
    given: { records: [a], ...moveA, ...broken('find', /AAAA/) },
  },
  'siblings of a type that the zone does not have': {
    code: 'sibling-stays',
    given: {
      records: [a],
      ...moveA,
      wrap: (zone) => ({ ...zone, supports: { ...zone.supports, types: ['A', 'AAAA', 'CNAME', 'TXT'] } }),
    },
  },
  'the asuid TXT, when it cannot be read': { code: 'asuid-missing', given: broken('find', /asuid/) },
  'what an alias answers where clients ask': {
    code: 'delegation-elsewhere',
    given: { records: [{ kind: 'alias', name: api.name, type: 'A', alias: { target: 'x.amazonaws.com' } }], ...moveA },
  },
  'whether the target is there, when its servers send nowhere': {
    code: 'target-not-found',
    given: {
      servers: [
        root,
        com,
        {
          ...net,
          records: (net.records ?? []).slice(0, 2),
          delegations: { 'azurewebsites.net': { servers: { 'ns.lame.net': '198.51.100.9' } } },
        },
        { name: 'elsewhere.org', servers: { 'ns.lame.net': '198.51.100.9' } },
        example,
      ],
    },
  },
  'a lock, when it cannot be read': {
    code: 'record-locked',
    given: {
      wrap: (zone) => ({
        ...zone,
        locks: { find: () => Promise.reject(new Error('throttled')), lock: async () => {}, unlock: async () => {} },
      }),
    },
  },
}

for (const [what, { code, given }] of Object.entries(undecidable)) {
  test(`${what}: undecided, neither good nor bad`, async () => {
    const { findings, plan: made } = await plan(given)

    const codes = findings
      .filter(({ severity }) => severity === 'undecided')
      .flatMap((finding) => [finding.code, ...((finding.evidence as { codes?: string[] } | undefined)?.codes ?? [])])
    expect(codes).toContain(code)
    expect(made.complete).toBe(false)
  })
}

test('what one missing probe leaves open is one finding, with one thing to do', async () => {
  const { findings } = await plan({ options: { nameServers: undefined, endpoint: undefined } })

  expect(findings.filter(({ severity }) => severity === 'undecided')).toMatchObject([
    {
      code: 'not-looked',
      text: 'nobody has looked whether orders.azurewebsites.net has an address; who serves example.com; what it answers where clients ask; whether it is signed; how long a gap in it is remembered; who may issue certificates for api.example.com: no nameServers were passed',
    },
    {
      code: 'not-looked',
      text: 'nobody has looked which certificate orders.azurewebsites.net shows to clients of api.example.com; whether it knows that name: no endpoint was passed',
    },
  ])
})

test('no resolver and no server below is asked for a name before it is there', async () => {
  const { nameServers } = await plan({ records: [api] })

  expect(nameServers.asked.length).toBeGreaterThan(5)
  expect(nameServers.asked.filter((question) => question.includes('asuid'))).toEqual([])
})
