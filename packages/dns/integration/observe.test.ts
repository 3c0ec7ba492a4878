// Real servers: a colleague takes the move back with BIND's own client, and a resolver loses the zone's servers.
import { dnsRecord, type Observation, observe, systemClock } from '@cutover/dns'
import { dnsResolver } from '@cutover/dns/resolver'
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type BindServer, bindServer, missingBind, nsupdate } from './bind-server.ts'
import { type LabResolver, labResolver, missingDaemons, stopAll } from './lab.ts'

const missing = missingBind ?? missingDaemons('unbound')
if (missing !== undefined) {
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(missing)
  console.warn(`skipped: ${missing}`)
}

const key = { name: 'cutover-key', secret: Buffer.alloc(32, 1).toString('base64') }
const zoneName = 'example.com'
const [from, to] = ['192.0.2.1', '192.0.2.2']

describe.skipIf(missing !== undefined)('observe', () => {
  const running: AsyncDisposable[] = []
  let authority: BindServer
  let unbound: LabResolver

  beforeAll(async () => {
    authority = await bindServer([{ name: zoneName, records: 'ready A 127.0.0.1' }], [key])
    running.push(authority)
    const extra = ['serve-expired: yes', 'ede: yes', 'ede-serve-expired: yes']
    unbound = await labResolver('unbound', { authority: authority.port, zones: [zoneName], extra })
    running.push(unbound)
  })

  afterAll(() => stopAll(running))

  const zone = () => rfc2136Zone({ server: '127.0.0.1', port: authority.port, zone: zoneName, key, propagationMs: 0 })
  const colleague = (...lines: string[]) => nsupdate(authority, key, [`zone ${zoneName}`, ...lines])
  const put = (name: string, value: string) => colleague(`del ${name} A`, `add ${name} 2 A ${value}`)
  const resolver = () => dnsResolver({ server: '127.0.0.1', port: unbound.port, name: 'unbound' })

  test('says that somebody took the move back, and who owns the record', async () => {
    const name = `api.${zoneName}`
    await colleague(`add a-${name} 60 TXT "heritage=external-dns,external-dns/owner=prod"`)
    await put(name, to)
    const observations: Observation[] = []
    const watched = observe(dnsRecord(zone(), name, 'A'), {
      resolvers: [resolver()],
      from,
      to,
      every: '100ms',
      watchFor: '2s',
      within: '30s',
    })

    for await (const observation of watched) {
      const isFirst = observations.push(observation) === 2
      // A controller comes by; and then somebody moves it again.
      if (isFirst) await put(name, from)
      if (observation.reverted) await put(name, to)
    }

    expect(observations.map(({ resolver: by, state }) => `${by} ${state}`).slice(0, 4)).toEqual([
      'authority new',
      'unbound new',
      'authority old',
      'authority new',
    ])
    const { reverted, at } = observations[2] ?? {}
    expect(reverted).toEqual({ after: expect.any(Number), before: at, by: 'external-dns, owner prod' })
    expect(observations.at(-1)).toMatchObject({ resolver: 'unbound', state: 'new' })
  })

  test('tells an answer out of date from a former one', async () => {
    const name = `stale.${zoneName}`
    await put(name, from)
    await resolver().lookup(name, 'A')
    await put(name, to)
    await systemClock.sleep(4_000)
    const observations: Observation[] = []

    const watched = observe(dnsRecord(zone(), name, 'A'), { resolvers: [resolver()], from, to, within: '30s' })
    for await (const observation of watched) observations.push(observation)

    expect(observations.map(({ resolver: by, state }) => `${by} ${state}`)).toEqual([
      'authority new',
      'unbound stale',
      'unbound new',
    ])
  })
})
