import { CutoverError, type Outline } from '@cutover/core'
import type { Fault } from '@cutover/core/testing'

export interface Violation {
  /** What must never be. */
  readonly what: string
  /** The faults that it takes, after shrinking. */
  readonly faults: readonly {
    readonly effect: number
    readonly operation: string
    readonly fault: Fault
    /** Of a late one: it was done right before the write of this number. */
    readonly before?: number | undefined
  }[]
  /** The steps under way and before, where the finding has a moment: one of them came too early. */
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
  /** How many of the runs violated something; `violations` tells apart at most 20 of them. */
  readonly violatingRuns: number
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
    this.violatingRuns = found.violatingRuns
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
    const many = this.violatingRuns > this.violations.length ? ` in ${this.violatingRuns} runs` : ''
    const summary = `${counted(this.runs, 'run')}, ${counted(this.violations.length, 'violation')}${many}; ${ends}; without a fault ${this.end}`
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
    if (this.violations.length > 0)
      throw new CutoverError('REHEARSAL_UNSAFE', this.text, {
        next: `See it happen: rehearse({ …, replay: ${JSON.stringify(this.violations[0]?.replay)} }), then read report.trace.`,
      })
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
