import type { DnsZoneSupport } from '../dns-zone.ts'
import { recordTypes } from '../record-kinds.ts'

/** Whose abilities and limits an in-memory zone has. */
export type ZoneProfile = 'route53' | 'azure-dns' | 'rfc2136'

interface Abilities {
  readonly supports: DnsZoneSupport
  /** Can several sets be replaced at once? */
  readonly batch: boolean
  /** Can a record set be locked? */
  readonly locks: boolean
}

const longestTtl = 2_147_483_647

/** As the adapters of this package state them. */
export const zoneProfiles: Readonly<Record<ZoneProfile, Abilities>> = {
  route53: {
    supports: {
      compareAndSwap: 'value and ttl',
      types: recordTypes,
      alias: true,
      weighted: { most: 255, zero: 'not served' },
      ttlSeconds: { least: 0, most: longestTtl },
      creates: true,
    },
    batch: true,
    locks: true,
  },
  'azure-dns': {
    supports: {
      compareAndSwap: 'value and ttl',
      types: recordTypes.filter((type) => type !== 'HTTPS' && type !== 'SVCB'),
      alias: true,
      weighted: false,
      ttlSeconds: { least: 1, most: longestTtl },
      creates: true,
    },
    batch: false,
    locks: false,
  },
  rfc2136: {
    supports: {
      compareAndSwap: 'value and ttl',
      types: recordTypes,
      alias: false,
      weighted: false,
      ttlSeconds: { least: 0, most: longestTtl },
      creates: true,
    },
    batch: true,
    locks: false,
  },
}
