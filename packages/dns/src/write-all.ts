import { isCutoverError } from '@cutover/core'

import type { DnsZone, Edit } from './dns-zone.ts'
import { sameRecordSet } from './record-set.ts'

/** Of one request; a request that is too large is halved. */
const mostEdits = 100

/** One batch after the other, or one set after the other; deletions first, so that a type gives way to another. Answers the last receipt. */
export async function writeAll(
  zone: DnsZone,
  edits: readonly Edit[],
  how: { readonly signal: AbortSignal; fence(): void },
): Promise<unknown> {
  const ordered = [...edits].sort((a, b) => Number(a.next !== undefined) - Number(b.next !== undefined))
  let receipt: unknown
  if (!zone.replaceAll) {
    for (const { expected, next } of ordered)
      receipt = await zone.replace(await fresh(zone, expected, how.signal), next, how)
    return receipt
  }
  // Sets of one name stay in one batch.
  const groups = [...Map.groupBy(edits, ({ expected, next }) => (next ?? expected?.set)?.name).values()]
  for (const batch of batches(groups)) receipt = (await inBatches(zone, batch, how)) ?? receipt
  return receipt
}

/** A listing may lack what a compare-and-swap wants (an etag, the zone's serial). */
async function fresh(zone: DnsZone, expected: Edit['expected'], signal: AbortSignal): Promise<Edit['expected']> {
  if (!expected || expected.set.kind === 'opaque') return expected
  const found = await zone.find(expected.set.name, expected.set.type, { signal })
  return found && sameRecordSet(found.set, expected.set) ? found : expected
}

function batches(groups: readonly (readonly Edit[])[]): readonly (readonly (readonly Edit[])[])[] {
  const all: (readonly Edit[])[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const group of groups) {
    if (size + group.length > mostEdits) {
      all.push([])
      size = 0
    }
    all.at(-1)?.push(group)
    size += group.length
  }
  return all
}

async function inBatches(
  zone: DnsZone,
  groups: readonly (readonly Edit[])[],
  how: { readonly signal: AbortSignal; fence(): void },
): Promise<unknown> {
  const edits: Edit[] = []
  for (const { expected, next } of groups.flat())
    edits.push({ expected: await fresh(zone, expected, how.signal), next })
  try {
    return await zone.replaceAll?.(edits, how)
  } catch (error) {
    if (!isCutoverError(error, 'DNS_BATCH_TOO_LARGE') || groups.length === 1) throw error
    const half = Math.ceil(groups.length / 2)
    const first = await inBatches(zone, groups.slice(0, half), how)
    return (await inBatches(zone, groups.slice(half), how)) ?? first
  }
}
