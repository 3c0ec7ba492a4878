import { type Check, defineCheck, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { sameDigest } from './digest.ts'

/** Configuration as one JSON document, however deep. */
export interface ConfigurationSource {
  /** For people: `orders-westeurope`. */
  readonly name: string
  configuration(options?: { readonly signal?: AbortSignal | undefined }): Promise<unknown>
}

export interface StandbyAlignedOptions {
  /** What differs on purpose, by path, and why: `{ 'settings.REGION': 'its own region' }`. `*` stands for one name. @default none */
  readonly differ?: Readonly<Record<string, string>> | undefined
  /** @default made of both names */
  readonly id?: string | undefined
}

/** One place in the document, without what stands there. */
export interface AlignmentRow {
  /** `settings.QUEUE`, `functions.accept.isDisabled`. */
  readonly path: string
  readonly found: 'different' | 'missing' | 'extra' | 'differs-on-purpose'
  readonly because?: string | undefined
}

export interface StandbyAlignedEvidence {
  /** Only what is not the same. */
  readonly rows: readonly AlignmentRow[]
  readonly same: number
  /** Entries of `differ` whose places are the same, or are not there: the reason no longer holds. */
  readonly unused: readonly string[]
}

/**
 * A check that the configuration of a standby is that of its primary: every value, compared by SHA-256 and never shown.
 *
 * Fails for what is missing, too much or different and not named in `differ`. Undecided when the primary has no configuration.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when it is made.
 */
export function standbyAligned(
  primary: ConfigurationSource,
  standby: ConfigurationSource,
  options: StandbyAlignedOptions = {},
): Check<StandbyAlignedEvidence> {
  for (const [field, side] of Object.entries({ primary, standby })) {
    if (typeof (side as Partial<ConfigurationSource> | undefined)?.configuration !== 'function')
      refuseOption(field, side, 'a configuration, such as functionAppConfiguration(…)')
  }
  knownOptions(options, ['differ', 'id'], 'HEALTH_OPTIONS_INVALID', 'standbyAligned')
  const { differ = {}, id = `health:standby:${primary.name}:${standby.name}` } = options
  for (const [path, because] of Object.entries(differ)) {
    if (typeof because !== 'string' || because.trim() === '') refuseOption(`differ.${path}`, because, 'a reason')
  }

  return defineCheck<StandbyAlignedEvidence>({
    id,
    title: `${standby.name} is configured as ${primary.name}`,
    async run({ signal }) {
      const [one, other] = await Promise.all([primary.configuration({ signal }), standby.configuration({ signal })])
      const [wanted, found] = [leaves(one), leaves(other)]
      const rows: AlignmentRow[] = []
      const used = new Set<string>()
      let same = 0
      for (const path of new Set([...wanted.keys(), ...found.keys()])) {
        const kind = await kindOf(wanted.get(path), found.get(path))
        if (kind === 'same') {
          same += 1
          continue
        }
        const reason = Object.entries(differ).find(([pattern]) => fits(path, pattern))
        if (reason) used.add(reason[0])
        rows.push(reason ? { path, found: 'differs-on-purpose', because: reason[1] } : { path, found: kind })
      }
      const unused = Object.keys(differ).filter((pattern) => !used.has(pattern))
      const evidence = { rows, same, unused }
      const bad = rows.filter((row) => row.found !== 'differs-on-purpose')
      if (wanted.size === 0) return { status: 'undecided', text: `${primary.name} has no configuration`, evidence }
      if (bad.length > 0) {
        const text = bad.map(({ path, found: what }) => `${path} is ${what}`).join('; ')
        return { status: 'fail', text: `${standby.name}: ${text}`, evidence }
      }
      return { status: 'pass', text: `${same} values of ${standby.name} are those of ${primary.name}`, evidence }
    },
  })
}

async function kindOf(
  wanted: string | undefined,
  found: string | undefined,
): Promise<'same' | 'different' | 'missing' | 'extra'> {
  if (found === undefined) return 'missing'
  if (wanted === undefined) return 'extra'
  return (await sameDigest(wanted, found)) ? 'same' : 'different'
}

/** Every value that is no object, as JSON, by its path. An empty object or list is a value. */
function leaves(document: unknown, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  if (document === undefined) return found
  const entries = typeof document === 'object' && document !== null ? Object.entries(document) : []
  if (entries.length === 0) {
    if (path !== '') found.set(path, JSON.stringify(document))
    return found
  }
  for (const [name, value] of entries) {
    for (const [below, leaf] of leaves(value, path === '' ? name : `${path}.${name}`)) found.set(below, leaf)
  }
  return found
}

function fits(path: string, pattern: string): boolean {
  const [names, wanted] = [path.split('.'), pattern.split('.')]
  return names.length === wanted.length && wanted.every((name, i) => name === '*' || name === names[i])
}
