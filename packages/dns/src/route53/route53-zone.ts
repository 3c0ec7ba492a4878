import { type Clock, CutoverError, isCutoverError, knownOptions, systemClock } from '@cutover/core'

import type { DnsZone, DnsZoneSupport } from '../dns-zone.ts'
import { recordTypes } from '../record-kinds.ts'
import { batchOf } from './batch.ts'
import { abortable, asked, attemptTo, type HostedZone } from './calls.ts'
import { commandsOf } from './commands.ts'
import { plainName } from './domain-name.ts'
import { findRecord, listRecords } from './listing.ts'
import { protectionsOf } from './protections.ts'
import type { Aggregated, Route53Like } from './route53-like.ts'
import { changedBy, type CloudTrailLike } from './trail.ts'
import { inTurn } from './write-queue.ts'

export interface Route53ZoneOptions<Client = Route53Like> {
  /** `new Route53(...)` of `@aws-sdk/client-route-53`; with `maxAttempts: 1` a write is sent once. */
  readonly client: Client & Aggregated<Client>
  /** `new CloudTrail({ region: 'us-east-1' })` of `@aws-sdk/client-cloudtrail`: then drift is told with who changed the record. @default none */
  readonly trail?: CloudTrailLike | undefined
  /** `Z0123456789ABCDEFGHIJ`, with or without `/hostedzone/`. */
  readonly hostedZoneId: string
  /** `example.com`; with it, a record of another zone is refused when its handle is made, else by Route 53. */
  readonly name?: string | undefined
  /**
   * How long a write takes to reach every name server, in milliseconds; waited for where the reply, and so the change's id, was
   * lost. AWS: "generally within 60 seconds", which is no bound: users have seen up to 120 s (libdns/route53#14). Take 120_000
   * where a wait that is too short would hurt; `rto` and estimates then count with as much.
   *
   * @default 60_000
   */
  readonly propagationMs?: number | undefined
  /**
   * How long an unanswered request may still take effect, in milliseconds. Route 53 works on a request within seconds; a minute
   * covers one that stands in a proxy's or a socket's queue. Its signature expires after five: 300_000 relies on nothing else.
   *
   * @default 60_000
   */
  readonly lateMs?: number | undefined
  /** How often it is asked whether a change is served, in milliseconds; when it is throttled or `propagationMs` is over less often, up to five times that. @default 1_000 */
  readonly pollMs?: number | undefined
  /** Only for leaving behind another write that hangs; a test passes its world's. @default systemClock */
  readonly clock?: Clock | undefined
}

const zoneOptions: readonly (keyof Route53ZoneOptions)[] = [
  'client',
  'hostedZoneId',
  'trail',
  'name',
  'propagationMs',
  'lateMs',
  'pollMs',
  'clock',
]

const permissionsOn = (hostedZoneId: string): readonly string[] => [
  ...['List', 'Change'].map((verb) => `route53:${verb}ResourceRecordSets arn:aws:route53:::hostedzone/${hostedZoneId}`),
  'route53:GetChange arn:aws:route53:::change/*',
]
const lockPermissions = ['List', 'Create', 'Delete'].map((verb) => `route53:${verb}ResourceRecordSetProtections`)

const supports: DnsZoneSupport = {
  compareAndSwap: 'value and ttl',
  types: recordTypes,
  alias: true,
  weighted: { most: 255, zero: 'not served' },
  ttlSeconds: { least: 0, most: 2_147_483_647 },
  creates: true,
}

/** How long a write waits for the one before it, in milliseconds; Route 53 answers within seconds. */
const patienceMs = 30_000
/** The longest pause between two questions, in `pollMs`. */
const longestPoll = 5

/**
 * A public hosted zone of Amazon Route 53.
 *
 * Every write is one change batch, `DELETE` of exactly what is expected and `CREATE` of what is to be: Route 53 makes both or
 * none, and neither when values or TTL differ. Nothing is retried here; that the SDK may do so harms nothing, since the second
 * attempt of a write that succeeded is a `DNS_CONFLICT`, and the outcome is what is read afterwards.
 *
 * Several sets of one name and type are one record here: weighted ones, also with aliases and health checks, can be edited, all
 * others (latency, geolocation, failover, …) only brought back. Each comes back byte for byte, as it was listed.
 *
 * Needs `route53:ListResourceRecordSets` and `route53:ChangeResourceRecordSets` on the hosted zone, and `route53:GetChange` on
 * `arn:aws:route53:::change/*`; for `locks` the actions for `ResourceRecordSetProtections`.
 *
 * @throws CutoverError `DNS_OPTION_INVALID` at once; the zone's methods as `Route53ErrorCode` says.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
 */
