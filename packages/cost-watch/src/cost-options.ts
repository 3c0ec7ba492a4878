import { CutoverError } from '@cutover/core'

import type { CostErrorCode } from './cost-error-code.ts'
import type { Window } from './usage/usage-row.ts'

/** Refuses a client that has not the methods that are called; a misbuilt one must not be found out at night. */
export function checkedClient(client: unknown, methods: readonly string[], where: string, wanted: string): void {
  const given = Object(client) as Readonly<Record<string, unknown>>
  const missing = methods.filter((method) => typeof given[method] !== 'function')
  if (missing.length > 0) throw invalid(`${where}: the client has no ${missing.join(', ')}; pass ${wanted}`)
}

export function checkedFetch(fetch: unknown, where: string): void {
  if (typeof fetch !== 'function') throw invalid(`${where}: fetch is ${typeof fetch}; pass fetch itself`)
}

/** @throws CutoverError `COST_OPTION_INVALID` */
export function checkedWindow({ from, to }: Window, where: string): void {
  if (Number.isFinite(from) && Number.isFinite(to) && from < to) return
  throw invalid(`${where}: the window is from ${from} until ${to}; wanted epoch milliseconds that increase`)
}

export function checkedMs(options: Readonly<Record<string, number>>, where: string): void {
  for (const [field, ms] of Object.entries(options)) {
    if (!Number.isFinite(ms) || ms < 0) throw invalid(`${where}: ${field} is ${ms}; wanted milliseconds of 0 or more`)
  }
}

export function checkedTexts(options: Readonly<Record<string, unknown>>, where: string): void {
  for (const [field, text] of Object.entries(options)) {
    if (typeof text !== 'string' || text === '')
      throw invalid(`${where}: ${field} is ${JSON.stringify(text)}; wanted a text`)
  }
}

export const invalid = (text: string): CutoverError<CostErrorCode> => new CutoverError('COST_OPTION_INVALID', text)
