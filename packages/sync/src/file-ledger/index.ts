import { type FileHandle, open, rename, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

import { CutoverError, isCutoverError } from '@cutover/core'

import type { CallOptions, WriteOptions } from '../call-options.ts'
import { LedgerIndex } from '../ledger-index.ts'
import type { Ledger, LedgerWrite } from '../ledger.ts'
import { lineOf, writesOf } from './line.ts'

export interface FileLedger extends Ledger, AsyncDisposable {}

/**
 * A ledger as one line for each batch of writes, appended and flushed with fdatasync before `write` resolves.
 *
 * A last line that a crash has torn was never acknowledged, and is dropped; a line altered anywhere else is refused. What it
 * has stands in memory too, about 200 bytes for each value; the file is written anew, without what is superseded, when it is
 * opened. Opened by the first use; one process at a time writes to it, which is what `fence` is for.
 *
 * @throws CutoverError `SYNC_LEDGER_BROKEN`, `SYNC_LEDGER_FAILED`, from its methods.
 */
export function fileLedger(path: string): FileLedger {
  const file = resolve(path)
  const shared: SharedFile = files.get(file) ?? { opened: undefined, tail: Promise.resolve() }
  files.set(file, shared)

  /** One after the other: a batch is compared with what all earlier ones have left. */
  const call = <T>(options: WriteOptions, work: (ledger: OpenLedger) => Promise<T>): Promise<T> => {
    const done = shared.tail.then(async () => {
      options.signal?.throwIfAborted()
      try {
        return await work(await current(shared, file))
      } catch (error) {
        throw failure(path, error)
      }
    })
    shared.tail = done.catch(() => {})
    return done
  }

  return {
    id: path,
    lateMs: 0,
    get: (scope, key, options: CallOptions = {}) => call(options, async ({ index }) => index.get(scope, key)),
    entries: (scope, options: CallOptions = {}) => call(options, async ({ index }) => index.entries(scope)),
    write: (writes: readonly LedgerWrite[], options = {}) =>
      call(options, async (ledger) => {
        const checked = ledger.index.checked(writes)
        const bytes = Buffer.from(lineOf(checked))
        options.signal?.throwIfAborted()
        options.fence?.()
        try {
          await append(ledger, bytes)
        } catch (error) {
          // What is on disk is not known: the next call reads it anew, and drops a torn line.
          await close(shared)
          throw error
        }
        ledger.index.absorb(checked)
      }),
    async [Symbol.asyncDispose]() {
      await shared.tail
      await close(shared)
    },
  }
}

/** One for each file of this process, however often it is asked for: two would not know of each other's writes. */
interface SharedFile {
  opened: OpenLedger | undefined
  tail: Promise<unknown>
}

const files = new Map<string, SharedFile>()

/** The ledger with all that stands in the file by now, also what another process has added, or put in its place. */
async function current(shared: SharedFile, file: string): Promise<OpenLedger> {
  if (shared.opened && (await stat(file).catch(() => undefined))?.ino !== shared.opened.inode) await close(shared)
  shared.opened ??= await openLedger(file)
  await readOn(shared.opened, file)
  return shared.opened
}

async function close(shared: SharedFile): Promise<void> {
  const { opened } = shared
  shared.opened = undefined
  await opened?.handle.close().catch(() => {})
}

interface OpenLedger {
  readonly handle: FileHandle
  readonly inode: number
  readonly index: LedgerIndex
  /** Up to where the file was read, or written. */
  readTo: number
  lines: number
}

async function append(ledger: OpenLedger, bytes: Buffer): Promise<void> {
  const { bytesWritten } = await ledger.handle.write(bytes, 0, bytes.length, null)
  await ledger.handle.datasync()
  if (bytesWritten < bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes fitted`)
  ledger.readTo += bytes.length
  ledger.lines += 1
}

async function openLedger(file: string): Promise<OpenLedger> {
  const ledger = await openFile(file)
  try {
    await readOn(ledger, file)
    await ledger.handle.truncate(ledger.readTo)
    if (ledger.lines < 2 * ledger.index.size + 1_000) return ledger
    await rewrite(file, ledger.index)
  } catch (error) {
    await ledger.handle.close()
    throw error
  }
  await ledger.handle.close()
  return openLedger(file)
}

async function openFile(file: string): Promise<OpenLedger> {
  const handle = await open(file, 'a+')
  await flushDirectory(file)
  const { ino: inode } = await handle.stat()
  return { handle, inode, index: new LedgerIndex(), readTo: 0, lines: 0 }
}

/** Reads the whole lines that it has not read: all at first, later what another process has added. */
async function readOn(ledger: OpenLedger, path: string): Promise<void> {
  const { size } = await ledger.handle.stat()
  if (size <= ledger.readTo) return
  const bytes = Buffer.alloc(size - ledger.readTo)
  await ledger.handle.read(bytes, 0, bytes.length, ledger.readTo)
  const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1)
  const lines = whole.toString('utf8').split('\n').slice(0, -1)
  for (const line of lines) {
    const writes = writesOf(line)
    ledger.lines += 1
    if (!writes) {
      throw new CutoverError('SYNC_LEDGER_BROKEN', `REFUSED: ${path} line ${ledger.lines} is not as it was written`, {
        next: 'Find the whole file: without it nobody knows what was moved already.',
      })
    }
    ledger.index.absorb(writes)
  }
  ledger.readTo += whole.length
}

/** Beside it first, then in its place: whole or not at all. */
async function rewrite(file: string, index: LedgerIndex): Promise<void> {
  const beside = `${file}.${process.pid}`
  const handle = await open(beside, 'w')
  try {
    for (const scope of index.scopes()) {
      for (const [key, value] of index.entries(scope)) await handle.write(lineOf([{ scope, key, value }]))
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(beside, file)
  await flushDirectory(file)
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

function failure(path: string, error: unknown): unknown {
  if (isCutoverError(error) || !(error instanceof Error) || !('syscall' in error)) return error
  return new CutoverError('SYNC_LEDGER_FAILED', `${path} could not be used: ${error.message}`, {
    cause: error,
    retryable: true,
    next: 'See to it that the file can be read and written, then run it again: it goes on where it was.',
  })
}
