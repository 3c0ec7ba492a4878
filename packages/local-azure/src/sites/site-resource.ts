import type { SiteMachine } from './site-machine.ts'

/** Where an app stands: what its addresses are made of. */
export interface Place {
  /** `/subscriptions/…/resourceGroups/…/providers/Microsoft.Web/sites/orders` */
  readonly id: string
  readonly location: string
  readonly resourceGroup: string
}

/** The app as GET answers it. */
export function siteResource(machine: SiteMachine, { id, location, resourceGroup }: Place): object {
  const { enabled, state, hostNames } = machine.site()
  const { customDomainVerificationId, serverFarmId } = machine
  const ssl = hostNames.map((name) => ({ name, sslState: 'Disabled', hostType: 'Standard' }))
  return {
    id,
    name: machine.name,
    type: 'Microsoft.Web/sites',
    kind: 'functionapp,linux',
    location,
    properties: {
      state,
      enabled,
      hostNames,
      enabledHostNames: enabled ? hostNames : [],
      hostNameSslStates: ssl,
      defaultHostName: hostNames[0] ?? `${machine.name}.azurewebsites.net`,
      repositorySiteName: machine.name,
      resourceGroup,
      usageState: 'Normal',
      availabilityState: 'Normal',
      reserved: true,
      ...(customDomainVerificationId !== undefined && { customDomainVerificationId }),
      ...(serverFarmId !== undefined && { serverFarmId }),
      ...(machine.functionAppConfig && { functionAppConfig: machine.functionAppConfig() }),
    },
  }
}

/** One function as the list answers it. */
export function functionEnvelope(
  machine: SiteMachine,
  { name, isDisabled, config = {} }: ReturnType<SiteMachine['functions']>[number],
  { id }: Place,
): object {
  const [host = `${machine.name}.azurewebsites.net`] = machine.site().hostNames
  return {
    id: `${id}/functions/${name}`,
    name: `${machine.name}/${name}`,
    type: 'Microsoft.Web/sites/functions',
    properties: {
      function_app_id: id,
      href: `https://${host}/admin/functions/${name}`,
      config,
      language: 'node',
      isDisabled,
    },
  }
}

/** The settings as both of their operations answer them. */
export function settingsResource(machine: SiteMachine, { id }: Place): object {
  return {
    id: `${id}/config/appsettings`,
    name: 'appsettings',
    type: 'Microsoft.Web/sites/config',
    properties: { ...machine.appSettings() },
  }
}

/** A setting that refers to a vault, as the list answers it. */
export function referenceResource(
  { setting, reference, status }: NonNullable<ReturnType<NonNullable<SiteMachine['references']>>>[number],
  { id }: Place,
): object {
  return {
    id: `${id}/config/configreferences/appsettings/${setting}`,
    name: setting,
    type: 'Microsoft.Web/sites/config/configreferences',
    properties: { reference, status, source: 'KeyVault' },
  }
}
