import type { AnyRecordSet } from '../dns-zone.ts'

interface Version {
  /** Milliseconds of the world's monotonic clock. */
  readonly writtenAt: number
  readonly set: AnyRecordSet | undefined
}

/** What the name servers of a zone serve: each learns of a write after a delay of its own. */
export class ServedRecords {
  readonly #delaysMs: readonly number[]
  readonly #longestMs: number
  #wildcards = false
  readonly #versions = new Map<string, readonly Version[]>()

  constructor(delaysMs: readonly number[]) {
    this.#delaysMs = delaysMs
    this.#longestMs = Math.max(...delaysMs)
  }

  /** Was there ever a wildcard? */
  get hasWildcards(): boolean {
    return this.#wildcards
  }

  get servers(): number {
    return this.#delaysMs.length
  }

  write(key: string, set: AnyRecordSet | undefined, now: number): void {
    this.#wildcards ||= key.startsWith('*.')
    const versions = this.#versions.get(key) ?? [{ writtenAt: Number.NEGATIVE_INFINITY, set: undefined }]
    const served = versions.findLastIndex(({ writtenAt }) => writtenAt + this.#longestMs <= now)
    this.#versions.set(key, [...versions.slice(Math.max(0, served)), { writtenAt: now, set }])
  }

  /** What was there from the beginning is served from the beginning. */
  seed(key: string, set: AnyRecordSet): void {
    this.write(key, set, Number.NEGATIVE_INFINITY)
  }

  answer(name: string, type: string, server: number, now: number): AnyRecordSet | undefined {
    const delayMs = this.#delaysMs[server] ?? 0
    return this.#versions.get(recordKey(name, type))?.findLast(({ writtenAt }) => writtenAt + delayMs <= now)?.set
  }

  /** Is there anything at the name or below it? Then no wildcard answers for it (RFC 4592 §2.2). */
  exists(name: string, server: number, now: number): boolean {
    const delayMs = this.#delaysMs[server] ?? 0
    return [...this.#versions].some(([key, versions]) => {
      const owner = key.slice(0, key.indexOf(' '))
      if (owner !== name && !owner.endsWith(`.${name}`)) return false
      return versions.findLast(({ writtenAt }) => writtenAt + delayMs <= now)?.set !== undefined
    })
  }

  /** Does every server serve what was written then? */
  isServed(writtenAt: number, now: number): boolean {
    return writtenAt + this.#longestMs <= now
  }
}

export const recordKey = (name: string, type: string): string => `${name} ${type}`
