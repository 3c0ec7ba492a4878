import { type Clock, type Duration, durationMs, knownOptions, systemClock } from '@cutover/core'

import { checkedRecord, type DnsRecord, type RecordAnswer } from '../dns-record.ts'
import type { RecordType } from '../dns-zone.ts'
import { instant } from '../instant.ts'
import { refuseOption } from '../option-error.ts'
import { intendedValues, recordValues } from '../record-values.ts'
import { checkResolvers } from '../resolver-list.ts'
import type { Resolver } from '../resolver.ts'
import { follow } from './follow.ts'
import { handOver } from './hand-over.ts'
import type { Observation } from './observation.ts'

export interface ObserveOptions<Type extends RecordType = RecordType> {
  /** Those that your clients use; their names differ. */
  readonly resolvers: readonly Resolver[]
  /** The new answer. */
  readonly to: RecordAnswer<Type>
  /** The former answer. @default any that is not `to` */
  readonly from?: RecordAnswer<Type> | undefined
  /** When the switch is planned, epoch milliseconds: with it, resolvers are looked at once while that cannot delay the switch. */
  readonly switchAt?: number | undefined
  /** What `repoint` answered: from then on an answer that is still the former is told from one that is rightly remembered. @default found out where the switch is seen */
  readonly allMovedBy?: number | undefined
  /** How often the authority is looked at. @default '5s' */
  readonly every?: Duration | undefined
  /** How long a resolver may take to answer. @default '5s' */
  readonly patience?: Duration | undefined
  /** For how long after everybody has moved it is watched that nobody takes it back. @default '0s' */
  readonly watchFor?: Duration | undefined
  /** When to end at the latest, whoever has not moved. @default never */
  readonly within?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
}

const observeOptions: readonly (keyof ObserveOptions)[] = [
  'resolvers',
  'to',
  'from',
  'switchAt',
  'allMovedBy',
  'every',
  'patience',
  'watchFor',
  'within',
  'clock',
  'signal',
]

/** What was seen, as it is seen; to be iterated once, and what stands when the iteration ends stays in `latest`. */
export interface Observing extends AsyncIterable<Observation> {
  /** The last of each that was asked; a copy. */
  readonly latest: readonly Observation[]
}

/**
 * Watches who answers what, from before a switch until everybody has moved.
 *
 * Asking a resolver is writing to its cache. So before the switch it asks the authority alone, and each resolver once only if
 * `switchAt` is so far away that the answer is forgotten by then. Once every authoritative server has the new answer it asks
 * each resolver, and again when what it answered has expired by its own word: mostly three questions, however long the TTL.
 *
 * It ends when authority and resolvers all answer `to` and `watchFor` is over, or `within`. When the authority goes back, as a
 * controller makes it that owns the record, it says so (`reverted`) and asks no resolver until the authority has `to` again.
 * Start it when `repoint` is settled, or before: then the switch itself is seen. Nothing is asked faster than it is read.
 *
 * @throws CutoverError at once `DNS_OPTION_INVALID`, `DNS_RECORD_INVALID`, `DNS_NAME_INVALID`, `DURATION_INVALID`; while it
 * runs what the zone rejects with, unless retryable; `signal.reason` unchanged.
 * @see RFC 1035 §3.2.1 for TTLs, RFC 2308 for absent names, RFC 8767 for stale answers.
 */
export function observe<Type extends RecordType>(
  record: DnsRecord<Type>,
  options: ObserveOptions<NoInfer<Type>>,
): Observing {
  knownOptions(options, observeOptions, 'DNS_OPTION_INVALID', 'observe')
  const { resolvers, to, from, switchAt, allMovedBy, every = '5s', patience = '5s', watchFor = '0s', within } = options
  const { clock = systemClock, signal = new AbortController().signal } = options
  const { zone, name, type } = checkedRecord<RecordType>(record)
  checkResolvers(resolvers)
  const names = ['authority', ...resolvers.map((resolver) => resolver.name)]
  const twice = names.find((each, place) => names.indexOf(each) !== place)
  if (twice !== undefined) refuseOption('resolvers', twice, 'names that differ, and none of them "authority"')
  const everyMs = durationMs(every, 'every')
  if (everyMs === 0) refuseOption('every', every, 'more than nothing')
  const patienceMs = durationMs(patience, 'patience')
  if (patienceMs === 0) refuseOption('patience', patience, 'more than nothing')
  const watched = {
    record: { zone, name, type },
    resolvers,
    to: intendedValues(name, type, to, 'to'),
    from: from === undefined ? undefined : recordValues(name, type, from, 'from'),
    switchAt: switchAt === undefined ? undefined : instant(switchAt, 'switchAt'),
    allMovedBy: allMovedBy === undefined ? undefined : instant(allMovedBy, 'allMovedBy'),
    everyMs,
    patienceMs,
    watchForMs: durationMs(watchFor, 'watchFor'),
  }
  const withinMs = within === undefined ? undefined : durationMs(within, 'within')
  const latest = new Map<string, Observation>()

  async function* observed(): AsyncGenerator<Observation, void> {
    signal.throwIfAborted()
    const over = new AbortController()
    const seen = handOver<Observation>()
    const tell = (observation: Observation): Promise<void> => {
      latest.set(observation.resolver, observation)
      return seen.give(observation)
    }
    const stop = AbortSignal.any([signal, over.signal])
    const work = follow(watched, { clock, signal: stop, tell }).then(seen.end, seen.fail)
    if (withinMs !== undefined) clock.sleep(withinMs, { signal: stop }).then(seen.end, () => {})
    const aborted = (): void => seen.fail(signal.reason)
    signal.addEventListener('abort', aborted, { once: true })
    try {
      yield* seen.taken()
    } finally {
      signal.removeEventListener('abort', aborted)
      over.abort()
      await work
    }
  }
  const iteration = observed()
  return {
    [Symbol.asyncIterator]: () => iteration,
    get latest() {
      return [...latest.values()]
    },
  }
}
