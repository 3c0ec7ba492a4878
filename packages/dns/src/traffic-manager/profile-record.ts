import { isCutoverError } from '@cutover/core'

import { isIpv4, shortIpv6 } from '../address.ts'
import type { AnyRecordSet, Found, RecordType, WeightedMember } from '../dns-zone.ts'
import { recordValues } from '../record-values.ts'
import type { EndpointType, TrafficManagerEndpoint, TrafficManagerProfile } from './traffic-manager-like.ts'

const endpointTypes: readonly EndpointType[] = ['AzureEndpoints', 'ExternalEndpoints', 'NestedEndpoints']

/**
 * The one record of a profile: a member for each endpoint, with the profile's TTL; weight 0 for what is disabled. A profile that
 * is not routed by weight, or that mixes names and addresses, is opaque.
 */
export function recordOf(profile: TrafficManagerProfile): (Found & { readonly set: AnyRecordSet }) | undefined {
  const { dnsConfig, endpoints = [], profileStatus, trafficRoutingMethod = 'unknown' } = profile
  const name = dnsConfig?.fqdn?.toLowerCase().replace(/\.$/, '')
  if (name === undefined) return undefined
  const types = [...new Set(endpoints.map(({ target = '' }) => typeOf(target)))]
  const [type = 'CNAME'] = types
  const opaque = (what: string): Found => ({
    set: {
      kind: 'opaque',
      name,
      type,
      what,
      extra: asJson({ trafficRoutingMethod, profileStatus, dnsConfig, endpoints: endpoints.map(configured) }),
    },
  })
  if (trafficRoutingMethod !== 'Weighted') return opaque(`a Traffic Manager profile routed by ${trafficRoutingMethod}`)
  if (types.length > 1) return opaque('a Traffic Manager profile of names and addresses')
  if (endpoints.length === 0) return opaque('a Traffic Manager profile without endpoints')
  try {
    const members = endpoints
      .map((endpoint) => memberOf(endpoint, name, type, dnsConfig?.ttl))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    // What is disabled answers NXDOMAIN, whatever its endpoints.
    const extra = profileStatus === 'Enabled' ? {} : { extra: { profileStatus } }
    return { set: { kind: 'weighted', name, type, members, ...extra } }
  } catch (error) {
    if (isCutoverError(error))
      return opaque(`a Traffic Manager profile that this version does not read (${error.message})`)
    throw error
  }
}

function memberOf(
  endpoint: TrafficManagerEndpoint,
  name: string,
  type: RecordType,
  ttl: number | undefined,
): WeightedMember {
  const { name: id = '', target = '', weight = 1, alwaysServe } = endpoint
  const isServed = isEnabled(endpoint)
  return {
    id,
    weight: isServed ? weight : 0,
    ...(ttl === undefined ? {} : { ttlSeconds: ttl }),
    values: recordValues(name, type, target),
    // The weight that it has once it is enabled.
    ...(isServed ? {} : { spelling: { weight } }),
    extra: { endpointType: endpointTypeOf(endpoint), ...(alwaysServe === 'Enabled' ? { alwaysServe } : {}) },
  }
}

/** `Microsoft.Network/trafficManagerProfiles/externalEndpoints` → `ExternalEndpoints`, as the API's paths have it. */
export function endpointTypeOf({ type = '' }: TrafficManagerEndpoint): EndpointType {
  const last = type.split('/').at(-1)?.toLowerCase()
  return endpointTypes.find((known) => known.toLowerCase() === last) ?? 'ExternalEndpoints'
}

export const isEnabled = ({ endpointStatus }: TrafficManagerEndpoint): boolean => endpointStatus === 'Enabled'

/** Has it passed a probe, or is it served without any? `CheckingEndpoint` is served, too, but nobody knows whether it answers. */
export const isOnline = ({ endpointMonitorStatus }: TrafficManagerEndpoint): boolean =>
  endpointMonitorStatus === 'Online' || endpointMonitorStatus === 'Unmonitored'

/** Enabled, and not yet probed: the status may lag behind what was enabled just now. */
export const isPending = (endpoint: TrafficManagerEndpoint): boolean =>
  isEnabled(endpoint) && ['CheckingEndpoint', 'Disabled', undefined].includes(endpoint.endpointMonitorStatus)

function typeOf(target: string): RecordType {
  if (isIpv4(target)) return 'A'
  return shortIpv6(target) === undefined ? 'CNAME' : 'AAAA'
}

const configured = ({ endpointMonitorStatus: _status, ...rest }: TrafficManagerEndpoint): TrafficManagerEndpoint => rest

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
