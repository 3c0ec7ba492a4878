export type TrafficManagerEndpointType = 'AzureEndpoints' | 'ExternalEndpoints' | 'NestedEndpoints'

/** An endpoint as the official client has it: flat. */
export interface TrafficManagerEndpointState {
  readonly name?: string
  /** `Microsoft.Network/trafficManagerProfiles/externalEndpoints` */
  readonly type?: string
  readonly target?: string
  readonly endpointStatus?: string
  readonly endpointMonitorStatus?: string
  readonly weight?: number
  readonly alwaysServe?: string
}

/** A profile as the official client has it: flat. */
export interface TrafficManagerProfileState {
  readonly profileStatus?: string
  readonly trafficRoutingMethod?: string
  readonly dnsConfig?: { readonly relativeName?: string; readonly fqdn?: string; readonly ttl?: number }
  readonly monitorConfig?: object
  readonly endpoints?: readonly TrafficManagerEndpointState[]
  readonly trafficViewEnrollmentStatus?: string
}

/**
 * One Traffic Manager profile as a state machine: what `trafficManagerMachine` of `@cutover/dns/testing` is. Each method is the
 * service's own act, atomic and at once; it refuses by throwing an error with a `statusCode` and a `code`.
 */
export interface TrafficManagerProfileMachine {
  readonly name: string
  profile(): TrafficManagerProfileState
  /** Changes what is given. */
  updateProfile(change: object): void
  endpoint(type: TrafficManagerEndpointType, name: string): TrafficManagerEndpointState
  /** Changes what is given. */
  updateEndpoint(type: TrafficManagerEndpointType, name: string, change: object): void
}
