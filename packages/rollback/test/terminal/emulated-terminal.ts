import type { WritableLike } from '@cutover/rollback/terminal'

/** As much of a terminal as the screen uses: lines that wrap and scroll, the cursor up, erase in line, and colours, which it drops. */
export interface EmulatedTerminal extends WritableLike {
  columns: number
  rows: number
  readonly isTTY: true
  /** What was seen, scrolled away or not, without trailing blanks. */
  readonly lines: readonly string[]
  /** Everything that was written. */
  readonly raw: string
  /** As when a window is made larger or smaller; what is there is wrapped anew. */
  resize(columns: number, rows: number): void
  readonly listeners: ReadonlyMap<string, ReadonlySet<() => void>>
  emit(event: 'resize' | 'error'): void
}

// oxlint-disable-next-line no-control-regex -- they are what a terminal reads
const token = /\u001b\[(\d*)([A-Za-z])|\n|\r|[^\u001b\n\r]+/gu

export function emulatedTerminal(size: { readonly columns?: number; readonly rows?: number } = {}): EmulatedTerminal {
  /** One entry per physical row; `wrapped` ones go on in the next. */
  let grid: { text: string; wrapped: boolean }[] = [{ text: '', wrapped: false }]
  let row = 0
  let column = 0
  let raw = ''
  const listeners = new Map<string, Set<() => void>>()

  const top = (): number => Math.max(0, grid.length - terminal.rows)

  function down(isWrapped: boolean): void {
    grid[row] = { text: grid[row]?.text ?? '', wrapped: isWrapped }
    row += 1
    column = 0
    if (row === grid.length) grid.push({ text: '', wrapped: false })
  }

  function print(text: string): void {
    for (const sign of text) {
      if (column === terminal.columns) down(true)
      const line = (grid[row]?.text ?? '').padEnd(column)
      grid[row] = { text: line.slice(0, column) + sign + line.slice(column + 1), wrapped: grid[row]?.wrapped ?? false }
      column += 1
    }
  }

  function control(amount: string, letter: string): void {
    if (letter === 'A') row = Math.max(top(), row - Number(amount || '1'))
    else if (letter === 'K')
      grid[row] = { text: amount === '2' ? '' : (grid[row]?.text ?? '').slice(0, column), wrapped: false }
    else if (letter !== 'm') throw new Error(`the emulated terminal does not know ${letter}`)
  }

  const terminal: EmulatedTerminal = {
    isTTY: true,
    columns: size.columns ?? 80,
    rows: size.rows ?? 24,
    listeners,
    write(text: string) {
      raw += text
      for (const [all, amount, letter] of text.matchAll(token)) {
        if (letter !== undefined) control(amount ?? '', letter)
        else if (all === '\n') down(false)
        else if (all === '\r') column = 0
        else print(all)
      }
      return true
    },
    get raw() {
      return raw
    },
    get lines() {
      return joined(grid.map(({ text, wrapped }) => ({ text, wrapped })))
    },
    resize(columns, rows) {
      const whole = joined(grid, false)
      terminal.columns = columns
      terminal.rows = rows
      grid = whole.flatMap((text) => broken(text, columns))
      row = grid.length - 1
      column = 0
      terminal.emit('resize')
    },
    on: (event, listener) => void listeners.set(event, (listeners.get(event) ?? new Set()).add(listener)),
    off: (event, listener) => void listeners.get(event)?.delete(listener),
    emit(event) {
      for (const listener of listeners.get(event) ?? []) listener()
    },
  }
  return terminal
}

function joined(grid: readonly { text: string; wrapped: boolean }[], trimmed = true): string[] {
  const lines: string[] = []
  let open = ''
  for (const { text, wrapped } of grid) {
    open += text
    if (wrapped) continue
    lines.push(trimmed ? open.trimEnd() : open)
    open = ''
  }
  return trimmed ? lines.slice(0, lines.findLastIndex((line) => line !== '') + 1) : lines
}

function broken(text: string, columns: number): { text: string; wrapped: boolean }[] {
  const rows: { text: string; wrapped: boolean }[] = []
  for (let i = 0; i === 0 || i < text.length; i += columns)
    rows.push({ text: text.slice(i, i + columns), wrapped: i + columns < text.length })
  return rows
}
