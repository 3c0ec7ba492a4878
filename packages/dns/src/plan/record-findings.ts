import { isCutoverError } from '@cutover/core'

import type { AnyRecordSet } from '../dns-zone.ts'
import { describeRecordSet } from '../record-set.ts'
import { intendedValues } from '../record-values.ts'
import { shadowedWildcard } from '../wildcard.ts'
import type { WeightedStep } from './blast-radius.ts'
import { blocker, type Finding, note, reason, undecided } from './finding.ts'
import type { Looking } from './looking.ts'
import { weightFindings } from './weight-findings.ts'

/** Is there a record that can be pointed there? */
export async function recordFindings(
  looking: Looking,
  { step }: { readonly step: WeightedStep | undefined },
): Promise<Finding[]> {
  const { zone, name, type, found } = looking
  const findings = [...(await absence(looking)), ...typeFindings(looking), ...(await lockFindings(looking))]
  if (found && found.kind !== undefined && !(step && found.kind === 'weighted')) findings.push(kindFinding(found))
  if (step) findings.push(...weightFindings(looking, step))
  if (zone.supports.compareAndSwap === 'none') {
    findings.push(
      note(
        'not-compared',
        `the provider of ${name} ${type} compares nothing before it writes: an edit within a round trip is lost`,
      ),
    )
  }
  return findings
}

async function absence(looking: Looking): Promise<Finding[]> {
  const { zone, name, found, signal } = looking
  if (found) return []
  try {
    const shadowed = await shadowedWildcard(zone, name, signal)
    if (shadowed === undefined) return [notFound(looking)]
    return [
      blocker(
        'wildcard-shadowed',
        `${name} has no record of its own: ${shadowed.wildcard} answers for it, and a record at or below ${shadowed.loses}, such as asuid.${name} TXT, would take that answer away`,
        `First give ${shadowed.loses} records of its own that answer what ${shadowed.wildcard} does, then repoint those.`,
        shadowed,
      ),
    ]
  } catch (error) {
    return [
      notFound(looking),
      undecided(
        'wildcard-shadowed',
        `nobody can tell whether a wildcard answers for ${name}: ${reason(error)}`,
        'Look at the zone.',
      ),
    ]
  }
}

function notFound({ zone, name, type }: Looking): Finding {
  const create = 'Create it first: createRecord(record, …).'
  const fix =
    type === 'CNAME' && zone.supports.weighted !== false && zone.supports.creates
      ? `If the name has an A or AAAA, also as an alias: toWeighted(record, …) puts CNAMEs in their place; then plan the first step. Else: ${create}`
      : create
  return blocker('record-not-found', `${name} has no ${type} record`, fix)
}

/** A name cannot stand in an A, nor an address in a CNAME, nor two names in it. */
function typeFindings({ zone, name, type, to, found }: Looking): Finding[] {
  try {
    intendedValues(name, type, to, 'to')
    return []
  } catch (error) {
    if (!isCutoverError(error)) throw error
    const apex = name === zone.name
    const other = type === 'CNAME' ? 'A' : 'CNAME'
    const fix = apex
      ? 'At the apex a CNAME cannot stand: take an alias (Front Door, Traffic Manager at Azure DNS), or the addresses.'
      : found?.kind === 'alias'
        ? `First: toWeighted(record, …), which replaces the alias by weighted CNAMEs in one batch; an alias and a name elsewhere cannot share a set.`
        : zone.replaceAll
          ? `Replace the ${type} by a ${other} in one batch; as two writes there would be a moment without an answer.`
          : `This provider changes no type at once: keep a ${type}, or give another name the ${other} and move clients there.`
    return [blocker('types-cannot-mix', `${name} ${type} cannot answer ${to.join(', ')}: ${error.message}`, fix)]
  }
}

function kindFinding(found: Exclude<AnyRecordSet, { readonly kind?: undefined }>): Finding {
  const text = `${found.name} is ${describeRecordSet(found)}`
  switch (found.kind) {
    case 'alias':
      return note('record-kind', text, 'Say which TTL the new record is to have: repoint(record, { to, ttlSeconds })')
    case 'weighted':
      return blocker('record-kind', text, 'Move it by its weights: shift(record, { to, percent })')
    case 'opaque':
      return blocker('record-kind', text, 'Replace it by a plain record first, or move another name.')
  }
}

async function lockFindings({ zone, name, type, found, signal }: Looking): Promise<Finding[]> {
  if (!zone.locks || !found) return []
  try {
    const why = await zone.locks.find(name, type, { signal })
    if (why === undefined) return []
    return [
      blocker(
        'record-locked',
        `${name} ${type} is locked at its provider: ${why}`,
        'Unlock it first, where it was locked.',
      ),
    ]
  } catch (error) {
    signal.throwIfAborted()
    return [
      undecided(
        'record-locked',
        `nobody tells whether ${name} ${type} is locked: ${reason(error)}`,
        'Look at the provider.',
      ),
    ]
  }
}
