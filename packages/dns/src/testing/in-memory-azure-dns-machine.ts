import { azureDnsTypes, type AzureDnsType, type AzureRecordSet } from '../azure-dns/azure-dns-like.ts'
import { restError } from './fake-client-errors.ts'
import { badRequest, checkName, checkSet, kept } from './in-memory-azure-dns-rules.ts'
import { throttled } from './in-memory-azure-errors.ts'

/** One public zone of Azure DNS, as a state machine: no timer, everything follows from `now()`. */
export interface AzureDnsMachine {
  /** `example.com` */
  readonly name: string
  readonly nameServers: readonly string[]
  /** @throws RestError 404 `NotFound` */
  get(relativeName: string, type: AzureDnsType): AzureRecordSet
  /** Replaces the whole set, whatever was there unless told otherwise. @throws RestError 412, 409, 400, 429 */
  put(
    relativeName: string,
    type: AzureDnsType,
    set: AzureRecordSet,
    conditions?: { readonly ifMatch?: string | undefined; readonly ifNoneMatch?: string | undefined },
  ): { readonly set: AzureRecordSet; readonly isNew: boolean }
  /** `false` where there was none. @throws RestError 412, 400, 429 */
  delete(relativeName: string, type: AzureDnsType, conditions?: { readonly ifMatch?: string | undefined }): boolean
  /** In the order of names. @throws RestError 429 */
  list(): readonly AzureRecordSet[]
  /** What `list` answers, for a test: nobody asked the service. */
  peek(): readonly AzureRecordSet[]
  /** What the name servers answer; without wildcards, and an alias as it is. */
  served(relativeName: string, type: AzureDnsType): AzureRecordSet | undefined
}

export interface AzureDnsMachineOptions {
  /** Epoch milliseconds: all that the machine knows of time. */
  now(): number
  readonly name: string
  /** How long until every name server has a write, in milliseconds. @default 20_000 */
  readonly servedAfterMs?: number | undefined
}

/** Per zone and minute. https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling#azure-dns */
const perMinute = { create: 200, update: 200, delete: 200, list: 60 }

const mostSets = 10_000

/**
 * Azure DNS, API version 2018-05-01: a new etag with each write, `If-Match` and `If-None-Match: *`, no batch, at most 20 records
 * in a set, and writes per minute that are counted.
 *
 * @throws RestError as the service does.
 */
