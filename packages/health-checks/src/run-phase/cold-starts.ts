import { refuseOption } from '../health-error.ts'
import type { HttpReply } from '../http-transport.ts'

/**
 * Which answers are cold starts: counted apart, and not judged.
 *
 * - `{ first: 20 }`: those to the first 20 requests of a side.
 * - `{ first: 1, perInstance: 'x-instance-id' }`: the first of every instance, which the answer's header names.
 * - `{ marked: 'x-cold-start' }`: those with that header, unless it says `false` or `0`.
 */
export type ColdStarts =
  | { readonly first: number; readonly perInstance?: string | undefined }
  | { readonly marked: string }

/** So many instances are told apart; from then on none is new. */
const maxInstances = 10_000

export function checkColdStarts(cold: ColdStarts): void {
  if ('marked' in cold) {
    if (typeof cold.marked !== 'string' || cold.marked === '') refuseOption('cold.marked', cold.marked, 'a header')
    return
  }
  const { first, perInstance } = cold
  if (!Number.isInteger(first) || first < 0) refuseOption('cold.first', first, 'a whole number from 0')
  if (perInstance !== undefined && (typeof perInstance !== 'string' || perInstance === ''))
    refuseOption('cold.perInstance', perInstance, 'a header')
}

/** Tells cold answers of one side, asked in the order in which they come. `number` counts its requests from 0. */
export function coldStarts(cold: ColdStarts): (number: number, reply: HttpReply) => boolean {
  if ('marked' in cold) {
    return (_, reply) => {
      const mark = reply.kind === 'response' ? reply.headers[cold.marked.toLowerCase()] : undefined
      return mark !== undefined && mark !== 'false' && mark !== '0'
    }
  }
  const { first, perInstance } = cold
  if (perInstance === undefined) return (number) => number < first
  const seen = new Map<string, number>()
  return (_, reply) => {
    const instance = reply.kind === 'response' ? reply.headers[perInstance.toLowerCase()] : undefined
    if (instance === undefined) return false
    const times = seen.get(instance) ?? (seen.size < maxInstances ? 0 : first)
    if (times >= first) return false
    seen.set(instance, times + 1)
    return true
  }
}
