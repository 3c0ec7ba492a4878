import type { AnyRecordSet } from './dns-zone.ts'
import { sameRecordSet } from './record-set.ts'

/** One name and type that differ; `undefined` stands for no such record. */
export interface RecordDiff {
  readonly name: string
  readonly type: string
  readonly from: AnyRecordSet | undefined
  readonly to: AnyRecordSet | undefined
}

/**
 * What has to change so that `from` becomes `to`; both in the form of `anyRecordSet`, each name and type once. In the order of
 * `to`, then what goes, in the order of `from`. Takes one pass over each.
 */
export function diffRecords(from: Iterable<AnyRecordSet>, to: Iterable<AnyRecordSet>): readonly RecordDiff[] {
  const present = new Map<string, AnyRecordSet>()
  for (const set of from) present.set(keyOf(set), set)
  const diffs: RecordDiff[] = []
  for (const wanted of to) {
    const key = keyOf(wanted)
    const found = present.get(key)
    present.delete(key)
    if (!sameRecordSet(found, wanted)) diffs.push({ name: wanted.name, type: wanted.type, from: found, to: wanted })
  }
  for (const gone of present.values()) diffs.push({ name: gone.name, type: gone.type, from: gone, to: undefined })
  return diffs
}

const keyOf = ({ name, type }: AnyRecordSet): string => `${name} ${type}`
