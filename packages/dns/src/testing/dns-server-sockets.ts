import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

import { splitter, withLength } from '../rfc2136/tcp.ts'

/** Answers one message, a transfer with several; none answers nothing. */
export type Handler = (request: Buffer, transport: 'udp' | 'tcp') => readonly Buffer[]

export interface Sockets {
  readonly port: number
  close(): Promise<void>
}

/** A connection without a request for so long is closed. */
const idleMs = 30_000

/** Listens on one port over UDP and TCP. Port 0 takes one that is free for both. */
export async function listen(address: string, port: number, handle: Handler): Promise<Sockets> {
  for (let attempt = 0; ; attempt++) {
    const tcp = await listenTcp(address, port, handle)
    try {
      const udp = await listenUdp(address, tcp.port, handle)
      return { port: tcp.port, close: async () => void (await Promise.all([tcp.close(), udp.close()])) }
    } catch (error) {
      await tcp.close()
      // Somebody has the same port for UDP: take another, if any will do.
      if (port !== 0 || attempt === 10 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
}

async function listenTcp(address: string, port: number, handle: Handler): Promise<Sockets> {
  const open = new Set<Socket>()
  const server: Server = createServer((socket) => {
    open.add(socket)
    const split = splitter()
    socket.setTimeout(idleMs, () => socket.destroy())
    socket.on('close', () => open.delete(socket))
    // A peer that resets its connection is no fault of the server.
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      for (const request of split(chunk)) {
        for (const response of handle(request, 'tcp')) if (socket.writable) socket.write(withLength(response))
      }
    })
  })
  server.listen({ host: address, port })
  await once(server, 'listening')
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

async function listenUdp(address: string, port: number, handle: Handler): Promise<Sockets> {
  const socket: UdpSocket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.bind({ address, port, exclusive: true })
  await once(socket, 'listening')
  // A client that is gone already answers with an ICMP error.
  socket.on('error', () => {})
  socket.on('message', (request, { address: from, port: its }) => {
    for (const response of handle(request, 'udp')) socket.send(response, its, from, () => {})
  })
  return { port, close: () => new Promise((resolve) => void socket.close(() => resolve())) }
}
