/** Settings of one side: environment variables, app settings. Their values may be secret: they are compared, and never shown. */
export interface Settings {
  readonly values: Readonly<Record<string, string>>
  /** Settings that refer to a secret, by name: `Resolved`, or what became of them. @default none that is known of */
  readonly references?: Readonly<Record<string, string>> | undefined
}

export interface SettingsSource {
  /** For people: `lambda:orders`. */
  readonly name: string
  settings(options?: { readonly signal?: AbortSignal | undefined }): Promise<Settings>
}
