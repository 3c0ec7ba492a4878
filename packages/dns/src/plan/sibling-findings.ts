import type { RecordType } from '../dns-zone.ts'
import { describeRecordSet } from '../record-set.ts'
import { blocker, type Finding, note, reason, undecided } from './finding.ts'
import { canRead, type Looking } from './looking.ts'

/** What clients may take instead of the record that moves. */
const siblings: Partial<Record<RecordType, readonly RecordType[]>> = {
  A: ['AAAA', 'HTTPS', 'SVCB'],
  AAAA: ['A', 'HTTPS', 'SVCB'],
}

/**
 * Other types at the name that would keep clients on the former side: who speaks IPv6 takes the AAAA, browsers take the
 * addresses that an HTTPS record hints at (RFC 9460 §7.3). Beside a CNAME nothing can stand.
 */
export async function siblingFindings(looking: Looking): Promise<Finding[]> {
  const { name, type } = looking
  return (await Promise.all((siblings[type] ?? []).map((sibling) => lookAt(looking, sibling))))
    .flat()
    .concat(
      (siblings[type] ?? [])
        .filter((sibling) => !canRead(looking, sibling))
        .map((sibling) =>
          undecided(
            'sibling-stays',
            `this zone cannot be asked for ${name} ${sibling}`,
            `Look: dig +norecurse ${name} ${sibling} at one of its name servers`,
          ),
        ),
    )
}

async function lookAt(looking: Looking, sibling: RecordType): Promise<Finding[]> {
  const { name, type, signal } = looking
  if (!canRead(looking, sibling)) return []
  try {
    const found = await looking.find(name, sibling)
    if (!found) return []
    const text = `${name} also has ${describeRecordSet(found)}`
    const isService = sibling === 'HTTPS' || sibling === 'SVCB'
    if (isService && found.kind === undefined && !found.values.some(leadsElsewhere)) {
      return [note('sibling-stays', `${text}, which names no address`)]
    }
    return [
      blocker(
        'sibling-stays',
        `${text}: clients that take it stay on the former side when the ${type} moves`,
        `Repoint or remove the ${sibling} too.`,
        found,
      ),
    ]
  } catch (error) {
    signal.throwIfAborted()
    return [
      undecided(
        'sibling-stays',
        `nobody tells whether ${name} has an ${sibling}: ${reason(error)}`,
        'Look at the zone.',
      ),
    ]
  }
}

/** `1 . alpn="h2"` names nothing but the name itself. */
const leadsElsewhere = (value: string): boolean => /ipv[46]hint=/i.test(value) || value.split(/\s+/)[1] !== '.'
