import { CutoverError } from '@cutover/core'

import { same } from '../admission.ts'
import { armError, notImplemented, resourceNotFound } from '../arm-error.ts'
import type { LocalAzureErrorCode } from '../local-azure-error-code.ts'
import type { Answer, ArmRequest, Method, Operation, Provider } from '../provider.ts'
import type { DnsRecordSet, DnsRecordType, DnsZoneMachine } from './dns-zone-machine.ts'
import { recordSetOf, recordSetResource } from './record-set-resource.ts'

export interface DnsZonesOptions {
  readonly machines: readonly DnsZoneMachine[]
  /** @default 'local' */
  readonly resourceGroup?: string | undefined
  /** Record sets in one page of their list, unless `$top` asks for fewer. @default 100 */
  readonly pageSize?: number | undefined
}

type Handle = (machine: DnsZoneMachine, id: string, request: ArmRequest) => Answer

const types: readonly DnsRecordType[] = ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT']

/**
 * Public DNS zones, `Microsoft.Network/dnsZones`: the zone, and its record sets with their etags, page by page, on state machines
 * that are not copied.
 *
 * Its errors have their code and message at the top, not in `error`, and what is throttled is JSON in a text: as the real
 * service's do.
 *
 * @throws CutoverError `LOCAL_AZURE_OPTION_INVALID` for two machines of one name, or a page of no record sets.
 * @see https://github.com/kubernetes-sigs/external-dns/issues/5358 for an error as it was received.
 */
