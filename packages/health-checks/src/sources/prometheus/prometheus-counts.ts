import { type Clock, type Duration, durationMs, knownOptions, systemClock } from '@cutover/core'

import type { CountBucket, CountSource } from '../../count-source.ts'
import { refuseOption } from '../../health-error.ts'
import { type ExposedSample, parseExposition } from './parse-exposition.ts'

/** Counters of a page: `{ name: 'http_requests_total', labels: { code: /^5/ } }`; all that fit are added up. */
export interface PrometheusCounter {
  readonly name: string
  /** By name: the exact value, or an expression that it matches. @default any */
  readonly labels?: Readonly<Record<string, string | RegExp>> | undefined
}

export interface PrometheusCountsOptions {
  /** Answers the page: `({ signal }) => fetch(url, { signal }).then((page) => page.text())`. */
  readonly scrape: (options: { readonly signal: AbortSignal }) => Promise<string>
  readonly total: PrometheusCounter
  readonly bad: PrometheusCounter
  /** A bucket of a histogram: what is not in it was slow. `{ histogram: 'http_request_duration_seconds', le: '0.3' }` @default not counted */
  readonly slow?:
    | { readonly histogram: string; readonly le: string; readonly labels?: PrometheusCounter['labels'] }
    | undefined
  /** @default '1m' */
  readonly every?: Duration | undefined
  /** How long buckets are kept. @default '8h' */
  readonly keep?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

/** Counts that are scraped as long as it is not disposed. */
export interface PrometheusCounts extends CountSource, AsyncDisposable {
  /** What went wrong with the latest scrape; `undefined` when nothing did. */
  readonly problem: string | undefined
}

const known: readonly (keyof PrometheusCountsOptions)[] = ['scrape', 'total', 'bad', 'slow', 'every', 'keep', 'clock']

/** What was read at one boundary; a series by its name and labels. */
interface Reading {
  readonly at: number
  readonly series: Readonly<Record<'total' | 'bad' | 'all' | 'quick', ReadonlyMap<string, number>>>
  readonly startedAt: number | undefined
}

/**
 * Requests and errors of one process that exposes Prometheus counters: scraped from now on at each boundary of time, until it is
 * disposed of. A bucket is the difference of two scrapes, and complete at once.
 *
 * A bucket is missing when a scrape at one of its ends failed or came late (a tenth of `every`), or when the process was
 * restarted in between: a counter fell or went away, or `process_start_time_seconds` changed. Behind a load balancer each
 * scrape may meet another process: scrape each by its own address, or its counters look like restarts.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when made; `counts` rejects with nothing.
 */
export function prometheusCounts(options: PrometheusCountsOptions): PrometheusCounts {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'prometheusCounts')
  const { scrape, total, bad, slow, every = '1m', keep = '8h', clock = systemClock } = options
  if (typeof scrape !== 'function') refuseOption('scrape', scrape, 'a function that answers the page')
  for (const [field, name] of Object.entries({
    total: total?.name,
    bad: bad?.name,
    slow: slow ? slow.histogram : 'none',
  })) {
    if (typeof name !== 'string' || name === '') refuseOption(field, name, 'the name of a counter')
  }
  const [everyMs, keepMs] = [durationMs(every, 'every'), durationMs(keep, 'keep')]
  if (everyMs <= 0) refuseOption('every', every, 'more than 0')
  const stopped = new AbortController()
  const { signal } = stopped
  const buckets: CountBucket[] = []
  let problem: string | undefined
  let before: Reading | undefined

  const read = async (at: number): Promise<Reading | undefined> => {
    try {
      const samples = parseExposition(await scrape({ signal }))
      if (clock.now() > at + everyMs / 10) throw new Error(`the page came ${clock.now() - at} ms too late`)
      problem = undefined
      return readingOf(samples, at, options)
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
      return undefined
    }
  }

  const collect = async (): Promise<void> => {
    for (
      let at = nextBoundary(clock.now(), everyMs);
      !signal.aborted;
      at = Math.max(at + everyMs, nextBoundary(clock.now(), everyMs))
    ) {
      await clock.sleep(at - clock.now(), { signal })
      const now = await read(at)
      const bucket = now && before ? difference(before, now, everyMs, slow !== undefined) : undefined
      if (bucket) buckets.push(bucket)
      before = now
      while (buckets[0] && buckets[0].to < clock.now() - keepMs) buckets.shift()
    }
  }
  const collecting = collect().catch((error: unknown) => {
    if (!signal.aborted) problem = error instanceof Error ? error.message : String(error)
  })

  return {
    settleMs: 0,
    get problem() {
      return problem
    },
    counts: async ({ from, to }) => buckets.filter((bucket) => bucket.from >= from && bucket.to <= to),
    async [Symbol.asyncDispose]() {
      stopped.abort()
      await collecting
    },
  }
}

const nextBoundary = (now: number, everyMs: number): number => (Math.floor(now / everyMs) + 1) * everyMs

function readingOf(samples: readonly ExposedSample[], at: number, options: PrometheusCountsOptions): Reading {
  const { total, bad, slow } = options
  const of = (counter: PrometheusCounter) =>
    new Map(
      samples.filter((sample) => fits(sample, counter)).map(({ name, labels, value }) => [key(name, labels), value]),
    )
  const { histogram = '', le = '', labels = {} } = slow ?? {}
  const series = {
    total: of(total),
    bad: of(bad),
    all: of({ name: `${histogram}_count`, labels }),
    quick: of({ name: `${histogram}_bucket`, labels: { ...labels, le } }),
  }
  if (series.total.size === 0) throw new Error(`the page has no ${total.name} with those labels`)
  if (slow && series.all.size > 0 && series.quick.size === 0) {
    throw new Error(`the histogram ${histogram} has no bucket with le="${le}"`)
  }
  const startedAt = samples.find(({ name }) => name === 'process_start_time_seconds')?.value
  return { at, series, startedAt }
}

/** `undefined` when the counters did not go on from one scrape to the next. */
function difference(before: Reading, now: Reading, everyMs: number, withSlow: boolean): CountBucket | undefined {
  if (now.at - before.at !== everyMs || before.startedAt !== now.startedAt) return undefined
  const grown = (which: keyof Reading['series']): number | undefined => {
    const [was, is] = [before.series[which], now.series[which]]
    let sum = 0
    for (const [name, value] of was) {
      const next = is.get(name)
      if (next === undefined || next < value) return undefined
      sum += next - value
    }
    // A series begins when something is first counted in it.
    for (const [name, value] of is) if (!was.has(name)) sum += value
    return sum
  }
  const [total, bad, all, quick] = [grown('total'), grown('bad'), grown('all'), grown('quick')]
  const slow = withSlow && all !== undefined && quick !== undefined ? all - quick : undefined
  if (total === undefined || bad === undefined || (withSlow && slow === undefined)) return undefined
  if (![total, bad, slow ?? 0].every((count) => Number.isSafeInteger(count)) || bad > total) return undefined
  if (slow !== undefined && (slow < 0 || slow > total)) return undefined
  return { from: before.at, to: now.at, total, bad, ...(slow === undefined ? {} : { slow }), complete: true }
}

function fits(sample: ExposedSample, { name, labels = {} }: PrometheusCounter): boolean {
  return (
    sample.name === name &&
    Object.entries(labels).every(([label, wanted]) => {
      const found = sample.labels[label] ?? ''
      return typeof wanted === 'string' ? found === wanted : found.search(wanted) >= 0
    })
  )
}

const key = (name: string, labels: Readonly<Record<string, string>>): string =>
  JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => a.localeCompare(b))])
