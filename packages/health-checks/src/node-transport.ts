import type { X509Certificate } from 'node:crypto'
import { type IncomingMessage, request as send } from 'node:http'
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as connectSecure, type TLSSocket } from 'node:tls'

import { certificateFacts, certificateProblem } from './certificate.ts'
import { codeOf, connectionFailure } from './connection-failure.ts'
import type { HttpReply, HttpRequest, HttpTransport } from './http-transport.ts'

/**
 * Asks over a real connection, a new one for each request: a pooled one would lead to the side that was asked before.
 *
 * The connection is made, and its certificate judged, before anything of the request is written. No proxy setting is read.
 */
export const nodeTransport: HttpTransport = {
  request(request, { signal, onPeer }) {
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
      const settle = (reply: HttpReply): void => {
        end()
        resolve(reply)
      }
      const fail = (error: Error): void => settle(connectionFailure(error, stands))
      const ask = (): void => {
        try {
          exchange(request, socket, settle, fail)
        } catch (error) {
          end()
          reject(error)
        }
      }
      signal.addEventListener('abort', stop, { once: true })
      // Never removed: what a destroyed socket still says must not become an uncaught exception.
      socket.on('error', fail)
      socket.once('connect', () => {
        stands = true
        onPeer({ address: socket.remoteAddress ?? request.address })
        if (!request.secure) ask()
      })
      socket.once('secureConnect', () => {
        const secured = socket as TLSSocket
        const shown = secured.getPeerX509Certificate()
        if (!shown) return settle({ kind: 'broken', text: 'showed no certificate' })
        const certificate = certificateFacts(shown)
        onPeer({ address: socket.remoteAddress ?? request.address, certificate })
        const problem = problemOf(secured, shown, request.name)
        if (problem === undefined) return ask()
        settle({ kind: 'certificate', text: certificateProblem(problem, request.name, certificate) })
      })
    })
  },
}

function open({ secure, name, address, port, ca }: HttpRequest): Socket {
  if (!secure) return connectPlain({ host: address, port })
  return connectSecure({
    host: address,
    port,
    // RFC 6066 §3: an IP address is no server name.
    servername: isIP(name) ? '' : name,
    ALPNProtocols: ['http/1.1'],
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
    // Judged in problemOf, before a byte is written: rejected by Node itself, the certificate could not be shown any more.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  })
}

/** The chain first, then the real name; never the address. */
function problemOf(socket: TLSSocket, shown: X509Certificate, name: string): string | undefined {
  if (!socket.authorized) return codeOf(socket.authorizationError)
  // Not getPeerCertificate(): after getPeerX509Certificate() that answers {} (seen with Node 24).
  const misfit = checkServerIdentity(name, shown.toLegacyObject())
  return misfit && codeOf(misfit)
}

function exchange(
  { method, path, headers, body, maxBodyBytes }: HttpRequest,
  socket: Socket,
  settle: (reply: HttpReply) => void,
  fail: (error: Error) => void,
): void {
  // Without an agent there is no pool, and Node sends `connection: close`.
  const sent = send({ createConnection: () => socket, method, path, headers: { ...headers }, setHost: false })
  sent.on('error', fail)
  sent.on('response', (response) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const answer = (cut: boolean): void =>
      settle({
        kind: 'response',
        status: response.statusCode ?? 0,
        headers: joined(response.headers),
        body: Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8'),
        cut,
      })
    response.on('error', fail)
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > maxBodyBytes) answer(true)
    })
    response.on('end', () => answer(false))
  })
  // Given at once, it goes with its length.
  sent.end(body)
}

function joined(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [name, typeof value === 'string' ? value : value.join(', ')]),
  )
}
