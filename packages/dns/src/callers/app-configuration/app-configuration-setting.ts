import { CutoverError, type Duration, durationMs } from '@cutover/core'

import { refuseOption } from '../../option-error.ts'
import type { EndpointErrorCode } from '../endpoint-error-code.ts'
import type { EndpointSetting } from '../endpoint-setting.ts'
import { asked } from './app-configuration-error.ts'
import type { AppConfigurationLike, SettingInput, SettingLike } from './app-configuration-like.ts'

export interface AppConfigurationSettingOptions {
  /** `new AppConfigurationClient(...)` of `@azure/app-configuration`, with `retryOptions: { maxRetries: 0 }`: the outcome is read back. */
  readonly client: AppConfigurationLike
  /** The store's name: `shop` of `shop.azconfig.io`. */
  readonly store: string
  readonly key: string
  /** @default none */
  readonly label?: string | undefined
  /** How long callers keep what they have read. @default '30s', the refresh interval of the configuration providers */
  readonly callersKeepIt?: Duration | undefined
  /** How long an unanswered request may still take effect, in milliseconds. @default 60_000 */
  readonly lateMs?: number | undefined
}

const keyVaultReference = 'application/vnd.microsoft.appconfig.keyvaultref+json'

/**
 * One key of an Azure App Configuration store, as a handle for `repointEndpoint`.
 *
 * Each write names the etag of the read directly before it: what somebody else wrote in between is not overwritten
 * (`DNS_CONFLICT`). Content type, tags and description stay as they were. References to Key Vault are refused. Callers that wait
 * for a sentinel key reload only when that key changes: touch it yourself.
 *
 * @throws CutoverError `DNS_OPTION_INVALID`, `DURATION_INVALID` at once; its methods as `EndpointErrorCode` says.
 * @see https://learn.microsoft.com/azure/azure-app-configuration/rest-api-key-value#set-key
 */
export function appConfigurationSetting(options: AppConfigurationSettingOptions): EndpointSetting {
  const { client, store, key, label, callersKeepIt = '30s', lateMs = 60_000 } = options
  const keptMs = durationMs(callersKeepIt, 'callersKeepIt')
  check({ client, store, key, label })
  const id = label === undefined ? { key } : { key, label }
  const text = `${key} of App Configuration ${store}${label === undefined ? '' : `, label ${label}`}`
  const where = `--name ${store} --key '${key}'${label === undefined ? '' : ` --label '${label}'`}`

  const read = async (signal: AbortSignal | undefined): Promise<SettingLike | undefined> => {
    const found = await asked(`read ${text}`, signal, (send) => client.getConfigurationSetting(id, send))
    if (!found?.contentType?.toLowerCase().startsWith(keyVaultReference)) return found
    throw new CutoverError(
      'DNS_ENDPOINT_UNSUPPORTED' satisfies EndpointErrorCode,
      `${text} is a reference to Key Vault, a secret; wanted a plain setting`,
    )
  }
  return {
    id: `app-configuration:${store}/${key}${label === undefined ? '' : `?label=${label}`}`,
    text,
    supports: { compareAndSwap: 'version' },
    lateMs,
    movedMs: keptMs,
    async find({ signal } = {}) {
      const found = await read(signal)
      return found?.value === undefined ? undefined : { value: found.value, version: found.etag ?? '' }
    },
    async replace(expected, value, { signal, fence }) {
      const found = await read(signal)
      // Without an etag the SDK would send no If-Match, and overwrite whatever is there.
      if (!found?.etag || found.etag !== expected.version || found.value !== expected.value) {
        throw new CutoverError(
          'DNS_CONFLICT' satisfies EndpointErrorCode,
          `${text} was changed by somebody else; nothing was written`,
        )
      }
      const input: SettingInput = { ...id, ...beside(found), value, etag: found.etag }
      fence()
      await asked(`write ${text}`, signal, (send) =>
        client.setConfigurationSetting(input, { ...send, onlyIfUnchanged: true }),
      )
      return undefined
    },
    waitUntilRead: async (since) => since + keptMs,
    permissions: [
      'Microsoft.AppConfiguration/configurationStores/keyValues/read',
      'Microsoft.AppConfiguration/configurationStores/keyValues/write',
    ],
    byHand: (value) => ({
      set: `az appconfig kv set ${where} --value '${value ?? '<the address that was found>'}' --yes`,
      look: `az appconfig kv show ${where}`,
    }),
  }
}

/** What a write would drop if it left it out. */
const beside = ({ contentType, tags, description }: SettingLike): Partial<SettingInput> => ({
  ...(contentType !== undefined && { contentType }),
  ...(tags !== undefined && { tags: { ...tags } }),
  ...(description !== undefined && { description }),
})

function check({ client, store, key, label }: Readonly<Record<'client' | 'store' | 'key' | 'label', unknown>>): void {
  const methods = Object(client) as Partial<Record<string, unknown>>
  const missing = ['getConfigurationSetting', 'setConfigurationSetting'].filter(
    (method) => typeof methods[method] !== 'function',
  )
  if (missing.length > 0)
    refuseOption('client', client, `new AppConfigurationClient(...), which has ${missing.join(' and ')}`)
  if (typeof store !== 'string' || !/^[\w-]+$/.test(store)) refuseOption('store', store, "a store's name such as shop")
  if (typeof key !== 'string' || key === '' || key.includes("'")) refuseOption('key', key, "a setting's key")
  if (label !== undefined && (typeof label !== 'string' || label.includes("'"))) refuseOption('label', label, 'a label')
}
