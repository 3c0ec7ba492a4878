import { CutoverError } from '@cutover/core'

import { same } from '../admission.ts'
import { armError, notImplemented, resourceNotFound } from '../arm-error.ts'
import type { LocalAzureErrorCode } from '../local-azure-error-code.ts'
import type { Answer, ArmRequest, Method, Operation, Provider } from '../provider.ts'
import type {
  TrafficManagerEndpointState,
  TrafficManagerEndpointType,
  TrafficManagerProfileMachine,
} from './traffic-manager-machine.ts'

export interface TrafficManagerProfilesOptions {
  readonly machines: readonly TrafficManagerProfileMachine[]
  /** @default 'local' */
  readonly resourceGroup?: string | undefined
}

type Handle = (machine: TrafficManagerProfileMachine, id: string, request: ArmRequest) => Answer

const endpointTypes: readonly TrafficManagerEndpointType[] = ['AzureEndpoints', 'ExternalEndpoints', 'NestedEndpoints']

/**
 * Traffic Manager profiles, `Microsoft.Network/trafficManagerProfiles`: the profile, its TTL, and the status and weight of its
 * endpoints, on state machines that are not copied. There is no etag, as the real ones have none.
 *
 * @throws CutoverError `LOCAL_AZURE_OPTION_INVALID` for two machines of one name.
 */
export function trafficManagerProfiles(
  options: readonly TrafficManagerProfileMachine[] | TrafficManagerProfilesOptions,
): Provider {
  const { machines, resourceGroup = 'local' } = isList(options) ? { machines: options } : options
  const names = machines.map(({ name }) => name.toLowerCase())
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) {
    const message = `machines is ${JSON.stringify(twice)}; wanted one machine of each name`
    throw new CutoverError<LocalAzureErrorCode>('LOCAL_AZURE_OPTION_INVALID', message)
  }
  const operation = (id: string, method: Method, path: string, handle: Handle): Operation => ({
    id,
    method,
    path: `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/trafficmanagerprofiles/{profileName}${path}`,
    handle(request) {
      const { profileName = '', resourceGroupName = '', subscriptionId = '' } = request.parameters
      const machine = machines.find(({ name }) => same(name, profileName))
      if (!machine || !same(resourceGroup, resourceGroupName)) {
        return resourceNotFound('Microsoft.Network/trafficManagerProfiles', profileName, resourceGroupName)
      }
      const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`
      return handle(machine, `${group}/providers/Microsoft.Network/trafficManagerProfiles/${machine.name}`, request)
    },
  })
  const endpoint = '/{endpointType}/{endpointName}'

  return {
    namespace: 'Microsoft.Network',
    apiVersions: ['2022-04-01'],
    resourceGroups: [resourceGroup],
    location: 'global',
    operations: [
      operation('Profiles_Get', 'GET', '', (machine, id) => ok(profileResource(machine, id))),
      operation('Profiles_Update', 'PATCH', '', (machine, id, { body }) => {
        const change = propertiesIn(body)
        if (!change) return invalid('The profile is invalid.')
        machine.updateProfile(change)
        return ok(profileResource(machine, id))
      }),
      operation('Profiles_CreateOrUpdate', 'PUT', '', onlyReadOrPatched),
      operation('Profiles_Delete', 'DELETE', '', onlyReadOrPatched),
      operation('Endpoints_Get', 'GET', endpoint, (machine, id, { parameters }) => {
        const type = knownType(parameters['endpointType'])
        if (!type) return invalid(`The endpoint type '${parameters['endpointType']}' is invalid.`)
        return ok(endpointResource(machine.endpoint(type, parameters['endpointName'] ?? ''), id))
      }),
      operation('Endpoints_Update', 'PATCH', endpoint, (machine, id, { parameters, body }) => {
        const type = knownType(parameters['endpointType'])
        const change = propertiesIn(body)
        if (!type || !change) return invalid(`The endpoint '${parameters['endpointName']}' is invalid.`)
        machine.updateEndpoint(type, parameters['endpointName'] ?? '', change)
        return ok(endpointResource(machine.endpoint(type, parameters['endpointName'] ?? ''), id))
      }),
      operation('Endpoints_CreateOrUpdate', 'PUT', endpoint, onlyReadOrPatched),
      operation('Endpoints_Delete', 'DELETE', endpoint, onlyReadOrPatched),
    ],
  }
}

const onlyReadOrPatched = (): Answer =>
  notImplemented('it reads and changes what is there, and neither makes nor deletes')

function profileResource(machine: TrafficManagerProfileMachine, id: string): object {
  const { endpoints = [], ...properties } = machine.profile()
  return {
    id,
    name: machine.name,
    type: 'Microsoft.Network/trafficManagerProfiles',
    location: 'global',
    tags: {},
    properties: { ...properties, endpoints: endpoints.map((one) => endpointResource(one, id)) },
  }
}

function endpointResource(
  { name = '', type = '', ...properties }: TrafficManagerEndpointState,
  profile: string,
): object {
  return { id: `${profile}/${type.split('/').at(-1) ?? ''}/${name}`, name, type, properties }
}

/** What a PATCH wants; `undefined` where it is no object of properties. */
function propertiesIn(body: unknown): object | undefined {
  const { properties } = (body ?? {}) as { readonly properties?: unknown }
  return typeof properties === 'object' && properties !== null && !Array.isArray(properties) ? properties : undefined
}

const knownType = (type: string | undefined): TrafficManagerEndpointType | undefined =>
  endpointTypes.find((known) => same(known, type))

const ok = (body: object): Answer => ({ status: 200, body })

const invalid = (message: string): Answer => armError(400, 'BadRequest', message)

const isList = (
  options: readonly TrafficManagerProfileMachine[] | TrafficManagerProfilesOptions,
): options is readonly TrafficManagerProfileMachine[] => Array.isArray(options)
