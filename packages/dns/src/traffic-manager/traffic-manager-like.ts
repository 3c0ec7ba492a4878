import type { SendOptions } from '../azure-dns/azure-dns-like.ts'

export type EndpointType = 'AzureEndpoints' | 'ExternalEndpoints' | 'NestedEndpoints'

/** What this adapter reads of an endpoint. */
export interface TrafficManagerEndpoint {
  name?: string
  /** `Microsoft.Network/trafficManagerProfiles/externalEndpoints` */
  type?: string
  /** What a DNS answer has: a name, or an address. */
  target?: string
  /** `Enabled` or `Disabled`. */
  endpointStatus?: string
  /** 1 to 1000, also of what is disabled. */
  weight?: number
  /** `CheckingEndpoint`, `Online`, `Degraded`, `Disabled`, `Inactive`, `Stopped`, `Unmonitored`. */
  endpointMonitorStatus?: string
  /** `Enabled`: it is not probed, and always served. */
  alwaysServe?: string
}

/** What this adapter reads of a profile. */
export interface TrafficManagerProfile {
  /** `Enabled` or `Disabled`: then nothing is answered, NXDOMAIN. */
  profileStatus?: string
  /** `Weighted`, `Priority`, `Performance`, `Geographic`, `MultiValue`, `Subnet`. */
  trafficRoutingMethod?: string
  dnsConfig?: { relativeName?: string; readonly fqdn?: string; ttl?: number }
  endpoints?: TrafficManagerEndpoint[]
}

/** The three calls that this adapter makes. `new TrafficManagerManagementClient(...)` of `@azure/arm-trafficmanager` fits as it is. */
export interface TrafficManagerLike {
  readonly profiles: {
    get(resourceGroup: string, profile: string, options?: SendOptions): Promise<TrafficManagerProfile>
    /** Changes what is given. */
    update(
      resourceGroup: string,
      profile: string,
      change: { dnsConfig: { relativeName?: string; ttl: number } },
      options?: SendOptions,
    ): Promise<unknown>
  }
  readonly endpoints: {
    /** Changes what is given. */
    update(
      resourceGroup: string,
      profile: string,
      type: EndpointType,
      endpoint: string,
      change: { endpointStatus?: string; weight?: number },
      options?: SendOptions,
    ): Promise<unknown>
  }
}
