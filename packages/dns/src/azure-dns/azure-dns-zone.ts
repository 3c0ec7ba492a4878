import { CutoverError, knownOptions } from '@cutover/core'

import { dnsName } from '../dns-name.ts'
import type { AnyRecordSet, CallOptions, DnsZone, Found } from '../dns-zone.ts'
import { describeRecordSet, sameRecordSet } from '../record-set.ts'
import { asked, type Attempt, translated } from './arm-failure.ts'
import { type AzureDnsLike, azureDnsTypes, type AzureDnsType } from './azure-dns-like.ts'
import { commandsOf } from './commands.ts'
import { azureOf, foundOf } from './record-set.ts'
import { absoluteName, relativeName } from './relative-name.ts'

export interface AzureDnsZoneOptions {
  /** `new DnsManagementClient(...)` of `@azure/arm-dns`; with `retryOptions: { maxRetries: 0 }` a write is sent once. */
  readonly client: AzureDnsLike
  readonly resourceGroup: string
  /** The public zone's name: `example.com`. */
  readonly zone: string
  /**
   * How long a write takes to reach every name server, in milliseconds; Azure DNS does not tell when it has. Its FAQ: "typically
   * within 60 seconds", which is no bound. Take 120_000 where a wait that is too short would hurt.
   *
   * @default 60_000
   */
  readonly propagationMs?: number | undefined
  /** How long an unanswered request may still take effect, in milliseconds. Resource Manager answers within 60 s. @default 60_000 */
  readonly lateMs?: number | undefined
}

const zoneOptions: readonly (keyof AzureDnsZoneOptions)[] = [
  'client',
  'resourceGroup',
  'zone',
  'propagationMs',
  'lateMs',
]

/**
 * A public zone of Azure DNS.
 *
 * Every write is one PUT or DELETE of a whole record set with the etag of the set as it was read, which changes with each edit:
 * of a value, of the TTL, of metadata, and also with one that was taken back. There is no batch, so a type does not change.
 * Nothing is retried here; that the SDK may do so harms nothing, since a second attempt of a write that succeeded is a
 * `DNS_CONFLICT`, and the outcome is what is read afterwards.
 *
 * Needs `Microsoft.Network/dnsZones/<type>/read`, `…/write` and, for what is created or restored to nothing, `…/delete`; `list`
 * needs `Microsoft.Network/dnsZones/recordsets/read`.
 *
 * @throws CutoverError `DNS_OPTION_INVALID`, `DNS_NAME_INVALID` at once; the zone's methods as `ArmErrorCode` says.
 * @see https://learn.microsoft.com/azure/dns/dns-zones-records#etags
 */
