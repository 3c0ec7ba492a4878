import type { ChangeInDoubt } from './apply.ts'

export interface CutoverErrorOptions {
  readonly cause?: unknown
  /** May the same call succeed untouched? @default false */
  readonly retryable?: boolean | undefined
  /** What the reader does now: an imperative sentence or a command to copy. */
  readonly next?: string | undefined
}

/** The one error class of `@cutover`. Tell errors apart by `code`; messages may change any day. */
export class CutoverError<Code extends string = string> extends Error {
  override readonly name = 'CutoverError'
  readonly code: Code
  readonly retryable: boolean
  readonly next: string | undefined

  constructor(code: Code, message: string, options: CutoverErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
    this.next = options.next
  }
}

/** Tells a `CutoverError` (with that code), also when two copies of a package are installed. */
export function isCutoverError(error: unknown, code: 'CHANGE_IN_DOUBT'): error is ChangeInDoubt
export function isCutoverError<Code extends string>(error: unknown, code?: Code): error is CutoverError<Code>
export function isCutoverError(error: unknown, code?: string): boolean {
  if (!(error instanceof Error) || error.name !== 'CutoverError') return false
  return code === undefined || (error as CutoverError).code === code
}
