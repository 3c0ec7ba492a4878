import type {
  EndpointType,
  TrafficManagerEndpoint,
  TrafficManagerProfile,
} from '../traffic-manager/traffic-manager-like.ts'
import { restError } from './fake-client-errors.ts'
import { badRequest } from './in-memory-azure-dns-rules.ts'
import { Probes } from './in-memory-traffic-manager-probes.ts'

export interface NewEndpoint {
  readonly name: string
  /** A name, or an address. */
  readonly target: string
  /** @default 'ExternalEndpoints' */
  readonly type?: EndpointType | undefined
  /** 1 to 1000. @default 1 */
  readonly weight?: number | undefined
  /** @default true */
  readonly enabled?: boolean | undefined
  /** It is not probed, and always served. @default false */
  readonly alwaysServe?: boolean | undefined
  /** Do its probes succeed? @default true */
  readonly healthy?: boolean | undefined
}

export interface TrafficManagerMachineOptions {
  /** Epoch milliseconds: all that the machine knows of time. */
  now(): number
  /** The profile's name, and the first label of its DNS name. */
  readonly name: string
  readonly endpoints: readonly NewEndpoint[]
  /** @default 'Weighted' */
  readonly trafficRoutingMethod?: string | undefined
  /** @default 60, as the portal does */
  readonly ttlSeconds?: number | undefined
  /** 30 or 10. @default 30 */
  readonly intervalSeconds?: number | undefined
  /** 0 to 9. @default 3 */
  readonly toleratedFailures?: number | undefined
  /** How long until the name servers answer by what was written, in milliseconds. @default 5_000 */
  readonly servedAfterMs?: number | undefined
}

/** What a name server answers: one of these, by weight. Empty: NXDOMAIN. */
export interface Served {
  readonly ttlSeconds: number
  readonly endpoints: readonly { readonly name: string; readonly target: string; readonly weight: number }[]
}

/** One Traffic Manager profile as a state machine: no timer, everything follows from `now()`. */
export interface TrafficManagerMachine {
  readonly name: string
  profile(): TrafficManagerProfile
  /** Changes what is given. @throws RestError 400, 501 */
  updateProfile(change: object): void
  /** @throws RestError 404 */
  endpoint(type: EndpointType, name: string): TrafficManagerEndpoint
  /** Changes what is given. @throws RestError 400, 404, 501 */
  updateEndpoint(type: EndpointType, name: string, change: object): void
  /** Do its probes succeed from now on? */
  setHealthy(name: string, isHealthy: boolean): void
  served(): Served
}

interface Endpoint {
  readonly name: string
  readonly type: EndpointType
  readonly target: string
  readonly probes: Probes
  weight: number
  isEnabled: boolean
  alwaysServe: boolean
}

const [leastWeight, mostWeight] = [1, 1_000]

/**
 * A Traffic Manager profile, API version 2022-04-01: no etag, weights of 1 to 1000, and what is enabled just now is answered as
 * `CheckingEndpoint` before its first probe. The service itself lets the last endpoint be disabled.
 *
 * @see https://learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring for the states and what is answered in each.
 */
