import { type Clock, CutoverError, knownOptions, systemClock } from '@cutover/core'

import { dnsName } from '../dns-name.ts'
import type { DnsZone, Found } from '../dns-zone.ts'
import { describeRecordSet, sameRecordSet } from '../record-set.ts'
import { commandsOf } from './commands.ts'
import { mostWeight, profileEdit } from './endpoint-edits.ts'
import { untilAnotherIsOnline, untilOnline } from './online.ts'
import { profileCalls } from './profile-calls.ts'
import { recordOf } from './profile-record.ts'
import type { TrafficManagerLike } from './traffic-manager-like.ts'

export interface TrafficManagerProfileOptions {
  /** `new TrafficManagerManagementClient(...)` of `@azure/arm-trafficmanager`; with `retryOptions: { maxRetries: 0 }`. */
  readonly client: TrafficManagerLike
  readonly resourceGroup: string
  /** The profile's name as a resource, which may differ from the first label of its DNS name. */
  readonly profile: string
  /** What profiles are below: `trafficmanager.cn` in China, `usgovtrafficmanager.net` for the US government. @default 'trafficmanager.net' */
  readonly domain?: string | undefined
  /** How long a write takes to reach every name server, in milliseconds. Microsoft states no bound. @default 60_000 */
  readonly propagationMs?: number | undefined
  /** How long an unanswered request may still take effect, in milliseconds. Resource Manager answers within 60 s. @default 60_000 */
  readonly lateMs?: number | undefined
  /**
   * How long a write that enables one endpoint and disables another waits in between for the former to be `Online`, in
   * milliseconds. A first probe comes within the profile's interval, 30 s or 10 s, and takes up to 10 s.
   *
   * @default 90_000
   */
  readonly onlineWithinMs?: number | undefined
  /** How often it is asked whether an endpoint is `Online`, in milliseconds. @default 5_000 */
  readonly pollMs?: number | undefined
  /** Only for that wait; a test passes its world's. @default systemClock */
  readonly clock?: Clock | undefined
}

const profileOptions: readonly (keyof TrafficManagerProfileOptions)[] = [
  'client',
  'resourceGroup',
  'profile',
  'domain',
  'propagationMs',
  'lateMs',
  'onlineWithinMs',
  'pollMs',
  'clock',
]

/**
 * An Azure Traffic Manager profile that is routed by weight: a zone with one weighted record, `orders.trafficmanager.net`, whose
 * members are its endpoints. Weight 0 is a disabled endpoint; the weight that it has in spite of that comes back.
 *
 * A write is one PATCH for each endpoint that changes, or one of the profile for its TTL: first what is enabled, then weights,
 * at last what is disabled, and this only while another is `Online`; the last one never. The service has no etag and no batch:
 * the profile is read before and after, an edit in between is overwritten unseen (`compareAndSwap: 'none'`), and a write that
 * broke off stands halfway.
 *
 * Needs `Microsoft.Network/trafficManagerProfiles/read`, `…/write` for the TTL, and `…/<type>Endpoints/write`.
 *
 * @throws CutoverError `DNS_OPTION_INVALID`, `DNS_NAME_INVALID` at once; the zone's methods as `ArmErrorCode` says, and `DNS_NOT_SAFE_YET`.
 * @see https://learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring#endpoint-and-profile-status
 */
