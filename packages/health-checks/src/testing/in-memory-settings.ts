import type { FakeWorld } from '@cutover/core/testing'

import type { EditableSettings } from '../run-phase/failure/editable-settings.ts'

export interface InMemorySettings extends EditableSettings {
  /** What an app that reads its settings now would read. */
  readonly values: Readonly<Record<string, string>>
  /** Somebody else writes. */
  set(name: string, value: string | undefined): void
}

/** Settings of an app of the fake world: one write is one `world.call('settings.write NAME')`, and its values are watched. */
export function inMemorySettings(
  world: FakeWorld,
  {
    name,
    host,
    values,
  }: { readonly name: string; readonly host: string; readonly values: Readonly<Record<string, string>> },
): InMemorySettings {
  const held = new Map(Object.entries(values))
  const put = (changes: Readonly<Record<string, string | undefined>>): void => {
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined) held.delete(key)
      else held.set(key, value)
    }
  }
  const copy = (): Record<string, string> =>
    Object.fromEntries([...held].sort(([one], [other]) => (one < other ? -1 : 1)))
  world.watch(`settings:${name}`, copy)
  return {
    name,
    host,
    lateMs: 40_000,
    settings: ({ signal } = {}) => world.call(`settings.read ${name}`, { signal }, () => ({ values: copy() })),
    write: (changes, { signal, fence }) =>
      world.call(`settings.write ${name}`, { write: true, signal, fence }, () => put(changes)),
    get values() {
      return copy()
    },
    set: (key, value) => put({ [key]: value }),
  }
}
