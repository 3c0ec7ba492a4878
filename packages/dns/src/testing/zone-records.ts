import { CutoverError } from '@cutover/core'

import type { AnyRecordSet, DnsZoneSupport, Edit } from '../dns-zone.ts'
import { describeRecordSet, sameRecordSet, sameValues } from '../record-set.ts'
import { recordKey, type ServedRecords } from './served-records.ts'

export interface ZoneWrite {
  /** Epoch milliseconds. */
  readonly at: number
  readonly from: AnyRecordSet | undefined
  readonly to: AnyRecordSet | undefined
}

interface Swap {
  readonly from: AnyRecordSet | undefined
  readonly to: AnyRecordSet | undefined
}

/** What is written in a zone, and what its name servers will serve. */
export class ZoneRecords {
  readonly #sets = new Map<string, AnyRecordSet>()
  readonly #served: ServedRecords
  readonly #supports: DnsZoneSupport
  readonly #now: () => number
  readonly locks: Map<string, string> = new Map()

  constructor(served: ServedRecords, supports: DnsZoneSupport, now: () => number) {
    this.#served = served
    this.#supports = supports
    this.#now = now
  }

  get all(): readonly AnyRecordSet[] {
    return [...this.#sets.values()].map((set) => structuredClone(set)).sort(byName)
  }

  get(name: string, type: string): AnyRecordSet | undefined {
    const set = this.#sets.get(recordKey(name, type))
    return set && structuredClone(set)
  }

  /** What was there from the beginning. */
  seed(set: AnyRecordSet): void {
    this.#refuseBesideCname(set, new Map(this.#sets))
    if (this.#sets.has(keyOf(set)))
      throw new CutoverError('DNS_RECORD_INVALID', `${set.name} ${set.type} is given twice`)
    this.#sets.set(keyOf(set), set)
    this.#served.seed(keyOf(set), set)
  }

  /** Somebody else's edit. */
  put(set: AnyRecordSet): void {
    const others = new Map(this.#sets)
    others.delete(keyOf(set))
    this.#refuseBesideCname(set, others)
    this.#write(keyOf(set), set)
  }

  remove({ name, type }: Pick<AnyRecordSet, 'name' | 'type'>): void {
    this.#write(recordKey(name, type), undefined)
  }

  /** All of them or none: each `expected` must be exactly what is there. Answers what was there, and what is. */
  swap(edits: readonly Edit[]): readonly Swap[] {
    const swaps = edits.map(({ expected, next }) => ({ from: expected?.set, to: next }))
    const after = new Map(this.#sets)
    for (const { from, to } of swaps) this.#refuseLocked(from, to)
    const found = swaps.map(({ from }) => from && this.#sets.get(keyOf(from)))
    for (const [place, { from, to }] of swaps.entries()) {
      if (!this.#fits(found[place], from)) throw conflict(from ?? to, from, found[place])
      if (from) after.delete(keyOf(from))
    }
    for (const { from, to } of swaps) {
      if (!to) continue
      const inTheWay = after.get(keyOf(to))
      if (inTheWay) throw conflict(to, from, inTheWay)
      this.#refuseBesideCname(to, after)
      after.set(keyOf(to), to)
    }
    for (const { from } of swaps) if (from && !after.has(keyOf(from))) this.#write(keyOf(from), undefined)
    for (const { to } of swaps) if (to) this.#write(keyOf(to), to)
    return swaps.map(({ to }, place) => ({ from: found[place], to }))
  }

  #write(key: string, set: AnyRecordSet | undefined): void {
    if (set) this.#sets.set(key, set)
    else this.#sets.delete(key)
    this.#served.write(key, set, this.#now())
  }

  #fits(now: AnyRecordSet | undefined, expected: AnyRecordSet | undefined): boolean {
    if (this.#supports.compareAndSwap !== 'value') return sameRecordSet(now, expected)
    if (now === undefined || expected === undefined) return now === expected
    if (now.kind !== undefined || expected.kind !== undefined) return sameRecordSet(now, expected)
    return sameValues(now.values, expected.values)
  }

  #refuseLocked(from: AnyRecordSet | undefined, to: AnyRecordSet | undefined): void {
    for (const set of [from, to]) {
      const why = set && this.locks.get(keyOf(set))
      if (why !== undefined) {
        throw new CutoverError('DNS_RECORD_LOCKED', `${set?.name} ${set?.type} is locked: ${why}`, {
          next: 'Ask who locked it and why, then end the lock: undo lockRecord, or zone.locks.unlock(name, type)',
        })
      }
    }
  }

  /** RFC 1034 §3.6.2: a CNAME stands alone at its name. */
  #refuseBesideCname(next: AnyRecordSet, others: ReadonlyMap<string, AnyRecordSet>): void {
    for (const other of others.values()) {
      if (other.name !== next.name || other.type === next.type) continue
      if (other.type === 'CNAME' || next.type === 'CNAME') {
        throw rejected(`${next.type} cannot stand beside ${other.type} at ${next.name}`)
      }
    }
  }
}

export const rejected = (text: string, cause?: unknown): CutoverError =>
  new CutoverError('DNS_CHANGE_REJECTED', text, { cause })

const conflict = (
  subject: AnyRecordSet | undefined,
  expected: AnyRecordSet | undefined,
  found: AnyRecordSet | undefined,
): CutoverError =>
  new CutoverError(
    'DNS_CONFLICT',
    `${subject?.name}: expected ${describeRecordSet(expected)}, found ${describeRecordSet(found)}`,
  )

const keyOf = ({ name, type }: AnyRecordSet): string => recordKey(name, type)

const byName = (a: AnyRecordSet, b: AnyRecordSet): number => (keyOf(a) < keyOf(b) ? -1 : 1)
