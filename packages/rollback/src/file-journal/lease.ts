import { existsSync, readdirSync } from 'node:fs'
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

import { type Clock, CutoverError, formatDuration, formatInstant } from '@cutover/core'

import { type Holder, lifeOf, thisProcess } from './holder.ts'

/** What the journal was known to have: acknowledged records, and the hash of the last. */
export interface Head {
  readonly records: number
  readonly hash: string
}

interface Written {
  readonly holder: Holder
  readonly leaseMs: number
  /** Epoch milliseconds. */
  readonly renewedAt: number
  readonly released: boolean
  readonly head?: Head | undefined
}

interface TakeOptions {
  /** The number is higher: that of the last record, whose lease may be gone. */
  readonly above: number
  readonly leaseMs: number
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  readonly onWaiting?: ((holder: string, until: number) => void) | undefined
}

/**
 * Who may write to a file journal. Each holder creates `FILE.lease.N` exclusively, with the next number: of two that try, one
 * succeeds. The last lease is never deleted, so no number is used twice.
 */
export class Lease {
  readonly number: number
  readonly predecessor: { readonly head: Head | undefined }
  head: Head | undefined
  readonly #file: string
  readonly #leaseMs: number
  readonly #holder: Holder = thisProcess()
  readonly #heartbeat: NodeJS.Timeout
  #freshAt = performance.now()
  #freshWallAt = Date.now()
  #renewing: Promise<void> | undefined
  #released = false
  #lost = false

  private constructor(file: string, number: number, leaseMs: number, head: Head | undefined) {
    this.number = number
    this.predecessor = { head }
    this.head = head
    this.#file = file
    this.#leaseMs = leaseMs
    this.#heartbeat = setInterval(() => void this.renew().catch(() => {}), leaseMs / 3)
    this.#heartbeat.unref()
  }

  static async take(file: string, options: TakeOptions): Promise<Lease> {
    for (;;) {
      const last = await lastNumber(file)
      const written = last === 0 ? undefined : await read(file, last)
      if (written) await outlive(file, last, written, options)
      const lease = await Lease.#create(file, Math.max(last, options.above) + 1, options.leaseMs, written?.head)
      if (!lease) continue
      for (let old = 1; old <= last; old++) await rm(path(file, old), { force: true })
      return lease
    }
  }

