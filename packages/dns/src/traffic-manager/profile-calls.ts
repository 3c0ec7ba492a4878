import { asked, type Attempt } from '../azure-dns/arm-failure.ts'
import type { CallOptions, WriteOptions } from '../dns-zone.ts'
import type { EndpointEdit } from './endpoint-edits.ts'
import { endpointTypeOf } from './profile-record.ts'
import type { TrafficManagerLike, TrafficManagerProfile } from './traffic-manager-like.ts'

/** The requests about one profile, their errors as ours. */
export interface ProfileCalls {
  read(options?: CallOptions): Promise<TrafficManagerProfile>
  setTtl(profile: TrafficManagerProfile, ttlSeconds: number, options: WriteOptions): Promise<void>
  /** One after the other, in that order. */
  change(profile: TrafficManagerProfile, edits: readonly EndpointEdit[], options: WriteOptions): Promise<void>
}

export function profileCalls(client: TrafficManagerLike, group: string, name: string): ProfileCalls {
  const attemptTo = (what: string, operation: string): Attempt => ({
    what: `${what} Traffic Manager profile ${name}`,
    operation: `Microsoft.Network/trafficManagerProfiles/${operation}`,
  })
  return {
    async read({ signal } = {}) {
      signal?.throwIfAborted()
      const got = await asked(attemptTo('read', 'read'), signal, (how) => client.profiles.get(group, name, how))
      return got?.answer ?? {}
    },
    async setTtl({ dnsConfig: { relativeName } = {} }, ttl, { signal, fence }) {
      const dnsConfig = { ...(relativeName === undefined ? {} : { relativeName }), ttl }
      signal?.throwIfAborted()
      // Directly before each request, in the same turn.
      fence?.()
      await asked(attemptTo('change the TTL of', 'write'), signal, (how) =>
        client.profiles.update(group, name, { dnsConfig }, how),
      )
    },
    async change({ endpoints = [] }, edits, { signal, fence }) {
      for (const { id, change } of edits) {
        const type = endpointTypeOf(endpoints.find((one) => one.name === id) ?? {})
        const operation = `${type.slice(0, 1).toLowerCase()}${type.slice(1)}/write`
        signal?.throwIfAborted()
        fence?.()
        await asked(attemptTo(`change endpoint ${id} of`, operation), signal, (how) =>
          client.endpoints.update(group, name, type, id, { ...change }, how),
        )
      }
    },
  }
}
