import type { PeakMemory } from './memory-headroom.ts'

/**
 * Memory of executions, out of the REPORT lines that Lambda writes to its log: `Max Memory Used: 123 MB`.
 *
 * @param lines Reads them anew: each may be a whole line or a part of the log.
 */
export function reportedMemory(
  name: string,
  lines: (options: { readonly signal?: AbortSignal | undefined }) => Promise<Iterable<string>> | AsyncIterable<string>,
): PeakMemory {
  return {
    name,
    async peak(options = {}) {
      const found: number[] = []
      const read = lines(options)
      for await (const text of Symbol.asyncIterator in read ? read : await read) {
        for (const [, megabytes] of text.matchAll(/Max Memory Used: (\d+) MB/g)) found.push(Number(megabytes))
      }
      if (found.length === 0) return undefined
      const sorted = found.sort((a, b) => a - b)
      const rank = Math.min(sorted.length, Math.ceil(sorted.length * 0.999))
      return { megabytes: sorted[rank - 1] ?? 0, executions: sorted.length }
    },
  }
}
