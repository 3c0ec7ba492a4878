import type { FakeWorld } from '@cutover/core/testing'

import {
  type AppConfigurationLike,
  appConfigurationSetting,
  type SettingLike,
} from '../callers/app-configuration/index.ts'
import type { EndpointSetting } from '../callers/endpoint-setting.ts'
import { aborted, asRestError, restError } from './fake-client-errors.ts'
import { fencedSetting, fenceNote, sorted } from './fake-client.ts'

export interface InMemorySetting extends Omit<SettingLike, 'etag'> {
  readonly value: string
  readonly locked?: boolean | undefined
}

/** An App Configuration store, at the level of the SDK's client. */
export interface InMemoryAppConfiguration {
  readonly client: AppConfigurationLike
  /** Our adapter over it; its writes are known to be fenced. */
  setting(key: string, label?: string): EndpointSetting
  /** What is written, by `key` or `key?label`; a copy. */
  readonly settings: Readonly<Record<string, InMemorySetting>>
  /** Somebody else's write, behind our back. */
  editBehind(key: string, edit: Partial<InMemorySetting>): void
}

/**
 * Settings by `key` or `key?label`, in this world's time and with its faults:
 * `world.failNext('appConfiguration.setConfigurationSetting', 'late')`. A write replaces all that a setting has, and is refused
 * with 412 unless its etag is the present one, with 409 where the setting is locked. The world watches all but the etags as
 * `app-configuration`.
 */
export function inMemoryAppConfiguration(
  world: FakeWorld,
  settings: Readonly<Record<string, InMemorySetting>>,
): InMemoryAppConfiguration {
  let etags = 0
  const nextEtag = (): string => `etag-${(etags += 1)}`
  const stored = new Map(Object.entries(settings).map(([key, setting]) => [key, { ...setting, etag: nextEtag() }]))
  const note = fenceNote()
  const call = async <T>(
    operation: string,
    key: string,
    signal: AbortSignal | undefined,
    write: boolean,
    body: () => T,
  ) => {
    if (signal?.aborted) throw aborted()
    try {
      return await world.call(`appConfiguration.${operation} ${key}`, { write, signal, fence: note.current }, body)
    } catch (error) {
      throw signal?.aborted ? aborted() : asRestError(error, changed)
    }
  }
  const client: AppConfigurationLike = {
    getConfigurationSetting: ({ key, label }, { abortSignal } = {}) =>
      call('getConfigurationSetting', key, abortSignal, false, () => {
        const found = stored.get(place(key, label))
        if (!found) throw restError('NotFound', '', 404)
        const { locked: _, ...setting } = found
        return structuredClone(setting)
      }),
    setConfigurationSetting({ key, label, etag, ...written }, { abortSignal }) {
      const next = structuredClone(written)
      return call('setConfigurationSetting', key, abortSignal, true, () => {
        const found = stored.get(place(key, label))
        if (!found || found.etag !== etag) throw changed()
        if (found.locked) throw restError('Locked', 'The key is read-only', 409)
        stored.set(place(key, label), { ...next, etag: nextEtag() })
        return { ...next }
      })
    },
  }
  const withoutEtags = (): Record<string, InMemorySetting> =>
    Object.fromEntries([...stored].map(([key, setting]) => [key, withoutEtag(setting)]))
  world.watch('app-configuration', withoutEtags)
  return {
    client,
    setting: (key, label) => fencedSetting(appConfigurationSetting({ client, store: 'shop', key, label }), note),
    get settings() {
      return withoutEtags()
    },
    editBehind(key, edit) {
      stored.set(key, { ...(stored.get(key) ?? { value: '' }), ...edit, etag: nextEtag() })
    },
  }
}

const changed = (): Error => restError('PreconditionFailed', '', 412)

function withoutEtag(setting: InMemorySetting & { readonly etag: string }): InMemorySetting {
  const { etag: _, ...kept } = setting
  return sorted(kept)
}

const place = (key: string, label: string | undefined): string => (label === undefined ? key : `${key}?${label}`)
