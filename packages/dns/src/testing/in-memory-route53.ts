import { isCutoverError, knownOptions } from '@cutover/core'
import type { CallOptions, FakeWorld } from '@cutover/core/testing'

import type { DnsZone, WriteOptions } from '../dns-zone.ts'
import { oneOf, refuseOption } from '../option-error.ts'
import { canonicalName } from '../route53/domain-name.ts'
import type { Route53Answer, Route53Key, Route53Like, Route53RecordType } from '../route53/route53-like.ts'
import { route53Zone, type Route53ZoneOptions } from '../route53/route53-zone.ts'
import { aborted, invalidBatch, noAnswer, serviceError } from './route53-errors.ts'
import { Route53HostedZone } from './route53-hosted-zone.ts'
import type { AnyChange, AnyRecordSet } from './route53-rules.ts'

export interface InMemoryRoute53Options {
  /** The zone's name. @default 'example.com' */
  readonly name?: string | undefined
  /** @default 'Z0123456789ABCDEFGHIJ' */
  readonly hostedZoneId?: string | undefined
  readonly records?: readonly AnyRecordSet[] | undefined
  /** How long a change is `PENDING`, in milliseconds. @default 30_000 */
  readonly insyncMs?: number | undefined
  /** How long a reply takes; a second write to the zone meanwhile is a `PriorRequestNotComplete`. @default 0 */
  readonly replyMs?: number | undefined
}

const route53Options: readonly (keyof InMemoryRoute53Options)[] = [
  'name',
  'hostedZoneId',
  'records',
  'insyncMs',
  'replyMs',
]

/** Amazon Route 53 at the level of the SDK's client, with one public hosted zone: what our adapter is tested over. */
export interface InMemoryRoute53 extends Route53Like {
  readonly hostedZoneId: string
  /** All record sets as they are listed, but the zone's own NS and SOA. A copy. */
  readonly records: readonly AnyRecordSet[]
  /** The batches that were made, not those that were refused. A copy. */
  readonly writes: readonly (readonly AnyChange[])[]
  failNext(method: keyof Route53Like, error: unknown): void
  /** Somebody else's change, behind our back. */
  editBehind(...changes: readonly AnyChange[]): void
  /** `CreateResourceRecordSetProtections`: no batch may touch it. */
  protect(name: string, type: string, comment?: string): void
  /** Our adapter over it, in the world's time; its writes are known to be fenced. */
  zone(options?: Omit<Route53ZoneOptions, 'client' | 'hostedZoneId'>): DnsZone
}

