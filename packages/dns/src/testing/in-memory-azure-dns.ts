import { knownOptions } from '@cutover/core'
import type { CallOptions, FakeWorld } from '@cutover/core/testing'

import type { AzureDnsLike, AzureDnsType, AzureRecordSet, SendOptions } from '../azure-dns/azure-dns-like.ts'
import { azureDnsZone, type AzureDnsZoneOptions } from '../azure-dns/azure-dns-zone.ts'
import type { DnsZone } from '../dns-zone.ts'
import { oneOf } from '../option-error.ts'
import { aborted, asRestError, restError } from './fake-client-errors.ts'
import { fenceNote } from './fake-client.ts'
import { type AzureDnsMachine, azureDnsMachine } from './in-memory-azure-dns-machine.ts'
import { fencedZone } from './in-memory-azure-fence.ts'

type Method = keyof AzureDnsLike['recordSets']

export interface InMemoryAzureDnsOptions {
  /** The zone's name. @default 'example.com' */
  readonly name?: string | undefined
  /** @default 'local' */
  readonly resourceGroup?: string | undefined
  /** How long until every name server has a write, in milliseconds. @default 20_000 */
  readonly servedAfterMs?: number | undefined
  /** What is there, and served, in the beginning: names relative to the zone, types short. */
  readonly records?: readonly (AzureRecordSet & { readonly name: string; readonly type: AzureDnsType })[] | undefined
}

const azureOptions: readonly (keyof InMemoryAzureDnsOptions)[] = ['name', 'resourceGroup', 'servedAfterMs', 'records']

/** Azure DNS at the level of the SDK's client, with one public zone: what our adapter is tested over. */
export interface InMemoryAzureDns extends AzureDnsLike {
  readonly resourceGroup: string
  /** What `dnsZones([machine])` of `@cutover/local-azure` serves. */
  readonly machine: AzureDnsMachine
  /** All record sets as they are listed, but the zone's own NS and SOA. A copy. */
  readonly records: readonly AzureRecordSet[]
  /** The writes that were made, not those that were refused: `PUT api CNAME`, `DELETE api CNAME`. A copy. */
  readonly writes: readonly string[]
  failNext(method: Method, error: unknown): void
  /** Somebody else's edit, behind our back; `undefined` deletes. */
  editBehind(relativeName: string, type: AzureDnsType, set: AzureRecordSet | undefined): void
  /** Our adapter over it; its writes are known to be fenced. */
  zone(options?: Omit<AzureDnsZoneOptions, 'client' | 'resourceGroup' | 'zone'>): DnsZone
}

/**
 * Operations: `azureDns.get`, `azureDns.createOrUpdate`, `azureDns.delete`, `azureDns.listByDnsZone`. The world watches the
 * records, without their etags, as `azureDns:<zone>`.
 */
export function inMemoryAzureDns(world: FakeWorld, options: InMemoryAzureDnsOptions = {}): InMemoryAzureDns {
  knownOptions(options, azureOptions, 'DNS_OPTION_INVALID', 'inMemoryAzureDns')
  const { name = 'example.com', resourceGroup = 'local', servedAfterMs, records = [] } = options
  let isOld = true
  // What is there in the beginning was written long ago.
  const now = (): number => (isOld ? 0 : world.clock.now())
  const machine = azureDnsMachine({ now, name, servedAfterMs })
  for (const { name: relative, type, ...set } of records) machine.put(relative, type, set, { ifNoneMatch: '*' })
  isOld = false
  const writes: string[] = []
  const failures: { readonly method: Method; readonly error: unknown }[] = []
  const note = fenceNote()

  const listed = (): readonly AzureRecordSet[] =>
    machine.peek().filter(({ name: relative, type = '' }) => relative !== '@' || !/\/(NS|SOA)$/.test(type))
  world.watch(`azureDns:${name}`, () => listed().map(({ etag: _etag, ...set }) => set))

  async function call<T>(
    method: Method,
    about: string,
    place: readonly [group: string, zone: string],
    { abortSignal: signal, onResponse }: SendOptions,
    how: CallOptions,
    body: () => { readonly answer: T; readonly status: number },
  ): Promise<T> {
    const failure = failures.findIndex((armed) => armed.method === method)
    if (failure >= 0) throw failures.splice(failure, 1)[0]?.error
    if (signal?.aborted) throw aborted()
    try {
      const { answer, status } = await world.call(`azureDns.${method} ${about}`, { ...how, signal }, () => {
        if (place[0] !== resourceGroup || place[1] !== name) {
          const message = `The Resource 'Microsoft.Network/dnszones/${place[1]}' under resource group '${place[0]}' was not found.`
          throw restError('ResourceNotFound', message, 404)
        }
        return body()
      })
      onResponse?.({ status })
      return answer
    } catch (error) {
      throw signal?.aborted ? aborted() : asRestError(error, conflict)
    }
  }

  const client: AzureDnsLike = {
    recordSets: {
      get: (group, zone, relative, type, how = {}) =>
        call('get', `${relative} ${type}`, [group, zone], how, {}, () => ({
          answer: machine.get(relative, type),
          status: 200,
        })),
      createOrUpdate(group, zone, relative, type, given, { ifMatch, ifNoneMatch, ...how } = {}) {
        const set = structuredClone(given)
        return call(
          'createOrUpdate',
          `${relative} ${type}`,
          [group, zone],
          how,
          { write: true, fence: note.current },
          () => {
            const { set: answer, isNew } = machine.put(relative, type, set, { ifMatch, ifNoneMatch })
            writes.push(`PUT ${relative} ${type}`)
            return { answer, status: isNew ? 201 : 200 }
          },
        )
      },
      delete: (group, zone, relative, type, { ifMatch, ...how } = {}) =>
        call('delete', `${relative} ${type}`, [group, zone], how, { write: true, fence: note.current }, () => {
          const isDeleted = machine.delete(relative, type, { ifMatch })
          if (isDeleted) writes.push(`DELETE ${relative} ${type}`)
          return { answer: undefined, status: isDeleted ? 200 : 204 }
        }),
      async *listByDnsZone(group, zone, how = {}) {
        yield* await call('listByDnsZone', '', [group, zone], how, {}, () => ({ answer: machine.list(), status: 200 }))
      },
    },
  }

  return {
    ...client,
    resourceGroup,
    machine,
    get records() {
      return listed()
    },
    get writes() {
      return [...writes]
    },
    failNext: (method, error) =>
      void failures.push({ method: oneOf('method', method, Object.keys(client.recordSets) as Method[]), error }),
    editBehind: (relative, type, set) => void (set ? machine.put(relative, type, set) : machine.delete(relative, type)),
    zone: (more = {}) => fencedZone(azureDnsZone({ ...more, client, resourceGroup, zone: name }), note),
  }
}

/** What an SDK's own retry meets after a success: its precondition is not met any more. */
const conflict = (): Error => restError('PreconditionFailed', 'The condition is not met.', 412)
