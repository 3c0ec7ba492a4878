export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface WriteOptions extends CallOptions {
  /** `context.fence`: called in the same turn as the request is sent. */
  readonly fence?: (() => void) | undefined
}