/** Operations: `route53.` and the client's method, such as `route53.changeResourceRecordSets`. */
export function inMemoryRoute53(world: FakeWorld, options: InMemoryRoute53Options = {}): InMemoryRoute53 {
  knownOptions(options, route53Options, 'DNS_OPTION_INVALID', 'inMemoryRoute53')
  const { name = 'example.com', hostedZoneId = 'Z0123456789ABCDEFGHIJ', records = [] } = options
  const { insyncMs = 30_000, replyMs = 0 } = options
  for (const record of records) {
    if (typeof (record as { readonly Name?: unknown }).Name === 'string') continue
    refuseOption('records', records, "records as the SDK has them: { Name: 'api.example.com', Type: 'A', TTL: 60, … }")
  }
  const zone = new Route53HostedZone(name, records)
  const insyncAt = new Map<string, number>()
  const writes: (readonly AnyChange[])[] = []
  const failures: { method: keyof Route53Like; error: unknown }[] = []
  let busyUntil = Number.NEGATIVE_INFINITY
  let fencing: (() => void) | undefined

  const listed = (): readonly AnyRecordSet[] => structuredClone(zone.list().filter((set) => !isOwn(set)))
  world.watch(`route53:${zone.name}`, listed)
  world.watch(`route53-protections:${zone.name}`, () =>
    [...zone.protections].map(([key, why]) => `${key}: ${why}`).sort(),
  )

  function checkZone(id: string): void {
    if (id.replace(/^\/?hostedzone\//, '') === hostedZoneId) return
    throw serviceError('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404)
  }

  function commit(changes: readonly AnyChange[]): string {
    const now = world.clock.monotonic()
    if (now < busyUntil) {
      throw serviceError(
        'PriorRequestNotComplete',
        'The request was rejected because Route 53 was still processing a prior request.',
      )
    }
    busyUntil = now + replyMs
    zone.change(changes)
    writes.push(structuredClone(changes))
    const id = `/change/C${String(insyncAt.size + 1).padStart(13, '0')}`
    insyncAt.set(id, now + insyncMs)
    return id
  }

  async function call<T>(method: keyof Route53Like, about: string, how: CallOptions, body: () => T): Promise<T> {
    const failure = failures.findIndex((armed) => armed.method === method)
    if (failure >= 0) throw failures.splice(failure, 1)[0]?.error
    if (how.signal?.aborted) throw aborted()
    try {
      return await world.call(`route53.${method} ${about}`, { ms: replyMs, ...how }, body)
    } catch (error) {
      throw how.signal?.aborted ? aborted() : asSdkError(error)
    }
  }

  const client: Required<Route53Like> = {
    listResourceRecordSets: (input, { abortSignal: signal } = {}) =>
      call(
        'listResourceRecordSets',
        `${input.StartRecordName ?? 'all'} ${input.StartRecordType ?? ''}`.trim(),
        { signal },
        () => {
          checkZone(input.HostedZoneId)
          const { StartRecordName: from, StartRecordType: type, StartRecordIdentifier: id } = input
          const { sets, next } = zone.page({ name: from, type, id }, input.MaxItems)
          return {
            ResourceRecordSets: sets,
            IsTruncated: next !== undefined,
            ...(next && { NextRecordName: next.Name, NextRecordType: next.Type as Route53RecordType }),
            ...(next?.SetIdentifier !== undefined && { NextRecordIdentifier: next.SetIdentifier }),
          }
        },
      ),
    changeResourceRecordSets(input, { abortSignal: signal } = {}) {
      const changes: readonly AnyChange[] = structuredClone(input.ChangeBatch.Changes)
      const about = changes.map((change) => `${change.Action} ${change.ResourceRecordSet.Name}`).join(', ')
      return call('changeResourceRecordSets', about, { signal, write: true, fence: fencing }, (): Route53Answer => {
        checkZone(input.HostedZoneId)
        return { ChangeInfo: { Id: commit(changes), Status: 'PENDING' } }
      })
    },
    getChange: ({ Id: id }, { abortSignal: signal } = {}) =>
      call('getChange', id, { signal }, () => {
        const at = insyncAt.get(id.startsWith('/change/') ? id : `/change/${id}`)
        if (at === undefined) throw serviceError('NoSuchChange', `Could not find resource with ID: ${id}`, 404)
        return { ChangeInfo: { Id: id, Status: world.clock.monotonic() >= at ? 'INSYNC' : 'PENDING' } }
      }),
    createResourceRecordSetProtections: (input, { abortSignal: signal } = {}) =>
      call('createResourceRecordSetProtections', namesOf(input), { signal, write: true, fence: fencing }, () => {
        checkZone(input.HostedZoneId)
        zone.protect(input.Protections)
        return {}
      }),
    deleteResourceRecordSetProtections: (input, { abortSignal: signal } = {}) =>
      call('deleteResourceRecordSetProtections', namesOf(input), { signal, write: true, fence: fencing }, () => {
        checkZone(input.HostedZoneId)
        zone.unprotect(input.Protections)
        return {}
      }),
    listResourceRecordSetProtections: (input, { abortSignal: signal } = {}) =>
      call('listResourceRecordSetProtections', input.StartRecordName ?? 'all', { signal }, () => {
        checkZone(input.HostedZoneId)
        const { StartRecordName: from = '', StartRecordType: type = '', MaxResults: most = 100 } = input
        return { ResourceRecordSetProtections: zone.protected({ name: from, type }, most) }
      }),
  }

  // The client has no fence parameter: what was called in the same turn counts as this write's.
  const noting = ({ signal, fence }: WriteOptions = {}): WriteOptions => {
    if (!fence) return { signal }
    return {
      signal,
      fence() {
        fence()
        fencing = fence
        queueMicrotask(() => {
          fencing = undefined
        })
      },
    }
  }

  return {
    ...client,
    hostedZoneId,
    get records() {
      return listed()
    },
    get writes() {
      return structuredClone(writes)
    },
    failNext: (method, error) =>
      void failures.push({ method: oneOf('method', method, Object.keys(client) as (keyof Route53Like)[]), error }),
    editBehind: (...changes) => zone.change(changes),
    protect: (protectedName, type, comment = 'protected') =>
      void zone.protections.set(`${canonicalName(protectedName)}/${type}`, comment),
    zone(zoneOptions = {}) {
      const adapter = route53Zone({ name, clock: world.clock, ...zoneOptions, client, hostedZoneId })
      const { locks } = adapter
      return {
        ...adapter,
        replace: (expected, next, how) => adapter.replace(expected, next, noting(how)),
        replaceAll: (edits, how) => adapter.replaceAll?.(edits, noting(how)) ?? Promise.resolve(),
        ...(locks && {
          locks: {
            find: locks.find,
            lock: (locked, type, why, how) => locks.lock(locked, type, why, noting(how)),
            unlock: (locked, type, how) => locks.unlock(locked, type, noting(how)),
          },
        }),
      }
    },
  }
}

const namesOf = ({ Protections: all }: { readonly Protections: readonly Route53Key[] }): string =>
  all.map(({ RecordName: name, RecordType: type }) => `${name} ${type}`).join(', ')

/** What every zone has at its own name. */
const isOwn = ({ Type: type }: AnyRecordSet): boolean => type === 'NS' || type === 'SOA'

/** The world's faults as the SDK would throw them; an error of the service's own unchanged. */
function asSdkError(error: unknown): unknown {
  if (isCutoverError(error, 'WORLD_REFUSED')) return serviceError('Throttling', 'Rate exceeded')
  if (isCutoverError(error, 'WORLD_TIMEOUT')) return noAnswer(error)
  if (isCutoverError(error, 'WORLD_DENIED'))
    return serviceError('AccessDenied', 'User is not authorized to perform this action', 403)
  if (isCutoverError(error, 'WORLD_CONFLICT')) {
    return invalidBatch('Tried to delete resource record set but the values provided do not match the current values')
  }
  return error
}
