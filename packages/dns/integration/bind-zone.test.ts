// Many records at once at BIND: one update for all, and the whole zone in one state of it.
import {
  apply,
  type Found,
  type RecordSet,
  type RecordType,
  restore,
  snapshot,
  systemClock,
  type ZoneSnapshot,
} from '@cutover/dns'
import { rfc2136Zone, type Rfc2136ZoneOptions } from '@cutover/dns/rfc2136'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type BindServer, bindServer, dig, freePort, missingBind, nsupdate } from './bind-server.ts'

if (missingBind !== undefined) {
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(missingBind)
  console.warn(`skipped: ${missingBind}`)
}

const key = { name: 'cutover-key', secret: 'Zm9yIHRlc3RzIG9ubHksIGFuZCBpbiB0aGUgb3BlbiE=' } as const
const strongKey = {
  name: 'strong-key',
  algorithm: 'hmac-sha512',
  secret: Buffer.alloc(64, 7).toString('base64'),
} as const
const readerKey = { name: 'reader-key', secret: Buffer.alloc(32, 9).toString('base64') } as const

/** Of every kind: what verbs edit, what they do not, and what is written otherwise than this package does. */
const records = String.raw`
www 60 A 192.0.2.1
www 60 AAAA 2001:db8::1
* 60 CNAME Source.Example.NET.
_dmarc 60 TXT "v=DMARC1;" " p=none"
bytes 60 TXT "\255\254"
mail 60 MX 10 Mail.Example.NET.
_sip._tcp 60 SRV 0 5 5060 sip.example.net.
@ 60 CAA 0 Issue "ca.example.net"
www 60 HTTPS 1 . alpn="h2,h3" ipv4hint=192.0.2.1
alias 60 HTTPS 0 foo.example.net. alpn=h2
sub 60 NS ns1.sub
ns1.sub 60 A 192.0.2.53
ptr 60 PTR Host.Example.net.
own 60 TYPE4711 \# 3 010203
a\.b 60 TXT "with a dot"
`

/** More than one message of a transfer: about 500 kB. */
const manyRecords = 12_000

let [primary, secondary]: BindServer[] = []

const zone = (options: Partial<Rfc2136ZoneOptions> = {}) =>
  rfc2136Zone({ server: '127.0.0.1', port: primary?.port, zone: 'example.com', key, ...options })

const colleague = (...lines: string[]) => nsupdate({ port: primary?.port ?? 0 }, key, ['zone example.com', ...lines])

const record = (name: string, type: RecordType, ...values: string[]): RecordSet => ({
  name,
  type,
  ttlSeconds: 300,
  values,
})

async function all(of = zone()): Promise<Found[]> {
  const found: Found[] = []
  for await (const each of of.list?.() ?? []) found.push(each)
  return found
}

const rejection = (call: Promise<unknown> | undefined): Promise<unknown> =>
  (call ?? Promise.resolve()).then(
    () => 'it did not reject',
    (error: unknown) => error,
  )

