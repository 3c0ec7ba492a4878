import type { SettingsSource } from '../../discrepancies/settings-source.ts'

/** Settings that a test may alter for a while: app settings of a Function App, environment variables of a Lambda. */
export interface EditableSettings extends SettingsSource {
  /** Whom a test of it touches, as a plan names it: `orders.azurewebsites.net`. */
  readonly host: string
  /** How long an unanswered write may still take effect, in milliseconds. */
  readonly lateMs: number
  /** Writes all of these at once and no others; `undefined` removes one. Calls `fence` in the same turn as the write. */
  write(
    changes: Readonly<Record<string, string | undefined>>,
    options: { readonly signal: AbortSignal; readonly fence: () => void },
  ): Promise<void>
}

/** Where the former value stays meanwhile: beside the setting, so that no secret leaves the settings. */
export const keptName = (name: string): string => `${name}_CUTOVER_KEPT`