export function dnsZones(options: readonly DnsZoneMachine[] | DnsZonesOptions): Provider {
  const { machines, resourceGroup = 'local', pageSize = 100 } = isList(options) ? { machines: options } : options
  if (!(Number.isInteger(pageSize) && pageSize > 0)) throw invalid('pageSize', pageSize, 'a whole number above 0')
  const names = machines.map(({ name }) => name.toLowerCase())
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw invalid('machines', twice, 'one machine of each name')

  const operation = (id: string, method: Method, path: string, handle: Handle): Operation => ({
    id,
    method,
    path: `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/dnsZones/{zoneName}${path}`,
    handle(request) {
      const { zoneName = '', resourceGroupName = '', subscriptionId = '', recordType } = request.parameters
      const machine = machines.find(({ name }) => same(name, zoneName))
      if (!machine || !same(resourceGroup, resourceGroupName)) {
        return noZone(zoneName, resourceGroupName, recordType !== undefined && method !== 'GET')
      }
      const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`
      try {
        return handle(machine, `${group}/providers/Microsoft.Network/dnszones/${machine.name}`, request)
      } catch (error) {
        return refusalOf(error)
      }
    },
  })
  const list = (machine: DnsZoneMachine, id: string, request: ArmRequest): Answer => {
    const { recordType } = request.parameters
    const all = machine.list().filter(({ type = '' }) => recordType === undefined || same(typeIn(type), recordType))
    return page(all, id, request, pageSize)
  }

  return {
    namespace: 'Microsoft.Network',
    apiVersions: ['2018-05-01'],
    resourceGroups: [resourceGroup],
    location: 'global',
    operations: [
      operation('Zones_Get', 'GET', '', (machine, id) => ok(zoneResource(machine, id))),
      operation('RecordSets_ListByDnsZone', 'GET', '/recordsets', list),
      operation('RecordSets_ListAllByDnsZone', 'GET', '/all', list),
      operation('RecordSets_ListByType', 'GET', '/{recordType}', (machine, id, request) => {
        const { recordType } = request.parameters
        return knownType(recordType) ? list(machine, id, request) : noType(recordType)
      }),
      operation('RecordSets_Get', 'GET', '/{recordType}/{relativeRecordSetName}', (machine, id, { parameters }) => {
        const type = knownType(parameters['recordType'])
        if (!type) return noType(parameters['recordType'])
        return ok(recordSetResource(machine.get(parameters['relativeRecordSetName'] ?? '', type), id))
      }),
      operation('RecordSets_CreateOrUpdate', 'PUT', '/{recordType}/{relativeRecordSetName}', (machine, id, request) => {
        const { parameters, headers, body } = request
        const type = knownType(parameters['recordType'])
        if (!type) return noType(parameters['recordType'])
        const given = recordSetOf(body)
        if (!given) return failure(400, 'BadRequest', 'The record set is invalid.')
        if ('unknown' in given) return failure(400, 'BadRequest', `Could not find member '${given.unknown}'.`)
        const conditions = { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] }
        const { set, isNew } = machine.put(parameters['relativeRecordSetName'] ?? '', type, given.set, conditions)
        return { status: isNew ? 201 : 200, body: recordSetResource(set, id) }
      }),
      operation('RecordSets_Update', 'PATCH', '/{recordType}/{relativeRecordSetName}', () =>
        notImplemented('it replaces record sets, and does not merge them'),
      ),
      operation('RecordSets_Delete', 'DELETE', '/{recordType}/{relativeRecordSetName}', (machine, _id, request) => {
        const type = knownType(request.parameters['recordType'])
        if (!type) return noType(request.parameters['recordType'])
        const conditions = { ifMatch: request.headers['if-match'] }
        const isDeleted = machine.delete(request.parameters['relativeRecordSetName'] ?? '', type, conditions)
        return { status: isDeleted ? 200 : 204 }
      }),
    ],
  }
}

function zoneResource({ name, nameServers }: DnsZoneMachine, id: string): object {
  return {
    id,
    name,
    type: 'Microsoft.Network/dnszones',
    etag: '00000002-0000-0000-5ede-e1e3aa60d901',
    location: 'global',
    tags: {},
    properties: {
      maxNumberOfRecordSets: 10_000,
      nameServers,
      zoneType: 'Public',
    },
  }
}

/** The next page's address is absolute, as Azure's is. */
function page(all: readonly DnsRecordSet[], id: string, { path, query, apiVersion }: ArmRequest, size: number): Answer {
  const [top, token] = [query.get('$top') ?? String(size), query.get('$skipToken') ?? '0']
  if (!/^[1-9]\d{0,8}$/.test(top) || !/^\d{1,9}$/.test(token))
    return failure(400, 'BadRequest', 'The query is invalid.')
  const suffix = query.get('$recordsetnamesuffix')?.toLowerCase() ?? ''
  const named = all.filter(({ name = '' }) => `.${name.toLowerCase()}`.endsWith(suffix === '' ? '' : `.${suffix}`))
  const [from, to] = [Number(token), Number(token) + Math.min(Number(top), size)]
  const value = named.slice(from, to).map((set) => recordSetResource(set, id))
  if (to >= named.length) return ok({ value })
  const kept = suffix === '' ? '' : `&%24recordsetnamesuffix=${encodeURIComponent(suffix)}`
  const nextLink = `https://management.azure.com${path}?api-version=${apiVersion}${kept}&%24top=${top}&%24skipToken=${to}`
  return ok({ value, nextLink })
}

/** Resource Manager itself says so; of a child that is to be written, by another code. */
function noZone(zone: string, group: string, isWrite: boolean): Answer {
  if (!isWrite) return resourceNotFound('Microsoft.Network/dnszones', zone, group)
  // The words as seen: https://github.com/hashicorp/terraform-provider-azurerm/issues/21399
  const message = `Can not perform requested operation on nested resource. Parent resource '${zone}' not found.`
  return armError(404, 'ParentResourceNotFound', message)
}

/** The service's own words. What is no refusal is passed on. */
function refusalOf(error: unknown): Answer {
  const { statusCode, code } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  if (!(error instanceof Error) || typeof statusCode !== 'number' || typeof code !== 'string') throw error
  return failure(statusCode, code, error.message)
}

function failure(status: number, code: string, message: string): Answer {
  if (status !== 429) return { status, body: { code, message } }
  // JSON in a text: https://github.com/kubernetes-sigs/external-dns/pull/4811
  return { status, headers: { 'retry-after': '10' }, body: JSON.stringify({ code, message }) }
}

const knownType = (type: string | undefined): DnsRecordType | undefined => types.find((known) => same(known, type))

const noType = (type = ''): Answer => failure(400, 'BadRequest', `The record type '${type}' is not supported.`)

const typeIn = (type: string): string => type.split('/').at(-1) ?? ''

const ok = (body: object): Answer => ({ status: 200, body })

const isList = (options: readonly DnsZoneMachine[] | DnsZonesOptions): options is readonly DnsZoneMachine[] =>
  Array.isArray(options)

const invalid = (field: string, got: unknown, wanted: string): CutoverError<LocalAzureErrorCode> =>
  new CutoverError('LOCAL_AZURE_OPTION_INVALID', `${field} is ${JSON.stringify(got)}; wanted ${wanted}`)
