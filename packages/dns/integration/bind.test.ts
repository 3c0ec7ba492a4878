// The adapter against BIND, with nsupdate as the colleague who edits the same zone.
import {
  apply,
  dnsRecord,
  type Found,
  isCutoverError,
  lowerTtl,
  type RecordSet,
  repoint,
  systemClock,
} from '@cutover/dns'
import { rfc2136Zone, type Rfc2136ZoneOptions } from '@cutover/dns/rfc2136'
import { dnsZoneConformance } from '@cutover/dns/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type BindServer, bindServer, freePort, missingBind, nsupdate } from './bind-server.ts'

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
const narrowKey = { name: 'narrow-key', secret: Buffer.alloc(32, 9).toString('base64') } as const

let [primary, secondary]: BindServer[] = []

const zone = (options: Partial<Rfc2136ZoneOptions> = {}) =>
  rfc2136Zone({ server: '127.0.0.1', port: primary?.port, zone: 'example.com', key, ...options })

const colleague = (...lines: string[]) => nsupdate({ port: primary?.port ?? 0 }, key, ['zone example.com', ...lines])

const cname = (name: string, ttlSeconds: number, value: string): RecordSet => ({
  name,
  type: 'CNAME',
  ttlSeconds,
  values: [value],
})

/** What BIND has: values and a TTL, in all of these tests. */
const plain = (found: Found | undefined): RecordSet | undefined => found?.set as RecordSet | undefined

const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'it did not reject',
    (error: unknown) => error,
  )

