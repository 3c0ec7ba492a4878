import { type Clock, type Duration, durationMs, isCutoverError, knownOptions, systemClock } from '@cutover/core'

import { checkedRecord, type DnsRecord, type RecordAnswer } from '../dns-record.ts'
import { dnsTtl } from '../dns-ttl.ts'
import type { CallOptions, RecordType } from '../dns-zone.ts'
import { instant } from '../instant.ts'
import { refuseOption } from '../option-error.ts'
import { intendedValues } from '../record-values.ts'
import { asuidFindings } from './asuid-findings.ts'
import { type Blast, blastRadius, type WeightedStep } from './blast-radius.ts'
import { caaFindings } from './caa-findings.ts'
import { controllerFindings } from './controller-findings.ts'
import { delegationFindings } from './delegation-findings.ts'
import { endpointFindings } from './endpoint-findings.ts'
import type { EndpointProbe } from './endpoint-probe.ts'
import type { Finding, FindingCode } from './finding.ts'
import { type Looking, reader, type Seen } from './looking.ts'
import type { NameServers } from './name-servers.ts'
import { merged } from './not-looked.ts'
import { hashOf } from './plan-hash.ts'
import { recordFindings } from './record-findings.ts'
import { siblingFindings } from './sibling-findings.ts'
import { presentTtl, type Timeline, timelineOf } from './timeline.ts'
import { type Back, backFindings, type ClientTimes, wayBack } from './way-back.ts'

export interface PlanRepointOptions<Type extends RecordType = RecordType> {
  /** As `repoint` takes it; also what its type cannot answer, which is then found. */
  readonly to: RecordAnswer<Type>
  /** How long going back may take, at worst. @default not asked */
  readonly rto?: Duration | undefined
  /** To which the TTL is lowered first, and which the new record has until it is raised. @default 60 */
  readonly ttlSeconds?: number | undefined
  /** When to switch, epoch milliseconds. @default as soon as it is safe */
  readonly switchAt?: number | undefined
  /** How long the new side is watched, before the TTL is raised again. @default '1h' */
  readonly hold?: Duration | undefined
  readonly clients?: ClientTimes | undefined
  /** For a move by weights: the first step. @default none: all at once */
  readonly step?: WeightedStep | undefined
  /** Who is to issue certificates for the name on the new side, as CAA names it: `digicert.com`. @default not asked */
  readonly certificateAuthority?: string | undefined
  /** Where to ask what lies outside the zone; without it that is undecided. */
  readonly nameServers?: NameServers | undefined
  /** How to look at the new side over TLS; without it that is undecided. */
  readonly endpoint?: EndpointProbe | undefined
  /** @default 443 */
  readonly port?: number | undefined
  /** What is asked there. @default '/' */
  readonly path?: string | undefined
  /** Blockers that do not count: they are still found, as `accepted`. @default [] */
  readonly accept?: readonly FindingCode[] | undefined
  /** For how long the plan is good. @default '1h' */
  readonly validFor?: Duration | undefined
}

const planRepointOptions: readonly (keyof PlanRepointOptions)[] = [
  'to',
  'rto',
  'ttlSeconds',
  'switchAt',
  'hold',
  'clients',
  'step',
  'certificateAuthority',
  'nameServers',
  'endpoint',
  'port',
  'path',
  'accept',
  'validFor',
]

/** What a move would meet; JSON data, for a file or a person. */
export interface RepointPlan {
  /** No blocker that was not accepted. What nobody could look at does not make it false: see `complete`. */
  readonly ok: boolean
  /** Everything could be looked at. */
  readonly complete: boolean
  /** Blockers first. */
  readonly findings: readonly Finding[]
  readonly timeline: Timeline
  readonly back: Back
  /** Of a weighted step. */
  readonly blast?: Blast | undefined
  readonly record: { readonly name: string; readonly type: RecordType }
  readonly to: readonly string[]
  readonly ttlSeconds: number
  /** What was read of the zone. */
  readonly seen: Seen
  /** Of the record, what it is to answer, and all that was seen: SHA-256. */
  readonly hash: string
  /** Epoch milliseconds. */
  readonly madeAt: number
  readonly expiresAt: number
}

/**
 * Looks at all that a `repoint` would meet, and writes nothing: what is there, what stands beside it, who else writes it, what
 * clients would find on the new side under the old name, what happens when, and whether going back fits the rto.
 *
 * Asks no recursive resolver: the zone at its authority, and with `nameServers` the servers of the world one by one, so that nobody
 * remembers the question; `endpoint` without `nameServers` has this machine resolve `to`. What could not be looked at is found as
 * `undecided`, never as good.
 *
 * `planHolds(record, plan)` tells later whether the plan is still true.
 *
 * @throws CutoverError at once `DNS_OPTION_INVALID`, `DNS_TTL_INVALID`, `DURATION_INVALID`; what reading the record itself throws.
 */
