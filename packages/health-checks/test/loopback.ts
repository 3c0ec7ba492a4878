// Real servers on 127.0.0.1 that vanish, with their connections, at the end of the test.
import { createServer as createPlain, type RequestListener } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { type AddressInfo, createServer as createTcp, type Server as TcpServer, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'

import { onTestFinished } from 'vitest'

export async function serveHttp(handler: RequestListener): Promise<number> {
  return listen(createPlain(handler))
}

/** Answers its port, and the server names (SNI) that it was asked for. */
export async function serveHttps(
  identity: { readonly key: string; readonly cert: string },
  handler: RequestListener,
): Promise<{ readonly port: number; readonly asked: string[] }> {
  const asked: string[] = []
  const SNICallback = (
    name: string,
    done: (error: null, found: ReturnType<typeof createSecureContext>) => void,
  ): void => {
    asked.push(name)
    done(null, createSecureContext(identity))
  }
  return { port: await listen(createSecure({ ...identity, SNICallback }, handler)), asked }
}

export async function serveTcp(onConnection: (socket: Socket) => void): Promise<number> {
  return listen(createTcp((socket) => onConnection(socket.on('error', () => {}))))
}

/** A port of 127.0.0.1 on which nobody listens any more. */
export async function closedPort(): Promise<number> {
  const server = createTcp()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
  await new Promise((resolve) => void server.close(resolve))
  return port
}

function listen(server: TcpServer): Promise<number> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  onTestFinished(async () => {
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => void server.close(resolve))
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