export function route53Zone<Client>(options: Route53ZoneOptions<Client>): DnsZone {
  knownOptions(options, zoneOptions, 'DNS_OPTION_INVALID', 'route53Zone')
  const {
    name,
    trail,
    propagationMs = 60_000,
    lateMs = 60_000,
    pollMs = 1_000,
    clock: queueClock = systemClock,
  } = options
  const client = checkedClient(options.client)
  const id = checkedId(options.hostedZoneId)
  checkMs({ propagationMs, lateMs, pollMs })
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw invalid(`name is ${JSON.stringify(name)}; wanted the zone's name such as example.com`)
  }
  const zone: HostedZone = { client, id }
  const locks = protectionsOf(zone)

  const replaceAll: NonNullable<DnsZone['replaceAll']> = async (edits, { signal, fence } = {}) => {
    const changes = batchOf(edits)
    const changed = changes.at(-1)?.ResourceRecordSet
    if (!changed) return undefined
    const input = { HostedZoneId: id, ChangeBatch: { Changes: [...changes] } }
    const attempt = attemptTo(zone, `change ${changed.Name} ${changed.Type}`, 'route53:ChangeResourceRecordSets')
    return inTurn(zone, { clock: queueClock, patienceMs, signal }, async () => {
      // Directly before the request, in the same turn.
      fence?.()
      const answer = await asked(attempt, signal, () => client.changeResourceRecordSets(input, abortable(signal)))
      return answer.ChangeInfo?.Id === undefined ? undefined : { changeId: answer.ChangeInfo.Id }
    })
  }

  return {
    name: name === undefined ? undefined : plainName(name),
    supports,
    lateMs,
    propagationMs,
    find: (text, type, { signal } = {}) => findRecord(zone, text, type, signal),
    list: ({ signal } = {}) => listRecords(zone, signal),
    replace: (expected, next, how) => replaceAll([{ expected, next }], how),
    replaceAll,
    byHand: commandsOf(id),
    ...(trail && {
      changedBy: (text, type, { clock, signal }) =>
        changedBy(trail, { hostedZoneId: id, name: plainName(text), type, now: clock.now() }, { signal }),
    }),
    permissions: [
      ...permissionsOn(id),
      ...(locks ? lockPermissions : []),
      ...(trail ? ['cloudtrail:LookupEvents'] : []),
    ],
    ...(locks && { locks }),

    // PENDING is waited out however long it lasts, and so is an outage: going on would be wrong. The caller's signal ends it.
    async waitUntilServed(receipt, { since, clock, signal }) {
      const changeId = changeIdOf(receipt)
      const attempt = attemptTo(zone, `ask for change ${changeId}`, 'route53:GetChange')
      const leftMs = (): number => Math.min(propagationMs, since + propagationMs - clock.now())
      if (changeId === undefined) return clock.sleep(leftMs(), { signal })
      for (let ms = pollMs; ;) {
        signal?.throwIfAborted()
        let isBusy = false
        try {
          const answer = await asked(attempt, signal, () => client.getChange({ Id: changeId }, abortable(signal)))
          if (answer.ChangeInfo?.Status === 'INSYNC') return
        } catch (error) {
          // A change that the service has forgotten is long past; one that it never knew is another zone's receipt.
          if (isCutoverError(error, 'DNS_CHANGE_UNKNOWN') && leftMs() <= 0) return
          if (!isCutoverError(error, 'DNS_UNAVAILABLE')) throw error
          isBusy = true
        }
        // GetChange has a bucket of its own, 10 a second for the account: often while it is likely, else less and less.
        ms = leftMs() > 0 && !isBusy ? pollMs : Math.min(ms * 1.25, longestPoll * pollMs)
        await clock.sleep(ms, { signal })
      }
    },
  }
}

function changeIdOf(receipt: unknown): string | undefined {
  if (typeof receipt !== 'object' || receipt === null || !('changeId' in receipt)) return undefined
  return typeof receipt.changeId === 'string' ? receipt.changeId : undefined
}

function checkedClient(client: unknown): Route53Like & object {
  const methods = ['listResourceRecordSets', 'changeResourceRecordSets', 'getChange']
  const given = typeof client === 'object' && client !== null ? (client as Record<string, unknown>) : {}
  const missing = methods.filter((method) => typeof given[method] !== 'function')
  if (missing.length === 0) return client as Route53Like
  throw invalid(`client has no ${missing.join(', ')}; pass new Route53(...): a Route53Client has only send()`)
}

function checkedId(hostedZoneId: unknown): string {
  const id = typeof hostedZoneId === 'string' ? hostedZoneId.replace(/^\/?hostedzone\//, '') : ''
  if (/^[A-Za-z0-9]{1,32}$/.test(id)) return id
  throw invalid(`hostedZoneId is ${JSON.stringify(hostedZoneId)}; wanted a zone's id such as Z0123456789ABCDEFGHIJ`)
}

function checkMs(options: Readonly<Record<string, number>>): void {
  for (const [field, ms] of Object.entries(options)) {
    if (!Number.isFinite(ms) || ms < 0 || (field === 'pollMs' && ms === 0)) {
      throw invalid(`${field} is ${ms}; wanted milliseconds of ${field === 'pollMs' ? 'more than 0' : '0 or more'}`)
    }
  }
}

const invalid = (text: string): CutoverError<'DNS_OPTION_INVALID'> =>
  new CutoverError('DNS_OPTION_INVALID', `route53Zone: ${text}`)
