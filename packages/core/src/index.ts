export { apply, type Applied, type ApplyOptions, type ChangeInDoubt } from './apply.ts'
export {
  type ByHand,
  type Change,
  type ChangeSpec,
  type Context,
  defineChange,
  markUsed,
  type Revertible,
  type SettleOptions,
  type Standing,
  watchMade,
} from './change.ts'
export {
  type Answer,
  ask,
  type AskOptions,
  type Check,
  defineCheck,
  type Status,
  waitFor,
  type WaitOptions,
} from './check.ts'
export { type Clock, systemClock } from './clock.ts'
export { CutoverError, type CutoverErrorOptions, isCutoverError } from './cutover-error.ts'
export { type Duration, durationMs, formatDuration } from './duration.ts'
export { type CutoverEvent, type OnEvent, type Outline, type Report, reported, tell } from './event.ts'
export { formatInstant } from './instant.ts'
export { journalCopy, type NotJson, sameJson } from './json.ts'
export { knownOptions } from './known-options.ts'
export type { MetricSlice, MetricSource } from './metric-source.ts'
export { assertKind } from './right-kind.ts'
export { defineProcedure, type Procedure, type RequireOptions, type StepOptions, type Steps } from './steps.ts'
