import { connect, type Socket } from 'node:net'

import type { Clock } from '@cutover/core'

import { type Endpoint, unavailable } from './failure.ts'

export interface SocketOptions {
  /** For connecting, and again for each answer. */
  readonly timeoutMs: number
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes one message in the turn in which it is called, `fence` directly before, and answers the one that comes back. Several
 * may be under way at once, each with an id of its own: they may be answered in any order (RFC 7766 §6.2.1.1).
 */
export type Exchange = (request: Buffer, fence?: () => void) => Promise<Buffer>

/** Writes one message, and answers all that come back, until nobody asks for more of them (RFC 5936 §2.2). */
export type Converse = (request: Buffer) => AsyncIterable<Buffer>

/**
 * Opens a connection for `use`, and closes it (RFC 1035 §4.2.2, RFC 7766).
 *
 * A connection that fails, is aborted or too slow is reset: what this machine has not sent by then is never sent.
 *
 * @throws CutoverError `DNS_UNAVAILABLE`; `signal.reason` unchanged.
 */
export async function overTcp<T>(
  endpoint: Endpoint,
  options: SocketOptions,
  use: (exchange: Exchange, converse: Converse) => Promise<T>,
): Promise<T> {
  const { timeoutMs, clock, signal } = options
  signal?.throwIfAborted()
  const socket = connect({ host: endpoint.server, port: endpoint.port, noDelay: true })
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => {})
  const stop = (): void => broken.reject(signal?.reason)
  signal?.addEventListener('abort', stop, { once: true })
  socket.on('error', (cause) => broken.reject(unavailable(endpoint, `cannot be reached: ${cause.message}`, { cause })))
  socket.on('close', () => broken.reject(unavailable(endpoint, 'closed the connection without an answer')))
  const inTime = async <S>(step: Promise<S>): Promise<S> => {
    const timer = new AbortController()
    const late = clock.sleep(timeoutMs, { signal: timer.signal }).then(() => {
      throw unavailable(endpoint, `did not answer within ${timeoutMs} ms`)
    })
    late.catch(() => {})
    try {
      return await Promise.race([step, broken.promise, late])
    } finally {
      timer.abort(inTimeAfterAll)
    }
  }
  const nextFor = byId(socket, (what) => broken.reject(unavailable(endpoint, `sent what is no answer: ${what}`)))
  const send = (request: Buffer, fence?: () => void): (() => Promise<Buffer>) => {
    signal?.throwIfAborted()
    fence?.()
    // Questions of one turn go out together.
    socket.cork()
    socket.write(withLength(request))
    process.nextTick(() => socket.uncork())
    return nextFor(request)
  }
  const exchange: Exchange = (request, fence) => inTime(send(request, fence)())
  const converse: Converse = async function* converse(request) {
    for (const next = send(request); ;) yield await inTime(next())
  }
  try {
    await inTime(new Promise<void>((resolve) => void socket.once('connect', resolve)))
    const result = await use(exchange, converse)
    socket.destroy()
    return result
  } catch (error) {
    // Of a connection that is still being made, nothing can have been sent.
    if (socket.connecting) socket.destroy()
    else socket.resetAndDestroy()
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/** Nobody sees it: an AbortError for each answer would be most of the work. */
const inTimeAfterAll = new Error('answered in time')

/** The message with its length in front, as TCP carries it. */
export function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}

/** The messages of a connection, each for the request whose id it has; one that nobody asked for is told. */
function byId(socket: Socket, refuse: (what: string) => void): (request: Buffer) => () => Promise<Buffer> {
  const split = splitter()
  const queues = new Map<number, { messages: Buffer[]; waiting: ((message: Buffer) => void)[] }>()
  socket.on('data', (chunk) => {
    for (const message of split(chunk)) {
      const queue = message.length < 2 ? undefined : queues.get(message.readUInt16BE(0))
      if (queue === undefined) return refuse('it belongs to another question')
      const next = queue.waiting.shift()
      if (next) next(message)
      else queue.messages.push(message)
    }
  })
  return (request) => {
    const queue: { messages: Buffer[]; waiting: ((message: Buffer) => void)[] } = { messages: [], waiting: [] }
    queues.set(request.readUInt16BE(0), queue)
    return () => {
      const message = queue.messages.shift()
      return message ? Promise.resolve(message) : new Promise((resolve) => void queue.waiting.push(resolve))
    }
  }
}

/** Cuts a stream into the messages that are complete; keeps the rest, at most one message. */
export function splitter(): (chunk: Buffer) => Buffer[] {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const messages: Buffer[] = []
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0)
      messages.push(rest.subarray(2, end))
      rest = rest.subarray(end)
    }
    return messages
  }
}
