import type { AnyRecordSet, RecordSet, RecordType, WeightedRecordSet } from '../dns-zone.ts'
import type { ServedRecords } from './served-records.ts'

/** What one name server answers at a moment: a CNAME to who asks for addresses, one member of a weighted set, an alias as its target, a wildcard's records. */
export interface Asking {
  readonly served: ServedRecords
  readonly server: number
  /** The world's monotonic clock. */
  readonly now: number
  random(): number
  /** What an alias's target answers; `undefined`: nothing. */
  aliasValues(target: string, type: RecordType): readonly string[] | undefined
}

/** Route 53 answers an alias of an AWS service with a TTL of 60 s. */
const aliasTtlSeconds = 60

export function answerAt(asking: Asking, name: string, type: RecordType): RecordSet | undefined {
  const set =
    ofType(asking, name, type) ?? (type === 'A' || type === 'AAAA' ? ofType(asking, name, 'CNAME') : undefined)
  if (set === undefined || set.kind === 'opaque') return undefined
  if (set.kind === 'weighted') return drawn(asking, { ...set, name })
  if (set.kind === 'alias') return ofAlias(asking, { ...set, name })
  return { name, type: set.type, ttlSeconds: set.ttlSeconds, values: [...set.values] }
}

const ofType = (asking: Asking, name: string, type: RecordType): AnyRecordSet | undefined =>
  asking.served.answer(name, type, asking.server, asking.now) ?? wildcardFor(asking, name, type)

/** RFC 4592 §3.3: the wildcard at the closest name above that exists, if the name itself does not. */
function wildcardFor({ served, server, now }: Asking, name: string, type: RecordType): AnyRecordSet | undefined {
  if (!served.hasWildcards || served.exists(name, server, now)) return undefined
  for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) {
    const above = name.slice(at + 1)
    const found = served.answer(`*.${above}`, type, server, now)
    if (found) return found
    if (served.exists(above, server, now)) return undefined
  }
  return undefined
}

/** With all weights 0, each is as likely as any other, as at Route 53. */
function drawn(asking: Asking, { name, type, members }: WeightedRecordSet): RecordSet | undefined {
  const sum = members.reduce((total, { weight }) => total + weight, 0)
  let left = asking.random() * (sum === 0 ? members.length : sum)
  const member = members.find(({ weight }) => (left -= sum === 0 ? 1 : weight) < 0)
  if (!member) return undefined
  const { values, alias, ttlSeconds = aliasTtlSeconds } = member
  if (alias) return ofAlias(asking, { kind: 'alias', name, type, alias, ttlSeconds })
  return { name, type, ttlSeconds, values: [...(values ?? [])] }
}

function ofAlias(
  asking: Asking,
  { name, type, alias, ttlSeconds }: AnyRecordSet & { kind: 'alias' },
): RecordSet | undefined {
  const values = asking.aliasValues(alias.target, type)
  return values && { name, type, ttlSeconds: ttlSeconds ?? aliasTtlSeconds, values: [...values].sort() }
}
