import type { DnsZone } from '../dns-zone.ts'
import type { FenceNote } from './fake-client.ts'

/** The zone, its writes known to be fenced. */
export const fencedZone = (zone: DnsZone, note: FenceNote): DnsZone => ({
  ...zone,
  replace: (expected, next, { fence, ...options } = {}) =>
    zone.replace(expected, next, { ...options, fence: fence && note.noted(fence) }),
})
