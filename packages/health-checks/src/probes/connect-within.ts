import { type Clock, formatDuration } from '@cutover/core'

import { late, withDeadline } from '../deadline.ts'
import type { Peer } from '../http-transport.ts'
import type { Connected, Connector, ConnectRequest } from './connector.ts'

/** What a connection says of its other side. JSON. */
export interface ConnectEvidence<Reason extends string = never> {
  /** Why the answer is what it is: `held` when all does. */
  readonly reason: 'held' | 'late' | 'refused' | 'broken' | 'unreachable' | 'stalled' | Reason
  /** Where the connection was sent: `orders.azurewebsites.net:443`. */
  readonly asked: string
  /** The IP address that took the connection. */
  readonly address?: string | undefined
  /** From the first attempt to connect. */
  readonly ms: number
}

export type Attempt =
  | { readonly connected: Connected; readonly evidence: Pick<ConnectEvidence, 'address' | 'ms'> }
  | {
      readonly connected?: undefined
      readonly status: 'fail' | 'undecided'
      readonly text: string
      readonly evidence: Pick<ConnectEvidence, 'reason' | 'address' | 'ms'>
    }

/** A timer that fires so much too late was held up here: then the time says nothing about the other side. */
const stalledMs = 1_000

/** One connection within a time. Only the address's own word is a fail; silence is undecided. */
export async function connectWithin(
  withinMs: number,
  connector: Connector,
  request: ConnectRequest,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Attempt> {
  let peer: Peer | undefined
  const onPeer = (found: Peer): void => {
    peer = found
  }
  const startedAt = clock.monotonic()
  const reply = await withDeadline(withinMs, { clock, signal }, (stop) =>
    connector.connect(request, { signal: stop, onPeer }),
  )
  const ms = Math.round(clock.monotonic() - startedAt)
  const seen = { ...(peer ? { address: peer.address } : {}), ms }
  const unsure = (reason: 'unreachable' | 'stalled', text: string): Attempt => ({
    status: 'undecided',
    text,
    evidence: { reason, ...seen },
  })
  const said = (reason: 'late' | 'refused' | 'broken', text: string): Attempt => ({
    status: 'fail',
    text,
    evidence: { reason, ...seen },
  })
  if (reply === late || (reply.kind === 'connected' && ms > withinMs)) {
    if (ms > withinMs + stalledMs)
      return unsure('stalled', `was asked by a process that stood still: ${formatDuration(ms)} passed`)
    return peer
      ? said('late', `took the connection and was not ready within ${formatDuration(withinMs)}`)
      : unsure('unreachable', `took no connection within ${formatDuration(withinMs)}`)
  }
  if (reply.kind === 'connected') return { connected: reply, evidence: seen }
  const { kind, text } = reply
  return kind === 'unreachable' ? unsure(kind, text) : said(kind === 'refused' ? kind : 'broken', text)
}
