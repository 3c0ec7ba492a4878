import { Agent as PlainAgent, type ClientRequest, type IncomingMessage, request as sendPlain } from 'node:http'
import { Agent as SecureAgent, request as sendSecure } from 'node:https'
import { isIP } from 'node:net'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'

import { codeOf, connectionFailure } from '../../connection-failure.ts'
import type { HttpReply, HttpRequest, HttpTransport } from '../../http-transport.ts'

/** Keeps connections and asks over them again, as clients do; one for a load test, and closed with it. */
export interface KeptConnections extends HttpTransport, Disposable {}

/**
 * Connections that are kept between requests to the same address, name and port, so that not every request pays for a handshake.
 *
 * A kept connection that the server has closed meanwhile is replaced once, for methods that may be sent twice. No redirect, no proxy.
 */
export function keptConnections(): KeptConnections {
  const settings = { keepAlive: true, scheduling: 'lifo', maxSockets: Infinity, maxFreeSockets: 1_024 } as const
  const [plain, secure] = [new PlainAgent(settings), new SecureAgent(settings)]

  const begin = (request: HttpRequest): ClientRequest => {
    const { method, path, headers, address: host, port, name, ca } = request
    const common = { method, path, headers: { ...headers }, host, port, setHost: false }
    if (!request.secure) return sendPlain({ ...common, agent: plain })
    return sendSecure({
      ...common,
      agent: secure,
      // The certificate is judged by this name too. RFC 6066 §3: an IP address is no server name; it is then judged by a function,
      // and Node keeps no connection that was (seen with Node 24.21).
      ...(isIP(name)
        ? {
            servername: '',
            checkServerIdentity: (_: string, shown: PeerCertificate) => checkServerIdentity(name, shown),
          }
        : { servername: name }),
      ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
    })
  }

  return {
    async request(request, { signal, onPeer }) {
      const first = await exchange(begin(request), request, signal, onPeer)
      if (first !== 'stale') return first
      const again = await exchange(begin(request), request, signal, onPeer)
      return again === 'stale' ? { kind: 'broken', text: 'closed one kept connection after another' } : again
    },
    [Symbol.dispose]() {
      plain.destroy()
      secure.destroy()
    },
  }
}

const mayBeSentTwice = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

function exchange(
  sent: ClientRequest,
  { method, body, address, maxBodyBytes }: HttpRequest,
  signal: AbortSignal,
  onPeer: (peer: { readonly address: string }) => void,
): Promise<HttpReply | 'stale'> {
  return new Promise((resolve, reject) => {
    let stands = false
    let answered = false
    const settle = (reply: HttpReply | 'stale'): void => {
      signal.removeEventListener('abort', stop)
      resolve(reply)
    }
    const stop = (): void => {
      signal.removeEventListener('abort', stop)
      reject(signal.reason as Error)
      sent.destroy()
    }
    const fail = (error: unknown): void => {
      const code = codeOf(error)
      if (sent.reusedSocket && !answered && code === 'ECONNRESET' && mayBeSentTwice.has(method)) settle('stale')
      else if (isOfCertificate(code))
        settle({ kind: 'certificate', text: `showed a certificate that does not fit (${code})` })
      else settle(connectionFailure(error, stands))
    }
    // Never removed: what a destroyed request still says must not become an uncaught exception.
    sent.on('error', fail)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    sent.on('socket', (socket) => {
      const taken = (): void => {
        stands = true
        onPeer({ address: socket.remoteAddress ?? address })
      }
      if (socket.connecting) socket.once('connect', taken)
      else taken()
    })
    sent.on('response', (response) => {
      answered = true
      collect(response, maxBodyBytes, fail, (text, cut) => {
        if (cut) sent.destroy()
        settle({ kind: 'response', status: response.statusCode ?? 0, headers: joined(response), body: text, cut })
      })
    })
    sent.end(body)
  })
}

function collect(
  response: IncomingMessage,
  maxBodyBytes: number,
  fail: (error: unknown) => void,
  done: (text: string, cut: boolean) => void,
): void {
  const chunks: Buffer[] = []
  let bytes = 0
  const end = (cut: boolean): void => done(Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8'), cut)
  response.on('error', fail)
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > maxBodyBytes) end(true)
  })
  response.on('end', () => end(false))
}

/** Codes of Node and OpenSSL for a certificate that was turned down. */
const isOfCertificate = (code: string): boolean => /CERT|ISSUER|LEAF_SIGNATURE/.test(code)

const joined = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [name, typeof value === 'string' ? value : value.join(', ')]),
  )
