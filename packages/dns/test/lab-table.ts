/**
 * When real resolvers forgot: seconds from the caching answer to the first new one.
 *
 * Measured in steps of 25 ms on one machine with two cores: BIND 9.18.49 authoritative, over the loopback; Unbound 1.17.1, BIND
 * 9.18.49, dnsmasq 2.90, PowerDNS Recursor 4.8.8, Knot Resolver 5.6.0 (FORWARD), each with what Debian 12 has as defaults and the
 * option named here. A record is asked for once, changed at the authority, and asked for until the new value comes.
 * `integration/lab-vectors.test.ts` measures again, and puts the same questions to the fakes; `CUTOVER_PRINT_VECTORS=1` prints it
 * in this form.
 */
import type { ResolverProfile, ResolverProfileName } from '@cutover/dns/testing'

export interface LabVector {
  readonly resolver: string
  readonly profile: ResolverProfileName | ResolverProfile
  readonly ttlSeconds: number
  /** Where in its second the answer was cached, 0 to 1: makes a flip late or early by up to one second. */
  readonly phase: number
  /** `Infinity`: not while it was watched, for 20 s. */
  readonly flipsAfter: number
}

const never = Number.POSITIVE_INFINITY

/** A first run, whose phases were not written down: they are what the fraction of `flipsAfter` says. */
const first: readonly LabVector[] = [
  ...row('Unbound', 'unbound', [10, 0.35, 10.67], [2, 0.7, 2.3], [1, 0.1, 1.92], [0, 0.5, 0.02]),
  ...row(
    'Unbound, cache-min-ttl 60',
    { like: 'unbound', floorSeconds: 60 },
    [10, 0.35, never],
    [2, 0.35, never],
    [1, 0.35, never],
    [0, 0.35, never],
  ),
  ...row(
    'Unbound, serve-expired',
    'unbound serve-expired',
    [10, 0.32, 10.7],
    [2, 0.69, 2.33],
    [1, 0.08, 1.94],
    [0, 0.5, 0.02],
  ),
  ...row('Unbound, prefetch', 'unbound prefetch', [10, 0.31, 8.71], [2, 0.7, 1.32], [1, 0.08, 0.94], [0, 0.5, 0.02]),
  ...row('BIND', 'bind', [10, 0.3, 7.72], [2, 0.7, 1.3], [1, 0.075, 0.94], [0, 0.5, 0.02]),
  ...row('dnsmasq', 'dnsmasq', [10, 0.35, 9.67], [2, 0.72, 1.3], [1, 0.08, 0.94], [0, 0.5, 0.02]),
  ...row('PowerDNS Recursor', 'pdns', [10, 0.34, 9.68], [2, 0.72, 1.3], [1, 0.1, 0.92], [0, 0.49, 0.53]),
  ...row('Knot Resolver', 'kresd', [10, 0.325, 10.68], [2, 0.725, 5.29], [1, 0.075, 5.94], [0, 0.45, 5.56]),
]

/** Another day, with the phases. */
const second: readonly LabVector[] = [
  ...row(
    'Unbound',
    'unbound',
    [10, 0.596, 10.41],
    [2, 0.112, 2.9],
    [2, 0.044, 2.96],
    [1, 0.719, 1.3],
    [0, 0.375, 0.01],
  ),
  ...row(
    'Unbound, cache-min-ttl 20',
    { like: 'unbound', floorSeconds: 20 },
    [10, 0.084, never],
    [2, 0.362, never],
    [2, 0.292, never],
    [1, 0.65, never],
    [0, 0.001, never],
  ),
  ...row(
    'Unbound, prefetch',
    'unbound prefetch',
    [10, 0.792, 8.26],
    [2, 0.721, 1.32],
    [2, 0.812, 1.23],
    [1, 0.091, 0.95],
    [0, 0.346, 0.01],
  ),
  ...row(
    'Unbound, serve-expired',
    'unbound serve-expired',
    [10, 0.996, 10.04],
    [2, 0.964, 2.07],
    [2, 0.362, 2.68],
    [1, 0.209, 1.84],
    [0, 0.429, 0],
  ),
  ...row('BIND', 'bind', [10, 0.181, 7.86], [2, 0.745, 1.27], [2, 0.158, 1.85], [1, 0.281, 0.74], [0, 0.539, 0.01]),
  ...row('dnsmasq', 'dnsmasq', [10, 0.623, 9.4], [2, 0.479, 1.53], [2, 0.427, 1.58], [1, 0.105, 0.91], [0, 0.638, 0]),
  ...row(
    'PowerDNS Recursor',
    'pdns',
    [10, 0.573, 9.45],
    [2, 0.541, 1.46],
    [2, 0.901, 1.11],
    [1, 0.183, 0.84],
    [0, 0.092, 0.92],
  ),
  ...row(
    'Knot Resolver',
    'kresd',
    [10, 0.113, 10.9],
    [2, 0.661, 5.34],
    [2, 0.682, 5.32],
    [1, 0.994, 5.01],
    [0, 0.862, 5.14],
  ),
]

export const labTable: readonly LabVector[] = [...first, ...second]

/** Another day; 12 s are long enough that BIND would ask again before, if it did so for absences. */
const secondAbsences: readonly LabVector[] = [
  ...row('Unbound', 'unbound', [12, 0.341, 12.76], [7, 0.995, 7.03]),
  ...row('Unbound, cache-min-ttl 20', { like: 'unbound', floorSeconds: 20 }, [7, 0.84, never]),
  ...row('Unbound, prefetch', 'unbound prefetch', [12, 0.821, 10.27], [7, 0.414, 6.63]),
  ...row('Unbound, serve-expired', 'unbound serve-expired', [12, 0.255, 12.92], [7, 0.052, 7.98]),
  ...row('BIND', 'bind', [12, 0.75, 11.31], [7, 0.508, 6.52]),
  ...row('dnsmasq', 'dnsmasq', [12, 0.06, 11.97], [7, 0.619, 6.4]),
  ...row('PowerDNS Recursor', 'pdns', [12, 0.349, 11.68], [7, 0.092, 6.93]),
  ...row('Knot Resolver', 'kresd', [12, 0.061, 12.95], [7, 0.263, 7.76]),
]

/** "No such name", by the minimum in the SOA. */
export const labAbsences: readonly LabVector[] = [
  ...row('Unbound', 'unbound', [7, 0.82, 7.2]),
  ...row('Unbound, serve-expired', 'unbound serve-expired', [7, 0.79, 7.23]),
  ...row('Unbound, prefetch', 'unbound prefetch', [7, 0.8, 6.22]),
  ...row('BIND', 'bind', [7, 0.81, 6.21]),
  ...row('dnsmasq', 'dnsmasq', [7, 0.82, 6.2]),
  ...row('PowerDNS Recursor', 'pdns', [7, 0.81, 6.21]),
  ...row('Knot Resolver', 'kresd', [7, 0.82, 7.2]),
  ...secondAbsences,
]

function row(
  resolver: string,
  profile: LabVector['profile'],
  ...cells: readonly (readonly [ttlSeconds: number, phase: number, flipsAfter: number])[]
): LabVector[] {
  return cells.map(([ttlSeconds, phase, flipsAfter]) => ({ resolver, profile, ttlSeconds, phase, flipsAfter }))
}
