import type { X509Certificate } from 'node:crypto'
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as connectSecure, type TLSSocket } from 'node:tls'

import { certificateFacts, certificateProblem } from '../../certificate.ts'
import { codeOf, connectionFailure } from '../../connection-failure.ts'
import type { ChainLink, ConnectReply, ConnectRequest, Connector } from '../connector.ts'

/** Connects for real, a new connection each time; no proxy setting is read. */
export const nodeConnector: Connector = {
  connect(request, { signal, onPeer }) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const socket = open(request)
      let stands = false
      const end = (): void => {
        signal.removeEventListener('abort', stop)
        socket.destroy()
      }
      const stop = (): void => {
        end()
        reject(signal.reason as Error)
      }
      const settle = (reply: ConnectReply): void => {
        end()
        resolve(reply)
      }
      signal.addEventListener('abort', stop, { once: true })
      // Never removed: what a destroyed socket still says must not become an uncaught exception.
      socket.on('error', (error) => settle(connectionFailure(error, stands)))
      socket.on('end', () => settle({ kind: 'broken', text: 'took the connection and closed it' }))
      socket.once('connect', () => {
        stands = true
        onPeer({ address: socket.remoteAddress ?? request.address })
        if (!request.tls) settle({ kind: 'connected' })
      })
      socket.once('secureConnect', () => settle(shown(socket as TLSSocket, request.tls?.name ?? request.address)))
    })
  },
}

function open({ address, port, tls }: ConnectRequest): Socket {
  if (!tls) return connectPlain({ host: address, port })
  const { name, ca } = tls
  return connectSecure({
    host: address,
    port,
    // RFC 6066 §3: an IP address is no server name.
    servername: isIP(name) ? '' : name,
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
    // Judged below: rejected by Node itself, the certificate could not be shown any more.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  })
}

function shown(socket: TLSSocket, name: string): ConnectReply {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate) return { kind: 'broken', text: 'showed no certificate' }
  const misfit = checkServerIdentity(name, certificate.toLegacyObject())
  const code = socket.authorized ? misfit && codeOf(misfit) : codeOf(socket.authorizationError)
  const protocol = socket.getProtocol()
  return {
    kind: 'connected',
    chain: chainOf(certificate),
    ...(protocol === null ? {} : { protocol }),
    ...(code === undefined ? {} : { problem: certificateProblem(code, name, certificateFacts(certificate)) }),
  }
}

const longestChain = 10

function chainOf(leaf: X509Certificate): readonly ChainLink[] {
  const chain: ChainLink[] = []
  const seen = new Set<string>()
  for (
    let link: X509Certificate | undefined = leaf;
    link && chain.length < longestChain;
    link = link.issuerCertificate
  ) {
    // A root is its own issuer.
    if (seen.has(link.fingerprint256)) break
    seen.add(link.fingerprint256)
    const { name, expiresAt } = certificateFacts(link)
    chain.push({
      name,
      issuer: /^CN=(.+)$/m.exec(link.issuer ?? '')?.[1] ?? (link.issuer ?? '').replaceAll('\n', ', '),
      validFrom: link.validFromDate.toISOString(),
      expiresAt,
      fingerprint: link.fingerprint256,
    })
  }
  return chain
}
