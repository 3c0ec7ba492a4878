export {
  apply,
  type Applied,
  type ApplyOptions,
  type Change,
  type ChangeInDoubt,
  type Check,
  type Clock,
  CutoverError,
  type CutoverEvent,
  type Duration,
  isCutoverError,
  systemClock,
  waitFor,
  type WaitOptions,
} from '@cutover/core'

export { type Answering, answersWith, type AnswersWithOptions } from './answers-with.ts'
export { createRecord, type CreateRecordOptions } from './create-record.ts'
export type { DnsErrorCode } from './dns-error-code.ts'
export { dnsName } from './dns-name.ts'
export { type DnsRecord, dnsRecord, type RecordAnswer } from './dns-record.ts'
export type {
  CallOptions,
  DnsZone,
  DnsZoneSupport,
  Edit,
  Found,
  RecordLocks,
  WriteOptions,
  ZoneCommands,
} from './dns-zone.ts'
export { lockRecord, type LockRecordOptions } from './lock-record.ts'
export { lowerTtl, type LowerTtlOptions, type TtlLowered } from './lower-ttl.ts'
export { raiseTtl, type RaiseTtlOptions, type TtlRaised } from './raise-ttl.ts'
export {
  type CaaData,
  type MxData,
  type RecordData,
  recordData,
  type RecordDataOf,
  recordText,
  type ServiceData,
  type SrvData,
} from './record-data.ts'
export { diffRecords, type RecordDiff } from './record-diff.ts'
export {
  type AliasRecordSet,
  type AliasTarget,
  type AnyRecordSet,
  type OpaqueRecordSet,
  type RecordSet,
  type RecordType,
  recordTypes,
  type WeightedMember,
  type WeightedRecordSet,
} from './record-kinds.ts'
export { anyRecordSet, describeRecordSet, plainSet, recordSet, sameRecordSet } from './record-set.ts'
export { repoint, type Repointed, type RepointOptions } from './repoint.ts'
export { drainEstimate, type DrainEstimate, type DrainEstimateOptions } from './observe/drain-estimate.ts'
export type { AnswerState, Observation, Reverted } from './observe/observation.ts'
export { observe, type ObserveOptions, type Observing } from './observe/observe.ts'
export type { Resolver, ResolverAnswer } from './resolver.ts'
export { restore, type Restored, type RestoreOptions } from './restore.ts'
export type { ServiceParams } from './service-params.ts'
export { type RampOrigin, shift, type Shifted, type ShiftOptions } from './shift.ts'
export { snapshot, type SnapshotOptions, type ZoneSnapshot } from './snapshot.ts'
export { type MadeWeighted, toWeighted, type ToWeightedOptions } from './to-weighted.ts'
export type { Weights } from './weights.ts'
export type { EndpointErrorCode } from './callers/endpoint-error-code.ts'
export type { EndpointContext, EndpointSetting, EndpointValue } from './callers/endpoint-setting.ts'
export {
  type EndpointRepointed,
  type FormerEndpoint,
  repointEndpoint,
  type RepointEndpointOptions,
} from './callers/repoint-endpoint.ts'
export {
  type AskedType,
  type Back,
  type BackTerms,
  type Blast,
  blastRadius,
  type ClientTimes,
  type DnsReply,
  type Drift,
  type EndpointAnswer,
  type EndpointProbe,
  type EndpointQuestion,
  type Finding,
  type FindingCode,
  type NameServers,
  planDrift,
  type PlanErrorCode,
  planHolds,
  planRepoint,
  type PlanRepointOptions,
  refuseStalePlan,
  type RepliedRecord,
  type RepointPlan,
  type Seen,
  type SeenCertificate,
  type Severity,
  type Timeline,
  type WeightedStep,
} from './plan/index.ts'
