// Stands between a client and a DNS server over TCP, and loses replies when it is told to.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface ForgetfulProxy extends AsyncDisposable {
  readonly port: number
  /** How many updates it has passed on. */
  readonly updates: number
  /** The server gets the next update, and the client never its reply. */
  forgetNextUpdate(): void
}

const opcodeOf = (message: Buffer): number => (message.readUInt8(2) >> 3) & 0xf
const update = 5

export async function forgetfulProxy(port: number): Promise<ForgetfulProxy> {
  const open = new Set<Socket>()
  let [updates, forgotten] = [0, 0]
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port })
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
      socket.on('error', () => socket.destroy())
    }
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    eachMessage(client, (framed, message) => {
      if (opcodeOf(message) === update) updates += 1
      upstream.write(framed)
    })
    eachMessage(upstream, (framed, message) => {
      if (opcodeOf(message) === update && forgotten > 0) forgotten -= 1
      else client.write(framed)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get updates() {
      return updates
    },
    forgetNextUpdate: () => void (forgotten += 1),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

function eachMessage(socket: Socket, use: (framed: Buffer, message: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0)
      use(rest.subarray(0, end), rest.subarray(2, end))
      rest = rest.subarray(end)
    }
  })
}
