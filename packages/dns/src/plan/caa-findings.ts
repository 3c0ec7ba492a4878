import type { AnyRecordSet } from '../dns-zone.ts'
import { recordData } from '../record-data.ts'
import { blocker, type Finding, note, reason, undecided } from './finding.ts'
import { canRead, type Looking, parentOf } from './looking.ts'
import { noNameServers } from './not-looked.ts'
import { walk } from './walk.ts'

/**
 * Who may issue certificates for the name, once it points there: the first CAA set of its target (an authority follows the
 * CNAME), then of the name and of each name above (RFC 8659 §3).
 */
export async function caaFindings(
  looking: Looking,
  { authority }: { readonly authority: string | undefined },
): Promise<Finding[]> {
  const { name, type, to, signal } = looking
  const places = [...(type === 'CNAME' ? to : [name]), ...above(name)]
  for (const place of places) {
    if (!looking.nameServers && !isOurs(looking, place)) {
      const code = authority === undefined ? 'caa-restricts' : 'caa-forbids'
      return [noNameServers({ [code]: `who may issue certificates for ${name}` })]
    }
    let issuers: readonly string[] | 'anybody' | undefined
    try {
      issuers = await issuersAt(looking, place, name.startsWith('*.'))
    } catch (error) {
      signal.throwIfAborted()
      return [
        undecided(
          authority === undefined ? 'caa-restricts' : 'caa-forbids',
          `nobody tells who may issue certificates for ${name}: the CAA of ${place} could not be looked at: ${reason(error)}`,
          `Look: dig +trace ${place} CAA`,
        ),
      ]
    }
    if (issuers === undefined) continue
    if (issuers === 'anybody') return []
    const allowed = issuers.length === 0 ? 'nobody' : issuers.join(', ')
    if (authority === undefined) {
      return [
        note(
          'caa-restricts',
          `by the CAA of ${place}, certificates for ${name} may be issued by ${allowed} alone`,
          '',
          { place, issuers },
        ),
      ]
    }
    if (issuers.includes(authority.toLowerCase())) return []
    return [
      blocker(
        'caa-forbids',
        `by the CAA of ${place}, ${authority} may not issue a certificate for ${name}: only ${allowed}`,
        `Add to ${place}: CAA 0 issue "${authority}"`,
        { place, issuers },
      ),
    ]
  }
  return []
}

function above(name: string): string[] {
  const names: string[] = []
  for (let at = parentOf(name); at !== undefined && at !== ''; at = parentOf(at)) names.push(at)
  return names
}

/** `undefined`: no CAA there, so the next name above decides. */
async function issuersAt(
  looking: Looking,
  place: string,
  wildcard: boolean,
): Promise<readonly string[] | 'anybody' | undefined> {
  const { nameServers, signal } = looking
  if (isOurs(looking, place) || !nameServers) return issuersOf(valuesOf(await looking.find(place, 'CAA')), wildcard)
  const { reply } = await walk(nameServers, place, 'CAA', { signal })
  return issuersOf(
    reply.answers.filter((record) => record.type === 'CAA').map(({ value }) => value),
    wildcard,
  )
}

/** Can the zone itself be asked? */
const isOurs = (looking: Looking, place: string): boolean => {
  const { name } = looking.zone
  return name !== undefined && (place === name || place.endsWith(`.${name}`)) && canRead(looking, 'CAA')
}

const valuesOf = (set: AnyRecordSet | undefined): readonly string[] =>
  set !== undefined && set.kind === undefined ? set.values : []

/** `issuewild`, where there is one, decides for wildcards alone; a set without `issue` restricts nobody, and ends the climb (RFC 8659 §4). */
function issuersOf(values: readonly string[], wildcard: boolean): readonly string[] | 'anybody' | undefined {
  if (values.length === 0) return undefined
  const all = values.map((value) => recordData('CAA', value))
  const wild = wildcard ? all.filter(({ tag }) => tag.toLowerCase() === 'issuewild') : []
  const asked = wild.length > 0 ? wild : all.filter(({ tag }) => tag.toLowerCase() === 'issue')
  if (asked.length === 0) return 'anybody'
  return asked.map(({ value }) => (value.split(';')[0] ?? '').trim().toLowerCase()).filter((issuer) => issuer !== '')
}
