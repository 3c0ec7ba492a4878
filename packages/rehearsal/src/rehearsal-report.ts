import { CutoverError, type Outline } from '@cutover/core'
import type { Fault } from '@cutover/core/testing'

export interface Violation {
  /** What must never be. */
  readonly what: string
  /** The faults that it takes, after shrinking. */
  readonly faults: readonly { readonly effect: number; readonly operation: string; readonly fault: Fault }[]
  /** The steps under way and before, where the finding has a moment. */
  readonly step: string | undefined
  /** Hand it to `rehearse({ replay })`. */
  readonly replay: string
  /** All of this in a sentence. */
  readonly text: string
}

/** How the runs of one effect ended, by fault: `completed`, `rolled-back`, … or `VIOLATION`. */
export interface MatrixRow {
  readonly effect: number
  readonly operation: string
  readonly ends: Readonly<Partial<Record<Fault, string>>>
}

export class RehearsalReport {
  readonly runs: number
  /** How it ends without a fault. */
  readonly end: string
  readonly matrix: readonly MatrixRow[]
  readonly violations: readonly Violation[]
  /** Ends of all runs, counted. */
  readonly ends: Readonly<Record<string, number>>
  readonly outline: Outline
  /** The longest run, in milliseconds of virtual time. */
  readonly longestMs: number
  /** With `replay`: everything that happened. */
  readonly trace: readonly string[]

  constructor(found: Omit<RehearsalReport, 'text' | 'markdown' | 'assertSafe'>) {
    this.runs = found.runs
    this.end = found.end
    this.matrix = found.matrix
    this.violations = found.violations
    this.ends = found.ends
    this.outline = found.outline
    this.longestMs = found.longestMs
    this.trace = found.trace
  }

  get text(): string {
    const ends = Object.entries(this.ends)
      .map(([end, count]) => `${count} ${end}`)
      .join(', ')
    const summary = `${this.runs} runs, ${this.violations.length} violations; ${ends}`
    return [summary, ...this.violations.map(({ text }) => `✗ ${text}`)].join('\n')
  }

  /** The matrix of effects and faults: what happens if it fails *here*. */
  markdown(): string {
    const faults = [...new Set(this.matrix.flatMap(({ ends }) => Object.keys(ends)))] as Fault[]
    return [
      row(['#', 'write', ...faults]),
      row(['--:', '---', ...faults.map(() => '---')]),
      ...this.matrix.map(({ effect, operation, ends }) =>
        row([String(effect), operation, ...faults.map((fault) => ends[fault] ?? '')]),
      ),
    ].join('\n')
  }

  /** @throws CutoverError `REHEARSAL_UNSAFE`, whose message is `text`, when there is a violation. */
  assertSafe(): void {
    if (this.violations.length > 0) throw new CutoverError('REHEARSAL_UNSAFE', this.text)
  }
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
