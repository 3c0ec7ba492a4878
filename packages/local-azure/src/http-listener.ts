import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

import type { WireRequest } from './admission.ts'
import { armError } from './arm-error.ts'
import type { Answer } from './provider.ts'

export interface HttpListener {
  readonly port: number
  /** Cuts what is open, and listens no more. */
  close(): Promise<void>
}

/** As much as Resource Manager takes. */
const largestBody = 4 * 1_024 * 1_024

/** Listens on the loopback interface. `respond` answers `undefined` when the connection is to be cut. */
export async function listen(
  port: number,
  respond: (request: WireRequest) => Promise<Answer | undefined>,
): Promise<HttpListener> {
  const server = createServer((request, response) => {
    // A peer that goes away in the middle is no fault of the server.
    serve(request, response, respond).catch(() => request.socket.destroy())
  })
  server.listen({ host: '127.0.0.1', port })
  await once(server, 'listening')
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  respond: (request: WireRequest) => Promise<Answer | undefined>,
): Promise<void> {
  const body = await textOf(request)
  if (body === undefined) {
    const message = `The request content size exceeds the maximum size of ${largestBody} bytes.`
    return send(response, armError(413, 'RequestContentTooLarge', message, { connection: 'close' }))
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  const answer = await respond({ method: request.method ?? '', url: request.url ?? '', headers, body })
  if (answer) send(response, answer)
  else request.socket.destroy()
}

/** `undefined` when there is too much of it. */
async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > largestBody) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function send(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  if (body === undefined) {
    response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-length': '0' }) }).end()
    return
  }
  const text = JSON.stringify(body)
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(text)) }).end(text)
}
