// A team's own service, change and fake: what a third party writes against core alone.
import { type Change, CutoverError, defineChange } from '@cutover/core'
import type { CallOptions, FakeWorld } from '@cutover/core/testing'

export interface Flag {
  readonly on: boolean
  readonly version: number
}

export interface Flags {
  read(name: string, options?: CallOptions): Promise<Flag>
  /** Refuses when `version` is not the present one. */
  write(name: string, on: boolean, version: number, options?: CallOptions): Promise<void>
}

export function setFlag(flags: Flags, name: string, on: boolean): Change<Flag, { readonly version: number }> {
  return defineChange({
    id: `flag:set:${name}:${on ? 'on' : 'off'}`,
    subject: `flag:${name}`,
    title: `Turn the flag ${name} ${on ? 'on' : 'off'}`,
    intent: { on },
    lateMs: 45_000,
    capture: ({ signal }) => flags.read(name, { signal }),
    async probe(before, { signal }) {
      const now = await flags.read(name, { signal })
      if (now.on === on) return { is: 'applied', seen: { version: now.version } }
      return now.on === before.on ? { is: 'absent' } : { is: 'foreign', found: now }
    },
    apply: (before, { signal, fence }) => flags.write(name, on, before.version, { signal, fence }),
    async revert(before, { signal, fence }) {
      const now = await flags.read(name, { signal })
      if (now.on === on) await flags.write(name, before.on, now.version, { signal, fence })
    },
  })
}

export function inMemoryFlags(world: FakeWorld, initial: Readonly<Record<string, boolean>> = {}): Flags {
  const flags = new Map(Object.entries(initial).map(([name, on]) => [name, { on, version: 1 }]))
  world.watch('flags', () => [...flags].map(([name, { on }]) => [name, on]))
  return {
    read: (name, options) => world.call(`flags.read ${name}`, { ...options }, () => flags.get(name) ?? { on: false, version: 0 }),
    write: (name, on, version, options) =>
      world.call(`flags.write ${name}`, { ...options, write: true }, () => {
        const now = flags.get(name)?.version ?? 0
        if (now !== version) throw new CutoverError('FLAG_CONFLICT', `${name} is at version ${now}, not ${version}`)
        flags.set(name, { on, version: version + 1 })
      }),
  }
}
