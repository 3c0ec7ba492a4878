import { type Duration, durationMs, formatDuration, formatInstant, knownOptions } from '@cutover/core'

import { dnsTtl } from '../dns-ttl.ts'
import { instant } from '../instant.ts'
import { rememberedMs } from '../propagation.ts'

export interface DrainEstimateOptions {
  /** When every authoritative server had the new answer, epoch milliseconds: the moment at which `repoint` is settled. */
  readonly servedAt: number
  /** TTL of the former record. */
  readonly ttlSeconds: number
  /** The least that resolvers keep an answer for; Knot Resolver 5. @default 0 */
  readonly floorSeconds?: number | undefined
  /** How long clients keep an address themselves; a JVM for ever under a security manager, 30 s without. @default '0s' */
  readonly clientCache?: Duration | undefined
  /** The age at which the former endpoint, a proxy or the client closes a connection. @default 'unlimited' */
  readonly connectionAge?: Duration | 'unlimited' | undefined
}

const drainOptions: readonly (keyof DrainEstimateOptions)[] = [
  'servedAt',
  'ttlSeconds',
  'floorSeconds',
  'clientCache',
  'connectionAge',
]

export interface DrainEstimate {
  /** Epoch milliseconds: from here on nobody resolves the former address. */
  readonly dnsDoneAt: number
  /** Epoch milliseconds: from here on nobody uses it; `undefined`: never, while connections live for ever. */
  readonly doneAt: number | undefined
  /** Epoch milliseconds: from here on at most one request in a hundred goes there. */
  readonly p99DoneAt: number | undefined
  /** The share of requests, 0 to 1, that goes to the former endpoint at that moment, epoch milliseconds. */
  oldShare(at: number): number
  /** What shortens it, each one sentence. */
  readonly advice: readonly string[]
}

/**
 * When the former endpoint has no clients any more: the TTL's tail × the age of connections.
 *
 * Assumes that caches took the former answer at moments spread evenly over its TTL, that each connection is opened at one such
 * moment and lives for `connectionAge`, and that requests spread evenly over connections. A client that does not close its
 * connections was seen to stay for ever: Node's `http.Agent` with `keepAlive` and undici never moved within 15 s of a TTL of 2 s.
 *
 * @throws CutoverError `DNS_OPTION_INVALID`, `DNS_TTL_INVALID`, `DURATION_INVALID`
 * @see https://github.com/square/okhttp/issues/3520 and https://github.com/reactor/reactor-netty/issues/1158
 */
export function drainEstimate(options: DrainEstimateOptions): DrainEstimate {
  knownOptions(options, drainOptions, 'DNS_OPTION_INVALID', 'drainEstimate')
  const { servedAt, ttlSeconds, floorSeconds = 0, clientCache = '0s', connectionAge = 'unlimited' } = options
  instant(servedAt, 'servedAt')
  const keptSeconds = Math.max(dnsTtl(ttlSeconds), dnsTtl(floorSeconds, 'floorSeconds'))
  const clientMs = durationMs(clientCache, 'clientCache')
  const ageMs = connectionAge === 'unlimited' ? undefined : durationMs(connectionAge, 'connectionAge')
  const tailMs = rememberedMs(keptSeconds) + clientMs
  const dnsDoneAt = servedAt + tailMs
  const doneAt = ageMs === undefined ? undefined : dnsDoneAt + ageMs
  const oldShare = (at: number): number => shareAt(at - servedAt, tailMs, ageMs)
  return {
    dnsDoneAt,
    doneAt,
    p99DoneAt: doneAt === undefined ? undefined : firstBelow(oldShare, 0.01, servedAt, doneAt),
    oldShare,
    advice: advice({ keptSeconds, clientMs, ageMs, dnsDoneAt }),
  }
}

/** The share of connections that were opened to the former address, over the ages that connections have at `t`. */
function shareAt(t: number, tailMs: number, ageMs: number | undefined): number {
  if (ageMs === undefined) return 1
  if (ageMs === 0) return resolvesOld(t, tailMs)
  return (openedBy(t, tailMs) - openedBy(t - ageMs, tailMs)) / ageMs
}

const resolvesOld = (t: number, tailMs: number): number => Math.min(1, Math.max(0, 1 - t / tailMs))

/** The integral of `resolvesOld` from 0 to `t`. */
function openedBy(t: number, tailMs: number): number {
  if (t <= 0) return t
  const within = Math.min(t, tailMs)
  return within - within ** 2 / (2 * tailMs)
}

/** It falls all the time; to the millisecond. */
function firstBelow(share: (at: number) => number, limit: number, from: number, to: number): number {
  let [above, below] = [from, to]
  while (below - above > 1) {
    const middle = Math.floor((above + below) / 2)
    // Shares are sums of fractions: not exact to the last bit.
    if (share(middle) <= limit + 1e-12) below = middle
    else above = middle
  }
  return below
}

function advice(terms: {
  readonly keptSeconds: number
  readonly clientMs: number
  readonly ageMs: number | undefined
  readonly dnsDoneAt: number
}): readonly string[] {
  const { keptSeconds, clientMs, ageMs, dnsDoneAt } = terms
  const connections =
    ageMs === undefined
      ? 'Clients that keep connections alive never move: let the former endpoint answer `Connection: close` (HTTP/2: send GOAWAY), or close idle connections at its load balancer.'
      : `Connections live for up to ${formatDuration(ageMs)}: \`Connection: close\` (HTTP/2: GOAWAY) from the former endpoint ends that at each one's next request.`
  return [
    ...(ageMs === 0 ? [] : [connections]),
    ...(clientMs > rememberedMs(keptSeconds)
      ? [`Clients keep addresses for ${formatDuration(clientMs)} themselves; set networkaddress.cache.ttl=5 in a JVM.`]
      : []),
    `Do not stop the former endpoint before ${formatInstant(ageMs === undefined ? dnsDoneAt : dnsDoneAt + ageMs)}${ageMs === undefined ? ', and then only once it sees no requests' : ''}.`,
  ]
}
