import { knownOptions } from '@cutover/core'
import type { CallOptions, FakeWorld } from '@cutover/core/testing'

import type { SendOptions } from '../azure-dns/azure-dns-like.ts'
import type { DnsZone } from '../dns-zone.ts'
import { oneOf, refuseOption } from '../option-error.ts'
import type { TrafficManagerLike } from '../traffic-manager/traffic-manager-like.ts'
import { trafficManagerProfile, type TrafficManagerProfileOptions } from '../traffic-manager/traffic-manager-profile.ts'
import { aborted, asRestError, restError } from './fake-client-errors.ts'
import { fenceNote } from './fake-client.ts'
import { fencedZone } from './in-memory-azure-fence.ts'
import {
  type TrafficManagerMachine,
  trafficManagerMachine,
  type TrafficManagerMachineOptions,
} from './in-memory-traffic-manager-machine.ts'

export interface InMemoryTrafficManagerOptions extends Omit<TrafficManagerMachineOptions, 'now'> {
  /** @default 'local' */
  readonly resourceGroup?: string | undefined
}

const managerOptions: readonly (keyof InMemoryTrafficManagerOptions)[] = [
  'name',
  'endpoints',
  'trafficRoutingMethod',
  'ttlSeconds',
  'intervalSeconds',
  'toleratedFailures',
  'servedAfterMs',
  'resourceGroup',
]

type Method = 'profiles.get' | 'profiles.update' | 'endpoints.update'

const methods: readonly Method[] = ['profiles.get', 'profiles.update', 'endpoints.update']

/** Azure Traffic Manager at the level of the SDK's client, with one profile: what our adapter is tested over. */
export interface InMemoryTrafficManager extends TrafficManagerLike {
  readonly resourceGroup: string
  /** What `trafficManagerProfiles([machine])` of `@cutover/local-azure` serves, what name servers answer, and whose probes fail. */
  readonly machine: TrafficManagerMachine
  /** The writes that were made, not those that were refused: `azure {"weight":5}`. A copy. */
  readonly writes: readonly string[]
  failNext(method: Method, error: unknown): void
  /** Our adapter over it, in the world's time; its writes are known to be fenced. */
  zone(options?: Omit<TrafficManagerProfileOptions, 'client' | 'resourceGroup' | 'profile' | 'clock'>): DnsZone
}

/**
 * Operations: `trafficManager.profiles.get`, `trafficManager.profiles.update`, `trafficManager.endpoints.update`. The world
 * watches what is configured as `trafficManager:<profile>`.
 */
export function inMemoryTrafficManager(
  world: FakeWorld,
  options: InMemoryTrafficManagerOptions,
): InMemoryTrafficManager {
  knownOptions(options, managerOptions, 'DNS_OPTION_INVALID', 'inMemoryTrafficManager')
  const { resourceGroup = 'local', ...machineOptions } = options
  if (!Array.isArray(machineOptions.endpoints)) {
    refuseOption('endpoints', machineOptions.endpoints, 'a list: [{ name, target, weight }]')
  }
  const machine = trafficManagerMachine({ ...machineOptions, now: world.clock.now })
  const writes: string[] = []
  const failures: { readonly method: Method; readonly error: unknown }[] = []
  const note = fenceNote()

  world.watch(`trafficManager:${machine.name}`, () => {
    const { profileStatus, dnsConfig, endpoints = [] } = machine.profile()
    return { profileStatus, dnsConfig, endpoints: endpoints.map(({ endpointMonitorStatus: _status, ...one }) => one) }
  })

  async function call<T>(
    method: Method,
    [group, profile, about]: readonly [group: string, profile: string, about: string],
    { abortSignal: signal, onResponse }: SendOptions,
    how: CallOptions,
    body: () => T,
  ): Promise<T> {
    const failure = failures.findIndex((armed) => armed.method === method)
    if (failure >= 0) throw failures.splice(failure, 1)[0]?.error
    if (signal?.aborted) throw aborted()
    try {
      const answer = await world.call(`trafficManager.${method} ${about}`, { ...how, signal }, () => {
        if (group !== resourceGroup || profile !== machine.name) {
          const message = `The Resource 'Microsoft.Network/trafficmanagerprofiles/${profile}' under resource group '${group}' was not found.`
          throw restError('ResourceNotFound', message, 404)
        }
        return body()
      })
      onResponse?.({ status: 200 })
      return answer
    } catch (error) {
      throw signal?.aborted ? aborted() : asRestError(error, conflict)
    }
  }

  const client: TrafficManagerLike = {
    profiles: {
      get: (group, profile, how = {}) => call('profiles.get', [group, profile, ''], how, {}, () => machine.profile()),
      update(group, profile, given, how = {}) {
        const change = structuredClone(given)
        return call('profiles.update', [group, profile, ''], how, { write: true, fence: note.current }, () => {
          machine.updateProfile(change)
          writes.push(JSON.stringify(change))
          return machine.profile()
        })
      },
    },
    endpoints: {
      update(group, profile, type, name, given, how = {}) {
        const change = structuredClone(given)
        return call('endpoints.update', [group, profile, name], how, { write: true, fence: note.current }, () => {
          machine.updateEndpoint(type, name, change)
          writes.push(`${name} ${JSON.stringify(change)}`)
          return machine.endpoint(type, name)
        })
      },
    },
  }

  return {
    ...client,
    resourceGroup,
    machine,
    get writes() {
      return [...writes]
    },
    failNext: (method, error) => void failures.push({ method: oneOf('method', method, methods), error }),
    zone(more = {}) {
      const place = { client, resourceGroup, profile: machine.name, clock: world.clock }
      return fencedZone(trafficManagerProfile({ ...more, ...place }), note)
    },
  }
}

/** There is no precondition that an SDK's own retry could fail: what it meets is work in progress. */
const conflict = (): Error => restError('Conflict', 'Another operation on this resource is in progress.', 409)
