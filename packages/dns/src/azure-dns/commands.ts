import type { AnyRecordSet, ZoneCommands } from '../dns-zone.ts'
import { azRest } from './az-rest.ts'
import type { AzureRecordSet } from './azure-dns-like.ts'
import { azureOf } from './record-set.ts'
import { relativeName } from './relative-name.ts'

/** What the API spells otherwise than the SDK. */
const wireNames: Readonly<Partial<Record<keyof AzureRecordSet, string>>> = {
  ttl: 'TTL',
  aRecords: 'ARecords',
  aaaaRecords: 'AAAARecords',
  cnameRecord: 'CNAMERecord',
  mxRecords: 'MXRecords',
  nsRecords: 'NSRecords',
  ptrRecords: 'PTRRecords',
  soaRecord: 'SOARecord',
  srvRecords: 'SRVRecords',
  txtRecords: 'TXTRecords',
}

/** The same requests by hand: they create only what is not there, and replace or delete only what is. */
export function commandsOf(resourceGroup: string, zone: string): ZoneCommands {
  const at = (name: string, type: string): Parameters<typeof azRest>[1] => ({
    resourceGroup,
    resource: `dnsZones/${zone}/${type}/${relativeName(name, zone)}`,
    apiVersion: '2018-05-01',
  })
  const command = (from: AnyRecordSet | undefined, to: AnyRecordSet | undefined): readonly string[] => {
    if (to === undefined)
      return from === undefined ? [] : [azRest('delete', at(from.name, from.type), { header: 'If-Match=*' })]
    const header = from === undefined ? 'If-None-Match=*' : 'If-Match=*'
    return [azRest('put', at(to.name, to.type), { header, body: { properties: onWire(azureOf(to)) } })]
  }
  return {
    replace: (edits) => edits.flatMap(({ from, to }) => command(from, to)),
    look: (name, type) => azRest('get', at(name, type)),
  }
}

const onWire = (set: AzureRecordSet): object =>
  Object.fromEntries(Object.entries(set).map(([key, value]) => [wireNames[key as keyof AzureRecordSet] ?? key, value]))
