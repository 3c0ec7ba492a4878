export interface CommandRequest {
  /** A program: looked up in PATH, run without a shell. */
  readonly run: string
  readonly args: readonly string[]
  readonly cwd?: string | undefined
  /** On top of this process's own environment. */
  readonly env: Readonly<Record<string, string>>
  /** A file, relative to `cwd`, that the program writes. */
  readonly report?: string | undefined
  /** So much of each stream, and of the report, is kept from its beginning. */
  readonly maxBytes: number
}

export interface Output {
  /** From the beginning. */
  readonly text: string
  /** Its last 8 KiB, whatever its length. */
  readonly tail: string
  /** It was longer than `maxBytes`. */
  readonly cut: boolean
}

export interface CommandOutcome {
  /** Absent when a signal ended it, or when it did not start. */
  readonly exitCode?: number | undefined
  /** `SIGKILL` */
  readonly endedBy?: string | undefined
  /** Why it did not start: `ENOENT`. */
  readonly notStarted?: string | undefined
  /** It was stopped because the signal given to `run` aborted. */
  readonly stopped: boolean
  readonly stdout: Output
  readonly stderr: Output
  /** Absent when the file is not there, or is as it was before. */
  readonly report?: Output | undefined
  /** Values of this process's environment that are secrets by their names; never printed. */
  readonly secrets: readonly string[]
}

/** The port: runs one program to its end. It judges nothing. */
export interface CommandRunner {
  /** Never rejects. When aborted it stops the program with all that it has started, and answers once they are gone. */
  run(request: CommandRequest, options: { readonly signal: AbortSignal }): Promise<CommandOutcome>
}