export function trafficManagerProfile(options: TrafficManagerProfileOptions): DnsZone {
  knownOptions(options, profileOptions, 'DNS_OPTION_INVALID', 'trafficManagerProfile')
  const { resourceGroup: group, profile: profileName, clock: ownClock = systemClock } = options
  const { propagationMs = 60_000, lateMs = 60_000, onlineWithinMs = 90_000, pollMs = 5_000 } = options
  const client = checkedClient(options.client)
  const domain = dnsName(options.domain ?? 'trafficmanager.net', 'domain')
  for (const [field, text] of Object.entries({ resourceGroup: group, profile: profileName })) {
    if (typeof text !== 'string' || text === '') throw invalid(`${field} is ${JSON.stringify(text)}; wanted its name`)
  }
  for (const [field, ms] of Object.entries({ propagationMs, lateMs, onlineWithinMs, pollMs })) {
    if (!Number.isFinite(ms) || ms < 0 || (field === 'pollMs' && ms === 0)) {
      throw invalid(`${field} is ${ms}; wanted milliseconds of ${field === 'pollMs' ? 'more than 0' : '0 or more'}`)
    }
  }
  const calls = profileCalls(client, group, profileName)
  const recordNow = async (signal: AbortSignal | undefined): Promise<Found | undefined> =>
    recordOf(await calls.read({ signal }))

  return {
    name: domain,
    supports: {
      compareAndSwap: 'none',
      types: ['CNAME', 'A', 'AAAA'],
      alias: false,
      weighted: { most: mostWeight, zero: 'disabled' },
      ttlSeconds: { least: 0, most: 2_147_483_647 },
      creates: false,
    },
    lateMs,
    propagationMs,
    byHand: commandsOf(group, profileName),
    permissions: ['read', 'write', '*/write'].map((action) => `Microsoft.Network/trafficManagerProfiles/${action}`),

    async find(name, type, { signal } = {}) {
      const wanted = dnsName(name)
      const found = await recordNow(signal)
      return found?.set.name === wanted && found.set.type === type ? found : undefined
    },

    async *list({ signal } = {}) {
      const found = await recordNow(signal)
      if (found) yield found
    },

    async replace(expected, next, how = {}) {
      const { signal } = how
      const profile = await calls.read({ signal })
      const found = recordOf(profile)
      if (!expected || !found || !sameRecordSet(found.set, expected.set)) throw conflict(profileName, expected, found)
      if (profile.profileStatus !== 'Enabled') {
        throw new CutoverError(
          'DNS_CHANGE_REJECTED',
          `Traffic Manager profile ${profileName} is disabled and answers NXDOMAIN; nothing was written`,
        )
      }
      const { keep, ttlSeconds: ttl, enable, weigh, disable } = profileEdit(found.set, next)
      if (ttl === undefined && [keep, enable, weigh, disable].every((edits) => edits.length === 0)) return undefined
      const canDoWithout = (): Promise<void> => {
        const polling = { read: calls.read, clock: ownClock, pollMs, signal }
        return untilAnotherIsOnline(disable, { ...polling, withinMs: onlineWithinMs, profile: profileName })
      }
      // What nobody compares is written first: whoever finds the rest in place finds this in place, too.
      await calls.change(profile, keep, how)
      if (ttl !== undefined) await calls.setTtl(profile, ttl, how)
      if (disable.length > 0 && enable.length === 0) await canDoWithout()
      await calls.change(profile, [...enable, ...weigh], how)
      if (disable.length > 0 && enable.length > 0) await canDoWithout()
      await calls.change(profile, disable, how)
      const after = await recordNow(signal)
      if (!sameRecordSet(after?.set, next)) throw conflict(profileName, next && { set: next }, after)
      return { enabled: enable.map(({ id }) => id) }
    },

    async waitUntilServed(receipt, { since, clock, signal }) {
      signal?.throwIfAborted()
      await clock.sleep(Math.min(propagationMs, since + propagationMs - clock.now()), { signal })
      await untilOnline(enabledIn(receipt), { read: calls.read, clock, pollMs, signal })
    },
  }
}

const conflict = (profile: string, expected: Found | undefined, found: Found | undefined): CutoverError =>
  new CutoverError(
    'DNS_CONFLICT',
    `Traffic Manager profile ${profile} is not as expected: wanted ${describeRecordSet(expected?.set)}, found ${describeRecordSet(found?.set)}`,
  )

function enabledIn(receipt: unknown): readonly string[] | undefined {
  if (typeof receipt !== 'object' || receipt === null || !('enabled' in receipt)) return undefined
  return Array.isArray(receipt.enabled) ? (receipt.enabled as readonly string[]) : undefined
}

function checkedClient(client: TrafficManagerLike): TrafficManagerLike {
  const given = ((client as unknown) ?? {}) as Partial<Record<string, Record<string, unknown>>>
  const missing = ['profiles.get', 'profiles.update', 'endpoints.update'].filter((path) => {
    const [group = '', method = ''] = path.split('.')
    return typeof given[group]?.[method] !== 'function'
  })
  if (missing.length === 0) return client
  throw invalid(`client has no ${missing.join(', ')}; pass new TrafficManagerManagementClient(...)`)
}

const invalid = (text: string): CutoverError<'DNS_OPTION_INVALID'> =>
  new CutoverError('DNS_OPTION_INVALID', `trafficManagerProfile: ${text}`)
