import { type Answer, type Clock, formatDuration } from '@cutover/core'

import { late, withDeadline } from './deadline.ts'
import { broken, type HttpExpectations } from './http-expectations.ts'
import type { Certificate, HttpReply, Peer } from './http-transport.ts'
import type { Target } from './probe-target.ts'

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
 * Asks once within a time, and judges what came: its text goes on after the words for who was asked.
 *
 * Only the address's own word is a fail.
 */
export async function answerWithin(
  withinMs: number,
  target: Pick<Target, 'shownUrl' | 'asked' | 'redact'>,
  expected: HttpExpectations,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  ask: (signal: AbortSignal, onPeer: (peer: Peer) => void) => Promise<HttpReply>,
): Promise<Answer<HttpEvidence> & { readonly evidence: HttpEvidence }> {
  let peer: Peer | undefined
  const onPeer = (found: Peer): void => {
    peer = found
  }
  const startedAt = clock.monotonic()
  const reply = await withDeadline(withinMs, { clock, signal }, (stop) => ask(stop, onPeer))
  const ms = Math.round(clock.monotonic() - startedAt)
  const evidence = { url: target.shownUrl, asked: target.asked, ...peer, ms }
  const timeUp = reply === late || (reply.kind === 'response' && ms > withinMs)
  const { text, ...judged } = timeUp ? overdue(peer, withinMs, ms) : judge(reply, expected, target, ms)
  return { ...judged, text, evidence: { ...evidence, ...judged.evidence } }
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

function judge(reply: HttpReply, expected: HttpExpectations, { redact }: Pick<Target, 'redact'>, ms: number): Judged {
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