export async function planRepoint<Type extends RecordType>(
  record: DnsRecord<Type>,
  options: PlanRepointOptions<NoInfer<Type>>,
  call: CallOptions & { readonly clock?: Clock | undefined } = {},
): Promise<RepointPlan> {
  knownOptions(options, planRepointOptions, 'DNS_OPTION_INVALID', 'planRepoint')
  const { ttlSeconds = 60, switchAt, hold = '1h', clients = {}, step, accept = [], validFor = '1h' } = options
  const { rto, certificateAuthority: authority, nameServers, endpoint, port = 443, path = '/' } = options
  const { zone, name, type } = checkedRecord<RecordType>(record)
  dnsTtl(ttlSeconds, 'ttlSeconds', 1)
  if (switchAt !== undefined) instant(switchAt, 'switchAt')
  const [holdMs, validMs] = [durationMs(hold, 'hold'), durationMs(validFor, 'validFor')]
  const rtoMs = rto === undefined ? undefined : durationMs(rto, 'rto')
  checkClients(clients)
  if (!(Number.isInteger(port) && port > 0 && port < 65_536)) refuseOption('port', port, 'a port')
  if (!path.startsWith('/')) refuseOption('path', path, 'a path such as /health')
  const blast = step === undefined ? undefined : blastRadius(step)
  const { clock = systemClock, signal = new AbortController().signal } = call

  const { find, seen } = reader(zone, signal)
  const to = intendedOrGiven(name, type, options.to)
  const found = await find(name, type)
  const looking: Looking = { zone, name, type, to, found, nameServers, endpoint, clock, signal, find }
  const { timeline, findings: timing } = timelineOf(looking, { ttlSeconds, switchAt, holdMs })
  const newTtl = Math.min(presentTtl(looking) ?? ttlSeconds, ttlSeconds)
  const back = wayBack(zone, { ttlSeconds: newTtl, rtoMs, clients })
  const [ours, siblings, controllers, caa, delegation, there] = await Promise.all([
    recordFindings(looking, { step }),
    siblingFindings(looking),
    controllerFindings(looking),
    caaFindings(looking, { authority }),
    delegationFindings(looking, { rtoMs }),
    endpointFindings(looking, { port, path, until: timeline.raiseAt }),
  ])
  const asuid = await asuidFindings(looking, { served: endpoint === undefined ? undefined : there.served })
  const accepted = new Set<FindingCode>(accept)
  const findings = merged([
    ...ours,
    ...siblings,
    ...controllers,
    ...there.findings,
    ...asuid,
    ...delegation,
    ...caa,
    ...timing,
    ...backFindings(back, rtoMs),
  ])
    .map((each): Finding =>
      each.severity === 'blocker' && accepted.has(each.code) ? { ...each, accepted: true } : each,
    )
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  const madeAt = clock.now()
  return {
    ok: !findings.some(({ severity, accepted: taken }) => severity === 'blocker' && !taken),
    complete: !findings.some(({ severity }) => severity === 'undecided'),
    findings,
    timeline,
    back,
    ...(blast && { blast }),
    record: { name, type },
    to,
    ttlSeconds,
    seen,
    hash: hashOf({ zone: zone.name, name, type, to, seen }),
    madeAt,
    expiresAt: madeAt + validMs,
  }
}

const order: readonly Finding['severity'][] = ['blocker', 'warning', 'undecided', 'note']

/** What does not fit the type is found, not thrown: it is the first thing that somebody who moves an alias tries. */
function intendedOrGiven(name: string, type: RecordType, to: string | readonly string[]): readonly string[] {
  try {
    return intendedValues(name, type, to, 'to')
  } catch (error) {
    const given: readonly unknown[] = [to].flat()
    if (
      !isCutoverError(error) ||
      given.length === 0 ||
      given.some((value) => typeof value !== 'string' || value === '')
    )
      throw error
    return (given as readonly string[]).map((value) => value.toLowerCase().replace(/\.$/, ''))
  }
}

function checkClients(clients: ClientTimes): void {
  knownOptions(clients, ['floorSeconds', 'cacheSeconds', 'connectionSeconds'], 'DNS_OPTION_INVALID', 'clients')
  for (const [field, seconds] of Object.entries(clients) as [string, number | undefined][]) {
    if (seconds !== undefined && !(seconds >= 0)) refuseOption(`clients.${field}`, seconds, 'seconds, 0 or more')
  }
}
