// Every type of record at BIND: what the adapter writes BIND serves, what a colleague writes comes back byte for byte.
import {
  type AnyRecordSet,
  apply,
  dnsRecord,
  type Found,
  lowerTtl,
  type RecordSet,
  type RecordType,
} from '@cutover/dns'
import { rfc2136Zone, type Rfc2136ZoneOptions } from '@cutover/dns/rfc2136'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type BindServer, bindServer, dig, missingBind, nsupdate } from './bind-server.ts'
import { forgetfulProxy } from './forgetful-proxy.ts'

if (missingBind !== undefined) {
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(missingBind)
  console.warn(`skipped: ${missingBind}`)
}

const key = { name: 'cutover-key', secret: 'Zm9yIHRlc3RzIG9ubHksIGFuZCBpbiB0aGUgb3BlbiE=' } as const

let bind: BindServer

const zone = (options: Partial<Rfc2136ZoneOptions> = {}) =>
  rfc2136Zone({ server: '127.0.0.1', port: bind.port, zone: 'example.com', key, ...options })

const colleague = async (...lines: string[]): Promise<void> => {
  expect(await nsupdate(bind, key, ['zone example.com', ...lines])).toEqual({ status: 0, output: '' })
}

/** What BIND serves, as `dig` prints it. */
const served = async (name: string, type: string): Promise<string[]> =>
  (await dig(bind, undefined, ['+tcp', '+short', name, type])).trim().split('\n').filter(Boolean).toSorted()

const record = (name: string, type: RecordType, ...values: string[]): RecordSet => ({
  name,
  type,
  ttlSeconds: 300,
  values,
})

const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'it did not reject',
    (error: unknown) => error,
  )

