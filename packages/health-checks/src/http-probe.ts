import {
  type Answer,
  type Check,
  defineCheck,
  type Duration,
  durationMs,
  formatDuration,
  knownOptions,
} from '@cutover/core'

import { late, withDeadline } from './deadline.ts'
import { refuseOption } from './health-error.ts'
import { broken, checkExpectations, type HttpExpectations, wantedStatus } from './http-expectations.ts'
import type { Certificate, HttpReply, HttpTransport, Peer } from './http-transport.ts'
import { nodeTransport } from './node-transport.ts'
import { type ProbeTarget, probeTarget, type Target } from './probe-target.ts'

export interface HttpProbeOptions extends ProbeTarget, HttpExpectations {
  /** How long connecting and the whole answer may take together. @default '5s' */
  readonly within?: Duration | undefined
  /** @default made of method, URL without query, and address */
  readonly id?: string | undefined
  /** What is true when it passes, for people. @default URL, address and what is wanted */
  readonly title?: string | undefined
  /** @default nodeTransport */
  readonly transport?: HttpTransport | undefined
}

const probeOptions: readonly (keyof HttpProbeOptions)[] = [
  'url',
  'address',
  'port',
  'method',
  'headers',
  'ca',
  'status',
  'responseHeaders',
  'body',
  'json',
  'within',
  'id',
  'title',
  'transport',
]

/** JSON data without request headers and without the URL's query. */
export interface HttpEvidence {
  /** Why the answer is what it is: the first thing that does not hold, `held` when all does. */
  readonly reason:
    | 'held'
    | 'status'
    | 'header'
    | 'body'
    | 'cut'
    | 'late'
    | 'refused'
    | 'certificate'
    | 'broken'
    | 'unreachable'
    | 'stalled'
  readonly url: string
  /** Where the connection was sent: `orders.azurewebsites.net:443`. */
  readonly asked: string
  /** The IP address that took the connection. */
  readonly address?: string | undefined
  readonly certificate?: Certificate | undefined
  /** From the first attempt to connect to the last byte. */
  readonly ms: number
  readonly status?: number | undefined
  /** Where a 3xx points to, without its query; it is not followed. */
  readonly location?: string | undefined
  /** The first 200 characters of an answer that does not hold, without what was sent in headers and query. */
  readonly body?: string | undefined
}

/**
 * Asks one address over HTTP, under the real name: Host, SNI and the certificate's name are the URL's, whatever `address` is.
 *
 * `pass`: it answered, and status, headers, body and `within` hold. `fail`: word came from the address, and something does
 * not hold: a wrong answer, none within `within` on a connection that stands, a connection that it refused or broke, a
 * certificate that does not fit. `undecided`: no word came from the address (no address for the name, no route, no connection
 * within `within`), the body is over 1 MiB and was to be judged, or this process stood still meanwhile.
 *
 * A service that is starting refuses too: give `require` and `waitFor` a `patience`. Each ask is a new connection.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when it is made, before anything is asked.
 */
export function httpProbe(options: HttpProbeOptions): Check<HttpEvidence> {
  // The URL alone, as fetch takes it, may have a key in its query: it is not shown.
  if (typeof options === 'string') refuseOption('options', 'a text', '{ url }')
  knownOptions(options, probeOptions, 'HEALTH_OPTIONS_INVALID', 'httpProbe')
  const { within = '5s', transport = nodeTransport, address, port, method = 'GET' } = options
  const target = probeTarget(options)
  checkExpectations(options)
  if (typeof (transport as Partial<HttpTransport> | null)?.request !== 'function')
    refuseOption('transport', transport, 'an HttpTransport, such as nodeTransport')
  const withinMs = durationMs(within, 'within')
  if (withinMs <= 0) refuseOption('within', within, 'more than 0')
  if (method === 'HEAD' && (options.body ?? options.json))
    refuseOption('method', method, 'GET: HEAD has no body to judge')
  const elsewhere = address !== undefined || port !== undefined
  const where = elsewhere ? `${target.shownUrl} at ${target.asked}` : target.shownUrl
  const { title = `${where} answers ${wantedStatus(options)} within ${formatDuration(withinMs)}` } = options
  const { id = `health:${method.toLowerCase()}:${target.shownUrl}${elsewhere ? `@${target.asked}` : ''}` } = options

  for (const [field, text] of Object.entries({ id, title })) {
    if (typeof text !== 'string' || text === '') refuseOption(field, text, 'a text')
  }

  return defineCheck<HttpEvidence>({
    id,
    title,
    async run({ clock, signal }) {
      let peer: Peer | undefined
      const onPeer = (found: Peer): void => {
        peer = found
      }
      const startedAt = clock.monotonic()
      const reply = await withDeadline(withinMs, { clock, signal }, (stop) =>
        transport.request(target.request, { signal: stop, onPeer }),
      )
      const ms = Math.round(clock.monotonic() - startedAt)
      const evidence = { url: target.shownUrl, asked: target.asked, ...peer, ms }
      const timeUp = reply === late || (reply.kind === 'response' && ms > withinMs)
      const { text, ...judged } = timeUp ? overdue(peer, withinMs, ms) : judge(reply, options, target, ms)
      return { ...judged, text: `${where} ${text}`, evidence: { ...evidence, ...judged.evidence } }
    },
  })
}

interface Judged extends Answer {
  readonly evidence: Pick<HttpEvidence, 'reason' | 'status' | 'location' | 'body'>
}

/** A timer that fires so much too late was held up here: then the time says nothing about the target. */
const stalledMs = 1_000

/** A connection that stands and stays silent is the server's word; without one, nobody was asked. */
function overdue(peer: Peer | undefined, withinMs: number, ms: number): Judged {
  const within = formatDuration(withinMs)
  if (ms > withinMs + stalledMs) {
    const text = `was asked by a process that stood still: ${formatDuration(ms)} passed instead of ${within}`
    return { status: 'undecided', text, evidence: { reason: 'stalled' } }
  }
  return peer
    ? { status: 'fail', text: `took the connection and did not answer within ${within}`, evidence: { reason: 'late' } }
    : { status: 'undecided', text: `took no connection within ${within}`, evidence: { reason: 'unreachable' } }
}

function judge(reply: HttpReply, expected: HttpExpectations, { redact }: Target, ms: number): Judged {
  if (reply.kind !== 'response') {
    const { kind: reason, text } = reply
    return { status: reason === 'unreachable' ? 'undecided' : 'fail', text, evidence: { reason } }
  }
  const { status, headers, body } = reply
  const problem = broken(expected, reply)
  if (!problem) return { status: 'pass', text: `answered ${status} in ${ms} ms`, evidence: { reason: 'held', status } }
  const location = headers['location'] && redact(headers['location'].replace(/\?.*$/s, ''))
  const to = location === undefined ? '' : ` to ${location}`
  return {
    status: problem.reason === 'cut' ? 'undecided' : 'fail',
    text: `answered ${status}${to} in ${ms} ms; ${redact(problem.text)}`,
    evidence: {
      reason: problem.reason,
      status,
      ...(location === undefined ? {} : { location }),
      ...(body === '' ? {} : { body: redact(body).slice(0, 200) }),
    },
  }
}
