import { sha256 } from '../digest.ts'
import type { LedgerWrite } from '../ledger.ts'

type Written = readonly [scope: string, key: string, value?: unknown]

/** One batch as one line: a digest, then its writes. */
export function lineOf(writes: readonly LedgerWrite[]): string {
  const json = JSON.stringify(
    writes.map(({ scope, key, value }): Written => (value === undefined ? [scope, key] : [scope, key, value])),
  )
  return `${digestOf(json)} ${json}\n`
}

/** The writes of a line; `undefined` when it is not as it was written. */
export function writesOf(line: string): readonly LedgerWrite[] | undefined {
  const [digest, json] = [line.slice(0, 16), line.slice(17)]
  if (line[16] !== ' ' || digestOf(json) !== digest) return undefined
  return (JSON.parse(json) as Written[]).map(([scope, key, value]) => ({ scope, key, value }))
}

const digestOf = (json: string): string => sha256(Buffer.from(json)).slice(0, 16)
