import { fakeWorld } from '@cutover/core/testing'
import { type AnyRecordSet, type DnsZone, type Found, isCutoverError, type RecordType } from '@cutover/dns'
import { dnsZoneConformance, inMemoryZone, type InMemoryZone } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

/** A zone that breaks the port in one way, and the case that notices. */
const broken: Readonly<Record<string, readonly [(zone: InMemoryZone) => Partial<DnsZone>, noticed: string]>> = {
  'writes whatever is there': [
    (zone) => ({
      replace: async (expected, next, options) =>
        zone.replace(await present(zone, next ?? expected?.set), next, options),
    }),
    'does not replace what has another value by now',
  ],
  'compares values alone, and says it compares TTLs': [
    (zone) => ({
      async replace(expected, next, options) {
        const found = await present(zone, expected?.set)
        const isSame = valuesOf(found?.set) === valuesOf(expected?.set)
        return zone.replace(isSame ? found : expected, next, options)
      },
    }),
    'does not replace what has another TTL by now, if it compares TTLs',
  ],
  'deletes, and then creates': [
    (zone) => ({
      async replace(expected, next, options) {
        if (expected) await zone.replace(await present(zone, expected.set), undefined, options)
        return zone.replace(undefined, next, options)
      },
    }),
    'does not replace what has another value by now',
  ],
  'answers the next name in the order of the zone': [
    (zone) => ({
      async find(name, type, options) {
        const after = zone.records.find((set) => set.type === type && set.name >= name.toLowerCase().replace(/\.$/, ''))
        return (await zone.find(name, type, options)) ?? (after && { set: after })
      },
    }),
    'finds nothing at a name that is absent, though others come before and after it',
  ],
  'ignores the fence': [
    (zone) => ({ replace: (expected, next, { signal } = {}) => zone.replace(expected, next, { signal }) }),
    'writes nothing when the fence throws',
  ],
  'calls the fence after the write': [
    (zone) => ({
      async replace(expected, next, { signal, fence } = {}) {
        const receipt = await zone.replace(expected, next, { signal })
        fence?.()
        return receipt
      },
    }),
    'writes nothing when the fence throws',
  ],
  'ignores the signal when it writes': [
    (zone) => ({ replace: (expected, next, { fence } = {}) => zone.replace(expected, next, { fence }) }),
    "rejects with the signal's reason when it is aborted, and does nothing",
  ],
  'ignores the signal when it waits': [
    (zone) => ({ waitUntilServed: (receipt, { since, clock }) => zone.waitUntilServed(receipt, { since, clock }) }),
    "rejects with the signal's reason when it is aborted, and does nothing",
  ],
  'ignores silently what cannot be': [
    (zone) => ({
      replace: (...call) =>
        zone.replace(...call).catch((error: unknown) => {
          if (!isCutoverError(error, 'DNS_CHANGE_REJECTED')) throw error
        }),
    }),
    'says so when a CNAME cannot stand beside another type',
  ],
  'removes the other types at the name': [
    (zone) => ({
      async replace(expected, next, options) {
        const receipt = await zone.replace(expected, next, options)
        if (expected?.set.type === 'A') zone.removeBehind(expected.set.name, 'TXT')
        return receipt
      },
    }),
    'leaves the other types at the name alone',
  ],
  'answers a receipt that does not survive a journal': [
    (zone) => ({ replace: async (...call) => ({ receipt: await zone.replace(...call), at: new Map([[1, 1]]) }) }),
    'finds and receipts survive a journal',
  ],
  'says another code for a conflict': [
    (zone) => ({
      replace: (...call) =>
        zone.replace(...call).catch(() => {
          throw new Error('InvalidChangeBatch')
        }),
    }),
    'does not create what is there',
  ],
}

for (const [what, [breakIt, noticed]] of Object.entries(broken)) {
  test(`dnsZoneConformance notices a zone that ${what}`, async () => {
    const world = fakeWorld()
    const cases = dnsZoneConformance({
      emptyZone() {
        const zone = inMemoryZone(world)
        return { ...zone, ...breakIt(zone) }
      },
      suffix: 'suite.example.com',
      clock: world.clock,
    })

    const failed = await Promise.all(
      cases.map(({ name, run }) =>
        run().then(
          () => [],
          () => [name],
        ),
      ),
    )

    expect(failed.flat()).toContain(noticed)
  })
}

const present = async (zone: DnsZone, set: Found['set'] | undefined): Promise<Found | undefined> =>
  set && zone.find(set.name, set.type as RecordType)

const valuesOf = (set: AnyRecordSet | undefined): string | undefined =>
  set?.kind === undefined ? set?.values.join() : undefined
