// The world: a name server, two HTTP servers and the clients. It goes on, whatever becomes of the process that moves the name.
import { once } from 'node:events'
import { createServer, get, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

import { resolverFor } from '@cutover/dns/testing'

import { name, source, target } from './clouds.ts'
import { nameServer } from './name-server.ts'

/** What clients were told: the only judge. Instants are epoch milliseconds. */
export interface Told {
  readonly requests: number
  readonly unanswered: number
  readonly bySource: number
  readonly byTarget: number
  readonly firstByTargetAt: number | undefined
  readonly lastByTargetAt: number | undefined
}

const clientCount = 8
const everyMs = 100
/** How long the target bears its new traffic before its health check says that it is ill. It goes on answering. */
const bearsMs = 250

let requests = 0
let bySource = 0
let byTarget = 0
let unanswered = 0
let firstByTargetAt: number | undefined
let lastByTargetAt: number | undefined

const server = (address: string): Server =>
  createServer((request, response) => {
    const isIll = address === target && firstByTargetAt !== undefined && Date.now() - firstByTargetAt > bearsMs
    const isHealth = request.url === '/health'
    response.writeHead(isHealth && isIll ? 503 : 200, { 'x-server': address, connection: 'close' })
    response.end(isHealth ? (isIll ? 'its disk is full' : 'well') : 'ordered')
  })

async function listen(address: string, port: number): Promise<Server> {
  const listening = server(address).listen(port, address)
  await once(listening, 'listening').catch((error: unknown) => {
    throw new Error(`cannot listen on ${address}; macOS: sudo ifconfig lo0 alias ${address}`, { cause: error })
  })
  return listening
}

/** Answers which server did, as a client would find out: resolves, connects, asks. */
async function call(resolver: ReturnType<typeof resolverFor>, port: number): Promise<string | undefined> {
  const address = (await resolver.lookup(name, 'A'))?.values[0]
  if (address === undefined) return undefined
  return new Promise((resolve) => {
    const request = get(
      { host: address, port, path: '/orders', agent: false, timeout: 2_000, headers: { host: name } },
      (response) => {
        response.resume()
        response.on('end', () =>
          resolve(response.statusCode === 200 ? String(response.headers['x-server']) : undefined),
        )
        response.on('error', () => resolve(undefined))
      },
    )
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(undefined))
  })
}

async function client(
  number: number,
  ports: { readonly dnsPort: number; readonly httpPort: number },
  stop: AbortSignal,
): Promise<void> {
  const resolver = resolverFor({ port: ports.dnsPort, name: `resolver-${number}` })
  await pause((number * everyMs) / clientCount)
  while (!stop.aborted) {
    const by = await call(resolver, ports.httpPort).catch(() => undefined)
    requests += 1
    if (by === undefined) unanswered += 1
    if (by === source) bySource += 1
    if (by === target) {
      byTarget += 1
      firstByTargetAt ??= Date.now()
      lastByTargetAt = Date.now()
    }
    await pause(everyMs)
  }
}

await using dns = await nameServer()
const first = await listen(source, 0)
const httpPort = (first.address() as AddressInfo).port
const second = await listen(target, httpPort)
const stop = new AbortController()
const work = Promise.all(
  Array.from({ length: clientCount }, (_, number) => client(number, { dnsPort: dns.port, httpPort }, stop.signal)),
)
process.send?.({ dnsPort: dns.port, httpPort, dns: dns.product })

await once(process, 'message')
stop.abort()
await work
first.close()
second.close()
const told: Told = { requests, unanswered, bySource, byTarget, firstByTargetAt, lastByTargetAt }
process.send?.({ told, record: await dns.record() })
process.disconnect()
