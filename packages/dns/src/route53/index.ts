export type {
  Route53Answer,
  Route53Change,
  Route53Like,
  Route53RecordSet,
  Aggregated,
  ListedRecordSet,
} from './route53-like.ts'
export { type Route53ErrorCode } from './route53-error.ts'
export type { CloudTrailLike } from './trail.ts'
export { route53Zone, type Route53ZoneOptions } from './route53-zone.ts'
