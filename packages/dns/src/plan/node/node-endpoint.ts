import type { X509Certificate } from 'node:crypto'
import { request } from 'node:http'
import { isIP } from 'node:net'
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls'

import { type Clock, systemClock } from '@cutover/core'

import type { EndpointAnswer, EndpointProbe, EndpointQuestion, SeenCertificate } from '../endpoint-probe.ts'

export interface NodeEndpointOptions {
  /** Authorities to trust, PEM, instead of those that Node brings. */
  readonly ca?: string | readonly string[] | undefined
  /** For all of it: connection, certificate and answer. @default 5_000 */
  readonly timeoutMs?: number | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

/**
 * Looks at the new side over a real connection, as a client of the old name would: SNI and Host are that name, the address is the
 * new one. The certificate is judged, and shown even where it is not accepted; then one GET is sent.
 */
export function nodeEndpoint(options: NodeEndpointOptions = {}): EndpointProbe {
  const { ca, timeoutMs = 5_000, clock = systemClock } = options
  return {
    async look(question, { signal } = {}) {
      signal?.throwIfAborted()
      const over = new AbortController()
      const late = clock.sleep(timeoutMs, { signal: over.signal }).then(
        (): EndpointAnswer => ({ reached: false, why: `no answer within ${timeoutMs} ms` }),
        () => undefined,
      )
      const { promise: stopped, reject: stop } = Promise.withResolvers<never>()
      const onAbort = (): void => stop(signal?.reason)
      signal?.addEventListener('abort', onAbort, { once: true })
      stopped.catch(() => {})
      const { answer, end } = connection(question, ca)
      try {
        return (await Promise.race([answer, late, stopped])) ?? { reached: false, why: 'no answer' }
      } finally {
        signal?.removeEventListener('abort', onAbort)
        over.abort()
        end()
      }
    },
  }
}

function connection(
  { address, port, name, path }: EndpointQuestion,
  ca: NodeEndpointOptions['ca'],
): { readonly answer: Promise<EndpointAnswer>; end(): void } {
  const socket = connect({
    host: address,
    port,
    servername: isIP(name) ? '' : name,
    ALPNProtocols: ['http/1.1'],
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
    // Judged below: rejected by Node itself, the certificate could not be shown.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  })
  const answer = new Promise<EndpointAnswer>((resolve) => {
    let certificate: SeenCertificate | undefined
    const fail = (error: Error): void =>
      resolve(certificate ? { reached: true, certificate } : { reached: false, why: error.message })
    socket.on('error', fail)
    socket.on('close', () => fail(new Error('closed the connection')))
    socket.once('secureConnect', () => {
      const shown = socket.getPeerX509Certificate()
      if (!shown) return resolve({ reached: false, why: 'showed no certificate' })
      certificate = factsOf(socket, shown, name)
      // Nothing of a request goes to whom a client would not trust.
      if (certificate.problem !== undefined) return resolve({ reached: true, certificate })
      const seen = certificate
      const sent = request({
        createConnection: () => socket,
        method: 'GET',
        path,
        headers: { host: name, connection: 'close' },
      })
      sent.on('error', fail)
      sent.on('response', (response) => {
        response.resume()
        resolve({
          reached: true,
          certificate: seen,
          ...(response.statusCode !== undefined && { status: response.statusCode }),
        })
      })
      sent.end()
    })
  })
  return { answer, end: () => socket.destroy() }
}

function factsOf(socket: TLSSocket, shown: X509Certificate, name: string): SeenCertificate {
  const misfit = checkServerIdentity(name, shown.toLegacyObject())
  const problem = socket.authorized ? misfit?.message : codeOf(socket.authorizationError)
  return {
    names: (shown.subjectAltName ?? '').split(', ').flatMap((each) => (each.startsWith('DNS:') ? [each.slice(4)] : [])),
    issuer: /(?:^|\n)(?:O|CN)=(.*)/.exec(shown.issuer)?.[1] ?? shown.issuer.replaceAll('\n', ', '),
    validUntil: shown.validToDate.getTime(),
    ...(problem !== undefined && { problem }),
  }
}

function codeOf(error: unknown): string {
  if (typeof error === 'string') return error
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown }
  if (typeof code === 'string') return code
  return typeof message === 'string' ? message : 'not trusted'
}
