import type { AnyRecordSet } from '../dns-zone.ts'
import { blocker, type Finding, reason, undecided } from './finding.ts'
import { canRead, type Looking } from './looking.ts'

/**
 * Records in which other programs write that a record is theirs: external-dns (`heritage=external-dns,…`, at the name itself or
 * with the type, and a prefix of its own, before the first label), octoDNS (`_owner.<type>.<name>`). They put it back, within a
 * minute or at their next run.
 */
export async function controllerFindings(looking: Looking): Promise<Finding[]> {
  const { zone, name, type, signal } = looking
  const usual = [name, `${type.toLowerCase()}-${name}`, `_owner.${type.toLowerCase()}.${name}`]
  if (!canRead(looking, 'TXT')) {
    return [
      undecided(
        'foreign-controller',
        `this zone cannot be asked for TXT records, in which controllers write`,
        'Look at it.',
      ),
    ]
  }
  const findings: Finding[] = []
  let listed: readonly string[] = []
  try {
    if (zone.list) listed = await namesOfTexts(zone.list({ signal }), name)
  } catch (error) {
    signal.throwIfAborted()
    findings.push(unknown(name, error))
  }
  try {
    const names = [...new Set([...usual, ...listed])]
    const owned = await Promise.all(names.map(async (at) => ownerIn(await looking.find(at, 'TXT'), at)))
    const owners = owned
      .filter((owner) => owner !== undefined)
      .map(({ at, program, text }) =>
        blocker(
          'foreign-controller',
          `${program} says in ${at} TXT that ${name} is its own: it would put the record back`,
          `Pause ${program} for this name, or change the name where it reads it (Ingress, Service, YAML), and then accept: ['foreign-controller'].`,
          { at, text },
        ),
      )
    return [...owners, ...findings]
  } catch (error) {
    signal.throwIfAborted()
    return [unknown(name, error)]
  }
}

const unknown = (name: string, error: unknown): Finding =>
  undecided(
    'foreign-controller',
    `nobody tells whether a controller owns ${name}: ${reason(error)}`,
    'Look at its TXT records.',
  )

/** Of a zone with more records than this, only the usual names are looked at: reading all of them takes a listing's many calls. */
const mostListed = 5_000

/**
 * Names of TXT records that may be a controller's for this name: `<prefix>cname-api.example.com`, `cname-api<suffix>.example.com`. One
 * that is rather for another record, `cname-my-api.example.com` beside a `my-api.example.com`, is not.
 */
async function namesOfTexts(sets: AsyncIterable<{ readonly set: AnyRecordSet }>, name: string): Promise<string[]> {
  const dot = name.indexOf('.')
  const [first, rest] = [name.slice(0, dot), name.slice(dot)]
  const candidates: string[] = []
  const others = new Set<string>()
  let count = 0
  for await (const { set } of sets) {
    count += 1
    if (count > mostListed)
      throw new Error(`the zone has more than ${mostListed} records, so only the usual names were looked at`)
    const isSuffixed = set.name.endsWith(rest) && set.name.startsWith(`${first}-`)
    if (set.type !== 'TXT') others.add(set.name)
    else if (set.name.endsWith(`-${name}`) || set.name.endsWith(`.${name}`) || isSuffixed) candidates.push(set.name)
  }
  return candidates.filter(
    (at) => at.endsWith(`.${name}`) || !others.has(at.replace(/^(?:a|aaaa|cname|ns|mx|srv|txt)-/, '')),
  )
}

function ownerIn(
  set: AnyRecordSet | undefined,
  at: string,
): { readonly at: string; readonly program: string; readonly text: string } | undefined {
  const texts = set !== undefined && set.kind === undefined ? set.values : []
  const heritage = texts.find((text) => text.replace(/^"/, '').startsWith('heritage='))
  if (heritage !== undefined)
    return { at, program: /heritage=([\w-]+)/.exec(heritage)?.[1] ?? 'a controller', text: heritage }
  if (at.startsWith('_owner.') && texts.length > 0) return { at, program: 'octoDNS', text: texts[0] ?? '' }
  return undefined
}
