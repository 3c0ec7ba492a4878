import { readFile } from 'node:fs/promises'

import { CutoverError } from '@cutover/core'

import { inPresentFormat } from '../journal-format.ts'
import type { JournalEntry } from '../journal.ts'
import { chained } from './chained.ts'

export interface Chain {
  readonly entries: readonly JournalEntry[]
  readonly hashes: readonly string[]
  /** Where the next line begins: what lies behind was torn. */
  readonly validBytes: number
}

/** One record as a line: the entry's JSON with, last, the hash of the line before and of itself. */
export function lineOf(entry: JournalEntry, previous: string): { readonly text: string; readonly hash: string } {
  const body = JSON.stringify(entry)
  const hash = chained(previous, body)
  return { text: `${body.slice(0, -1)},"hash":"${hash}"}\n`, hash }
}

const hashField = /^(.*),"hash":"([\w-]{43})"\}$/s

/**
 * Reads and proves a journal's lines. A file that does not exist is empty.
 *
 * @throws CutoverError `CUTOVER_JOURNAL_BROKEN` naming the line; `CUTOVER_JOURNAL_FORMAT` for that of a later version.
 */
export async function readChain(file: string): Promise<Chain> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw new CutoverError('CUTOVER_JOURNAL_FAILED', `${file} could not be read: ${error.message}`, {
      cause: error,
      next: 'See to it that this is a file that can be read, then run it again.',
    })
  })
  const entries: JournalEntry[] = []
  const hashes: string[] = []
  let validBytes = 0
  let number = 0
  let from = 0
  while (from < text.length) {
    const end = text.indexOf('\n', from)
    // Without its line break it was never acknowledged.
    if (end < 0) break
    const line = text.slice(from, end)
    number += 1
    const parsed = parse(line, hashes)
    if (parsed === undefined || !take(parsed, entries, hashes)) {
      const isLast = end === text.length - 1
      if (isLast && isTorn(line)) break
      throw number === 1 ? noJournal(file) : broken(file, `line ${number} was altered, or lines before it are missing`)
    }
    validBytes += Buffer.byteLength(line) + 1
    from = end + 1
  }
  const rest = text.slice(from)
  if (rest !== '' && !isTorn(rest))
    throw number === 0 ? noJournal(file) : broken(file, `what follows line ${number} is not of a journal`)
  return { entries: inPresentFormat(entries, file), hashes, validBytes }
}

const broken = (file: string, what: string): CutoverError =>
  new CutoverError('CUTOVER_JOURNAL_BROKEN', `REFUSED: ${file}: ${what}`, {
    next: 'Restore the file as it was written; nothing was done.',
  })

const noJournal = (file: string): CutoverError =>
  new CutoverError(
    'CUTOVER_JOURNAL_BROKEN',
    `REFUSED: ${file}: this is no journal, or its line 1 was altered, or lines before it are missing`,
    { next: 'Restore the file as it was written, or name another; nothing was done.' },
  )

interface Parsed {
  readonly entry: JournalEntry
  readonly hash: string
}

function parse(line: string, hashes: readonly string[]): Parsed | undefined {
  const match = hashField.exec(line)
  const [, body = '', hash = ''] = match ?? []
  const entry = match && parsedJson(`${body}}`)
  if (!entry || !(entry.seq <= hashes.length)) return undefined
  return chained(hashes[entry.seq - 1] ?? '', `${body}}`) === hash ? { entry, hash } : undefined
}

/**
 * A holder that was stopped in the midst of writing may write one line more when it wakes. What its successors wrote counts:
 * the higher fence.
 */
function take({ entry, hash }: Parsed, entries: JournalEntry[], hashes: string[]): boolean {
  const rival = entries[entry.seq]
  if (rival) {
    if (entry.fence < (entries.at(-1)?.fence ?? 0)) return true
    if (entry.fence <= rival.fence) return false
    entries.length = entry.seq
    hashes.length = entry.seq
  }
  entries.push(entry)
  hashes.push(hash)
  return true
}

/** A line that a crash left half written begins like a record, or was never filled, and is not JSON; one that was edited usually is. */
function isTorn(line: string): boolean {
  const begins = line.startsWith(start) || start.startsWith(line) || line.startsWith('\0')
  return begins && parsedJson(line) === undefined
}

const start = '{"t":"'

function parsedJson(text: string): JournalEntry | undefined {
  try {
    return JSON.parse(text) as JournalEntry
  } catch {
    return undefined
  }
}
