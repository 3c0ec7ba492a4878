import { type Line, lineWidth, plain, type Tone } from './line.ts'

export interface DrawOptions {
  readonly write: (text: string) => void
  readonly color: boolean
  /** Of the terminal as it is now: it may have been resized. */
  readonly columns: () => number
  readonly rows: () => number
}

/** Draws a screen over its last version. The cursor always rests below it, visible: a killed process leaves nothing to repair. */
export interface Drawing {
  draw(lines: readonly Line[]): void
  /** Takes away what can be reached, until it is drawn again. */
  clear(): void
  /** Leaves what is drawn where it is; the next drawing begins below. */
  keep(): void
}

interface Drawn {
  readonly text: string
  readonly width: number
}

/**
 * Only what the terminal still shows is drawn over: lines that have scrolled away stay as they were, so the history of a long
 * cutover is in the scrollback. No alternate screen, for the same reason.
 */
export function drawing({ write, color, columns, rows }: DrawOptions): Drawing {
  let drawn: readonly Drawn[] = []
  /** What has scrolled away, or has something of others below it, stays as it is: shrinking does not bring it back. */
  let fixed = 0

  /** Line by line: erasing the whole window at once makes some terminals (tmux) put a copy of it into their history. */
  function replace(from: number, next: readonly Drawn[]): void {
    const before = heightOf(drawn.slice(from), columns())
    const after = heightOf(next, columns())
    const text = next
      .map((line) => `${eraseLine}${line.text}${line.width % columns() === 0 ? '' : eraseRest}\n`)
      .join('')
    const left = Math.max(0, before - after)
    const isSame = before === 0 && text === ''
    if (!isSame) write(`${up(before)}\r${text}${`${eraseLine}\n`.repeat(left)}${up(left)}`)
    drawn = [...drawn.slice(0, from), ...next]
  }

  function reach(): number {
    fixed = Math.max(fixed, firstReachable(drawn, columns(), rows()))
    return fixed
  }

  return {
    draw(lines) {
      const next = lines.map((line): Drawn => ({ text: color ? painted(line) : plain(line), width: lineWidth(line) }))
      const from = Math.max(reach(), firstDifferent(drawn, next))
      replace(Math.min(from, drawn.length), next.slice(from))
    },
    clear() {
      replace(reach(), [])
    },
    keep() {
      drawn = []
      fixed = 0
    },
  }
}

const eraseLine = '\u001b[2K'
const eraseRest = '\u001b[K'
const up = (rows: number): string => (rows === 0 ? '' : `\u001b[${rows}A`)

/** A line that is wider than the terminal, or was drawn when that was wider, takes several rows. */
const heightOf = (lines: readonly Drawn[], columns: number): number =>
  lines.reduce((height, { width }) => height + Math.max(1, Math.ceil(width / columns)), 0)

function firstReachable(drawn: readonly Drawn[], columns: number, rows: number): number {
  let first = drawn.length
  while (first > 0 && heightOf(drawn.slice(first - 1), columns) < rows) first -= 1
  return first
}

function firstDifferent(before: readonly Drawn[], after: readonly Drawn[]): number {
  const length = Math.max(before.length, after.length)
  for (let i = 0; i < length; i++) if (before[i]?.text !== after[i]?.text) return i
  return length
}

const codes: Readonly<Record<Tone, string>> = {
  good: '32',
  bad: '31;1',
  busy: '36',
  doubt: '33;1',
  faint: '2',
  strong: '1',
}

const painted = (line: Line): string =>
  line
    .map(({ text, tone }) => (tone === undefined || text === '' ? text : `\u001b[${codes[tone]}m${text}\u001b[0m`))
    .join('')
