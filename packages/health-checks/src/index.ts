export {
  type Answer,
  apply,
  type Check,
  type Clock,
  type Context,
  CutoverError,
  type CutoverEvent,
  type Duration,
  isCutoverError,
  type Status,
  systemClock,
  waitFor,
  type WaitOptions,
} from '@cutover/core'
export type { HealthErrorCode } from './health-error.ts'
export type { HttpExpectations } from './http-expectations.ts'
export { type HttpEvidence, httpProbe, type HttpProbeOptions } from './http-probe.ts'
export type {
  Certificate,
  HttpFailure,
  HttpMethod,
  HttpReply,
  HttpRequest,
  HttpResponse,
  HttpTransport,
  Peer,
} from './http-transport.ts'
export { type NOfMEvidence, nOfM, type NOfMOptions } from './n-of-m.ts'
export { nodeTransport } from './node-transport.ts'
export type { ProbeTarget } from './probe-target.ts'
