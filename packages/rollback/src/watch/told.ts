import type { CutoverEvent } from '@cutover/core'

import type { History, StepHistory } from '../history.ts'

/** An event that is told at the time of a record, unless it has one of its own. */
export type Told = CutoverEvent extends infer E
  ? E extends CutoverEvent
    ? Omit<E, 'at'> & { readonly at?: number }
    : never
  : never

/** What is known when a record is read. */
export interface Reading {
  /** With the record. */
  readonly history: History
  /** The step as it was before the record. */
  readonly known: StepHistory | undefined
  /** The step with it. */
  readonly step: StepHistory | undefined
  /** When what it tells of began, as far as the records say: nothing is written when a check is first asked. */
  readonly since: number
  readonly location: string
}

export const note = (code: string, text: string, data: unknown = {}): Told => ({ kind: 'note', code, data, text })
