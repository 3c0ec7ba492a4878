import { knownOptions } from '@cutover/core'

import type { FunctionAppLike } from '../../discrepancies/function-app/function-app-like.ts'
import { functionAppReader } from '../../discrepancies/function-app/function-app-reader.ts'
import { refuseOption } from '../../health-error.ts'
import { asked } from '../../sources/service-error.ts'
import type { EditableSettings } from '../failure/editable-settings.ts'

/** The calls that are made. `new WebSiteManagementClient(...)` of `@azure/arm-appservice` fits as it is. */
export interface EditableAppLike extends FunctionAppLike {
  readonly webApps: FunctionAppLike['webApps'] & {
    updateApplicationSettings(
      resourceGroup: string,
      name: string,
      settings: { properties?: Record<string, string> },
      options?: { readonly abortSignal?: AbortSignal },
    ): Promise<unknown>
  }
}

export interface EditableAppSettingsOptions {
  /** `new WebSiteManagementClient(credential, subscriptionId)` of `@azure/arm-appservice`. */
  readonly client: EditableAppLike
  readonly resourceGroup: string
  /** The app's name. */
  readonly name: string
  /** As a plan names it. @default `NAME.azurewebsites.net` */
  readonly host?: string | undefined
}

/**
 * App settings of a function app that a test may alter for a while. Every write restarts the app.
 *
 * The service takes all settings at once and has no condition: between reading and writing them, a second, somebody else's write is
 * lost. Needs `Microsoft.Web/sites/config/list/action` and `Microsoft.Web/sites/config/write`.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; calls reject with a `SourceErrorCode`.
 */
export function editableAppSettings(options: EditableAppSettingsOptions): EditableSettings {
  const known = ['client', 'resourceGroup', 'name', 'host']
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'editableAppSettings')
  const { client, resourceGroup, name, host = `${name}.azurewebsites.net` } = options
  const reader = functionAppReader({ client, resourceGroup, name }, 'editableAppSettings')
  const { webApps } = client
  if (typeof (webApps as Partial<EditableAppLike['webApps']>).updateApplicationSettings !== 'function')
    refuseOption('client', client, 'new WebSiteManagementClient(credential, subscriptionId)')
  const list = (signal: AbortSignal) =>
    asked({ what: `read the settings of app ${name}`, action: 'Microsoft.Web/sites/config/list/action' }, signal, () =>
      webApps.listApplicationSettings(resourceGroup, name, { abortSignal: signal }),
    )
  return {
    name: reader.name,
    host,
    // A request that Azure Resource Manager has taken may be carried out so much later.
    lateMs: 60_000,
    settings: (read = {}) => reader.settings(read),
    async write(changes, { signal, fence }) {
      const { properties: before = {} } = await list(signal)
      const properties: Record<string, string> = { ...before }
      for (const [setting, value] of Object.entries(changes)) {
        if (value === undefined) delete properties[setting]
        else properties[setting] = value
      }
      const attempt = { what: `write the settings of app ${name}`, action: 'Microsoft.Web/sites/config/write' }
      await asked(attempt, signal, () => {
        fence()
        return webApps.updateApplicationSettings(resourceGroup, name, { properties }, { abortSignal: signal })
      })
    },
  }
}
