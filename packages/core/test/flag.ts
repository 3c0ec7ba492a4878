// A team's own service, change and fake: what a third party writes against core alone.
import { type Change, CutoverError, defineChange } from '@cutover/core'
import type { CallOptions, FakeWorld } from '@cutover/core/testing'

export interface Flag {
  readonly value: string
  readonly version: number
}

export interface Flags {
  read(name: string, options?: CallOptions): Promise<Flag>
  /** Refuses when `version` is not the present one; `'*'` overwrites whatever is there. */
  write(name: string, value: string, version: number | '*', options?: CallOptions): Promise<void>
}

export interface InMemoryFlags extends Flags {
  /** What somebody does in the console. */
  edit(name: string, value: string): void
  values(): Readonly<Record<string, string>>
}

export function setFlag(flags: Flags, name: string, value: string): Change<Flag, { readonly version: number }> {
  return defineChange({
    id: `flag:set:${name}:${value}`,
    subject: `flag:${name}`,
    title: `Set the flag ${name} to ${value}`,
    intent: { value },
    lateMs: 45_000,
    capture: ({ signal }) => flags.read(name, { signal }),
    async probe(before, { signal }) {
      const now = await flags.read(name, { signal })
      if (now.value === value) return { is: 'applied', seen: { version: now.version } }
      return now.value === before.value ? { is: 'absent' } : { is: 'foreign', found: now }
    },
    apply: (before, { signal, fence }) => flags.write(name, value, before.version, { signal, fence }),
    async revert(before, { signal, fence }) {
      const now = await flags.read(name, { signal })
      if (now.value === value) await flags.write(name, before.value, now.version, { signal, fence })
    },
    byHand: (before) => ({
      apply: [`flagctl set ${name} ${value}`],
      revert: [`flagctl set ${name} ${before?.value ?? '<value>'}`],
      look: [`flagctl get ${name}`],
    }),
  })
}

export function inMemoryFlags(world: FakeWorld, initial: Readonly<Record<string, string>> = {}): InMemoryFlags {
  const flags = new Map(Object.entries(initial).map(([name, value]) => [name, { value, version: 1 }]))
  const values = (): Record<string, string> => Object.fromEntries([...flags].map(([name, { value }]) => [name, value]))
  const edit = (name: string, value: string): void =>
    void flags.set(name, { value, version: (flags.get(name)?.version ?? 0) + 1 })
  world.watch('flags', values)
  return {
    edit,
    values,
    read: (name, options) =>
      world.call(`flags.read ${name}`, { ...options }, () => flags.get(name) ?? { value: '', version: 0 }),
    write: (name, value, version, options) =>
      world.call(`flags.write ${name}`, { ...options, write: true }, () => {
        const now = flags.get(name)?.version ?? 0
        if (version !== '*' && version !== now)
          throw new CutoverError('FLAG_CONFLICT', `${name} is at version ${now}, not ${version}`)
        edit(name, value)
      }),
  }
}