describe.skipIf(missingBind !== undefined)('BIND', () => {
  beforeAll(async () => {
    bind = await bindServer([{ name: 'example.com', records: 'ns2 A 127.0.0.1' }], [key])
  })

  afterAll(() => bind?.[Symbol.asyncDispose]())

  for (const [type, values, shown] of [
    ['MX', ['10 mail.example.net', '20 mail2.example.net'], ['10 mail.example.net.', '20 mail2.example.net.']],
    ['MX', ['0 .'], ['0 .']],
    ['SRV', ['0 5 5060 sip.example.net'], ['0 5 5060 sip.example.net.']],
    [
      'CAA',
      ['0 issue "ca.example.net; a=\\"b\\""', '128 iodef "\\233"'],
      ['0 issue "ca.example.net; a=\\"b\\""', '128 iodef "\\233"'],
    ],
    ['HTTPS', ['0 api.example.net'], ['0 api.example.net.']],
    [
      'HTTPS',
      [
        '1 . mandatory=alpn,port alpn="h3,h2" no-default-alpn port=443 ipv4hint=192.0.2.1,192.0.2.2 ech=AEj+DQ== ipv6hint=2001:db8::1',
      ],
      [
        '1 . mandatory=alpn,port alpn="h3,h2" no-default-alpn port=443 ipv4hint=192.0.2.1,192.0.2.2 ech=AEj+DQ== ipv6hint=2001:db8::1',
      ],
    ],
    [
      'SVCB',
      [String.raw`16 foo.example.org alpn="f\\\\oo\\,bar,h2" key667="hello\210qoo"`],
      [String.raw`16 foo.example.org. alpn="f\\\\oo\\,bar,h2" key667="hello\210qoo"`],
    ],
    ['TXT', ['say "yes" \\ or no; 例え'], [String.raw`"say \"yes\" \\ or no; \228\190\139\227\129\136"`]],
    ['CNAME', [String.raw`a\.b\032c.example.net`], [String.raw`a\.b\032c.example.net.`]],
    ['AAAA', ['2001:db8::1', '2001:db8::2'], ['2001:db8::1', '2001:db8::2']],
  ] as const satisfies [RecordType, string[], string[]][]) {
    test(`serves what is written: ${type} ${values[0].slice(0, 40)}`, async () => {
      const set = record(
        `written-${Buffer.from(values.join()).toString('hex').slice(0, 20)}.example.com`,
        type,
        ...values,
      )

      await zone().replace(undefined, set)

      expect(await served(set.name, type)).toEqual(shown)
      expect((await zone().find(set.name, type))?.set).toEqual(set)
      await zone().replace(await zone().find(set.name, type), undefined)
      expect(await served(set.name, type)).toEqual([])
    })
  }

  for (const name of [
    '*.below.example.com',
    String.raw`with\032space.example.com`,
    String.raw`a\.b.example.com`,
    String.raw`back\\slash.example.com`,
    String.raw`semi\059colon.example.com`,
    String.raw`\255\000.example.com`,
    'bücher.example.com',
    '_dmarc.example.com',
    '0/26.example.com',
  ]) {
    test(`finds, lists and changes the name ${name}`, async () => {
      await zone().replace(undefined, record(name, 'TXT', 'one'))
      const found = await zone().find(name, 'TXT')
      const listed = await listOf(({ set }) => set.name === found?.set.name)

      await zone().replace(listed[0], record(name, 'TXT', 'two'))

      expect(found?.set).toMatchObject({ values: ['one'] })
      expect(listed).toHaveLength(1)
      // dig escapes what it prints as zone files do: as this package writes it, and more than it.
      expect(await dig(bind, undefined, ['+tcp', '+short', found?.set.name ?? '', 'TXT'])).toBe('"two"\n')
    })
  }

  async function listOf(wanted: (found: Found) => boolean): Promise<Found[]> {
    const found: Found[] = []
    for await (const each of zone().list?.() ?? []) if (wanted(each)) found.push(each)
    return found
  }

  for (const [what, type, lines, wanted] of [
    ['a TXT in other strings', 'TXT', ['TXT "ab" "" "cd"', 'TXT "abcd"'], ['"ab" "" "cd"', '"abcd"']],
    ['names in other letters', 'MX', ['MX 10 Mail.Example.NET.'], ['10 Mail.Example.NET.']],
    ['a CAA in other letters', 'CAA', ['CAA 0 Issue "CA.example.net"'], ['0 Issue "CA.example.net"']],
    ['a TXT that is not UTF-8', 'TXT', ['TXT "\\255\\254"'], ['"\\255\\254"']],
    ['an HTTPS alias with parameters', 'HTTPS', ['HTTPS 0 foo.example.net. alpn=h2'], ['0 foo.example.net. alpn="h2"']],
  ] as const) {
    test(`${what} comes back byte for byte, also after another process has replaced it`, async () => {
      const name = `bytes-${type.toLowerCase()}-${what.length}.example.com`
      await colleague(...lines.map((line) => `add ${name} 300 ${line}`))
      const before = throughJson((await zone().find(name, type))?.set)
      await zone().replace(await zone().find(name, type), record(name, 'A', '192.0.2.1'))
      expect(await served(name, type)).toEqual([])

      await zone().replace(await zone().find(name, 'A'), before)

      expect(await served(name, type)).toEqual([...wanted].toSorted())
      expect((await zone().find(name, type))?.set).toEqual(before)
    })
  }

  test('a change and its revert leave the strings of a TXT as they were', async () => {
    await colleague('add strings.example.com 2 TXT "v=1;" " p=abc"')
    const text = dnsRecord(zone(), 'strings.example.com', 'TXT')

    const { revert } = await apply(lowerTtl(text, { ttlSeconds: 1, until: 'authoritative' }))
    expect(await served('strings.example.com', 'TXT')).toEqual(['"v=1;" " p=abc"'])
    await revert()

    expect(await served('strings.example.com', 'TXT')).toEqual(['"v=1;" " p=abc"'])
    expect((await zone().find('strings.example.com', 'TXT'))?.set).toMatchObject({
      ttlSeconds: 2,
      values: ['v=1; p=abc'],
    })
  })

  test('records of types that no verb edits are listed, removed and put back as they were', async () => {
    await colleague(
      'add other.example.com 300 PTR Foo.Example.net.',
      String.raw`add other.example.com 60 TYPE4711 \# 3 010203`,
    )
    const before = await listOf(({ set }) => set.name === 'other.example.com')
    expect(before.map(({ set }) => [set.kind, set.type, set.name])).toEqual(
      expect.arrayContaining([
        ['opaque', 'PTR', 'other.example.com'],
        ['opaque', 'TYPE4711', 'other.example.com'],
      ]),
    )

    await zone().replaceAll?.(before.map((expected) => ({ expected, next: undefined })))
    expect(await listOf(({ set }) => set.name === 'other.example.com')).toEqual([])
    await zone().replaceAll?.(before.map(({ set }) => ({ expected: undefined, next: throughJson(set) })))

    expect(await served('other.example.com', 'PTR')).toEqual(['Foo.Example.net.'])
    expect(await served('other.example.com', 'TYPE4711')).toEqual([String.raw`\# 3 010203`])
    expect((await listOf(({ set }) => set.name === 'other.example.com')).map(({ set }) => set)).toEqual(
      before.map(({ set }) => set),
    )
  })

  test('a delegation and the addresses of its servers are found, changed and listed, though BIND refers to it', async () => {
    const [ns, glue] = [
      record('sub.example.com', 'NS', 'ns1.sub.example.com', 'ns9.example.net'),
      record('ns1.sub.example.com', 'A', '192.0.2.53'),
    ]

    await zone().replaceAll?.([ns, glue].map((next) => ({ expected: undefined, next })))
    expect([await zone().find(ns.name, 'NS'), await zone().find(glue.name, 'A')]).toMatchObject([
      { set: ns },
      { set: glue },
    ])
    expect(await zone().find(glue.name, 'AAAA')).toBeUndefined()
    const moved = record(glue.name, 'A', '192.0.2.54')
    await zone().replace(await zone().find(glue.name, 'A'), moved)

    expect((await listOf(({ set }) => set.name.endsWith('sub.example.com'))).map(({ set }) => set)).toEqual(
      expect.arrayContaining([ns, moved]),
    )
    expect(await rejection(zone().find('www.sub.example.com', 'A'))).toMatchObject({ code: 'DNS_UNAVAILABLE' })
    await zone().replace(await zone().find(glue.name, 'A'), undefined)
    await zone().replace(await zone().find(ns.name, 'NS'), undefined)
    expect(await listOf(({ set }) => set.name.endsWith('sub.example.com'))).toEqual([])
  })

  test('the name servers of the zone itself are replaced, and never deleted', async () => {
    const found = await zone().find('example.com', 'NS')
    const before = found?.set as RecordSet
    expect(before.values).toEqual(['ns1.example.com'])

    await zone().replace(found, { ...before, ttlSeconds: 600, values: ['ns2.example.com', 'ns9.example.net'] })
    expect(await served('example.com', 'NS')).toEqual(['ns2.example.com.', 'ns9.example.net.'])
    const deleted = await rejection(zone().replace(await zone().find('example.com', 'NS'), undefined))
    await zone().replace(await zone().find('example.com', 'NS'), before)

    expect(deleted).toMatchObject({ code: 'DNS_CHANGE_REJECTED' })
    expect((await zone().find('example.com', 'NS'))?.set).toEqual(before)
  })

  test('a name that BIND takes for no host is refused by it, and the error says where to look', async () => {
    const error = await rejection(zone().replace(undefined, record('_host.example.com', 'A', '192.0.2.1')))

    expect(error).toMatchObject({ code: 'DNS_CHANGE_REJECTED', message: expect.stringContaining('REFUSED') as unknown })
    expect(await served('_host.example.com', 'A')).toEqual([])
  })

  test('a change whose reply is lost on the way from BIND is found to be applied, and was sent once', async () => {
    await colleague('add lost.example.com 300 MX 10 mail.example.net.')
    await using proxy = await forgetfulProxy(bind.port)
    const lossy = zone({ port: proxy.port, timeoutMs: 500, lateMs: 100 })
    proxy.forgetNextUpdate()

    const { revert } = await apply(
      lowerTtl(dnsRecord(lossy, 'lost.example.com', 'MX'), { ttlSeconds: 30, until: 'authoritative' }),
    )

    expect((await zone().find('lost.example.com', 'MX'))?.set).toMatchObject({ ttlSeconds: 30 })
    expect(proxy.updates).toBe(1)
    await revert()
    expect((await zone().find('lost.example.com', 'MX'))?.set).toMatchObject({ ttlSeconds: 300 })
  })
})

const throughJson = (set: AnyRecordSet | undefined): AnyRecordSet | undefined =>
  set && (JSON.parse(JSON.stringify(set)) as AnyRecordSet)
