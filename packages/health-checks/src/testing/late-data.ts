import type { FakeWorld } from '@cutover/core/testing'

import { refuseOption } from '../health-error.ts'

/** Something that was measured: `value`, `times` times, at one moment. */
export interface Datum {
  readonly at: number
  readonly value: number
  readonly times: number
}

export interface LateDataOptions {
  /** How long after it happened a datum can be seen: seeded, evenly between these. @default [0, 120_000] */
  readonly lagMs?: readonly [least: number, most: number] | undefined
}

/** What a metric service has taken in so far: each datum comes with a lag of its own, so that the newest periods grow. */
export class LateData {
  readonly #world: FakeWorld
  readonly #lagMs: readonly [number, number]
  readonly #data = new Map<string, (Datum & { readonly seenAt: number })[]>()

  constructor(world: FakeWorld, { lagMs = [0, 120_000] }: LateDataOptions = {}) {
    const [least, most] = lagMs
    if (!(least >= 0 && most >= least)) refuseOption('lagMs', lagMs, 'milliseconds, the least and the most')
    this.#world = world
    this.#lagMs = lagMs
  }

  /** `seenAt` is for a correction that comes much later. */
  record(key: string, datum: Datum, seenAt?: number): void {
    const [least, most] = this.#lagMs
    const lag = least + this.#world.random() * (most - least)
    const data = this.#data.get(key) ?? []
    data.push({ ...datum, seenAt: seenAt ?? datum.at + lag })
    this.#data.set(key, data)
  }

  /** What happened from `from` to before `to`, as far as it has arrived. */
  seen(key: string, from: number, to: number): readonly Datum[] {
    const now = this.#world.clock.now()
    return (this.#data.get(key) ?? []).filter(({ at, seenAt }) => at >= from && at < to && seenAt <= now)
  }

  has(key: string): boolean {
    return this.#data.has(key)
  }

  /** A gap: what happened then never arrives. */
  lose(from: number, to: number): void {
    for (const [key, data] of this.#data) {
      this.#data.set(
        key,
        data.filter(({ at }) => at < from || at >= to),
      )
    }
  }
}
