/** How a piece of a line looks; a terminal without colours shows the same text. */
export type Tone = 'good' | 'bad' | 'busy' | 'doubt' | 'faint' | 'strong'

export interface Span {
  readonly text: string
  readonly tone?: Tone | undefined
}

/** One line of the screen; wider than the screen only when it is a command, which is copied and therefore never cut. */
export type Line = readonly Span[]

export const span = (text: string, tone?: Tone): Span => ({ text, tone })

export const plain = (line: Line): string =>
  line
    .map(({ text }) => text)
    .join('')
    .trimEnd()

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Chinese, Japanese and Korean, full-width forms, and what is an emoji without being asked: two columns. */
const wide =
  /^(?:\p{Emoji_Presentation}|[\p{L}\p{N}\p{P}\p{S}]\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}])/u

const simple = /^[\u0020-\u007e]*$/

/** How many columns a text takes. A combining mark takes none of its own; its grapheme is counted once. */
export function widthOf(text: string): number {
  if (simple.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += columnsOf(segment)
  return width
}

export const lineWidth = (line: Line): number => line.reduce((width, { text }) => width + widthOf(text), 0)

function columnsOf(grapheme: string): number {
  if (/^[\p{M}\u200B-\u200D\uFEFF]/u.test(grapheme)) return 0
  return wide.test(grapheme) ? 2 : 1
}

/** Cuts a text that is too wide, and says so with `more` at its end. */
export function cut(text: string, width: number, more: string): string {
  if (widthOf(text) <= width) return text
  let left = width - widthOf(more)
  if (left < 0) return ''
  let kept = ''
  for (const { segment } of graphemes.segment(text)) {
    left -= columnsOf(segment)
    if (left < 0) break
    kept += segment
  }
  return kept.trimEnd() + more
}

export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))

/** Breaks a text at its spaces; a word that is too wide stands alone, uncut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}

/** Left and right, with spaces between; what is left is cut for it. */
export function spread(left: Line, right: Line, width: number, more: string): Line {
  const room = width - lineWidth(right) - 2
  const kept = cutLine(left, room, more)
  return [...kept, span(' '.repeat(Math.max(0, width - lineWidth(kept) - lineWidth(right)))), ...right]
}

export function cutLine(line: Line, width: number, more: string): Line {
  const kept: Span[] = []
  let left = width
  for (const { text, tone } of line) {
    const short = cut(text, left, more)
    kept.push(span(short, tone))
    left -= widthOf(short)
    if (short !== text) break
  }
  return kept
}