export function trafficManagerMachine(options: TrafficManagerMachineOptions): TrafficManagerMachine {
  const {
    now,
    name: profileName,
    trafficRoutingMethod = 'Weighted',
    intervalSeconds = 30,
    toleratedFailures = 3,
  } = options
  const { servedAfterMs = 5_000 } = options
  let ttl = options.ttlSeconds ?? 60
  let profileStatus = 'Enabled'
  const endpoints = options.endpoints.map((given, place): Endpoint => {
    const { name, target, type = 'ExternalEndpoints', weight = 1, enabled = true, alwaysServe = false } = given
    const { healthy = true } = given
    checkWeight(weight)
    const probes = new Probes({ intervalMs: intervalSeconds * 1_000, tolerated: toleratedFailures, isHealthy: healthy })
    // Not all endpoints are probed in the same moment.
    if (enabled) probes.seed(now() - place * 1_000)
    return { name, type, target, probes, weight, isEnabled: enabled, alwaysServe }
  })
  /** What is written, and since when; the last that is old enough is served. */
  let versions: readonly { readonly at: number; readonly config: Config }[] = [
    { at: Number.NEGATIVE_INFINITY, config: configNow() },
  ]

  function configNow(): Config {
    const enabled = endpoints.filter(({ isEnabled }) => isEnabled)
    return { ttl, profileStatus, endpoints: enabled.map(({ name, weight }) => ({ name, weight })) }
  }

  function written(): void {
    const from = versions.findLastIndex(({ at }) => at + servedAfterMs <= now())
    versions = [...versions.slice(Math.max(0, from)), { at: now(), config: configNow() }]
  }

  function monitorStatus({ isEnabled, alwaysServe, probes }: Endpoint): string {
    if (!isEnabled) return 'Disabled'
    if (profileStatus !== 'Enabled') return 'Inactive'
    return alwaysServe ? 'Unmonitored' : probes.status(now())
  }

  function profileMonitorStatus(): string {
    if (profileStatus !== 'Enabled') return 'Disabled'
    const all = new Set(endpoints.map(monitorStatus))
    if (all.has('Degraded')) return 'Degraded'
    if (all.has('Online') || all.has('Unmonitored')) return 'Online'
    return all.has('CheckingEndpoint') ? 'CheckingEndpoints' : 'Inactive'
  }

  const resource = (one: Endpoint): TrafficManagerEndpoint => ({
    name: one.name,
    type: `Microsoft.Network/trafficManagerProfiles/${one.type.slice(0, 1).toLowerCase()}${one.type.slice(1)}`,
    target: one.target,
    endpointStatus: one.isEnabled ? 'Enabled' : 'Disabled',
    endpointMonitorStatus: monitorStatus(one),
    weight: one.weight,
    ...(one.alwaysServe ? { alwaysServe: 'Enabled' } : {}),
  })

  function find(type: EndpointType, name: string): Endpoint {
    const found = endpoints.find((one) => same(one.name, name) && same(one.type, type))
    if (found) return found
    throw restError(
      'NotFound',
      `The endpoint '${name}' of type '${type}' was not found in profile '${profileName}'.`,
      404,
    )
  }

  return {
    name: profileName,
    profile: () => ({
      profileStatus,
      trafficRoutingMethod,
      dnsConfig: { relativeName: profileName, fqdn: `${profileName}.trafficmanager.net`, ttl },
      monitorConfig: {
        profileMonitorStatus: profileMonitorStatus(),
        protocol: 'HTTPS',
        port: 443,
        path: '/',
        intervalInSeconds: intervalSeconds,
        timeoutInSeconds: intervalSeconds === 10 ? 9 : 10,
        toleratedNumberOfFailures: toleratedFailures,
      },
      endpoints: endpoints.map(resource),
      trafficViewEnrollmentStatus: 'Disabled',
    }),
    updateProfile(change) {
      const { dnsConfig, profileStatus: status, ...others } = change as Partial<TrafficManagerProfile>
      const { ttl: nextTtl, relativeName, ...more } = dnsConfig ?? {}
      refuseUnknown({ ...others, ...more })
      if (relativeName !== undefined && relativeName !== profileName) {
        throw badRequest('The relative DNS name of a profile cannot be changed.')
      }
      if (nextTtl !== undefined && !(Number.isInteger(nextTtl) && nextTtl >= 0 && nextTtl <= 2_147_483_647)) {
        throw badRequest(`The DNS TTL value '${nextTtl}' is not valid. It must be between 0 and 2147483647.`)
      }
      if (status !== undefined) checkStatus(status)
      if (status === 'Enabled' && profileStatus !== status) {
        for (const one of endpoints) if (one.isEnabled) one.probes.begin(now())
      }
      ttl = nextTtl ?? ttl
      profileStatus = status ?? profileStatus
      written()
    },
    endpoint: (type, name) => resource(find(type, name)),
    updateEndpoint(type, name, change) {
      const one = find(type, name)
      const { weight, endpointStatus, alwaysServe, ...others } = change as TrafficManagerEndpoint
      refuseUnknown(others)
      if (weight !== undefined) checkWeight(weight)
      for (const status of [endpointStatus, alwaysServe]) if (status !== undefined) checkStatus(status)
      const isEnabled = endpointStatus === undefined ? one.isEnabled : endpointStatus === 'Enabled'
      if (isEnabled && !one.isEnabled) one.probes.begin(now())
      if (!isEnabled) one.probes.end()
      one.isEnabled = isEnabled
      one.weight = weight ?? one.weight
      one.alwaysServe = alwaysServe === undefined ? one.alwaysServe : alwaysServe === 'Enabled'
      written()
    },
    setHealthy(name, isHealthy) {
      endpoints.find((one) => one.name === name)?.probes.setHealthy(isHealthy, now())
    },
    served() {
      const config = versions.findLast(({ at }) => at + servedAfterMs <= now())?.config ?? configNow()
      if (config.profileStatus !== 'Enabled') return { ttlSeconds: config.ttl, endpoints: [] }
      const all = config.endpoints.flatMap(({ name, weight }) => {
        const one = endpoints.find((other) => other.name === name)
        return one
          ? [{ name, target: one.target, weight, status: one.alwaysServe ? 'Unmonitored' : one.probes.status(now()) }]
          : []
      })
      const usable = all.filter(({ status }) => status !== 'Degraded')
      // All are degraded: all are answered.
      const answered = usable.length > 0 ? usable : all
      return { ttlSeconds: config.ttl, endpoints: answered.map(({ status: _status, ...one }) => one) }
    },
  }
}

interface Config {
  readonly ttl: number
  readonly profileStatus: string
  readonly endpoints: readonly { readonly name: string; readonly weight: number }[]
}

function checkWeight(weight: number): void {
  if (Number.isInteger(weight) && weight >= leastWeight && weight <= mostWeight) return
  throw badRequest(`The endpoint weight '${weight}' is invalid. It must be between ${leastWeight} and ${mostWeight}.`)
}

function checkStatus(status: string): void {
  if (status === 'Enabled' || status === 'Disabled') return
  throw badRequest(`The status '${status}' is invalid. Valid values are: 'Enabled', 'Disabled'.`)
}

/** The service may well change it; this one does not, and says so. */
function refuseUnknown(others: object): void {
  const [other] = Object.entries(others).flatMap(([key, value]) => (value === undefined ? [] : [key]))
  if (other !== undefined) throw restError('NotImplemented', `This fake does not change ${other}.`, 501)
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
