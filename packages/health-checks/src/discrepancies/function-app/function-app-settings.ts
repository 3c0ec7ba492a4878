import type { SettingsSource } from '../settings-source.ts'
import { type FunctionAppOptions, functionAppReader } from './function-app-reader.ts'

/**
 * The app settings of a function app, and what became of those that refer to a secret.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; `settings` rejects with a `SourceErrorCode`.
 */
export function functionAppSettings(options: FunctionAppOptions): SettingsSource {
  const reader = functionAppReader(options, 'functionAppSettings')
  return { name: reader.name, settings: (read = {}) => reader.settings(read) }
}
