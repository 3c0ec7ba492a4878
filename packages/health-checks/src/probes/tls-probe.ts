import { type Check, defineCheck, type Duration, durationMs, formatDuration, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { checkWhere, shownAddress } from '../probe-target.ts'
import { connectWithin, type ConnectEvidence } from './connect-within.ts'
import type { ChainLink, Connector } from './connector.ts'
import { nodeConnector } from './node/node-connector.ts'

export interface TlsProbeOptions {
  /** The real name: SNI, and what the certificate must be for. */
  readonly host: string
  /** Connects here, an IP address or a host name, instead of resolving `host`. */
  readonly address?: string | undefined
  /** @default 443 */
  readonly port?: number | undefined
  /** How long the certificate must still be valid. @default '30d' */
  readonly validFor?: Duration | undefined
  /** PEM certificates of a private CA, trusted instead of the machine's. */
  readonly ca?: string | readonly string[] | undefined
  /** How long connection and handshake may take together. @default '5s' */
  readonly within?: Duration | undefined
  /** @default made of host and address */
  readonly id?: string | undefined
  /** @default host, address and what is wanted */
  readonly title?: string | undefined
  /** @default nodeConnector */
  readonly connector?: Connector | undefined
}

const known: readonly (keyof TlsProbeOptions)[] = [
  'host',
  'address',
  'port',
  'validFor',
  'ca',
  'within',
  'id',
  'title',
  'connector',
]

export interface TlsEvidence extends ConnectEvidence<'certificate' | 'expires'> {
  /** The server's own certificate first. */
  readonly chain?: readonly ChainLink[] | undefined
  /** When the server's own certificate expires, ISO 8601. */
  readonly expiresAt?: string | undefined
  /** Whole days until then; negative when they are over. */
  readonly daysLeft?: number | undefined
  /** `TLSv1.3` */
  readonly protocol?: string | undefined
}

const dayMs = 86_400_000

/**
 * A check that a server shows a certificate for the real name, from a trusted CA, that is valid for long enough; at an address,
 * before DNS leads there.
 *
 * `fail`: the certificate is for another name, expired, of an unknown CA, incomplete in its chain, or expires too soon; the
 * connection was refused, or broke. `undecided`: no word came from the address. Revocation is not asked for; a request is not sent.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when it is made, before anything is asked.
 */
export function tlsProbe(options: TlsProbeOptions): Check<TlsEvidence> {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'tlsProbe')
  const { host, address = host, port = 443, validFor = '30d', ca, within = '5s', connector = nodeConnector } = options
  if (typeof host !== 'string' || !/^[\w.:-]+$/.test(host)) refuseOption('host', host, 'the real name, without scheme')
  checkWhere({ address, port, ca })
  const [withinMs, validForMs] = [durationMs(within, 'within'), durationMs(validFor, 'validFor')]
  if (withinMs <= 0) refuseOption('within', within, 'more than 0')
  const name = host.replace(/\.$/, '')
  const asked = shownAddress(address, port)
  const where = address === host ? asked : `${name} at ${asked}`
  const { title = `${where} shows a certificate that is valid for ${formatDuration(validForMs)}` } = options
  const { id = `health:tls:${name}@${asked}` } = options

  return defineCheck<TlsEvidence>({
    id,
    title,
    async run(context) {
      const attempt = await connectWithin(withinMs, connector, { address, port, tls: { name, ca } }, context)
      if (!attempt.connected)
        return {
          status: attempt.status,
          text: `${where} ${attempt.text}`,
          evidence: { asked, ...attempt.evidence },
        }
      const { chain = [], protocol, problem } = attempt.connected
      const { expiresAt } = chain[0] ?? {}
      // oxlint-disable-next-line no-restricted-globals -- reads what the certificate says, and no clock
      const leftMs = expiresAt === undefined ? Number.NaN : Date.parse(expiresAt) - context.clock.now()
      const daysLeft = Math.floor(leftMs / dayMs)
      const seen = { asked, ...attempt.evidence, chain, expiresAt, daysLeft, protocol }
      const fail = (reason: 'certificate' | 'expires', text: string) => ({
        status: 'fail' as const,
        text: `${where} ${text}`,
        evidence: { ...seen, reason },
      })
      if (problem !== undefined) return fail('certificate', problem)
      if (!(leftMs >= validForMs))
        return fail('expires', `shows a certificate for ${daysLeft} days more, until ${expiresAt}; wanted ${validFor}`)
      const text = `${where} shows a certificate of ${chain[0]?.name} for ${daysLeft} days more`
      return { status: 'pass', text, evidence: { ...seen, reason: 'held' } }
    },
  })
}
