import { CutoverError, isCutoverError, sameJson } from '@cutover/core'

import type { AliasRecordSet, AnyRecordSet, Found, OpaqueRecordSet, RecordSet, RecordType } from '../dns-zone.ts'
import { recordTypes } from '../record-kinds.ts'
import { describeRecordSet, sameValues } from '../record-set.ts'
import { recordValues } from '../record-values.ts'
import type { AzureRecordSet } from './azure-dns-like.ts'
import { type AzureRecords, recordsOf, valuesOf } from './record-data.ts'

/** Of an alias that says none, though Azure DNS wants one. */
const aliasTtlSeconds = 60

/** What the service tells of a set, but neither keeps nor takes. */
type Told = 'id' | 'name' | 'type' | 'etag' | 'fqdn' | 'provisioningState'

/** A set of Azure DNS as the port has it; the token is its etag. What a verb cannot edit is opaque, and comes back as it was. */
export function foundOf(listed: AzureRecordSet & { readonly id?: string }, name: string, type: string): Found {
  const { id: _id, name: _name, type: _type, etag, fqdn: _fqdn, provisioningState: _state, ...kept } = listed
  return { set: setOf(kept, name, type), token: { etag } }
}

function setOf(kept: Omit<AzureRecordSet, Told>, name: string, type: string): AnyRecordSet {
  const { ttl: ttlSeconds, metadata, targetResource, ...records } = kept
  const opaque = (what: string): OpaqueRecordSet => ({ kind: 'opaque', name, type, what, extra: asJson(kept) })
  if (!isPortType(type)) return opaque(type === 'SOA' ? "the zone's own SOA" : `a record of type ${type}`)
  if (ttlSeconds === undefined) return opaque('a record without a TTL')
  const extra = metadata && Object.keys(metadata).length > 0 ? { extra: { metadata } } : {}
  if (targetResource?.id !== undefined) {
    return { kind: 'alias', name, type, alias: { target: targetResource.id }, ttlSeconds, ...extra }
  }
  try {
    const raw = valuesOf(records, type)
    if (raw.length === 0) return opaque('a record set without records')
    const values = recordValues(name, type, raw)
    const own = asJson(records)
    const spelling = sameJson(own, recordsOf(values, type)) ? {} : { spelling: own }
    return { name, type, ttlSeconds, values, ...spelling, ...extra }
  } catch (error) {
    if (isCutoverError(error)) return opaque(`more than this version reads (${error.message})`)
    throw error
  }
}

/** A set of the port as Azure DNS takes it: all of it, since a PUT replaces all. @throws CutoverError `DNS_CHANGE_REJECTED` */
export function azureOf(set: AnyRecordSet): AzureRecordSet {
  switch (set.kind) {
    case 'opaque':
      return set.extra as AzureRecordSet
    case 'alias':
      return aliasOf(set)
    case 'weighted':
      throw new CutoverError(
        'DNS_CHANGE_REJECTED',
        `${set.name} is to be ${describeRecordSet(set)}, and Azure DNS has no weights; nothing was written`,
        { next: 'Point the name at a Traffic Manager profile, and shift that: trafficManagerProfile({ … })' },
      )
    case undefined: {
      const values = recordValues(set.name, set.type, set.values)
      const records = spelledAs(set, values) ?? recordsOf(values, set.type)
      if (records) return { ttl: set.ttlSeconds, ...metadataOf(set), ...records }
      throw new CutoverError('DNS_CHANGE_REJECTED', `Azure DNS has no records of type ${set.type}; nothing was written`)
    }
  }
}

function aliasOf(set: AliasRecordSet): AzureRecordSet {
  const { name, ttlSeconds: ttl = aliasTtlSeconds, alias } = set
  if (alias.extra === undefined) return { ttl, ...metadataOf(set), targetResource: { id: alias.target } }
  const message = `the alias ${name} has a target of another provider; wanted the id of an Azure resource`
  throw new CutoverError('DNS_CHANGE_REJECTED', message)
}

/** The records as Azure had them, as long as they say what the values say. */
function spelledAs({ name, type, spelling }: RecordSet, values: readonly string[]): AzureRecords | undefined {
  if (typeof spelling !== 'object' || spelling === null) return undefined
  const records = spelling as AzureRecords
  const raw = valuesOf(records, type)
  return raw.length > 0 && sameValues(recordValues(name, type, raw), values) ? records : undefined
}

function metadataOf({ extra }: { readonly extra?: unknown }): Pick<AzureRecordSet, 'metadata'> {
  const { metadata } = (extra ?? {}) as Pick<AzureRecordSet, 'metadata'>
  return metadata === undefined ? {} : { metadata }
}

const isPortType = (type: string): type is RecordType => recordTypes.some((known) => known === type)

/** Without what is `undefined`. */
const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
