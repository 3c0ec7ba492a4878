import { type Clock, knownOptions, systemClock } from '@cutover/core'
import type { ConformanceCase } from '@cutover/core/testing'

import type { AliasTarget, DnsZone, RecordType } from '../../dns-zone.ts'
import { refuseOption } from '../../option-error.ts'
import { callCases } from './call-cases.ts'
import { editCases } from './edit-cases.ts'
import { kindCases } from './kind-cases.ts'
import { severalCases } from './several-cases.ts'
import { valueCases } from './value-cases.ts'
import { weightedCases } from './weighted-cases.ts'
import { type AddCase, equal, zoneTrial } from './zone-trial.ts'

export interface DnsZoneConformanceOptions {
  /** A zone without records of its own but SOA and NS; asked for by every case. One that creates no records has its weighted one. */
  readonly emptyZone: () => DnsZone | Promise<DnsZone>
  /** Every case writes only below this name of the zone, each at names of its own. */
  readonly suffix: string
  /** The record of a zone that creates none, as Traffic Manager: of two answers or more, all with a weight of 1 or more. */
  readonly weighted?: { readonly name: string; readonly type: RecordType } | undefined
  /** Something that an alias of type A of this zone can stand for. @default none: aliases are not tried */
  readonly aliasOf?: AliasTarget | undefined
  /** For waits. @default systemClock */
  readonly clock?: Clock | undefined
}

const conformanceOptions: readonly (keyof DnsZoneConformanceOptions)[] = [
  'emptyZone',
  'suffix',
  'weighted',
  'aliasOf',
  'clock',
]

const createsRecords = ({ supports }: DnsZone): boolean => supports.creates

/** Holds a zone to the port and to what it says that it supports, whatever it is made of; needs no virtual time. A case that the zone does not support passes. */
export function dnsZoneConformance(options: DnsZoneConformanceOptions): readonly ConformanceCase[] {
  knownOptions(options, conformanceOptions, 'DNS_OPTION_INVALID', 'dnsZoneConformance')
  const { emptyZone, suffix, weighted, aliasOf, clock = systemClock } = options
  const cases: ConformanceCase[] = []
  const add: AddCase = (title, run, { wants = createsRecords } = {}) => {
    const own = `case-${cases.length + 1}.${suffix}`
    cases.push({
      name: title,
      async run() {
        const zone = await emptyZone()
        if (!zone.supports.creates && !weighted)
          refuseOption('weighted', weighted, 'the record of a zone that creates none')
        if (wants(zone)) await run(zoneTrial(zone, own, clock))
      },
    })
  }

  add(
    'states its name, its bounds and what it compares',
    async ({ zone }) => {
      const { name: own = suffix } = zone
      equal(own, own.toLowerCase().replace(/\.$/, ''), 'name, in lower case and without the last dot')
      equal(suffix === own || suffix.endsWith(`.${own}`), true, 'suffix inside the zone')
      equal([zone.lateMs >= 0, zone.propagationMs >= 0], [true, true], 'bounds of 0 ms or more')
      equal(zone.supports.types.length > 0, true, 'types that it can write')
      equal(zone.supports.ttlSeconds.least <= zone.supports.ttlSeconds.most, true, 'bounds of TTLs')
    },
    { wants: () => true },
  )
  editCases(add)
  valueCases(add)
  kindCases(add, { aliasOf })
  weightedCases(add, { weighted })
  severalCases(add)
  callCases(add)
  return cases
}
