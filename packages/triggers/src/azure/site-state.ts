import { CutoverError } from '@cutover/core'

import type { CallOptions } from '../listeners.ts'
import { asked } from './arm-error.ts'
import type { WebAppsLike } from './web-apps-like.ts'

/** One app, and what is read of it. Each read is one request at the control plane. */
export interface SiteParts {
  readonly client: WebAppsLike
  readonly resourceGroup: string
  readonly name: string
}

/** `Running`, `Stopped` or whatever the service says; `disabled` for an app that is switched off as a whole. */
export async function siteState({ client, resourceGroup, name }: SiteParts, { signal }: CallOptions): Promise<string> {
  const attempt = { what: `read app ${name}`, operation: 'Microsoft.Web/sites/read' }
  const site = await asked(attempt, signal, (options) => client.webApps.get(resourceGroup, name, options))
  return site?.enabled === false ? 'disabled' : (site?.state ?? 'in an unknown state')
}

export async function appSettings(
  { client, resourceGroup, name }: SiteParts,
  { signal }: CallOptions,
): Promise<Readonly<Record<string, string>>> {
  const attempt = { what: `read the settings of app ${name}`, operation: 'Microsoft.Web/sites/config/list/action' }
  const listed = await asked(attempt, signal, (options) =>
    client.webApps.listApplicationSettings(resourceGroup, name, options),
  )
  return listed?.properties ?? {}
}

/** What the service says of one function: `undefined` when it does not say. @throws CutoverError `TRIGGERS_NOT_FOUND` */
export async function isDisabled(
  { client, resourceGroup, name }: SiteParts,
  functionName: string,
  { signal }: CallOptions,
): Promise<boolean | undefined> {
  const attempt = { what: `list the functions of app ${name}`, operation: 'Microsoft.Web/sites/functions/read' }
  const functions = await asked(attempt, signal, async (options) => {
    const all: { readonly name: string; readonly isDisabled: boolean | undefined }[] = []
    for await (const { name: path = '', isDisabled: off } of client.webApps.listFunctions(
      resourceGroup,
      name,
      options,
    )) {
      // The service names a function `<app>/<function>`.
      all.push({ name: path.slice(path.lastIndexOf('/') + 1), isDisabled: off })
    }
    return all
  })
  const found = functions?.find((one) => one.name.toLowerCase() === functionName.toLowerCase())
  if (found) return found.isDisabled
  const names = functions?.map((one) => one.name).join(', ')
  throw new CutoverError(
    'TRIGGERS_NOT_FOUND',
    `app ${name} has no function ${functionName}; found: ${names || 'none'}`,
    {
      next: `Look: az functionapp function list --resource-group ${resourceGroup} --name ${name}`,
    },
  )
}
