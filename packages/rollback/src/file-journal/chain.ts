import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

import { CutoverError } from '@cutover/core'

import type { JournalEntry } from '../journal.ts'

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

const chained = (previous: string, body: string): string =>
  createHash('sha256').update(previous).update(body).digest('base64url')

const hashField = /^(.*),"hash":"([\w-]{43})"\}$/s

/**
 * Reads and proves a journal's lines. A file that does not exist is empty.
 *
 * @throws CutoverError `CUTOVER_JOURNAL_BROKEN` naming the line.
 */
export async function readChain(file: string): Promise<Chain> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw new CutoverError('CUTOVER_JOURNAL_FAILED', `${file} could not be read: ${error.message}`, { cause: error })
  })
  const entries: JournalEntry[] = []
  const hashes: string[] = []
  let validBytes = 0
  let from = 0
  while (from < text.length) {
    const end = text.indexOf('\n', from)
    // Without its line break it was never acknowledged.
    if (end < 0) break
    const line = text.slice(from, end)
    const parsed = parse(line, hashes.at(-1) ?? '', entries.length)
    if (parsed === undefined) {
      const isLast = end === text.length - 1
      if (isLast && isTorn(line)) break
      throw new CutoverError(
        'CUTOVER_JOURNAL_BROKEN',
        `REFUSED: line ${entries.length + 1} of ${file} was altered, or lines before it are missing`,
        {
          next: 'Restore the file as it was written; nothing was done.',
        },
      )
    }
    entries.push(parsed.entry)
    hashes.push(parsed.hash)
    validBytes += Buffer.byteLength(line) + 1
    from = end + 1
  }
  return { entries, hashes, validBytes }
}

function parse(
  line: string,
  previous: string,
  seq: number,
): { readonly entry: JournalEntry; readonly hash: string } | undefined {
  const match = hashField.exec(line)
  const [, body = '', hash = ''] = match ?? []
  if (!match || chained(previous, `${body}}`) !== hash) return undefined
  const entry = JSON.parse(`${body}}`) as JournalEntry
  return entry.seq === seq ? { entry, hash } : undefined
}

/** A line that a crash left half written is not JSON; one that somebody edited usually is. */
function isTorn(line: string): boolean {
  try {
    JSON.parse(line)
    return false
  } catch {
    return true
  }
}
