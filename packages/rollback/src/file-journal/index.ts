import { writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

import { CutoverError, isCutoverError, knownOptions } from '@cutover/core'

import { assertNext } from '../chained-records.ts'
import type { Journal, JournalEntry, OpenJournal, OpenOptions } from '../journal.ts'
import { lineOf, readChain } from './chain.ts'
import { holderOf, Lease } from './lease.ts'
import { requestFile } from './request-file.ts'

export interface FileJournalOptions {
  /** After how long without a sign of life another machine may take over. @default '30 s', as 30_000 */
  readonly leaseMs?: number | undefined
}

/**
 * A journal as one JSON line per record, appended and flushed with fdatasync before `append` resolves; each line carries a
 * hash of itself and of the line before. Beside it lies a lease (`FILE.lease.N`) with the holder's process.
 *
 * A last line that was torn by a crash was never acknowledged, and is dropped. A line altered or missing anywhere else is
 * refused (`CUTOVER_JOURNAL_BROKEN`); acknowledged lines missing at the end are refused (`CUTOVER_JOURNAL_TRUNCATED`) as far
 * as the lease knew of them: at a clean end all, after a crash those of up to ten seconds before.
 */
export function fileJournal(path: string, options: FileJournalOptions = {}): Journal {
  if (typeof path !== 'string' || path === '')
    throw new CutoverError('CUTOVER_OPTIONS_INVALID', `fileJournal was given ${JSON.stringify(path)}; wanted a path`)
  knownOptions(options, ['leaseMs'], 'CUTOVER_OPTIONS_INVALID', 'fileJournal')
  const { leaseMs = 30_000 } = options
  const file = resolve(path)
  return {
    location: path,
    fullPath: file,
    requests: requestFile(file),
    holder: () => holderOf(file),
    async read() {
      return (await readChain(file)).entries
    },
    async open({ clock, signal, onWaiting }: OpenOptions): Promise<OpenJournal> {
      // What is no journal is not touched, and gets no lease.
      const { entries } = await readChain(file)
      const above = entries.at(-1)?.fence ?? 0
      const lease = await Lease.take(file, { above, leaseMs, clock, signal, onWaiting })
      try {
        return await openHeld(file, path, lease)
      } catch (error) {
        await lease.release().catch(() => {})
        throw error
      }
    },
  }
}

async function openHeld(file: string, path: string, lease: Lease): Promise<OpenJournal> {
  const chain = await readChain(file)
  lease.assertAllThere(path, chain.hashes)
  const handle = await writable(file, path, chain.validBytes)
  let hash = chain.hashes.at(-1) ?? ''
  lease.head = chain.entries.length === 0 ? undefined : { records: chain.entries.length, hash }
  let closed = false

  const append = async (entry: JournalEntry): Promise<void> => {
    lease.hold()
    assertNext(entry, lease.head?.records ?? 0)
    const line = lineOf(entry, hash)
    try {
      writeWhole(handle, line.text)
      await handle.datasync()
    } catch (error) {
      throw isCutoverError(error) ? error : unwritable(path, error)
    }
    // One that was stopped while it wrote, and overtaken: no successor reads this line, so nothing may follow from it.
    lease.hold()
    hash = line.hash
    lease.head = { records: entry.seq + 1, hash }
  }
  return {
    fence: lease.number,
    entries: chain.entries,
    get isFresh() {
      return lease.isFresh
    },
    hold: () => lease.hold(),
    renew: () => lease.renew(),
    append,
    async close() {
      if (closed) return
      closed = true
      try {
        await handle.close()
      } finally {
        await lease.release()
      }
    },
  }
}

/** Opens it for appending, without what was torn. */
async function writable(file: string, path: string, validBytes: number): Promise<FileHandle> {
  let handle: FileHandle | undefined
  try {
    handle = await open(file, 'a')
    await handle.truncate(validBytes)
    await handle.datasync()
    if (validBytes === 0) await flushDirectory(file)
    return handle
  } catch (error) {
    await handle?.close()
    throw unwritable(path, error)
  }
}

const unwritable = (path: string, error: unknown): CutoverError =>
  new CutoverError('CUTOVER_JOURNAL_FAILED', `${path} could not be written: ${(error as Error).message}`, {
    cause: error,
    retryable: true,
    next: 'See to it that the file can be written, then run it again: it goes on where it was.',
  })

/** Into the memory of the system, which takes no time worth waiting for; the flush after it does. */
function writeWhole(handle: FileHandle, text: string): void {
  const bytes = Buffer.from(text)
  const bytesWritten = writeSync(handle.fd, bytes)
  if (bytesWritten < bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes fitted`)
}

/** A new file is durable when its directory is. */
async function flushDirectory(file: string): Promise<void> {
  const directory = await open(dirname(file), 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
