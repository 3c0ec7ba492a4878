import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface CuttingProxy extends AsyncDisposable {
  readonly port: number
  /**
   * Once, at the next request that contains the text: cuts both sides, before the request goes on or before its answer does; or
   * loses the answer and leaves the connection as if it were well.
   */
  cut(containing: string, when: 'request' | 'answer' | 'silently'): void
  /** How often it has cut. */
  readonly cuts: number
}

/** Stands before a server on the loopback. */
export async function cuttingProxy(toPort: number): Promise<CuttingProxy> {
  let armed: { readonly containing: string; readonly when: 'request' | 'answer' | 'silently' } | undefined
  let cuts = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(toPort, '127.0.0.1')
    let answers: 'pass' | 'cut' | 'lose' = 'pass'
    const both = [client, upstream]
    const end = (): void => both.forEach((socket) => socket.destroy())
    for (const socket of both) {
      sockets.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        sockets.delete(socket)
        end()
      })
    }
    client.on('data', (chunk) => {
      if (!armed || !chunk.includes(armed.containing)) return void upstream.write(chunk)
      cuts += 1
      const { when } = armed
      armed = undefined
      if (when === 'request') return end()
      answers = when === 'answer' ? 'cut' : 'lose'
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (answers === 'pass') client.write(chunk)
      else if (answers === 'cut') end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get cuts() {
      return cuts
    },
    cut: (containing, when) => void (armed = { containing, when }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
