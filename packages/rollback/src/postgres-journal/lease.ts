import { randomUUID } from 'node:crypto'

import { type Clock, CutoverError, formatDuration, formatInstant } from '@cutover/core'

import { type Holder, lifeOf, thisProcess } from '../file-journal/holder.ts'
import { fencedAfter, overtaken } from '../file-journal/lease.ts'
import type { OpenOptions } from '../journal.ts'
import type { Connection } from './connection.ts'
import type { Tables } from './tables.ts'

interface Held {
  readonly fence: number
  readonly holder: Holder
  readonly token: string
  readonly released: boolean
  readonly leaseMs: number
  /** By the server's clock. */
  readonly ageMs: number
}

/**
 * Who may write to a journal: a row that names the holder. The server's clock says when it is over, so that those of the machines
 * need not agree; each statement that writes asks for the holder's fence.
 */
export class PostgresLease {
  readonly fence: number
  readonly #connection: Connection
  readonly #tables: Tables
  readonly #name: string
  readonly #leaseMs: number
  readonly #heartbeat: NodeJS.Timeout
  #freshAt: number
  #freshWallAt: number
  #isLost = false
  #isReleased = false

  private constructor(
    connection: Connection,
    tables: Tables,
    name: string,
    fence: number,
    leaseMs: number,
    at: Moment,
  ) {
    this.fence = fence
    this.#connection = connection
    this.#tables = tables
    this.#name = name
    this.#leaseMs = leaseMs
    this.#freshAt = at.monotonic
    this.#freshWallAt = at.wall
    this.#heartbeat = setInterval(() => void this.renew().catch(() => {}), leaseMs / 3)
    this.#heartbeat.unref()
  }

  static async take(
    connection: Connection,
    tables: Tables,
    name: string,
    { leaseMs, ...options }: OpenOptions & { readonly leaseMs: number },
  ): Promise<PostgresLease> {
    const token = randomUUID()
    for (;;) {
      const held = await heldNow(connection, tables, name, options.clock)
      if (held) await outlive(connection, tables, name, held, options)
      const at = moment()
      const holder = JSON.stringify(thisProcess())
      const [taken] = await connection.insist(options.clock, taking(tables), [
        name,
        held?.fence ?? 0,
        holder,
        token,
        leaseMs,
      ])
      const fence = Number(taken?.['fence'] ?? (await ownFence(connection, tables, name, token, options.clock)))
      if (fence > 0) return new PostgresLease(connection, tables, name, fence, leaseMs, at)
    }
  }

  get isFresh(): boolean {
    return this.#staleMs() <= this.#leaseMs / 2
  }

  hold(): void {
    if (this.#isLost) throw overtaken()
    const staleMs = this.#staleMs()
    if (staleMs > this.#leaseMs) throw fencedAfter(staleMs)
  }

  /** The server has seen this holder: what it answered was asked at that moment. */
  seen(at: Moment): void {
    this.#freshAt = Math.max(this.#freshAt, at.monotonic)
    this.#freshWallAt = Math.max(this.#freshWallAt, at.wall)
  }

  /** Another fence is on the journal. */
  lost(): CutoverError {
    this.#isLost = true
    clearInterval(this.#heartbeat)
    return overtaken()
  }

  async renew(): Promise<void> {
    if (this.#isLost) throw overtaken()
    const at = moment()
    const [row] = await this.#connection.ask(
      `UPDATE ${this.#tables.journal} SET renewed_at = clock_timestamp() WHERE name = $1 AND fence = $2 AND NOT released RETURNING 1`,
      [this.#name, this.fence],
    )
    if (this.#isReleased) return
    if (!row) throw this.lost()
    this.seen(at)
  }

  async release(): Promise<void> {
    this.#isReleased = true
    clearInterval(this.#heartbeat)
    await this.#connection.ask(`UPDATE ${this.#tables.journal} SET released = true WHERE name = $1 AND fence = $2`, [
      this.#name,
      this.fence,
    ])
  }

  /** Both clocks: one stands still while a machine sleeps, the other can be set. */
  #staleMs(): number {
    return Math.max(performance.now() - this.#freshAt, Date.now() - this.#freshWallAt)
  }
}

export interface Moment {
  readonly monotonic: number
  readonly wall: number
}

export const moment = (): Moment => ({ monotonic: performance.now(), wall: Date.now() })

/** Of two that take it, one finds the fence that it has seen. */
const taking = ({ journal }: Tables): string => `
  INSERT INTO ${journal} AS j (name, fence, records, hash, holder, token, lease_ms, renewed_at, released)
  VALUES ($1, 1, 0, '', $3, $4, $5, clock_timestamp(), false)
  ON CONFLICT (name) DO UPDATE SET fence = j.fence + 1, holder = excluded.holder, token = excluded.token,
    lease_ms = excluded.lease_ms, renewed_at = clock_timestamp(), released = false
  WHERE j.fence = $2
  RETURNING fence`

/** The answer to the taking may have been lost. */
async function ownFence(
  connection: Connection,
  { journal }: Tables,
  name: string,
  token: string,
  clock: Clock,
): Promise<number> {
  const [row] = await connection.insist(clock, `SELECT fence FROM ${journal} WHERE name = $1 AND token = $2`, [
    name,
    token,
  ])
  return Number(row?.['fence'] ?? 0)
}

async function heldNow(
  connection: Connection,
  { journal }: Tables,
  name: string,
  clock: Clock,
): Promise<Held | undefined> {
  const [row] = await connection.insist(
    clock,
    `SELECT fence, holder, token, released, lease_ms, extract(epoch FROM clock_timestamp() - renewed_at) * 1000 AS age_ms
     FROM ${journal} WHERE name = $1`,
    [name],
  )
  return (
    row && {
      fence: Number(row['fence']),
      holder: JSON.parse(String(row['holder'])) as Holder,
      token: String(row['token']),
      released: row['released'] === true,
      leaseMs: Number(row['lease_ms']),
      ageMs: Number(row['age_ms']),
    }
  )
}

/** Returns when that holder can write no more. */
async function outlive(
  connection: Connection,
  tables: Tables,
  name: string,
  held: Held,
  { clock, signal, onWaiting }: OpenOptions,
): Promise<void> {
  const leftMs = held.leaseMs - held.ageMs
  if (held.released || leftMs <= 0) return
  const life = lifeOf(held.holder)
  if (life === 'dead') return
  if (life === 'alive') throw inUse(connection.location, held, clock)
  onWaiting?.(held.holder.who, clock.now() + leftMs)
  // A timer may come a little early.
  await clock.sleep(Math.ceil(leftMs) + 5, { signal })
  const again = await heldNow(connection, tables, name, clock)
  if (again && !again.released && again.ageMs < again.leaseMs) throw inUse(connection.location, again, clock)
}

function inUse(location: string, { holder, leaseMs, ageMs }: Held, clock: Clock): CutoverError {
  return new CutoverError(
    'CUTOVER_JOURNAL_IN_USE',
    `REFUSED: another run holds ${location}\n  ${holder.who}, process ${holder.pid}, last sign of life ${formatDuration(ageMs)} ago`,
    {
      retryable: true,
      next: `If that process is dead, its lease ends at ${formatInstant(clock.now() + leaseMs - ageMs)} and this will work.`,
    },
  )
}