describe.skipIf(missingBind !== undefined)('BIND', () => {
  beforeAll(async () => {
    const port = await freePort()
    const zones = [
      { name: 'example.com', records: '*.wild CNAME source.example.net.\nbeside A 192.0.2.1\nbeside AAAA 2001:db8::1' },
      {
        name: 'narrow.example',
        records: 'api 300 CNAME source.example.net.',
        updatePolicy: 'grant narrow-key name api.narrow.example. CNAME;',
      },
    ]
    const keys = [key, strongKey, narrowKey]
    primary = await bindServer(zones, keys, { notify: port })
    secondary = await bindServer(zones, keys, { port, primary: primary.port })
  })

  afterAll(async () => {
    await primary?.[Symbol.asyncDispose]()
    await secondary?.[Symbol.asyncDispose]()
  })

  for (const { name, run } of dnsZoneConformance({ emptyZone: () => zone(), suffix: 'conformance.example.com' })) {
    test(`an RFC 2136 zone at BIND: ${name}`, run)
  }

  test('a colleague who edits the TTL alone is not overwritten', async () => {
    await colleague('add ttl.example.com 300 CNAME source.example.net.')
    const found = await zone().find('ttl.example.com', 'CNAME')
    await colleague('add ttl.example.com 60 CNAME source.example.net.')

    const error = await rejection(zone().replace(found, cname('ttl.example.com', 300, 'target.example.net')))

    expect(error).toMatchObject({ code: 'DNS_CONFLICT' })
    expect((await zone().find('ttl.example.com', 'CNAME'))?.set).toEqual(
      cname('ttl.example.com', 60, 'source.example.net'),
    )
  })

  test('a colleague who edits the value is not overwritten', async () => {
    await colleague('add value.example.com 300 CNAME source.example.net.')
    const found = await zone().find('value.example.com', 'CNAME')
    await colleague('del value.example.com CNAME', 'add value.example.com 300 CNAME theirs.example.net.')

    const error = await rejection(zone().replace(found, undefined))

    expect(error).toMatchObject({ code: 'DNS_CONFLICT' })
    expect(plain(await zone().find('value.example.com', 'CNAME'))?.values).toEqual(['theirs.example.net'])
  })

  test('a colleague who edits another name of the zone is in nobody’s way', async () => {
    await colleague('add mine.example.com 300 CNAME source.example.net.')
    const found = await zone().find('mine.example.com', 'CNAME')
    await colleague('add theirs.example.com 300 A 192.0.2.1')

    await zone().replace(found, cname('mine.example.com', 300, 'target.example.net'))

    expect(plain(await zone().find('mine.example.com', 'CNAME'))?.values).toEqual(['target.example.net'])
  })

  test('of many writers to one zone each changes its own record, once', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `writer-${i}.example.com`)
    for (const name of names) await zone().replace(undefined, cname(name, 300, 'source.example.net'))

    const ends = await Promise.allSettled(
      names.map(async (name) =>
        zone().replace(await zone().find(name, 'CNAME'), cname(name, 30, 'target.example.net')),
      ),
    )

    const now = await Promise.all(names.map((name) => zone().find(name, 'CNAME')))
    expect(now.map((found) => plain(found)?.ttlSeconds === 30)).toEqual(
      ends.map(({ status }) => status === 'fulfilled'),
    )
    const refusals = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
    expect(refusals.every((error) => isCutoverError(error, 'DNS_CONFLICT') && error.retryable)).toBe(true)
  })

  test('lowerTtl and repoint go there and back', async () => {
    const before = cname('api.example.com', 2, 'source.example.net')
    await zone().replace(undefined, before)
    const api = dnsRecord(zone(), 'api.example.com', 'CNAME')

    const lowered = await apply(lowerTtl(api, { ttlSeconds: 1, until: 'authoritative' }))
    const moved = await apply(repoint(api, { to: 'orders.azurewebsites.net' }))
    expect((await zone().find('api.example.com', 'CNAME'))?.set).toEqual(
      cname('api.example.com', 1, 'orders.azurewebsites.net'),
    )
    await moved.revert()
    await lowered.revert()

    expect((await zone().find('api.example.com', 'CNAME'))?.set).toEqual(before)
  })

  test('a TXT that is cut into other strings is told from one with the same text', async () => {
    await colleague('add text.example.com 300 TXT "ab" "cd"')
    const found = await zone().find('text.example.com', 'TXT')
    expect(plain(found)?.values).toEqual(['abcd'])
    await colleague('del text.example.com TXT', 'add text.example.com 300 TXT "abcd"')

    const error = await rejection(zone().replace(found, undefined))

    expect(error).toMatchObject({ code: 'DNS_CONFLICT' })
  })

  test('a TXT that is cut into other strings can be replaced', async () => {
    await colleague('add cut.example.com 300 TXT "ab" "cd"')
    const found = await zone().find('cut.example.com', 'TXT')

    await zone().replace(found, found && ({ ...found.set, ttlSeconds: 30 } as RecordSet))

    expect((await zone().find('cut.example.com', 'TXT'))?.set).toMatchObject({ ttlSeconds: 30, values: ['abcd'] })
  })

  test('a name that only a wildcard answers for is not replaced, and the error says why', async () => {
    const found = await zone().find('api.wild.example.com', 'CNAME')

    const error = await rejection(zone().replace(found, cname('api.wild.example.com', 30, 'target.example.net')))

    expect(error).toMatchObject({ code: 'DNS_CONFLICT', message: expect.stringContaining('wildcard') as unknown })
  })

  test('an A record is not lost to a CNAME that BIND would ignore beside AAAA', async () => {
    const found = await zone().find('beside.example.com', 'A')

    const error = await rejection(zone().replace(found, cname('beside.example.com', 30, 'target.example.net')))

    expect(error).toMatchObject({ code: 'DNS_CHANGE_REJECTED' })
    expect(await zone().find('beside.example.com', 'A')).toMatchObject({ set: found?.set })
  })

  test('an A record becomes a CNAME in one update', async () => {
    await colleague('add becomes.example.com 300 A 192.0.2.1')
    const next = cname('becomes.example.com', 30, 'target.example.net')

    await zone().replace(await zone().find('becomes.example.com', 'A'), next)

    expect((await zone().find('becomes.example.com', 'CNAME'))?.set).toEqual(next)
    expect(await zone().find('becomes.example.com', 'A')).toBeUndefined()
  })

  test('takes an HMAC-SHA512 key', async () => {
    const strong = zone({ key: strongKey })
    const set = cname('strong.example.com', 300, 'source.example.net')

    await strong.replace(undefined, set)

    expect((await strong.find('strong.example.com', 'CNAME'))?.set).toEqual(set)
  })

  for (const [what, options, text] of [
    ['another secret', { key: { ...key, secret: strongKey.secret } }, 'BADSIG'],
    ['a key that BIND does not know', { key: { ...key, name: 'unknown-key' } }, 'BADKEY'],
    ['a key with another algorithm', { key: { ...key, algorithm: 'hmac-sha512' } }, 'BADKEY'],
    [
      'a clock that is an hour behind',
      { clock: { ...systemClock, now: () => systemClock.now() - 3_600_000 } },
      // BIND's clock runs on: a second may end between our reading and its own.
      /BADTIME; its clock is 360[0-2] s ahead of ours/,
    ],
  ] as const) {
    test(`with ${what} nothing is read or written, and the error says ${String(text)}`, async () => {
      const refused = zone(options)

      const errors = [
        await rejection(refused.find('api.example.com', 'CNAME')),
        await rejection(refused.replace(undefined, cname('refused.example.com', 30, 'target.example.net'))),
      ]

      for (const error of errors) {
        expect(isCutoverError(error, 'DNS_NOT_AUTHORIZED') && error.message).toMatch(text)
        expect(isCutoverError(error) && error.next).toEqual(expect.any(String))
        expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(options.key?.secret ?? key.secret)
      }
      expect(await zone().find('refused.example.com', 'CNAME')).toBeUndefined()
    })
  }

  test('BIND refuses an update that nobody signed, and takes one of a colleague with the key', async () => {
    const lines = ['zone example.com', 'add unsigned.example.com 300 A 192.0.2.1']

    const { status, output } = await nsupdate({ port: primary?.port ?? 0 }, undefined, lines)

    expect([status, output]).toEqual([2, expect.stringContaining('REFUSED')])
    expect((await colleague('add signed.example.com 300 A 192.0.2.1')).status).toBe(0)
  })

  test('a grant for one name and type is all that a key needs', async () => {
    const narrow = zone({ zone: 'narrow.example', key: narrowKey })
    const found = await narrow.find('api.narrow.example', 'CNAME')

    await narrow.replace(found, cname('api.narrow.example', 30, 'target.example.net'))
    const error = await rejection(narrow.replace(undefined, cname('other.narrow.example', 30, 'target.example.net')))

    expect(plain(await narrow.find('api.narrow.example', 'CNAME'))?.ttlSeconds).toBe(30)
    expect(error).toMatchObject({
      code: 'DNS_CHANGE_REJECTED',
      next: expect.stringContaining('update-policy') as unknown,
    })
  })

  test('a zone that BIND does not have is an error, not an absent record', async () => {
    const elsewhere = zone({ zone: 'example.org' })

    expect(await rejection(elsewhere.find('api.example.org', 'A'))).toMatchObject({
      code: 'DNS_UNAVAILABLE',
      retryable: true,
    })
    expect(
      await rejection(elsewhere.replace(undefined, cname('api.example.org', 30, 'target.example.net'))),
    ).toMatchObject({ code: 'DNS_NOT_AUTHORIZED' })
  })

  test('waits for a secondary that is behind', async () => {
    const servers = [primary, secondary].map((server) => ({ server: '127.0.0.1', port: server?.port }))
    const both = zone({ servers })
    const since = systemClock.now()
    await both.waitUntilServed(undefined, { since, clock: systemClock })
    secondary?.process.kill('SIGSTOP')
    const receipt = await both.replace(undefined, cname('lag.example.com', 30, 'target.example.net'))
    let isServed = false

    const served = both.waitUntilServed(receipt, { since, clock: systemClock }).then(() => (isServed = true))
    await systemClock.sleep(500)
    expect(isServed).toBe(false)
    secondary?.process.kill('SIGCONT')
    await served

    const there = zone({ port: secondary?.port })
    expect(plain(await there.find('lag.example.com', 'CNAME'))?.values).toEqual(['target.example.net'])
  })
})
