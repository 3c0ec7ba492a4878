import type { FakeWorld } from '@cutover/core/testing'

import type { Alarm, AlarmSource } from '../green/alarm-source.ts'

export interface InMemoryAlarms extends AlarmSource {
  /** Sets what an alarm says; without a name that there is, it is a new one. */
  set(name: string, alarm: Partial<Omit<Alarm, 'name'>>): void
  delete(name: string): void
  /** The next read rejects with it. */
  failNext(error: Error): void
}

/** Alarms in the fake world; each begins as ok, enabled, and telling one. Operations: `alarms.list <name>`. */
export function inMemoryAlarms(world: FakeWorld, name: string, names: readonly string[] = []): InMemoryAlarms {
  const alarms = new Map<string, Alarm>()
  const failures: Error[] = []
  const made: InMemoryAlarms = {
    name,
    alarms: ({ signal } = {}) =>
      world.call(`alarms.list ${name}`, { signal }, () => {
        const failure = failures.shift()
        if (failure) throw failure
        return [...alarms.values()]
      }),
    set(one, alarm) {
      const before = alarms.get(one) ?? { name: one, state: 'ok', why: 'OK', enabled: true, receivers: 1 }
      alarms.set(one, { ...before, since: world.clock.now(), ...alarm })
    },
    delete: (one) => void alarms.delete(one),
    failNext: (error) => void failures.push(error),
  }
  for (const one of names) made.set(one, {})
  return made
}
