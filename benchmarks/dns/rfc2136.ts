// Record sets created in BIND, by nsupdate and by our zone, which reads each back. One after the other, several rounds.
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { type BindKey, bindServer, type BindServer } from '@cutover/dns/testing'

import { nsupdate } from '../../packages/dns/integration/bind-server.ts'

const zoneName = 'example.com'
const rounds = 5

export interface Rfc2136 {
  readonly what: string
  /** Record sets per second, the median of the rounds. */
  readonly ours: number
  readonly nsupdate: number
}

export async function rfc2136(): Promise<readonly Rfc2136[]> {
  const key = { name: 'bench', secret: Buffer.alloc(32, 1).toString('base64') }
  const server = await bindServer([{ name: zoneName }], [key])
  try {
    return await measured(server, key)
  } finally {
    await server[Symbol.asyncDispose]()
  }
}

async function measured(server: BindServer, key: BindKey): Promise<readonly Rfc2136[]> {
  const zone = rfc2136Zone({ server: '127.0.0.1', port: server.port, zone: zoneName, key, propagationMs: 0 })
  let names = 0
  const fresh = (count: number): string[] => Array.from({ length: count }, () => `n${(names += 1)}.${zoneName}`)

  /** nsupdate in one process, a message for each batch. */
  const theirs = async (batches: readonly (readonly string[])[]): Promise<void> => {
    const lines = batches.flatMap((batch) => [...batch.map((name) => `add ${name} 60 A 192.0.2.1`), 'send'])
    const { status, output } = await nsupdate(server, key, [`zone ${zoneName}`, ...lines])
    if (status !== 0) throw new Error(output)
  }
  const ours = async (batches: readonly (readonly string[])[]): Promise<void> => {
    for (const batch of batches) {
      const edits = batch.map((name) => ({
        expected: undefined,
        next: { name, type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] } as const,
      }))
      if (edits.length === 1) await zone.replace(undefined, edits[0]?.next)
      else await zone.replaceAll?.(edits)
    }
  }

  const rows: Rfc2136[] = []
  for (const [size, count] of [
    [1, 100],
    [100, 20],
    [400, 10],
  ] as const) {
    const rates = { ours: [] as number[], nsupdate: [] as number[] }
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const [who, write] of [
        ['nsupdate', theirs],
        ['ours', ours],
      ] as const) {
        const batches = Array.from({ length: count }, () => fresh(size))
        const startedAt = performance.now()
        await write(batches)
        if (round > 0) rates[who].push((size * count * 1_000) / (performance.now() - startedAt))
      }
    }
    rows.push({
      what: size === 1 ? 'one change each' : `batch of ${size}`,
      ours: median(rates.ours),
      nsupdate: median(rates.nsupdate),
    })
  }
  return rows
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
