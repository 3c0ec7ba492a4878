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

export { type AllMoved, allMoved } from './all-moved.ts'
export type { CallOptions, WriteOptions } from './call-options.ts'
export { type CaughtUp, caughtUp, type CaughtUpOptions } from './caught-up.ts'
export { fileLedger, type FileLedger } from './file-ledger/index.ts'
export { follow, type Followed } from './follow.ts'
export type { Ledger, LedgerWrite } from './ledger.ts'
export { type Link, link, type LinkOptions } from './link.ts'
export type { LinkMark } from './link-mark.ts'
export { memoryLedger } from './memory-ledger.ts'
export { messageText, type OpenedMessage, openMessage } from './message-envelope.ts'
export type {
  Message,
  MessageAttribute,
  MessageContent,
  MessageCounts,
  MessageQueue,
  Slot,
  SlotSending,
} from './message-queue.ts'
export type {
  ListedObject,
  ObjectContent,
  ObjectHeaders,
  ObjectPage,
  ObjectStore,
  ReplaceOptions,
  StoredObject,
} from './object-store.ts'
export { isCopy } from './origin.ts'
export type { QueueTransferOptions, TransferMark } from './queue-transfer.ts'
export { type SameContent, sameContent, type SameContentOptions } from './same-content.ts'
export { type SwitchedOver, switchOver, type SwitchOverOptions } from './switch-over.ts'
export type { SyncErrorCode } from './sync-error-code.ts'
export { transferQueue, type Transferring } from './transfer-queue.ts'
export { type Turned, turnLink } from './turn-link.ts'
