import { createSocket } from 'node:dgram'

import { type Endpoint, unavailable } from '../rfc2136/failure.ts'
import type { SocketOptions } from '../rfc2136/tcp.ts'

/**
 * Sends one datagram from a port of its own and waits for the first answer that `accept` takes.
 *
 * @throws CutoverError `DNS_UNAVAILABLE`; `signal.reason` unchanged.
 */
export function overUdp<T>(
  endpoint: Endpoint,
  request: Buffer,
  { timeoutMs, clock, signal }: SocketOptions,
  accept: (bytes: Buffer) => T | undefined,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const done = new AbortController()
  const stop = (): void => reject(signal?.reason as Error)
  if (signal?.aborted) return Promise.reject(signal.reason as Error)
  signal?.addEventListener('abort', stop, { once: true })
  const socket = createSocket(endpoint.server.includes(':') ? 'udp6' : 'udp4')
  socket.on('error', (cause) => reject(unavailable(endpoint, `cannot be reached: ${cause.message}`, { cause })))
  socket.on('message', (bytes) => {
    const accepted = accept(bytes)
    if (accepted !== undefined) resolve(accepted)
  })
  // A connected socket takes datagrams from that server alone, and hears that nobody listens there.
  socket.connect(endpoint.port, endpoint.server, () => socket.send(request))
  clock.sleep(timeoutMs, { signal: done.signal }).then(
    () => reject(unavailable(endpoint, `did not answer within ${timeoutMs} ms`)),
    () => {},
  )
  return promise.finally(() => {
    done.abort()
    signal?.removeEventListener('abort', stop)
    socket.close()
  })
}
