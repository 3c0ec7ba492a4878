import type { RecordSet, RecordType } from '../dns-zone.ts'

interface Version {
  /** Milliseconds of the world's monotonic clock. */
  readonly writtenAt: number
  readonly set: RecordSet | undefined
}

/** What the name servers of a zone serve: each learns of a write after a delay of its own. */
export class ServedRecords {
  readonly #delaysMs: readonly number[]
  readonly #longestMs: number
  readonly #versions = new Map<string, readonly Version[]>()

  constructor(delaysMs: readonly number[]) {
    this.#delaysMs = delaysMs
    this.#longestMs = Math.max(...delaysMs)
  }

  get servers(): number {
    return this.#delaysMs.length
  }

  write(key: string, set: RecordSet | undefined, now: number): void {
    const versions = this.#versions.get(key) ?? [{ writtenAt: Number.NEGATIVE_INFINITY, set: undefined }]
    const served = versions.findLastIndex(({ writtenAt }) => writtenAt + this.#longestMs <= now)
    this.#versions.set(key, [...versions.slice(Math.max(0, served)), { writtenAt: now, set }])
  }

  /** What was there from the beginning is served from the beginning. */
  seed(key: string, set: RecordSet): void {
    this.write(key, set, Number.NEGATIVE_INFINITY)
  }

  answer(name: string, type: RecordType, server: number, now: number): RecordSet | undefined {
    const delayMs = this.#delaysMs[server] ?? 0
    return this.#versions.get(recordKey(name, type))?.findLast(({ writtenAt }) => writtenAt + delayMs <= now)?.set
  }

  /** Does every server serve what was written then? */
  isServed(writtenAt: number, now: number): boolean {
    return writtenAt + this.#longestMs <= now
  }
}

export const recordKey = (name: string, type: RecordType): string => `${name} ${type}`