export function azureDnsZone(options: AzureDnsZoneOptions): DnsZone {
  knownOptions(options, zoneOptions, 'DNS_OPTION_INVALID', 'azureDnsZone')
  const { resourceGroup: group, propagationMs = 60_000, lateMs = 60_000 } = options
  const { recordSets } = checkedClient(options.client)
  const zone = dnsName(options.zone, 'zone')
  if (typeof group !== 'string' || group === '')
    throw invalid(`resourceGroup is ${JSON.stringify(group)}; wanted its name`)
  for (const [field, ms] of Object.entries({ propagationMs, lateMs })) {
    if (!Number.isFinite(ms) || ms < 0) throw invalid(`${field} is ${ms}; wanted milliseconds of 0 or more`)
  }
  const attemptTo = (what: string, operation: string, absent?: string): Attempt => ({
    what: `${what} in Azure DNS zone ${zone}`,
    operation: `Microsoft.Network/dnsZones/${operation}`,
    absent,
  })

  async function find(name: string, type: AzureDnsType, { signal }: CallOptions = {}): Promise<Found | undefined> {
    signal?.throwIfAborted()
    const relative = relativeName(name, zone)
    const attempt = attemptTo(`read ${name} ${type}`, `${type}/read`, 'NotFound')
    const got = await asked(attempt, signal, (how) => recordSets.get(group, zone, relative, type, how))
    return got && foundOf(got.answer, absoluteName(relative, zone), type)
  }

  /** The etag of exactly that set: its own, or the one that the authority has for it now. */
  async function etagOf({ set, token }: Found, signal: AbortSignal | undefined): Promise<string> {
    const own = etagIn(token)
    if (own !== undefined) return own
    const found = await find(set.name, typeOf(set), { signal })
    const etag = etagIn(found?.token)
    if (found && etag !== undefined && sameRecordSet(found.set, set)) return etag
    throw new CutoverError(
      'DNS_CONFLICT',
      `${set.name}: expected ${describeRecordSet(set)}, found ${describeRecordSet(found?.set)}; nothing was written`,
    )
  }

  return {
    name: zone,
    supports: {
      compareAndSwap: 'value and ttl',
      types: ['A', 'AAAA', 'CNAME', 'TXT', 'NS', 'MX', 'SRV', 'CAA'],
      alias: true,
      weighted: false,
      ttlSeconds: { least: 1, most: 2_147_483_647 },
      creates: true,
    },
    lateMs,
    propagationMs,
    byHand: commandsOf(group, zone),
    permissions: ['read', 'write', 'delete'].map((action) => `Microsoft.Network/dnsZones/*/${action}`),

    find: async (name, type, how) => (isAzureType(type) ? find(name, type, how) : undefined),

    async *list({ signal } = {}) {
      signal?.throwIfAborted()
      try {
        const how = signal === undefined ? {} : { abortSignal: signal }
        for await (const listed of recordSets.listByDnsZone(group, zone, how)) {
          yield foundOf(listed, absoluteName(listed.name ?? '@', zone), listed.type?.split('/').at(-1) ?? '')
        }
      } catch (error) {
        throw translated(error, attemptTo('list the records', 'recordsets/read'), signal)
      }
    },

    async replace(expected, next, { signal, fence } = {}) {
      signal?.throwIfAborted()
      const changed = next ?? expected?.set
      if (changed === undefined) return undefined
      if (expected && next) refuseOther(expected.set, next)
      const [relative, type] = [relativeName(changed.name, zone), typeOf(changed)]
      const attempt = attemptTo(`change ${changed.name} ${type}`, `${type}/${next ? 'write' : 'delete'}`)
      const whole = next && azureOf(next)
      const ifMatch = expected && (await etagOf(expected, signal))
      signal?.throwIfAborted()
      // Directly before the request, in the same turn.
      fence?.()
      if (whole) {
        const condition = ifMatch === undefined ? { ifNoneMatch: '*' } : { ifMatch }
        await asked(attempt, signal, (how) =>
          recordSets.createOrUpdate(group, zone, relative, type, whole, { ...how, ...condition }),
        )
      } else if (ifMatch !== undefined) {
        const deleted = await asked(attempt, signal, (how) =>
          recordSets.delete(group, zone, relative, type, { ...how, ifMatch }),
        )
        if (deleted?.status === 204) {
          throw new CutoverError('DNS_CONFLICT', `could not ${attempt.what}: it is not there any more`)
        }
      }
      return undefined
    },

    // Azure DNS does not tell when its servers have a write.
    async waitUntilServed(_receipt, { since, clock, signal }) {
      signal?.throwIfAborted()
      await clock.sleep(Math.min(propagationMs, since + propagationMs - clock.now()), { signal })
    },
  }
}

/** @throws CutoverError `DNS_CHANGE_REJECTED` for another name or type: Azure DNS has no batch that would do both at once. */
function refuseOther(expected: AnyRecordSet, next: AnyRecordSet): void {
  if (expected.name === next.name && expected.type === next.type) return
  throw new CutoverError(
    'DNS_CHANGE_REJECTED',
    `${expected.name} ${expected.type} cannot become ${next.name} ${next.type}: Azure DNS has no batch, so the name would be without an answer for a while; nothing was written`,
    {
      next: 'Keep the type, and move what it points at: a CNAME to a name of yours that is moved, or an alias to another resource.',
    },
  )
}

function typeOf({ type }: AnyRecordSet): AzureDnsType {
  if (isAzureType(type)) return type
  throw new CutoverError('DNS_CHANGE_REJECTED', `Azure DNS has no records of type ${type}; nothing was written`)
}

const isAzureType = (type: string): type is AzureDnsType => azureDnsTypes.some((known) => known === type)

function etagIn(token: unknown): string | undefined {
  if (typeof token !== 'object' || token === null || !('etag' in token)) return undefined
  return typeof token.etag === 'string' && token.etag !== '' ? token.etag : undefined
}

function checkedClient(client: AzureDnsLike): AzureDnsLike {
  const given = (client as Partial<AzureDnsLike> | undefined)?.recordSets as Record<string, unknown> | undefined
  const missing = ['get', 'createOrUpdate', 'delete', 'listByDnsZone'].filter(
    (method) => typeof given?.[method] !== 'function',
  )
  if (missing.length === 0) return client
  throw invalid(`client has no recordSets.${missing.join(', recordSets.')}; pass new DnsManagementClient(...)`)
}

const invalid = (text: string): CutoverError<'DNS_OPTION_INVALID'> =>
  new CutoverError('DNS_OPTION_INVALID', `azureDnsZone: ${text}`)
