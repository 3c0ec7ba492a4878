import { CutoverError } from '@cutover/core'

import { same } from '../admission.ts'
import { resourceNotFound } from '../arm-error.ts'
import type { LocalAzureErrorCode } from '../local-azure-error-code.ts'
import type { Answer, ArmRequest, Method, Operation, Provider } from '../provider.ts'
import { cannotFind, invalidParameter } from './app-service-error.ts'
import { refusing } from './app-service-refusal.ts'
import { deleteBinding, getBinding, listBindings, putBinding } from './host-name-binding.ts'
import { patchSite, settingsOf } from './site-changes.ts'
import type { SiteMachine } from './site-machine.ts'
import { functionEnvelope, type Place, referenceResource, settingsResource, siteResource } from './site-resource.ts'

export interface SitesOptions {
  readonly machines: readonly SiteMachine[]
  /** @default 'local' */
  readonly resourceGroup?: string | undefined
  /** @default 'westeurope' */
  readonly location?: string | undefined
  /** @default those from 2023-12-01 to 2025-05-01 */
  readonly apiVersions?: readonly string[] | undefined
  /** Functions in one page of their list. The service states none. @default 50 */
  readonly pageSize?: number | undefined
  /** What listing an app's keys answers as its master key. @default 'master-key-of-<name>' */
  readonly masterKey?: ((name: string) => string) | undefined
  /** What the subscription has used of its quotas in `location`, by their names. @default none */
  readonly usages?: Readonly<Record<string, { readonly used: number; readonly limit: number; readonly unit?: string }>>
}

type Handle = (machine: SiteMachine, place: Place, request: ArmRequest) => Answer

const defaultVersions = ['2025-05-01', '2025-03-01', '2024-11-01', '2024-04-01', '2023-12-01']

/**
 * Function apps, `Microsoft.Web/sites`: read, enable, start, stop, restart, settings, functions, keys, host names, and the
 * synchronisation of triggers, all on state machines that are not copied: what a test changes on them is answered, and the other way round.
 *
 * @throws CutoverError `LOCAL_AZURE_OPTION_INVALID` for two machines of one name, or a page of no functions.
 */
