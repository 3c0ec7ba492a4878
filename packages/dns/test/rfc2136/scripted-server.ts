// A server over TCP that answers what a test wants, also what no good server would.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

import { type DecodedMessage, decodeMessage, encodeMessage, type Message } from '../../src/rfc2136/message.ts'
import { splitter, withLength } from '../../src/rfc2136/tcp.ts'
import { type TsigKeyOptions, tsigKey } from '../../src/rfc2136/tsig-key.ts'
import { tsigOf } from '../../src/rfc2136/tsig-record.ts'
import { sign } from '../../src/rfc2136/tsig.ts'

/** What to change in a plain NOERROR answer; bytes are sent as they are, `'close'` closes, `undefined` stays silent; or several of these. */
export type Script = (request: DecodedMessage, count: number) => Said | readonly Said[]

type Said = Partial<Message> | Buffer | 'close' | undefined

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number
  readonly requests: readonly DecodedMessage[]
}

/** Signs its answers with the key, if it has one. */
export async function scriptedServer(script: Script, key?: TsigKeyOptions): Promise<ScriptedServer> {
  const requests: DecodedMessage[] = []
  const open = new Set<Socket>()
  const answer = (socket: Socket, bytes: Buffer): void => {
    const request = decodeMessage(bytes)
    for (const said of [script(request, requests.push(request))].flat()) {
      if (said === 'close') return void socket.end()
      if (said !== undefined) socket.write(withLength(Buffer.isBuffer(said) ? said : responseTo(request, said, key)))
    }
  }
  const server = createServer((socket) => {
    open.add(socket)
    const split = splitter()
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      for (const bytes of split(chunk)) answer(socket, bytes)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

function responseTo(request: DecodedMessage, said: Partial<Message>, key: TsigKeyOptions | undefined): Buffer {
  const { id, opcode, questions } = request
  const plain = encodeMessage({ id, isResponse: true, opcode, authoritative: true, rcode: 0, questions, ...said })
  const requestMac = tsigOf(request)?.mac
  return key ? sign(plain, tsigKey(key), { now: Date.now(), fudgeSeconds: 300, requestMac }).bytes : plain
}
