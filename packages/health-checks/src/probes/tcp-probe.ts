import { type Check, defineCheck, type Duration, durationMs, formatDuration, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { checkWhere, shownAddress } from '../probe-target.ts'
import { connectWithin, type ConnectEvidence } from './connect-within.ts'
import type { Connector } from './connector.ts'
import { nodeConnector } from './node/node-connector.ts'

export interface TcpProbeOptions {
  /** An IP address or a host name, without port. */
  readonly host: string
  readonly port: number
  /** @default '5s' */
  readonly within?: Duration | undefined
  /** @default made of host and port */
  readonly id?: string | undefined
  /** @default host, port and what is wanted */
  readonly title?: string | undefined
  /** @default nodeConnector */
  readonly connector?: Connector | undefined
}

const known: readonly (keyof TcpProbeOptions)[] = ['host', 'port', 'within', 'id', 'title', 'connector']

/**
 * A check that somebody takes connections at a port: a database, a broker, a private endpoint. Nothing is sent.
 *
 * `pass`: the connection was taken within the time. `fail`: the address refused it. `undecided`: no word came from the address.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when it is made, before anything is asked.
 */
export function tcpProbe(options: TcpProbeOptions): Check<ConnectEvidence> {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'tcpProbe')
  const { host, port, within = '5s', connector = nodeConnector } = options
  if (typeof host !== 'string' || host === '') refuseOption('host', host, 'an IP address or a host name')
  if (port === undefined) refuseOption('port', port, 'a whole number from 1 to 65535')
  checkWhere({ address: host, port })
  const withinMs = durationMs(within, 'within')
  if (withinMs <= 0) refuseOption('within', within, 'more than 0')
  const asked = shownAddress(host, port)
  const { id = `health:tcp:${asked}`, title = `${asked} takes connections within ${formatDuration(withinMs)}` } =
    options

  return defineCheck<ConnectEvidence>({
    id,
    title,
    async run(context) {
      const attempt = await connectWithin(withinMs, connector, { address: host, port }, context)
      const evidence = { reason: 'held' as const, asked, ...attempt.evidence }
      if (!attempt.connected) return { status: attempt.status, text: `${asked} ${attempt.text}`, evidence }
      return { status: 'pass', text: `${asked} took the connection in ${evidence.ms} ms`, evidence }
    },
  })
}