export function azureDnsMachine(options: AzureDnsMachineOptions): AzureDnsMachine {
  const { now, name: zone, servedAfterMs = 20_000 } = options
  const sets = new Map<string, AzureRecordSet>()
  const nameServers = ['com', 'net', 'org', 'info'].map((tld, place) => `ns${place + 1}-07.azure-dns.${tld}.`)
  /** What was written, and when; the last that is old enough is served. */
  const written = new Map<string, readonly { readonly at: number; readonly set: AzureRecordSet | undefined }[]>()
  const spent = new Map<keyof typeof perMinute, { readonly minute: number; count: number }>()
  let etags = 0

  const nextEtag = (): string => `${(etags += 1).toString(16).padStart(8, '0')}-7e57-4da7-8e57-0123456789ab`

  function spend(action: keyof typeof perMinute): void {
    const minute = Math.floor(now() / 60_000)
    const already = spent.get(action)
    const current = already?.minute === minute ? already : { minute, count: 0 }
    spent.set(action, current)
    if (current.count >= perMinute[action]) throw throttled()
    current.count += 1
  }

  function serve(key: string, set: AzureRecordSet | undefined): void {
    const versions = written.get(key) ?? []
    const from = versions.findLastIndex(({ at }) => at + servedAfterMs <= now())
    written.set(key, [...versions.slice(Math.max(0, from)), { at: now(), set }])
  }

  function store(relativeName: string, type: AzureDnsType, set: AzureRecordSet): AzureRecordSet {
    const key = keyOf(relativeName, type)
    // A name keeps the case with which it was created.
    const name = sets.get(key)?.name ?? relativeName
    const whole: AzureRecordSet = {
      ...kept(set, type),
      name,
      type: `Microsoft.Network/dnszones/${type}`,
      etag: nextEtag(),
      fqdn: name === '@' ? `${zone}.` : `${name}.${zone}.`,
      provisioningState: 'Succeeded',
    }
    sets.set(key, whole)
    serve(key, whole)
    return structuredClone(whole)
  }

  function checkNeighbours(relativeName: string, type: AzureDnsType): void {
    const others = [...sets.values()].filter(
      (other) => same(other.name ?? '', relativeName) && !other.type?.endsWith(`/${type}`),
    )
    // The words as seen: https://github.com/rcl-letsencrypt-auto-ssl/Lets-Encrypt-Auto/issues/26, MicrosoftDocs/azure-docs#85496
    if (type === 'CNAME' && others.length > 0) {
      const message =
        'The CNAME record could not be created because another record with the same name already exists in this zone.'
      throw restError('Conflict', message, 409)
    }
    if (others.some((other) => other.type?.endsWith('/CNAME'))) {
      const message =
        'The record could not be created because a CNAME record with the same name already exists in this zone.'
      throw restError('Conflict', message, 409)
    }
  }

  const peek = (): readonly AzureRecordSet[] => structuredClone([...sets.values()].sort(byName))

  const soa = {
    host: nameServers[0] ?? '',
    email: 'azuredns-hostmaster.microsoft.com',
    serialNumber: 1,
    refreshTime: 3_600,
    retryTime: 300,
    expireTime: 2_419_200,
    minimumTtl: 300,
  }
  store('@', 'NS', { ttl: 172_800, nsRecords: nameServers.map((nsdname) => ({ nsdname })) })
  store('@', 'SOA', { ttl: 3_600, soaRecord: soa })

  return {
    name: zone,
    nameServers,
    get(relativeName, type) {
      const found = sets.get(keyOf(relativeName, checkedType(type)))
      if (found) return structuredClone(found)
      // The words as seen: https://github.com/Azure/azure-cli/issues/27374
      const message = `The resource record '${relativeName}' does not exist in resource group 'local' of subscription '00000000-0000-0000-0000-000000000001'.`
      throw restError('NotFound', message, 404)
    },
    put(relativeName, type, set, { ifMatch, ifNoneMatch } = {}) {
      checkName(relativeName, checkedType(type), zone)
      checkSet(set, type)
      const present = sets.get(keyOf(relativeName, type))
      spend(present ? 'update' : 'create')
      checkCondition(present, ifMatch)
      if (ifNoneMatch === '*' && present) {
        const message = "The condition '*' in the If-None-Match header was satisfied."
        throw restError('PreconditionFailed', message, 412)
      }
      if (!present && type === 'SOA') throw badRequest('Record sets of type SOA cannot be created.')
      if (!present && sets.size >= mostSets)
        throw badRequest(`The zone has ${mostSets} record sets, which is the limit.`)
      if (relativeName === '@' && type === 'NS') {
        const given = new Set((set.nsRecords ?? []).map(({ nsdname }) => nsdname))
        if (!nameServers.every((server) => given.has(server))) {
          throw badRequest("The zone's own name servers cannot be removed from the NS record set at the apex.")
        }
      }
      checkNeighbours(relativeName, type)
      return { set: store(relativeName, type, set), isNew: present === undefined }
    },
    delete(relativeName, type, { ifMatch } = {}) {
      checkName(relativeName, checkedType(type), zone)
      if (relativeName === '@' && (type === 'SOA' || type === 'NS')) {
        throw badRequest(`The ${type} record set at the zone apex cannot be deleted.`)
      }
      spend('delete')
      const present = sets.get(keyOf(relativeName, type))
      // Of a set that is not there the service says 204, whatever the condition.
      if (!present) return false
      checkCondition(present, ifMatch)
      serve(keyOf(relativeName, type), undefined)
      return sets.delete(keyOf(relativeName, type))
    },
    list() {
      spend('list')
      return peek()
    },
    peek,
    served(relativeName, type) {
      const versions = written.get(keyOf(relativeName, type)) ?? []
      return structuredClone(versions.findLast(({ at }) => at + servedAfterMs <= now())?.set)
    },
  }
}

function checkCondition(present: AzureRecordSet | undefined, ifMatch: string | undefined): void {
  if (ifMatch === undefined || (ifMatch === '*' ? present !== undefined : present?.etag === ifMatch)) return
  throw restError('PreconditionFailed', `The condition '${ifMatch}' in the If-Match header was not satisfied.`, 412)
}

function checkedType(type: AzureDnsType): AzureDnsType {
  if (azureDnsTypes.includes(type)) return type
  throw badRequest(`The record type '${type as string}' is not supported.`)
}

const keyOf = (relativeName: string, type: string): string => `${relativeName.toLowerCase()} ${type}`

const byName = (a: AzureRecordSet, b: AzureRecordSet): number =>
  keyOf(a.name ?? '', a.type ?? '') < keyOf(b.name ?? '', b.type ?? '') ? -1 : 1

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