describe.skipIf(missingBind !== undefined)('BIND', () => {
  beforeAll(async () => {
    const port = await freePort()
    const many = Array.from({ length: manyRecords }, (_, i) => `host-${i} ${i % 3} A 192.0.2.${i % 250}`)
    const zones = [
      { name: 'example.com' },
      { name: 'many.example', records: many.join('\n') },
      { name: 'closed.example', allowTransfer: 'key "reader-key";' },
      { name: 'plain.example', records },
      { name: 'signed.example', records, dnssec: true },
    ]
    const keys = [key, strongKey, readerKey]
    primary = await bindServer(zones, keys, { notify: port })
    secondary = await bindServer(zones.slice(0, 1), keys, { port, primary: primary.port })
  })

  afterAll(async () => {
    await primary?.[Symbol.asyncDispose]()
    await secondary?.[Symbol.asyncDispose]()
  })

  test('types change at several names in one update, in whatever order the edits are given', async () => {
    const names = ['one', 'two', 'three'].map((label) => `${label}.flip.example.com`)
    for (const name of names) {
      await zone().replaceAll?.([
        { expected: undefined, next: record(name, 'AAAA', '2001:db8::1') },
        { expected: undefined, next: record(name, 'A', '192.0.2.1', '192.0.2.2') },
      ])
    }
    const serial = await serialOf()
    const edits = await Promise.all(
      names.map(async (name) => [
        { expected: undefined, next: record(name, 'CNAME', 'target.example.net') },
        { expected: await zone().find(name, 'A'), next: undefined },
        { expected: await zone().find(name, 'AAAA'), next: undefined },
      ]),
    )

    const receipt = await zone().replaceAll?.(edits.flat())

    expect(await serialOf()).toBe(serial + 1)
    expect(receipt).toMatchObject({ serial: serial + 1 })
    for (const name of names) {
      expect((await zone().find(name, 'CNAME'))?.set).toEqual(record(name, 'CNAME', 'target.example.net'))
      expect([await zone().find(name, 'A'), await zone().find(name, 'AAAA')]).toEqual([undefined, undefined])
    }
  })

  test('no resolver sees a name without an answer while its type changes', async () => {
    const [name, a, cname] = [
      'live.example.com',
      record('live.example.com', 'A', '192.0.2.1'),
      record('live.example.com', 'CNAME', 'ns1.example.com'),
    ]
    await zone().replace(undefined, a)
    const seen = new Set<string>()
    const done = new AbortController()
    const watching = (async () => {
      while (!done.signal.aborted) {
        const output = await dig({ port: primary?.port ?? 0 }, undefined, ['+noall', '+comments', '+answer', name, 'A'])
        seen.add(`${/status: (\w+)/.exec(output)?.[1]} ${/ANSWER: (\d)/.exec(output)?.[1]}`)
      }
    })()

    for (let i = 0; i < 20; i++) {
      await zone().replaceAll?.([
        { expected: undefined, next: cname },
        { expected: await zone().find(name, 'A'), next: undefined },
      ])
      await zone().replaceAll?.([
        { expected: await zone().find(name, 'CNAME'), next: undefined },
        { expected: undefined, next: a },
      ])
    }
    done.abort()
    await watching

    expect([...seen].filter((each) => each !== 'NOERROR 1' && each !== 'NOERROR 2')).toEqual([])
    expect(seen.size).toBe(2)
  })

  for (const [what, lines] of [
    ['value', ['del theirs.batch.example.com A', 'add theirs.batch.example.com 300 A 192.0.2.9']],
    ['TTL alone', ['add theirs.batch.example.com 60 A 192.0.2.1']],
    ['deletion', ['del theirs.batch.example.com A']],
  ] as const) {
    test(`a colleague’s edit of one of the records (${what}) stops all edits`, async () => {
      await colleague('del theirs.batch.example.com A')
      await colleague('add theirs.batch.example.com 300 A 192.0.2.1', 'add ours.batch.example.com 300 A 192.0.2.1')
      const expected = await Promise.all(
        ['ours.batch.example.com', 'theirs.batch.example.com'].map((name) => zone().find(name, 'A')),
      )
      await colleague(...lines)

      const error = await rejection(
        zone().replaceAll?.(
          expected.map((each) => ({ expected: each, next: record(each?.set.name ?? '', 'A', '192.0.2.7') })),
        ),
      )

      expect(error).toMatchObject({ code: 'DNS_CONFLICT', message: expect.stringContaining('theirs') as unknown })
      expect((await zone().find('ours.batch.example.com', 'A'))?.set).toMatchObject({ values: ['192.0.2.1'] })
    })
  }

  test('a record that is there already stops all edits', async () => {
    await colleague('add there.example.com 300 TXT theirs')

    const error = await rejection(
      zone().replaceAll?.([
        { expected: undefined, next: record('fresh.example.com', 'A', '192.0.2.1') },
        { expected: undefined, next: record('there.example.com', 'TXT', 'ours') },
      ]),
    )

    expect(error).toMatchObject({ code: 'DNS_CONFLICT' })
    expect(await zone().find('fresh.example.com', 'A')).toBeUndefined()
  })

  test('a batch that fills a message is taken, a larger one is refused before it is sent', async () => {
    const batch = (count: number, label: string) =>
      Array.from({ length: count }, (_, i) => ({
        expected: undefined,
        next: record(`${label}-${i}.size.example.com`, 'A', '192.0.2.1'),
      }))
    const serial = await serialOf()

    const error = await rejection(zone().replaceAll?.(batch(1_000, 'large')))
    expect(error).toMatchObject({ code: 'DNS_BATCH_TOO_LARGE' })
    expect(await serialOf()).toBe(serial)
    const receipt = await zone().replaceAll?.(batch(500, 'fits'))

    expect(receipt).toMatchObject({ serial: serial + 1 })
    const [first] = batch(1, 'fits')
    await zone({ servers: [{ server: '127.0.0.1', port: secondary?.port }] }).waitUntilServed(receipt, {
      since: 0,
      clock: systemClock,
    })
    expect((await zone({ port: secondary?.port }).find(first?.next.name ?? '', 'A'))?.set).toEqual(first?.next)
  })

  test('what is listed is what dig transfers, in several signed messages', async () => {
    const many = zone({ zone: 'many.example', key: strongKey })

    const listed = await all(many)

    const transferred = await dig({ port: primary?.port ?? 0 }, strongKey, [
      '+noall',
      '+answer',
      'many.example',
      'AXFR',
    ])
    const lines = transferred.split('\n').filter((line) => /\sIN\s/.test(line))
    // The SOA stands at both ends.
    expect(listed).toHaveLength(lines.length - 1)
    expect(listed).toHaveLength(manyRecords + 3)
    const found = listed.find(({ set }) => set.name === 'host-11.many.example')
    expect(found).toEqual(await many.find('host-11.many.example', 'A'))
  })

  test('what is listed can be changed all at once, unless somebody else has been there', async () => {
    await colleague('add a.listed.example.com 300 A 192.0.2.1', 'add b.listed.example.com 300 A 192.0.2.1')
    const edits = async () =>
      (await all())
        .filter(({ set }) => set.name.endsWith('.listed.example.com'))
        .map((expected) => ({ expected, next: { ...(expected.set as RecordSet), values: ['192.0.2.2'] } }))
    const stale = await edits()
    await colleague('add a.listed.example.com 60 A 192.0.2.1')

    const error = await rejection(zone().replaceAll?.(stale))
    await zone().replaceAll?.(await edits())

    expect(error).toMatchObject({ code: 'DNS_CONFLICT' })
    expect((await zone().find('a.listed.example.com', 'A'))?.set).toMatchObject({
      ttlSeconds: 60,
      values: ['192.0.2.2'],
    })
    expect((await zone().find('b.listed.example.com', 'A'))?.set).toMatchObject({
      ttlSeconds: 300,
      values: ['192.0.2.2'],
    })
  })

  test('a key that may not have the zone is told so, and how to allow it', async () => {
    const closed = { zone: 'closed.example' }

    const error = await rejection(all(zone(closed)))

    expect(error).toMatchObject({
      code: 'DNS_NOT_AUTHORIZED',
      next: expect.stringContaining('allow-transfer { key "cutover-key"; }') as unknown,
    })
    expect((await all(zone({ ...closed, key: readerKey }))).map(({ set }) => set.type).toSorted()).toEqual([
      'A',
      'NS',
      'SOA',
    ])
    expect(await rejection(all(zone({ zone: 'example.org' })))).toMatchObject({ code: 'DNS_NOT_AUTHORIZED' })
    expect(await rejection(all(zone({ key: { ...key, secret: readerKey.secret } })))).toMatchObject({
      code: 'DNS_NOT_AUTHORIZED',
      message: expect.stringContaining('BADSIG') as unknown,
    })
  })

  for (const name of ['plain.example', 'signed.example']) {
    test(`a snapshot of ${name} is brought back, whatever was done to it`, async () => {
      const where = zone({ zone: name })
      const before = await all(where)
      const taken = JSON.parse(JSON.stringify(await snapshot(where))) as ZoneSnapshot
      const deleted = ['www', '_dmarc', 'bytes', 'mail', '_sip._tcp', 'alias', 'sub', 'ns1.sub', 'ptr', 'own']
      const theirs = await nsupdate({ port: primary?.port ?? 0 }, key, [
        `zone ${name}`,
        ...deleted.map((label) => `del ${label}.${name}`),
        `del ${name} CAA`,
        `add www.${name} 60 CNAME theirs.example.net.`,
        `add *.${name} 30 CNAME theirs.example.net.`,
        `add stray.${name} 60 PTR stray.example.net.`,
      ])

      await apply(restore(where, taken, { accept: [`sub.${name}/NS`, `${name}/CAA`] }))

      expect(theirs).toEqual({ status: 0, output: '' })
      expect(kept(await all(where))).toEqual(kept(before))
      expect(kept(before)).toHaveLength(17 + (name === 'signed.example' ? 2 : 0))
    })
  }

  /** All but the SOA, whose serial has counted up. */
  const kept = (found: readonly Found[]): readonly string[] =>
    found.flatMap(({ set }) => (set.type === 'SOA' ? [] : [JSON.stringify(set)])).toSorted()

  async function serialOf(): Promise<number> {
    const { token } = (await zone().find('ns1.example.com', 'A')) ?? {}
    return (token as { readonly serial: number }).serial
  }
})
