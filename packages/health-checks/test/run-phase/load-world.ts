// Two sides in a fake world whose answers take as long as they are told to.
import type { FakeWorld } from '@cutover/core/testing'
import type { HttpReply, HttpRequest, HttpTransport, LoadTestOptions } from '@cutover/health-checks'
import { seededRandom } from '@cutover/health-checks/testing'

export interface Answering {
  /** Milliseconds since the world's start; `n` counts this side's requests from 0. */
  readonly ms: (at: number, n: number) => number
  readonly reply?: (at: number, n: number) => Partial<HttpReply> | undefined
}

export interface LoadWorld {
  readonly transport: HttpTransport
  /** When each side was asked, milliseconds since the start. */
  readonly asked: { readonly source: number[]; readonly target: number[] }
  readonly paths: string[]
  /** Under way, at most, and now. */
  readonly open: { most: number; now: number }
}

/** Between 20 and 220 ms, some longer: log-normal. */
export function usual(seed: number): Answering['ms'] {
  const random = seededRandom(seed)
  return () => 80 * Math.exp(0.5 * random.normal())
}

export function loadWorld(
  world: FakeWorld,
  sides: { readonly source: Answering; readonly target: Answering },
): LoadWorld {
  const startedAt = world.clock.now()
  const asked = { source: [] as number[], target: [] as number[] }
  const paths: string[] = []
  const open = { most: 0, now: 0 }
  const request = async (
    { address, path }: HttpRequest,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<HttpReply> => {
    const side = address === 'source.test' ? 'source' : 'target'
    const at = world.clock.now() - startedAt
    const n = asked[side].length
    asked[side].push(at)
    paths.push(path)
    open.now += 1
    open.most = Math.max(open.most, open.now)
    try {
      await world.clock.sleep(sides[side].ms(at, n), { signal })
    } finally {
      open.now -= 1
    }
    const well = { kind: 'response', status: 200, headers: {}, body: 'ok', cut: false }
    return { ...well, ...sides[side].reply?.(at, n) } as HttpReply
  }
  return { transport: { request }, asked, paths, open }
}

export const options = {
  source: { url: 'https://source.test' },
  target: { url: 'https://api.example.test', address: 'target.test' },
  requests: [{ path: '/orders/17' }],
  hosts: ['source.test', 'target.test'],
  ratePerSecond: 40,
  sourceShare: 1,
} satisfies LoadTestOptions
