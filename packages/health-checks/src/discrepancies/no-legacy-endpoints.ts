import { type Check, defineCheck, formatInstant, knownOptions } from '@cutover/core'

import { waivedUntil } from '../green/waiver.ts'
import { refuseOption } from '../health-error.ts'
import type { SettingsSource } from './settings-source.ts'

/** Where something may still lead to the source: each is read anew at each ask. */
export interface Outbound {
  /** For people: `dependencies of orders`. */
  readonly name: string
  /** Hosts, addresses or ARNs by where they were found: `{ 'orders-queue': ['sqs.eu-west-1.amazonaws.com'] }`. */
  found(options?: { readonly signal?: AbortSignal | undefined }): Promise<Readonly<Record<string, readonly string[]>>>
}

/** A dependency that deliberately remains, until a day. */
export interface AllowedEndpoint {
  /** The whole host, account id or ARN, as it stands in the evidence; `*` stands for any characters. */
  readonly endpoint: string
  readonly because: string
  /** ISO 8601: `2026-12-31`, or an instant. */
  readonly until: string
}

export interface NoLegacyEndpointsOptions {
  /** The target's own settings. @default not looked at */
  readonly settings?: SettingsSource | undefined
  /** What the target calls: `appDependencies(…)`. @default not looked at */
  readonly dependencies?: Outbound | undefined
  /** What names answer: `{ name, found: … }`. @default not looked at */
  readonly dns?: Outbound | undefined
  /** Account ids of the source, which must not appear. @default none */
  readonly accounts?: readonly string[] | undefined
  /** Hosts of the source besides those of AWS, by expression. @default none */
  readonly deny?: readonly RegExp[] | undefined
  /** @default none */
  readonly allow?: readonly AllowedEndpoint[] | undefined
  /** @default 'health:legacy-endpoints' */
  readonly id?: string | undefined
}

export interface EndpointRow {
  readonly in: 'settings' | 'dependencies' | 'dns'
  /** The setting, the dependency or the name. */
  readonly where: string
  /** The host, account or ARN alone, never what stands around it. */
  readonly endpoint: string
  readonly found: 'legacy' | 'allowed' | 'no-longer-allowed'
  readonly because?: string | undefined
  readonly until?: string | undefined
}

export interface NoLegacyEndpointsEvidence {
  readonly rows: readonly EndpointRow[]
  /** How many places were looked at. */
  readonly looked: Readonly<Partial<Record<EndpointRow['in'], number>>>
  /** Allowed endpoints that were not found: they may go. */
  readonly unused: readonly string[]
}

const known: readonly (keyof NoLegacyEndpointsOptions)[] = [
  'settings',
  'dependencies',
  'dns',
  'accounts',
  'deny',
  'allow',
  'id',
]

