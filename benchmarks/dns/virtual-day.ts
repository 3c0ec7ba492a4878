// A day of virtual time: a thousand resolvers whose clients ask all day, while a name is moved and moved back.
import { fakeWorld } from '@cutover/core/testing'
import { apply, dnsRecord, lowerTtl, observe, repoint } from '@cutover/dns'
import { inMemoryResolver, type ResolverProfileName, inMemoryZone } from '@cutover/dns/testing'

import { coreMs } from './core-ms.ts'

const profiles: readonly ResolverProfileName[] = ['unbound', 'unbound prefetch', 'bind', 'dnsmasq', 'pdns', 'kresd']
const resolverCount = 1_000
const hourMs = 3_600_000
const everyMs = 300_000

export interface VirtualDay {
  readonly wallMs: number
  readonly coreMs: number
  /** Questions of clients. */
  readonly asked: number
  /** Observations of the move there. */
  readonly observed: number
  readonly virtualHours: number
}

export async function virtualDay(): Promise<VirtualDay> {
  const [wallAt, coreAt] = [performance.now(), coreMs()]
  const world = fakeWorld()
  const { clock } = world
  const set = { name: 'api.example.com', type: 'CNAME', ttlSeconds: 300, values: ['source.example.net'] } as const
  const zone = inMemoryZone(world, [set])
  const resolvers = Array.from({ length: resolverCount }, (_, i) => {
    const profile = profiles[i % profiles.length] ?? 'unbound'
    return inMemoryResolver(world, { zone, profile, name: `${profile} ${i}` })
  })
  let asked = 0
  let wrong = 0
  const stops = resolvers.map((resolver) =>
    world.repeat(
      everyMs,
      () => {
        asked += 1
        if (resolver.answer(set.name, 'CNAME') === undefined) wrong += 1
      },
      Math.floor(world.random() * everyMs),
    ),
  )
  const startedAt = clock.now()
  const record = dnsRecord(zone, set.name, 'CNAME')
  await clock.sleep(6 * hourMs)
  const lowered = await apply(lowerTtl(record, { ttlSeconds: 60 }), world)
  const to = 'target.example.net'
  const moved = await apply(repoint(record, { to, notBefore: lowered.result.safeAt }), world)
  const watched = observe(record, { resolvers, to, allMovedBy: moved.result.allMovedBy, clock })
  let observed = 0
  for await (const { state } of watched) observed += state === 'new' ? 1 : 0
  await clock.sleep(12 * hourMs)
  await moved.revert()
  await lowered.revert()
  await clock.sleep(startedAt + 24 * hourMs - clock.now())
  for (const stop of stops) stop()
  if (wrong > 0 || observed !== resolverCount + 1) throw new Error(`${wrong} without an answer, ${observed} moved`)
  const virtualHours = (clock.now() - startedAt) / hourMs
  return { wallMs: performance.now() - wallAt, coreMs: coreMs() - coreAt, asked, observed, virtualHours }
}
