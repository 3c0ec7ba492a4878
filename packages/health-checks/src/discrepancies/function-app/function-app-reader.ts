import { knownOptions } from '@cutover/core'

import { refuseOption } from '../../health-error.ts'
import { asked, type Attempt } from '../../sources/service-error.ts'
import type { Settings } from '../settings-source.ts'
import type { FunctionAppLike, FunctionLike } from './function-app-like.ts'

/** Which app. */
export interface FunctionAppOptions {
  /** `new WebSiteManagementClient(credential, subscriptionId)` of `@azure/arm-appservice`. */
  readonly client: FunctionAppLike
  readonly resourceGroup: string
  /** The app's name. */
  readonly name: string
}

interface ReadOptions {
  readonly signal?: AbortSignal | undefined
}

/** What is read of an app, each with the permission that it takes. */
export interface FunctionAppReader {
  readonly name: string
  settings(options: ReadOptions): Promise<Settings>
  functions(options: ReadOptions): Promise<readonly FunctionLike[]>
  site(options: ReadOptions): Promise<Awaited<ReturnType<FunctionAppLike['webApps']['get']>>>
}

export function functionAppReader(
  options: FunctionAppOptions,
  where: string,
  more: readonly string[] = [],
): FunctionAppReader {
  knownOptions(options, ['client', 'resourceGroup', 'name', ...more], 'HEALTH_OPTIONS_INVALID', where)
  const { client, resourceGroup, name } = options
  if (typeof (client as Partial<FunctionAppLike> | undefined)?.webApps?.listFunctions !== 'function')
    refuseOption('client', client, 'new WebSiteManagementClient(credential, subscriptionId)')
  for (const [field, text] of Object.entries({ resourceGroup, name })) {
    if (typeof text !== 'string' || text === '') refuseOption(field, text, 'a text')
  }
  const { webApps } = client
  const attempt = (what: string, permission: string): Attempt => ({
    what: `read the ${what} of app ${name}`,
    action: `Microsoft.Web/sites/${permission}`,
  })
  return {
    name: `functions:${name}`,
    async settings({ signal }) {
      const send = abort(signal)
      const { properties = {} } = await asked(attempt('settings', 'config/list/action'), signal, () =>
        webApps.listApplicationSettings(resourceGroup, name, send),
      )
      if (!Object.values(properties).some((value) => value.startsWith('@Microsoft.'))) return { values: properties }
      const references = await asked(attempt('references to secrets', 'config/read'), signal, () =>
        all(webApps.listAppSettingsKeyVaultReferences(resourceGroup, name, send)),
      )
      const statuses = references.map(({ name: setting = '', status = 'unknown' }) => [setting, status] as const)
      return { values: properties, references: Object.fromEntries(statuses) }
    },
    functions: ({ signal }) =>
      asked(attempt('functions', 'functions/read'), signal, () =>
        all(webApps.listFunctions(resourceGroup, name, abort(signal))),
      ),
    site: ({ signal }) =>
      asked(attempt('configuration', 'read'), signal, () => webApps.get(resourceGroup, name, abort(signal))),
  }
}

/** `accept` of `orders/accept`. */
export const functionName = ({ name = '' }: FunctionLike): string => name.split('/').at(-1) ?? name

export interface Binding {
  readonly type: string
  readonly [key: string]: unknown
}

/** What stands in `bindings`, as far as it is a binding. */
export function bindingsOf({ config = {} }: FunctionLike): readonly Binding[] {
  const { bindings } = config
  if (!Array.isArray(bindings)) return []
  return bindings.filter((one): one is Binding => typeof (Object(one) as { type?: unknown }).type === 'string')
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of pages) found.push(one)
  return found
}

const abort = (signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal }
