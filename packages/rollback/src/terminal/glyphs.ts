/** The signs of a screen, and what a text becomes where only ASCII can be shown. */
export interface Glyphs {
  readonly done: string
  readonly running: string
  readonly failed: string
  readonly undone: string
  readonly question: string
  readonly stopped: string
  readonly full: string
  readonly empty: string
  readonly more: string
  readonly dot: string
  /** One line that is safe to show: no control character of a service's answer reaches the terminal. */
  text(text: string): string
}

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g

const safe = (text: string): string => text.replace(control, ' ').trim()

export const unicode: Glyphs = {
  done: '✓',
  running: '▸',
  failed: '✗',
  undone: '↩',
  question: '?',
  stopped: '‖',
  full: '█',
  empty: '░',
  more: '…',
  dot: ' · ',
  text: safe,
}

const spelled: Readonly<Record<string, string>> = {
  '→': '->',
  '←': '<-',
  '…': '...',
  '·': '-',
  '×': 'x',
  '–': '-',
  '—': '-',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '≤': '<=',
  '≥': '>=',
}

export const ascii: Glyphs = {
  done: '+',
  running: '>',
  failed: 'x',
  undone: '<',
  question: '?',
  stopped: '=',
  full: '#',
  empty: '.',
  more: '...',
  dot: ' | ',
  // oxlint-disable-next-line no-control-regex -- ASCII is meant
  text: (text) => safe(text).replace(/[^\u0000-\u007f]/gu, (sign) => spelled[sign] ?? '?'),
}
