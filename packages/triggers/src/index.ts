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

export { activate } from './activate.ts'
export { cordon } from './cordon.ts'
export { drained, type Drained, type DrainedOptions } from './drained.ts'
export type {
  Activity,
  CallOptions,
  FoundTrigger,
  Listeners,
  Switch,
  TriggerSetting,
  TriggerState,
} from './listeners.ts'
export { type HasEvery, type ListenerEvidence, oneListener } from './one-listener.ts'
export type { Switched } from './switch-trigger.ts'
export type { TriggersErrorCode } from './trigger-error-code.ts'
