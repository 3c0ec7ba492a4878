import type { FakeWorld } from '@cutover/core/testing'

export interface ClientsOptions {
  /** The name that they call. */
  readonly name: string
  /** @default 3 */
  readonly count?: number | undefined
  /** @default 20_000 */
  readonly everyMs?: number | undefined
  /** Which address this client's own resolver answers now; `undefined` for none. Without a promise: clients run beside the clock. */
  readonly resolve: (client: number) => string | undefined
  /** Who answers at that address; `undefined` for nobody. */
  readonly reach: (address: string) => string | undefined
}

/** Simulated clients that call a name, each with its own resolver; what they were told is the oracle. Answers how to stop them. */
export function clients(world: FakeWorld, options: ClientsOptions): () => void {
  const { name, count = 3, everyMs = 20_000, resolve, reach } = options
  const stops = Array.from({ length: count }, (_, number) =>
    world.repeat(
      everyMs,
      () => {
        const address = resolve(number)
        const by = address === undefined ? undefined : reach(address)
        const why = address === undefined ? 'no address' : by === undefined ? `nobody at ${address}` : undefined
        world.observe({ kind: 'answered', name, client: `client-${number + 1}`, by, why })
      },
      number * 777,
    ),
  )
  return () => {
    for (const stop of stops) stop()
  }
}
