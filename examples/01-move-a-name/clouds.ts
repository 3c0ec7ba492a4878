// What the cutover touches: chosen here, so that a real account is one import away.
import { dnsRecord } from '@cutover/dns'
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { inMemoryResolver, inMemoryZone } from '@cutover/dns/testing'
import { httpProbe, nOfM } from '@cutover/health-checks'
import { inMemoryHosts } from '@cutover/health-checks/testing'
import { clients, type FakeWorld } from '@cutover/rehearsal'

import type { Parts } from './move-a-name.ts'

export const name = 'api.example.test'
export const zoneName = 'example.test'
/** Two servers on the loopback, as if each stood in a cloud of its own. */
export const source = '127.0.0.2'
export const target = '127.0.0.3'
/** For this demonstration only: made up, and known to everybody. */
export const key = { name: 'cutover', secret: 'ZGVtb25zdHJhdGlvbi1vbmx5LW5vdC1hLXNlY3JldCE=' }

/** A real zone and a real server: RFC 2136 updates and HTTP over sockets. */
export function local({ dnsPort, httpPort }: { readonly dnsPort: number; readonly httpPort: number }): Parts {
  const zone = rfc2136Zone({
    server: '127.0.0.1',
    port: dnsPort,
    zone: zoneName,
    key,
    propagationMs: 500,
    lateMs: 2_000,
  })
  return {
    api: dnsRecord(zone, name, 'A'),
    to: target,
    ttlSeconds: 1,
    healthy: nOfM(httpProbe({ url: `http://${name}:${httpPort}/health`, address: target, within: '2s' }), {
      pass: 8,
      of: 10,
      every: '200ms',
      title: 'The target is well',
    }),
  }
}

/** The same in a fake world, with the delays and TTLs of a real one; the target may fall ill once it has traffic. */
export function fake(
  world: FakeWorld,
  { falls, ttlSeconds = 30 }: { readonly falls: boolean; readonly ttlSeconds?: number },
) {
  const zone = inMemoryZone(world, [{ name, type: 'A', ttlSeconds: 300, values: [source] }], { name: zoneName })
  const hosts = inMemoryHosts(world)
  hosts.serve(source)
  const host = hosts.serve(target, ({ path }) => {
    if (path !== '/health' && falls) world.later(10_000, () => host.turn('sick'))
    return {}
  })
  const parts: Parts = {
    api: dnsRecord(zone, name, 'A'),
    to: target,
    ttlSeconds,
    healthy: nOfM(httpProbe({ url: `http://${name}/health`, address: target, transport: hosts.transport }), {
      pass: 4,
      of: 5,
      every: '5s',
      title: 'The target is well',
    }),
  }
  return { ...parts, zone, hosts }
}

/** Clients that cache what their resolvers say: what they are told is what counts. */
export function load({ zone, hosts }: ReturnType<typeof fake>, world: FakeWorld): () => void {
  const resolvers = [
    inMemoryResolver(world, { zone }),
    inMemoryResolver(world, { zone }),
    inMemoryResolver(world, { zone, profile: 'bind' }),
  ]
  return clients(world, {
    name,
    count: resolvers.length,
    everyMs: 15_000,
    resolve: (client) => resolvers[client]?.answer(name, 'A')?.values[0],
    reach(address) {
      const reply = hosts.respond(address, name, '/orders')
      return reply.kind === 'response' ? address : undefined
    },
  })
}
