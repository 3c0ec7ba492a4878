// Clients of real resolvers: they ask at moments of their own, and write down what they were told.
import { type RecordType, type Resolver, systemClock } from '@cutover/dns'

export interface Told {
  readonly resolver: string
  /** Epoch milliseconds: whatever was answered was still in the cache then, or later. */
  readonly sentAt: number
  readonly receivedAt: number
  readonly values: readonly string[]
  readonly ttlSeconds: number
  readonly absent: 'nxdomain' | 'nodata' | undefined
}

export interface Clients extends AsyncDisposable {
  readonly told: readonly Told[]
  /** What went wrong: not a word about the record. */
  readonly failures: readonly string[]
}

/** One client per resolver, which asks every 60 to 180 ms until it is disposed of. */
export function clientsOf(resolvers: readonly Resolver[], name: string, type: RecordType): Clients {
  const told: Told[] = []
  const failures: string[] = []
  const stop = new AbortController()
  const { signal } = stop
  const ask = async (resolver: Resolver): Promise<void> => {
    const sentAt = systemClock.now()
    try {
      const answer = await resolver.lookup(name, type, { signal })
      const { values = [], ttlSeconds = 0, absent } = answer ?? {}
      told.push({ resolver: resolver.name, sentAt, receivedAt: systemClock.now(), values, ttlSeconds, absent })
    } catch (error) {
      if (!signal.aborted) failures.push(`${resolver.name}: ${String(error)}`)
    }
  }
  const live = async (resolver: Resolver): Promise<void> => {
    while (!signal.aborted) {
      await ask(resolver)
      await systemClock.sleep(60 + Math.random() * 120, { signal }).catch(() => {})
    }
  }
  const lives = resolvers.map(live)
  return {
    told,
    failures,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.all(lives)
    },
  }
}
