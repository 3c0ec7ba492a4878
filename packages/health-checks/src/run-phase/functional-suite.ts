import { type Check, type Clock, defineCheck, knownOptions, type Status } from '@cutover/core'

import { waived, type Waived, waivedUntil, type Waiver } from '../green/waiver.ts'
import { refuseOption } from '../health-error.ts'
import type { HttpTransport } from '../http-transport.ts'
import { isList } from '../is-list.ts'
import { nodeTransport } from '../node-transport.ts'
import { type CaseRow, checkCaseOptions, type FunctionalCase, runCase } from './functional-case.ts'
import { inTurns } from './in-turns.ts'
import { namedHosts } from './named-hosts.ts'

export interface FunctionalSuiteOptions {
  /** The inventory: every one needs a case, or a waiver. */
  readonly components: readonly string[]
  /** Where connections may go; what is not named is not asked. */
  readonly hosts: readonly string[]
  /** By component: why it has no case, until when. @default none */
  readonly waivers?: Readonly<Record<string, Waiver>> | undefined
  /** How many cases run at the same time. @default 1 */
  readonly atOnce?: number | undefined
  /** @default nodeTransport */
  readonly transport?: HttpTransport | undefined
  /** @default 'health:functional' */
  readonly id?: string | undefined
  /** @default 'Every component of the target works' */
  readonly title?: string | undefined
}

const known: readonly (keyof FunctionalSuiteOptions)[] = [
  'components',
  'hosts',
  'waivers',
  'atOnce',
  'transport',
  'id',
  'title',
]

/** JSON. */
export interface ComponentRow {
  readonly component: string
  readonly cases: number
  readonly passed: number
  readonly waived?: Waived | undefined
}

/** JSON. */
export interface FunctionalEvidence {
  readonly cases: readonly CaseRow[]
  /** One for every component of the inventory, in its order. */
  readonly coverage: readonly ComponentRow[]
}

/**
 * A suite as data: each case is a request with what its answer must be, or a check; each shows one component of the inventory to work.
 *
 * Every case is run, also after one has failed. `fail` when one fails; else `undecided` when one is, or a waiver is over. Tells
 * progress, and a note `FUNCTIONAL_COVERAGE` with a line for every component. Cases may write: they ask only the hosts that are
 * named, also after a redirect.
 *
 * @throws CutoverError when it is made, before anything is asked: `HEALTH_OPTIONS_INVALID`, also for a component without a case or
 * waiver and for a case of none; `HEALTH_HOST_NOT_NAMED`; `DURATION_INVALID`.
 */
export function functionalSuite(
  cases: readonly FunctionalCase[],
  options: FunctionalSuiteOptions,
): Check<FunctionalEvidence> {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'functionalSuite')
  const { components, hosts, waivers = {}, atOnce = 1, transport = nodeTransport, id = 'health:functional' } = options
  const { title = 'Every component of the target works' } = options
  const named = namedHosts(hosts)
  if (!isList(cases)) refuseOption('cases', cases, 'a list of cases')
  for (const each of cases) checkCaseOptions(each, named)
  checkCoverage(cases, components, waivers)
  if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > 32)
    refuseOption('atOnce', atOnce, 'a whole number from 1 to 32')
  if (typeof (transport as Partial<HttpTransport> | null)?.request !== 'function')
    refuseOption('transport', transport, 'an HttpTransport, such as nodeTransport')

  return defineCheck<FunctionalEvidence>({
    id,
    title,
    async run(context) {
      const { clock, report } = context
      const startedAt = clock.monotonic()
      const rows = new Map<string, CaseRow>()
      await inTurns(cases, atOnce, async (each) => {
        rows.set(each.id, await runCase(each, named, transport, context))
        const [done, total] = [rows.size, cases.length]
        const etaMs = Math.round(((clock.monotonic() - startedAt) / done) * (total - done))
        report({ kind: 'progress', done, total, unit: 'cases', etaMs })
      })
      const ran = cases.map((each) => rows.get(each.id) as CaseRow)
      const coverage = components.map((component) => coverageOf(component, ran, waivers, clock))
      const evidence = { cases: ran, coverage }
      report({ kind: 'note', code: 'FUNCTIONAL_COVERAGE', data: coverage, text: coverage.map(line).join('; ') })
      return { ...verdict(ran, coverage), evidence }
    },
  })
}

/** A component that nobody thought of is found before the night. */
function checkCoverage(
  cases: readonly FunctionalCase[],
  components: readonly string[],
  waivers: Readonly<Record<string, Waiver>>,
): void {
  if (!isList(components) || components.length === 0)
    refuseOption('components', components, 'the components of the inventory')
  const ids = new Set<string>()
  for (const { id, component } of cases) {
    if (ids.has(id)) refuseOption('cases', id, 'an id that no other case has')
    ids.add(id)
    if (!components.includes(component)) refuseOption(`${id}.component`, component, `one of ${components.join(', ')}`)
  }
  for (const [component, waiver] of Object.entries(waivers)) {
    if (!components.includes(component)) refuseOption('waivers', component, `one of ${components.join(', ')}`)
    waivedUntil(`waivers.${component}`, waiver)
  }
  const bare = components.filter((name) => !(name in waivers) && !cases.some(({ component }) => component === name))
  if (bare.length > 0) refuseOption('cases', `none for ${bare.join(', ')}`, 'a case for every component, or a waiver')
}

function coverageOf(
  component: string,
  rows: readonly CaseRow[],
  waivers: Readonly<Record<string, Waiver>>,
  clock: Clock,
): ComponentRow {
  const own = rows.filter((row) => row.component === component)
  const waiver = own.length === 0 ? waived(waivers[component], clock) : undefined
  const passed = own.filter(({ status }) => status === 'pass').length
  return { component, cases: own.length, passed, ...(waiver ? { waived: waiver } : {}) }
}

function line({ component, cases, passed, waived: waiver }: ComponentRow): string {
  if (waiver) return `${component}: waived until ${waiver.until}, ${waiver.because}`
  return cases === 0 ? `${component}: no case, and its waiver is over` : `${component}: ${passed} of ${cases}`
}

const said = (rows: readonly CaseRow[]): string =>
  rows
    .slice(0, 5)
    .map(({ id, text }) => `${id}: ${text}`)
    .join('; ')

function verdict(
  rows: readonly CaseRow[],
  coverage: readonly ComponentRow[],
): { readonly status: Status; readonly text: string } {
  const of = (status: Status): readonly CaseRow[] => rows.filter((row) => row.status === status)
  const covered = coverage.filter(({ cases }) => cases > 0).length
  const waiverCount = coverage.filter(({ waived: waiver }) => waiver).length
  const sums = `${of('pass').length} of ${rows.length} cases pass; ${covered} of ${coverage.length} components have a case${waiverCount === 0 ? '' : `, ${waiverCount} waived`}`
  if (of('fail').length > 0) return { status: 'fail', text: `${sums}; ${said(of('fail'))}` }
  if (of('undecided').length > 0) return { status: 'undecided', text: `${sums}; ${said(of('undecided'))}` }
  const bare = coverage.filter(({ cases, waived: waiver }) => cases === 0 && !waiver)
  return bare.length > 0
    ? { status: 'undecided', text: `${sums}; ${bare.map(line).join('; ')}` }
    : { status: 'pass', text: sums }
}
