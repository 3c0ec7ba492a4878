import { CutoverError, type Duration, durationMs, knownOptions } from '@cutover/core'

import type { CallOptions, WriteOptions } from './call-options.ts'
import type { Ledger } from './ledger.ts'
import type { MessageQueue } from './message-queue.ts'

export interface QueueTransferOptions {
  readonly from: MessageQueue
  readonly to: MessageQueue
  /** What was moved already: survives a crash as it does. */
  readonly ledger: Ledger
  /** Pause before it looks again at a queue that had nothing. @default '2s' */
  readonly every?: Duration | undefined
  /** For how long a message that is being moved is hidden from others. @default '1m' */
  readonly hiddenFor?: Duration | undefined
  /**
   * The longest that a consumer of the target hides a message: what is still hidden after it will never be shown, so going
   * back need not wait for it any longer. @default '10m'
   */
  readonly inFlightFor?: Duration | undefined
}

const transferOptions: readonly (keyof QueueTransferOptions)[] = [
  'from',
  'to',
  'ledger',
  'every',
  'hiddenFor',
  'inFlightFor',
]

/** A transfer with its defaults, and where its ledger has what. */
export interface QueueTransfer {
  readonly id: string
  readonly from: MessageQueue
  readonly to: MessageQueue
  readonly ledger: Ledger
  readonly everyMs: number
  readonly hiddenMs: number
  readonly inFlightMs: number
}

/** That messages are being moved, or brought back: in the ledger, so that every process can see it. */
export interface TransferMark {
  readonly from: string
  readonly to: string
  readonly state: 'moving' | 'returning'
  /** Since when it is so, epoch milliseconds. */
  readonly since: number
}

export function queueTransfer(id: string, options: QueueTransferOptions): QueueTransfer {
  knownOptions(options, transferOptions, 'SYNC_OPTION_INVALID', 'transferQueue')
  const { from, to, ledger, every = '2s', hiddenFor = '1m', inFlightFor = '10m' } = options
  if (id === '') throw invalid("id is ''; wanted a name that is the same in every process")
  for (const [name, value] of Object.entries({ from, to, ledger }) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) continue
    const wanted =
      name === 'ledger' ? 'fileLedger(path), or memoryLedger() in a test' : 'a queue such as sqsQueue(…) answers'
    throw invalid(`${name} is ${String(value)}; wanted ${wanted}`)
  }
  if (from.id === to.id) throw invalid(`from and to are both ${from.id}; wanted two queues`)
  const [everyMs, hiddenMs] = [durationMs(every, 'every'), durationMs(hiddenFor, 'hiddenFor')]
  if (everyMs === 0) throw invalid(`every is '${every}'; wanted more than nothing`)
  if (hiddenMs < 1_000 || hiddenMs > 43_200_000) throw invalid(`hiddenFor is '${hiddenFor}'; wanted '1s' to '12h'`)
  return { id, from, to, ledger, everyMs, hiddenMs, inFlightMs: durationMs(inFlightFor, 'inFlightFor') }
}

const invalid = (message: string): CutoverError => new CutoverError('SYNC_OPTION_INVALID', message)

const key = ({ id }: QueueTransfer): string => `transfer:${id}`

export async function readTransferMark(
  transfer: QueueTransfer,
  options?: CallOptions,
): Promise<TransferMark | undefined> {
  return (await transfer.ledger.get('marks', key(transfer), options)) as TransferMark | undefined
}

/** Replaces the mark, if it is as expected. */
export function writeTransferMark(
  transfer: QueueTransfer,
  expected: TransferMark | undefined,
  value: TransferMark | undefined,
  options: WriteOptions,
): Promise<void> {
  return transfer.ledger.write([{ scope: 'marks', key: key(transfer), value, expected: { value: expected } }], options)
}

/** Is it a mark of these two queues? Another transfer may have taken the same name. */
export const isOfQueues = ({ from, to }: QueueTransfer, mark: TransferMark): boolean =>
  mark.from === from.id && mark.to === to.id
