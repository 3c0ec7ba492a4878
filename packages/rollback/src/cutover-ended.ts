import { CutoverError } from '@cutover/core'

import type { Report } from './report.ts'

export type EndCode = 'CUTOVER_ROLLED_BACK' | 'CUTOVER_ROLLED_BACK_WITH_RESIDUE' | 'CUTOVER_PARKED'

const codes = {
  'rolled-back': 'CUTOVER_ROLLED_BACK',
  'rolled-back-with-residue': 'CUTOVER_ROLLED_BACK_WITH_RESIDUE',
  parked: 'CUTOVER_PARKED',
} as const

/** Every end but `completed`: the message is what a person reads at night, `report` the same for programs. */
export class CutoverEnded extends CutoverError<EndCode> {
  readonly report: Report

  constructor(end: keyof typeof codes, report: Report, cause: unknown) {
    super(codes[end], report.text, { cause, next: report.text.split('\n').slice(1).join('\n') })
    this.report = report
  }
}
