/** One request and what became of it. Neither query nor headers nor bodies: settings, keys and tokens are in them. */
export interface RequestRecord {
  /** From 1, in the order of arrival. */
  readonly number: number
  /** Epoch milliseconds. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly apiVersion: string | undefined
  /** `WebApps_Start`; `undefined` when the front door refused it. */
  readonly operation: string | undefined
  /** What met it: a kind of fault, or the status of a refusal. */
  readonly fault: string | undefined
  /** `undefined` while it is handled, and for ever when the reply was lost. */
  readonly status: number | undefined
}

/** The latest requests. */
export class RequestLog {
  readonly #records: RequestRecord[] = []
  readonly #log: (line: string) => void
  #count = 0

  constructor(log: (line: string) => void) {
    this.#log = log
  }

  get records(): RequestRecord[] {
    return [...this.#records]
  }

  /** Answers what to call when it has ended. */
  begin(request: Pick<RequestRecord, 'at' | 'method' | 'path' | 'apiVersion'>): {
    readonly number: number
    end(outcome: Pick<RequestRecord, 'operation' | 'fault' | 'status'>): void
  } {
    this.#count += 1
    const number = this.#count
    let record: RequestRecord = { number, ...request, operation: undefined, fault: undefined, status: undefined }
    this.#records.push(record)
    // A server that lives for weeks must not grow for weeks.
    if (this.#records.length > 10_000) this.#records.shift()
    return {
      number,
      end: (outcome) => {
        const at = this.#records.indexOf(record)
        record = { ...record, ...outcome }
        if (at >= 0) this.#records[at] = record
        const { operation, fault, status } = outcome
        const what = [operation, fault].filter((word) => word !== undefined).join(', ')
        const answer = status === undefined ? 'no answer' : String(status)
        this.#log(`#${number} ${request.method} ${request.path} ${answer}${what === '' ? '' : ` (${what})`}`)
      },
    }
  }
}
