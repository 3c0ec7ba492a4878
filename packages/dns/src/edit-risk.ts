import { CutoverError } from '@cutover/core'

import type { RecordDiff } from './record-diff.ts'
import { describeRecordSet } from './record-set.ts'
import { ttlOf } from './record-ttl.ts'

/** A longer TTL keeps a mistake alive for longer than people want to wait. */
const liveTtlSeconds = 300

/** Why an edit among many wants to be accepted by name; `undefined` for one that does not. */
function riskOf({ name, type, from }: RecordDiff, zone: string | undefined): string | undefined {
  if (type === 'NS' || type === 'DS') return 'it decides who answers for everything at and below that name'
  if (name === zone) return "it is at the zone's own name"
  const ttl = from === undefined || from.kind === 'opaque' ? 0 : ttlOrNone(from)
  if (ttl > liveTtlSeconds) return `caches keep the present answer for ${ttl} s, and would keep a mistake as long`
  return undefined
}

/**
 * Refuses edits by what they may break, not by their number: nine records of a zone of nine may be harmless, and one delegation
 * is not.
 *
 * @throws CutoverError `DNS_CHANGE_RISKY` with each, and how to accept it
 */
export function refuseRisky(diffs: readonly RecordDiff[], accepted: readonly string[], zone: string | undefined): void {
  const taken = new Set(accepted.map((each) => each.toLowerCase()))
  const risky = diffs.flatMap((diff) => {
    const why = riskOf(diff, zone)
    const key = `${diff.name}/${diff.type}`
    return why === undefined || taken.has(key.toLowerCase()) ? [] : [{ key, why, diff }]
  })
  if (risky.length === 0) return
  const lines = risky.map(
    ({ key, why, diff }) => `${key}: ${why} (${describeRecordSet(diff.from)} → ${describeRecordSet(diff.to)})`,
  )
  throw new CutoverError(
    'DNS_CHANGE_RISKY',
    `${lines.length} of ${diffs.length} edits want to be accepted by name:\n${lines.join('\n')}`,
    {
      next: `Look at each, then: accept: [${risky.map(({ key }) => JSON.stringify(key)).join(', ')}]. A live record's TTL is lowered first: lowerTtl(record).`,
    },
  )
}

function ttlOrNone(set: NonNullable<RecordDiff['from']>): number {
  try {
    return ttlOf(set)
  } catch {
    return 0 // an alias: its target's, 60 s
  }
}
