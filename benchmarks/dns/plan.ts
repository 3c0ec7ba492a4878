// What has to change between two states of a zone with 100,000 record sets, of which 1,000 differ.
import { anyRecordSet, type AnyRecordSet, diffRecords } from '@cutover/dns'

import { coreMs } from './core-ms.ts'

const sets = 100_000
const changed = 1_000
const rounds = 9

export interface Plan {
  /** Of a core, the median of the rounds. */
  readonly diffMs: number
  /** Of the clock, the quickest round. */
  readonly wallMs: number
  readonly found: number
}

export function plan(): Plan {
  const [from, to] = [zone(() => false), zone((i) => i % (sets / changed) === 0)]
  const tookMs: { readonly core: number; readonly wall: number }[] = []
  let found = 0
  // The first rounds warm up.
  for (let round = -2; round < rounds; round++) {
    const [wallAt, coreAt] = [performance.now(), coreMs()]
    found = diffRecords(from, to).length
    if (round >= 0) tookMs.push({ core: coreMs() - coreAt, wall: performance.now() - wallAt })
  }
  if (found !== changed) throw new Error(`${found} differ; wanted ${changed}`)
  const cores = tookMs.map(({ core }) => core).toSorted((a, b) => a - b)
  const diffMs = cores[Math.floor(rounds / 2)] ?? Number.NaN
  return { diffMs, wallMs: Math.min(...tookMs.map(({ wall }) => wall)), found }
}

/** As a zone has them: addresses, names, texts, and some by weight; each read by itself, so that nothing is shared. */
function zone(isOther: (i: number) => boolean): AnyRecordSet[] {
  return Array.from({ length: sets }, (_, i) => anyRecordSet(setAt(i, isOther(i) ? 'target' : 'source'), 'example.com'))
}

function setAt(i: number, side: string): AnyRecordSet {
  const name = `n${i}.example.com`
  const ttlSeconds = side === 'target' ? 60 : 300
  switch (i % 4) {
    case 0:
      return { name, type: 'A', ttlSeconds, values: [`192.0.${(i >> 8) & 255}.${i & 255}`, '198.51.100.1'] }
    case 1:
      return { name, type: 'CNAME', ttlSeconds, values: [`${side}${i}.example.net`] }
    case 2:
      return { name, type: 'TXT', ttlSeconds, values: [`${side} ${i}`], extra: { metadata: { owner: 'team' } } }
    default: {
      const members = ['source', 'target'].map((id) => ({
        id,
        weight: id === side ? 100 : 0,
        ttlSeconds: 60,
        values: [`${id}${i}.example.net`],
      }))
      return { kind: 'weighted', name, type: 'CNAME', members }
    }
  }
}
