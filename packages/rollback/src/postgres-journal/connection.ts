import { type Clock, CutoverError, isCutoverError } from '@cutover/core'

import type { PostgresLike } from './postgres-like.ts'

/** One that is sent often has a name: the server reads and plans it once for each connection. */
export type Statement = string | { readonly name: string; readonly text: string }

type Row = Readonly<Record<string, unknown>>

/** The SQLSTATE, when it was the server that refused; `undefined` when nobody knows what became of it. */
export const sqlState = (error: unknown): string | undefined => {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code) ? code : undefined
}

/**
 * The server did not do it now, but may the next time: connections lost (08), resources and shutdowns (53300, 57P0x), a canceled
 * statement, serialization. postgresql.org/docs/15/errcodes-appendix.html
 */
const passing = /^(08...|53300|57P0[1-5]|57014|40001|40P01|55P03)$/

/** A journal's connection: every statement is whole by itself, and harmless when it is sent twice. */
export class Connection {
  readonly location: string
  readonly #client: PostgresLike
  readonly #patienceMs: number

  constructor(client: PostgresLike, location: string, patienceMs: number) {
    this.#client = client
    this.location = location
    this.#patienceMs = patienceMs
  }

  /** Asks once. @throws CutoverError `CUTOVER_JOURNAL_FAILED`, retryable, unless the server answers in time */
  async ask(statement: Statement, values: unknown[]): Promise<readonly Row[]> {
    try {
      return await this.#once(statement, values)
    } catch (error) {
      throw this.failed(error)
    }
  }

  /**
   * Asks again while the connection is lost, each time on what the pool then has: the outcome of a statement whose answer was lost
   * is what the next one finds.
   */
  async insist(clock: Clock, statement: Statement, values: unknown[]): Promise<readonly Row[]> {
    const startedAt = performance.now()
    for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 1_000)) {
      try {
        return await this.#once(statement, values)
      } catch (error) {
        const state = sqlState(error)
        const isPassing = state === undefined ? !isCutoverError(error) : passing.test(state)
        if (!isPassing || performance.now() - startedAt + pauseMs > this.#patienceMs) throw this.failed(error)
        await clock.sleep(pauseMs)
      }
    }
  }

  failed(error: unknown): CutoverError {
    if (isCutoverError(error)) return error
    const state = sqlState(error)
    return new CutoverError(
      'CUTOVER_JOURNAL_FAILED',
      `${this.location} could not be written or read: ${(error as Error).message}${state === undefined ? '' : ` (SQLSTATE ${state})`}`,
      {
        cause: error,
        retryable: true,
        next: 'See to it that the database answers, then run it again: it goes on where it was.',
      },
    )
  }

  /** A connection that is lost without a word never answers. */
  async #once(statement: Statement, values: unknown[]): Promise<readonly Row[]> {
    let timer: NodeJS.Timeout | undefined
    const ms = this.#patienceMs / 2
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms)
    })
    const asked = this.#client.query({ ...(typeof statement === 'string' ? { text: statement } : statement), values })
    asked.catch(() => {})
    try {
      return (await Promise.race([asked, late])).rows as Row[]
    } finally {
      clearTimeout(timer)
    }
  }
}
