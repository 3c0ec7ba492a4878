/** What a terminal is written to: `process.stderr` and `process.stdout` are such, and a test's list of strings can be. */
export interface WritableLike {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  on?(event: 'resize' | 'error', listener: () => void): unknown
  off?(event: 'resize' | 'error', listener: () => void): unknown
}
