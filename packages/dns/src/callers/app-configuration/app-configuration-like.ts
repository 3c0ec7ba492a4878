interface SendOptions {
  readonly abortSignal?: AbortSignal
}

/** What is asked of a setting. */
export interface SettingLike {
  readonly value?: string | undefined
  readonly etag?: string | undefined
  readonly contentType?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly description?: string | undefined
}

export interface SettingInput {
  key: string
  label?: string
  etag: string
  value: string
  contentType?: string
  tags?: Record<string, string>
  description?: string
}

/** The calls that this adapter makes. `new AppConfigurationClient(...)` of `@azure/app-configuration` fits as it is. */
export interface AppConfigurationLike {
  getConfigurationSetting(id: { key: string; label?: string }, options?: SendOptions): Promise<SettingLike>
  /** With `If-Match`. */
  setConfigurationSetting(
    setting: SettingInput,
    options: SendOptions & { readonly onlyIfUnchanged: true },
  ): Promise<SettingLike>
}
