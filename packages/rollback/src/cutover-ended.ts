import { CutoverError } from '@cutover/core'

import type { Report } from './report.ts'

export type EndCode = 'CUTOVER_ROLLED_BACK' | 'CUTOVER_ROLLED_BACK_WITH_RESIDUE' | 'CUTOVER_PARKED'

const codes = {
  'rolled-back': 'CUTOVER_ROLLED_BACK',
  'rolled-back-with-residue': 'CUTOVER_ROLLED_BACK_WITH_RESIDUE',
  parked: 'CUTOVER_PARKED',
} as const

const nexts = {
  'rolled-back': 'Nothing is left to do; to try again, run it with a new journal.',
  'rolled-back-with-residue': 'See to what is left.',
  parked: 'Answer what is asked, then run it again.',
} as const

/** Every end but `completed`: the message is what a person reads at night, `report` the same for programs. */
export class CutoverEnded extends CutoverError<EndCode> {
  declare readonly report: Report

  constructor(end: keyof typeof codes, report: Report, cause: unknown) {
    super(codes[end], report.text, { cause, next: nexts[end] })
    // Node prints every property of an error that nobody has caught: the message has said it all.
    Object.defineProperty(this, 'report', { value: report, enumerable: false })
  }
}
