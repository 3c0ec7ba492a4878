import type { AliasTarget, AnyRecordSet, DnsZone, RecordSet, RecordType } from '../../dns-zone.ts'
import { type AddCase, equal, overJournal } from './zone-trial.ts'

/** A record of each type, in the one form that comes back. */
const examples: Readonly<Record<RecordType, readonly string[]>> = {
  A: ['192.0.2.1', '192.0.2.2'],
  AAAA: ['2001:db8::1'],
  CNAME: ['target.example.net'],
  TXT: ['v=spf1 -all'],
  NS: ['ns1.example.net', 'ns2.example.net'],
  MX: ['10 mail.example.net', '20 mail2.example.net'],
  SRV: ['0 5 443 host.example.net'],
  CAA: ['0 issue "ca.example.net"', '0 iodef "mailto:security@example.net"'],
  HTTPS: ['1 . alpn="h2,h3" ipv4hint=192.0.2.1'],
  SVCB: ['1 target.example.net port=8443'],
}

/** Every type that the zone says it writes, and aliases, come back as they were. */
export function kindCases(add: AddCase, { aliasOf }: { readonly aliasOf?: AliasTarget | undefined }): void {
  for (const [type, values] of Object.entries(examples) as [RecordType, readonly string[]][]) {
    const wants = ({ supports }: DnsZone): boolean => supports.creates && supports.types.includes(type)
    const set = (name: string): RecordSet => ({ name, type, ttlSeconds: 300, values: [...values].sort() })
    add(
      `keeps records of type ${type}`,
      async ({ name, create }) => equal(said((await create(set(name()))).set), set(name()), 'record'),
      { wants },
    )
    add(
      `puts records of type ${type} back from what a journal kept`,
      async ({ zone, name, find, create }) => {
        const found = await create(set(name()))

        await zone.replace(found, { ...set(name()), ttlSeconds: 60 })
        await zone.replace(await zone.find(name(), type), overJournal(found.set))

        equal(await find(found.set), found.set, 'record that was put back')
      },
      { wants },
    )
  }

  add(
    'keeps an alias, and brings it back from what a journal kept',
    async ({ zone, name, find, create }) => {
      if (!aliasOf) return
      const set: AnyRecordSet & { kind: 'alias' } = { kind: 'alias', name: name(), type: 'A', alias: aliasOf }
      const found = await create(set)
      equal(found.set.kind === 'alias' && found.set.alias.target, aliasOf.target, 'target of the alias')

      await zone.replace(found, { name: name(), type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] })
      await zone.replace(await zone.find(set.name, 'A'), overJournal(found.set))

      equal(await find(set), found.set, 'alias that was put back')
    },
    { wants: ({ supports }) => supports.creates && supports.alias },
  )

  add(
    'lists what it finds, each name and type once',
    async ({ zone, name, find, create }) => {
      const sets = ['a', 'b', 'c'].map((label): RecordSet => ({
        name: name(label),
        type: 'TXT',
        ttlSeconds: 300,
        values: [label],
      }))
      for (const set of sets) await create(set)

      const listed: AnyRecordSet[] = []
      for await (const { set } of zone.list?.() ?? []) if (set.name.endsWith(name())) listed.push(set)

      const found = await Promise.all(sets.map(find))
      equal(
        listed.sort((one, other) => (one.name < other.name ? -1 : 1)),
        found,
        'listed records',
      )
    },
    { wants: ({ supports, list }) => supports.creates && list !== undefined },
  )
}

/** Without what says nothing, and what only the provider has. */
function said(set: AnyRecordSet): unknown {
  if (set.kind !== undefined) return set
  const { name, type, ttlSeconds, values } = set
  return { name, type, ttlSeconds, values }
}