/** Hosts and names of AWS. Only what matches is ever shown. */
const aws: readonly RegExp[] = [
  /\barn:aws[a-z-]*:[\w-]*:[\w-]*:\d*:[\w+=,.@/*:-]+/gi,
  /(?<![\w.-])(?:[\w-]+\.)*amazonaws\.com(?:\.cn)?(?![\w-]|\.[\w-])/gi,
  /(?<![\w.-])(?:[\w-]+\.)+(?:on\.aws|api\.aws|cloudfront\.net|elasticbeanstalk\.com|awsglobalaccelerator\.com)(?![\w-]|\.[\w-])/gi,
]

/**
 * A check that nothing of the target leads to the source any more: settings, outbound dependencies, DNS answers.
 *
 * Fails for an endpoint that is not allowed, or no longer. Undecided when one of the places that should be looked at has nothing
 * to look at: no calls were seen, no name answered. Of a value only the endpoint in it is shown.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when it is made.
 */
export function noLegacyEndpoints(options: NoLegacyEndpointsOptions): Check<NoLegacyEndpointsEvidence> {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'noLegacyEndpoints')
  const { settings, dependencies, dns, accounts = [], deny = [], allow = [], id = 'health:legacy-endpoints' } = options
  if (!settings && !dependencies && !dns)
    refuseOption('settings', settings, 'it, dependencies or dns: something to look at')
  for (const account of accounts) if (!/^\d{12}$/.test(account)) refuseOption('accounts', account, 'twelve digits')
  for (const one of deny) if (!(one instanceof RegExp)) refuseOption('deny', one, 'expressions')
  for (const [i, { endpoint, because, until }] of allow.entries()) {
    if (typeof endpoint !== 'string' || endpoint === '')
      refuseOption(`allow.${i}.endpoint`, endpoint, 'a host or an ARN')
    waivedUntil(`allow.${i}`, { because, until })
  }
  const patterns = [
    ...aws,
    ...accounts.map((account) => new RegExp(String.raw`(?<!\d)${account}(?!\d)`, 'g')),
    ...deny.map(({ source, flags }) => new RegExp(source, flags.includes('g') ? flags : `${flags}g`)),
  ]

  return defineCheck<NoLegacyEndpointsEvidence>({
    id,
    title: 'Nothing leads to the source any more',
    async run({ clock, signal }) {
      const places = {
        ...(settings ? { settings: valuesOf(await settings.settings({ signal })) } : {}),
        ...(dependencies ? { dependencies: await dependencies.found({ signal }) } : {}),
        ...(dns ? { dns: await dns.found({ signal }) } : {}),
      } as const
      const now = clock.now()
      const rows: EndpointRow[] = []
      const looked: Partial<Record<EndpointRow['in'], number>> = {}
      for (const [kind, found] of Object.entries(places) as [
        EndpointRow['in'],
        Readonly<Record<string, readonly string[]>>,
      ][]) {
        looked[kind] = Object.values(found).reduce((sum, list) => sum + list.length, 0)
        for (const [where, texts] of Object.entries(found)) {
          const endpoints = new Set(texts.flatMap((text) => endpointsIn(text, patterns)))
          for (const endpoint of endpoints) rows.push({ in: kind, where, endpoint, ...judge(endpoint, allow, now) })
        }
      }
      const unused = allow.map(({ endpoint }) => endpoint).filter((one) => !rows.some((row) => fits(row.endpoint, one)))
      const evidence = { rows, looked, unused }
      const bad = rows.filter(({ found }) => found !== 'allowed')
      if (bad.length > 0) return { status: 'fail', text: bad.map(sentence).join('; '), evidence }
      const empty = Object.entries(looked).filter(([, count]) => count === 0)
      if (empty.length > 0) {
        return {
          status: 'undecided',
          text: `nothing to look at in ${empty.map(([kind]) => kind).join(', ')}`,
          evidence,
        }
      }
      const rest = rows.length === 0 ? '' : `, but ${rows.length} that are allowed`
      return { status: 'pass', text: `nothing leads to the source${rest}`, evidence }
    },
  })
}

const valuesOf = ({ values }: { readonly values: Readonly<Record<string, string>> }): Record<string, string[]> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]))

/** An account inside an ARN that was found already is not told again. */
function endpointsIn(text: string, patterns: readonly RegExp[]): string[] {
  const found: string[] = []
  let rest = text
  for (const pattern of patterns) {
    // An expression that can match nothing would match it everywhere.
    const matches = (rest.match(pattern) ?? []).filter((match) => match !== '')
    found.push(...matches.map((match) => match.toLowerCase()))
    for (const match of matches) rest = rest.replace(match, ' ')
  }
  return found
}

function judge(
  endpoint: string,
  allow: readonly AllowedEndpoint[],
  now: number,
): Pick<EndpointRow, 'found' | 'because' | 'until'> {
  const allowed = allow.filter((one) => fits(endpoint, one.endpoint))
  const [first] = allowed
  if (!first) return { found: 'legacy' }
  const valid = allowed.find((one) => waivedUntil('allow', { because: one.because, until: one.until }) >= now)
  const { because, until } = valid ?? first
  const end = formatInstant(waivedUntil('allow', { because, until }))
  return { found: valid ? 'allowed' : 'no-longer-allowed', because, until: end }
}

function fits(endpoint: string, pattern: string): boolean {
  const escaped = pattern
    .toLowerCase()
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${escaped.join('.*')}$`).test(endpoint.toLowerCase())
}

function sentence({ in: kind, where, endpoint, found, until }: EndpointRow): string {
  const place = { settings: 'the setting', dependencies: 'the dependency', dns: 'the name' }[kind]
  const rest = found === 'no-longer-allowed' ? `, which was allowed until ${until ?? ''}` : ''
  return `${place} ${where} leads to ${endpoint}${rest}`
}