  /** Answers `undefined` when somebody else was faster. */
  static async #create(
    file: string,
    number: number,
    leaseMs: number,
    head: Head | undefined,
  ): Promise<Lease | undefined> {
    const first: Written = { holder: thisProcess(), leaseMs, renewedAt: Date.now(), released: false, head }
    // A lease is whole or not there: written beside, then linked to its name only if that is free.
    const beside = `${path(file, number)}.${process.pid}`
    try {
      await writeFile(beside, JSON.stringify(first), { flush: true })
      await link(beside, path(file, number))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
      throw new CutoverError(
        'CUTOVER_JOURNAL_FAILED',
        `the lease of ${file} could not be written: ${(error as Error).message}`,
        { cause: error, next: writable },
      )
    } finally {
      await rm(beside, { force: true })
    }
    return new Lease(file, number, leaseMs, head)
  }

  /** @throws CutoverError `CUTOVER_JOURNAL_TRUNCATED` when records are gone that the predecessor knew to be acknowledged */
  assertAllThere(path: string, hashes: readonly string[]): void {
    const { head } = this.predecessor
    if (!head || hashes[head.records - 1] === head.hash) return
    const found = hashes.length < head.records ? `${hashes.length} records` : 'other records'
    throw new CutoverError(
      'CUTOVER_JOURNAL_TRUNCATED',
      `REFUSED: ${path} has ${found}, but ${head.records} were acknowledged`,
      { next: 'Find the whole file; without it nobody knows what to undo.' },
    )
  }

  get isFresh(): boolean {
    return this.#staleMs() <= this.#leaseMs / 2
  }

  hold(): void {
    const staleMs = this.#staleMs()
    if (staleMs > this.#leaseMs) throw fencedAfter(staleMs)
    if (this.#lost || this.#isFollowed()) throw overtaken()
  }

  /**
   * What `#isOvertaken` says, for every record, without reading the directory: a successor has the next number. Only a second one
   * removes that, and this lease's file before it, so a file of its own that is there, seen after, leaves no doubt.
   */
  #isFollowed(): boolean {
    if (existsSync(path(this.#file, this.number + 1))) return true
    return !existsSync(path(this.#file, this.number)) && this.#isOvertaken()
  }

  /** The last lease is never deleted: a successor shows as a higher number, also when it has ended. */
  #isOvertaken(): boolean {
    try {
      return highest(this.#file, readdirSync(dirname(this.#file))) > this.number
    } catch {
      // What cannot be seen is not certain.
      return true
    }
  }

  /** Remembered, since a renewal that came too late has written this lease's file again. */
  #throwIfOvertaken(): void {
    this.#lost ||= this.#isOvertaken()
    if (this.#lost) throw overtaken()
  }

  /** Both clocks: one stands still while a machine sleeps, the other can be set. */
  #staleMs(): number {
    return Math.max(performance.now() - this.#freshAt, Date.now() - this.#freshWallAt)
  }

  renew(): Promise<void> {
    this.#renewing ??= this.#write(false).finally(() => (this.#renewing = undefined))
    return this.#renewing
  }

  async release(): Promise<void> {
    if (this.#released) return
    this.#released = true
    clearInterval(this.#heartbeat)
    await this.#renewing?.catch(() => {})
    if (!this.#isOvertaken()) await this.#replace(true)
  }

  async #write(released: boolean): Promise<void> {
    this.#throwIfOvertaken()
    const [at, wallAt] = [performance.now(), Date.now()]
    await this.#replace(released)
    this.#throwIfOvertaken()
    this.#freshAt = at
    this.#freshWallAt = wallAt
  }

  async #replace(released: boolean): Promise<void> {
    const written: Written = {
      holder: this.#holder,
      leaseMs: this.#leaseMs,
      renewedAt: Date.now(),
      released,
      head: this.head,
    }
    const beside = `${path(this.#file, this.number)}.${process.pid}`
    await writeFile(beside, JSON.stringify(written), { flush: true })
    await rename(beside, path(this.#file, this.number))
  }
}

/** Returns when that holder can write no more. */
async function outlive(
  file: string,
  number: number,
  written: Written,
  { clock, signal, onWaiting }: TakeOptions,
): Promise<void> {
  if (written.released) return
  const life = lifeOf(written.holder)
  const endsAt = written.renewedAt + written.leaseMs
  const left = endsAt - Date.now()
  if (life === 'dead' || left <= 0) return
  if (life === 'alive') throw inUse(file, written, endsAt)
  onWaiting?.(written.holder.who, endsAt)
  await clock.sleep(left, { signal })
  const again = await read(file, number)
  if (again && !again.released && again.renewedAt > written.renewedAt)
    throw inUse(file, again, again.renewedAt + again.leaseMs)
}

function inUse(file: string, { holder, renewedAt }: Written, endsAt: number): CutoverError {
  return new CutoverError(
    'CUTOVER_JOURNAL_IN_USE',
    `REFUSED: another run holds ${file}\n  ${holder.who}, process ${holder.pid}, last sign of life ${formatDuration(Date.now() - renewedAt)} ago`,
    {
      retryable: true,
      next: `If that process is dead, its lease ends at ${formatInstant(endsAt)} and this will work.`,
    },
  )
}

/** Who runs it now, as far as this machine can tell; `undefined` for nobody. */
export async function holderOf(file: string): Promise<{ readonly who: string; readonly pid: number } | undefined> {
  const number = await lastNumber(file)
  const written = number === 0 ? undefined : await read(file, number)
  if (!written || written.released || lifeOf(written.holder) === 'dead') return undefined
  return Date.now() < written.renewedAt + written.leaseMs ? written.holder : undefined
}

export const fencedAfter = (staleMs: number): CutoverError =>
  new CutoverError(
    'CUTOVER_FENCED',
    `this process was stopped for ${formatDuration(staleMs)}: another may have taken over`,
    { next: toOther },
  )

export const overtaken = (): CutoverError =>
  new CutoverError('CUTOVER_FENCED', 'another runner has taken over; this one writes nothing any more', {
    next: toOther,
  })

const toOther =
  'Let the other runner go on (`npx --no-install cutover status JOURNAL` shows it); if there is none, run it again.'
const writable = 'See to it that its directory is there and can be written, then run it again.'

const path = (file: string, number: number): string => `${file}.lease.${number}`

async function lastNumber(file: string): Promise<number> {
  const names = await readdir(dirname(file)).catch((error: NodeJS.ErrnoException) => {
    throw new CutoverError('CUTOVER_JOURNAL_FAILED', `the directory of ${file} cannot be read: ${error.message}`, {
      cause: error,
      next: writable,
    })
  })
  return highest(file, names)
}

function highest(file: string, names: readonly string[]): number {
  const prefix = `${basename(file)}.lease.`
  const numbers = names.filter((name) => name.startsWith(prefix)).map((name) => Number(name.slice(prefix.length)))
  return Math.max(0, ...numbers.filter((number) => Number.isInteger(number)))
}

async function read(file: string, number: number): Promise<Written | undefined> {
  try {
    return JSON.parse(await readFile(path(file, number), 'utf8')) as Written
  } catch (error) {
    // Its holder's successor has removed it meanwhile.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new CutoverError(
      'CUTOVER_JOURNAL_FAILED',
      `the lease ${path(file, number)} could not be read: ${(error as Error).message}`,
      { cause: error, next: 'If nobody runs this cutover, remove that file.' },
    )
  }
}
