export type { ArmErrorCode } from '../azure-dns/arm-failure.ts'
export type {
  EndpointType,
  TrafficManagerEndpoint,
  TrafficManagerLike,
  TrafficManagerProfile,
} from './traffic-manager-like.ts'
export { trafficManagerProfile, type TrafficManagerProfileOptions } from './traffic-manager-profile.ts'
