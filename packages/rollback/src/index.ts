export { answer, type AnswerOptions } from './answer.ts'
export { type Approval, approval, type ApprovalOptions } from './approval.ts'
export type { DriftOptions } from './drift-watch.ts'
export type { OperatorRequest, Requests } from './operator-request.ts'
export {
  amend,
  approve,
  decline,
  type OperatorOptions,
  type OperatorStepOptions,
  pause,
  resume,
  rollBack,
  skip,
} from './operators.ts'
export type { GuardOptions, RollbackCriterion } from './standing-guard.ts'
export { fileSheet } from './file-journal/file-sheet.ts'
export type { Agreed, Consumption, Limits } from './limits.ts'
export type { Notifier } from './notify/message.ts'
export type { AzureRole } from './permissions/azure-role.ts'
export type { IamPolicy } from './permissions/iam-policy.ts'
export {
  type PermissionsOptions,
  type RequiredPermissions,
  requiredPermissions,
} from './permissions/required-permissions.ts'
export { type Readiness, type ReadyStep, rollbackReadiness } from './readiness.ts'
export type { Sheet } from './sheet.ts'
export { CutoverEnded, type EndCode } from './cutover-ended.ts'
export { fileJournal, type FileJournalOptions } from './file-journal/index.ts'
export type { Forecast } from './forecast.ts'
export type { Answer, Journal, JournalEntry, JournalItem, OpenJournal, OpenOptions, Question } from './journal.ts'
export { type MemoryJournal, memoryJournal, type MemoryJournalOptions } from './memory-journal.ts'
export { reportMarkdown } from './report-page/report-markdown.ts'
export type { End, Objective, Report, ReportedStep } from './report.ts'
export { runCutover } from './run-cutover.ts'
export { watch, type WatchOptions } from './watch/watch.ts'
export type { RunOptions } from './run-options.ts'
export type { Cutover, UntilOptions } from './cutover.ts'
export {
  type Change,
  type Check,
  type CutoverEvent,
  CutoverError,
  isCutoverError,
  type Procedure,
  type Steps,
  systemClock,
} from '@cutover/core'
