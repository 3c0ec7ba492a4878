import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'

import { sameQuestion } from '../rfc2136/authority.ts'
import { type Endpoint, unavailable } from '../rfc2136/failure.ts'
import { Malformed } from '../rfc2136/malformed.ts'
import { type DecodedMessage, decodeMessage, encodeMessage, type Question } from '../rfc2136/message.ts'
import { opcode, rcode, rcodeName } from '../rfc2136/registry.ts'
import { overTcp, type SocketOptions } from '../rfc2136/tcp.ts'

/**
 * Asks a server one question as a client does, over UDP, and again over TCP when the answer is cut off (RFC 1035 §4.2).
 *
 * @throws CutoverError `DNS_UNAVAILABLE` for anything but NOERROR and NXDOMAIN; `signal.reason` unchanged.
 */
export async function askAsClient(
  endpoint: Endpoint,
  question: Question,
  options: SocketOptions,
): Promise<DecodedMessage> {
  const id = randomInt(0x1_0000)
  const request = encodeMessage({
    id,
    isResponse: false,
    opcode: opcode.QUERY,
    recursionDesired: true,
    rcode: rcode.NOERROR,
    questions: [question],
  })
  const short = await overUdp(endpoint, request, options, (bytes) => responseTo(bytes, id, question))
  const response = short.truncated
    ? responseTo(await overTcp(endpoint, options, (exchange) => exchange(request)), id, question)
    : short
  if (response === undefined) throw unavailable(endpoint, 'sent what is no answer')
  if (response.rcode === rcode.NOERROR || response.rcode === rcode.NXDOMAIN) return response
  throw unavailable(endpoint, `answered ${rcodeName(response.rcode)} to a query for ${question.name}`)
}

/** `undefined` for what belongs to another question: over UDP anybody can send it. */
function responseTo(bytes: Buffer, id: number, question: Question): DecodedMessage | undefined {
  try {
    const response = decodeMessage(bytes)
    const echoed = response.questions[0]
    return response.isResponse && response.id === id && echoed && sameQuestion(echoed, question) ? response : undefined
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}

/** Sends one datagram and waits for the first that `accept` takes. */
function overUdp<T>(
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
