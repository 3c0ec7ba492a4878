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
export type { DnsErrorCode } from './dns-error-code.ts'
export { dnsName } from './dns-name.ts'
export { type DnsRecord, dnsRecord, type RecordAnswer } from './dns-record.ts'
export type { CallOptions, DnsZone, Found, RecordSet, RecordType, WriteOptions } from './dns-zone.ts'
export { lowerTtl, type LowerTtlOptions, type TtlLowered } from './lower-ttl.ts'
export { describeRecordSet, recordSet, sameRecordSet } from './record-set.ts'
export { repoint, type Repointed, type RepointOptions } from './repoint.ts'
export type { Resolver, ResolverAnswer } from './resolver.ts'