export function sites(options: readonly SiteMachine[] | SitesOptions): Provider {
  const all = isList(options) ? { machines: options } : options
  const { machines, resourceGroup = 'local', location = 'westeurope', apiVersions = defaultVersions } = all
  const { usages = {}, pageSize = 50, masterKey = (name: string) => `master-key-of-${name}` } = all
  if (!(Number.isInteger(pageSize) && pageSize > 0)) throw invalid('pageSize', pageSize, 'a whole number above 0')
  const names = machines.map(({ name }) => name.toLowerCase())
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw invalid('machines', twice, 'one machine of each name')

  const operation = (id: string, method: Method, path: string, handle: Handle): Operation =>
    refusing({
      id: `WebApps_${id}`,
      method,
      path: `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}${path}`,
      handle(request) {
        const { name = '', resourceGroupName = '' } = request.parameters
        const machine = machines.find((one) => same(one.name, name))
        if (!machine || !same(resourceGroup, resourceGroupName)) {
          return resourceNotFound('Microsoft.Web/sites', name, resourceGroupName)
        }
        const scope = `/subscriptions/${request.parameters['subscriptionId'] ?? ''}/resourceGroups/${resourceGroup}`
        const place = { id: `${scope}/providers/Microsoft.Web/sites/${machine.name}`, location, resourceGroup }
        return handle(machine, place, request)
      },
    })

  return {
    namespace: 'Microsoft.Web',
    apiVersions,
    resourceGroups: [resourceGroup],
    location,
    operations: [
      operation('Get', 'GET', '', (machine, place) => ok(siteResource(machine, place))),
      operation('Update', 'PATCH', '', (machine, place, { body }) => {
        return patchSite(machine, body) ?? ok(siteResource(machine, place))
      }),
      operation('Start', 'POST', '/start', (machine) => {
        machine.start()
        return { status: 200 }
      }),
      operation('Stop', 'POST', '/stop', (machine) => {
        machine.stop()
        return { status: 200 }
      }),
      operation('Restart', 'POST', '/restart', (machine) => {
        machine.restart()
        return { status: 200 }
      }),
      operation('ListApplicationSettings', 'POST', '/config/appsettings/list', (machine, place) => {
        return ok(settingsResource(machine, place))
      }),
      operation('UpdateApplicationSettings', 'PUT', '/config/appsettings', (machine, place, { body }) => {
        const settings = settingsOf(body)
        if (!settings) return invalidParameter('properties')
        machine.putAppSettings({ ...settings })
        return ok(settingsResource(machine, place))
      }),
      operation('GetAppSettingsKeyVaultReferences', 'GET', '/config/configreferences/appsettings', (machine, place) => {
        return ok({ value: (machine.references?.() ?? []).map((one) => referenceResource(one, place)) })
      }),
      operation('ListFunctions', 'GET', '/functions', (machine, place, request) => {
        return page(machine, place, request, pageSize)
      }),
      operation('GetFunction', 'GET', '/functions/{functionName}', (machine, place, { parameters }) => {
        const { functionName = '' } = parameters
        const found = machine.functions().find(({ name }) => same(name, functionName))
        return found ? ok(functionEnvelope(machine, found, place)) : cannotFind('Function', functionName)
      }),
      // The description says 204, and official clients expect it; the service answers this.
      // https://github.com/Azure/azure-rest-api-specs/issues/1275
      operation('SyncFunctionTriggers', 'POST', '/syncfunctiontriggers', (machine) => {
        machine.syncTriggers()
        return ok({ status: 'success' })
      }),
      operation('ListHostKeys', 'POST', '/host/default/listkeys', ({ name }) => {
        return ok({ masterKey: masterKey(name), functionKeys: {}, systemKeys: {} })
      }),
      operation('ListHostNameBindings', 'GET', '/hostNameBindings', listBindings),
      operation('GetHostNameBinding', 'GET', '/hostNameBindings/{hostName}', (machine, place, request) =>
        getBinding(machine, place, hostName(request)),
      ),
      operation('CreateOrUpdateHostNameBinding', 'PUT', '/hostNameBindings/{hostName}', (machine, place, request) =>
        putBinding(machine, place, hostName(request), request.body),
      ),
      operation('DeleteHostNameBinding', 'DELETE', '/hostNameBindings/{hostName}', (machine, _, request) =>
        deleteBinding(machine, hostName(request)),
      ),
      {
        id: 'GetUsagesInLocation_list',
        method: 'GET',
        path: '/subscriptions/{subscriptionId}/providers/Microsoft.Web/locations/{location}/usages',
        handle: ({ parameters }) => ok({ value: same(location, parameters['location']) ? quotas(usages) : [] }),
      },
    ],
  }
}

const hostName = ({ parameters }: ArmRequest): string => parameters['hostName'] ?? ''

/** The next page's address is absolute, as Azure's is. */
function page(machine: SiteMachine, place: Place, { path, query, apiVersion }: ArmRequest, size: number): Answer {
  const token = query.get('$skipToken') ?? '0'
  if (!/^\d{1,9}$/.test(token)) return invalidParameter('$skipToken')
  const all = machine.functions()
  const [from, to] = [Number(token), Number(token) + size]
  const value = all.slice(from, to).map((one) => functionEnvelope(machine, one, place))
  if (to >= all.length) return ok({ value })
  return ok({ value, nextLink: `https://management.azure.com${path}?api-version=${apiVersion}&%24skipToken=${to}` })
}

const quotas = (usages: NonNullable<SitesOptions['usages']>): object[] =>
  Object.entries(usages).map(([name, { used, limit, unit = 'Count' }]) => ({
    unit,
    currentValue: used,
    limit,
    name: { value: name, localizedValue: name },
  }))

const ok = (body: object): Answer => ({ status: 200, body })

const isList = (options: readonly SiteMachine[] | SitesOptions): options is readonly SiteMachine[] =>
  Array.isArray(options)

const invalid = (field: string, got: unknown, wanted: string): CutoverError<LocalAzureErrorCode> =>
  new CutoverError('LOCAL_AZURE_OPTION_INVALID', `${field} is ${JSON.stringify(got)}; wanted ${wanted}`)
