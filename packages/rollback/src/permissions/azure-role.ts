import type { Permission } from './permission.ts'

/** As `az role definition create --role-definition` takes it. */
export interface AzureRole {
  readonly Name: string
  readonly IsCustom: true
  readonly Description: string
  readonly Actions: readonly string[]
  readonly NotActions: readonly string[]
  readonly DataActions: readonly string[]
  readonly NotDataActions: readonly string[]
  /** Where it can be assigned: subscriptions, or resource groups. */
  readonly AssignableScopes: readonly string[]
}

/**
 * Operations on what is *in* a resource; a role that has one among its `Actions` grants nothing by it. The name does not tell, so
 * these are the kinds of data that a change can touch.
 *
 * @see https://learn.microsoft.com/azure/role-based-access-control/permissions/storage
 * @see https://learn.microsoft.com/azure/role-based-access-control/permissions/integration
 * @see https://learn.microsoft.com/azure/role-based-access-control/permissions/security
 */
const data: readonly RegExp[] = [
  /^Microsoft\.Storage\/storageAccounts\/blobServices\/containers\/blobs\//i,
  /^Microsoft\.Storage\/storageAccounts\/queueServices\/queues\/messages\//i,
  /^Microsoft\.Storage\/storageAccounts\/tableServices\/tables\/entities\//i,
  /^Microsoft\.Storage\/storageAccounts\/fileServices\/fileshares\/files\//i,
  /^Microsoft\.AppConfiguration\/configurationStores\/keyValues\//i,
  /^Microsoft\.KeyVault\/vaults\/(secrets|keys|certificates)\/(?!read$|write$)/i,
  /^Microsoft\.ServiceBus\/namespaces\/messages\//i,
  /^Microsoft\.EventHub\/namespaces\/messages\//i,
  /^Microsoft\.DocumentDB\/databaseAccounts\/(readMetadata$|sqlDatabases\/containers\/(items|executeQuery|readChangeFeed))/i,
]

const isData = (action: string): boolean => data.some((kind) => kind.test(action))

export function azureRoleOf(
  permissions: readonly Permission[],
  { name, scopes }: { readonly name: string; readonly scopes: readonly string[] },
): AzureRole {
  const actions = [...new Set(permissions.map(({ action }) => action))].sort()
  return {
    Name: name,
    IsCustom: true,
    Description: 'What the changes of this cutover need, to be applied and to be undone.',
    Actions: actions.filter((action) => !isData(action)),
    NotActions: [],
    DataActions: actions.filter(isData),
    NotDataActions: [],
    AssignableScopes: scopes,
  }
}
