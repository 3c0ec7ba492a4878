import { knownOptions } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import { certificateProblem } from '../certificate.ts'
import { refuseOption } from '../health-error.ts'
import type { Certificate, HttpFailure, HttpReply, HttpRequest, HttpTransport } from '../http-transport.ts'
import type { Connector, ConnectReply } from '../probes/connector.ts'

/**
 * How a server in the fake world behaves.
 *
 * - `well`: its handler answers. `sick`: 503. `slow`: its handler answers, `slowMs` later.
 * - `refused`: nobody listens. `silent`: packets are dropped; a client gives up after 127 s, as Linux does.
 */
export type HostState = 'well' | 'sick' | 'slow' | 'refused' | 'silent'

const states: ReadonlySet<HostState> = new Set(['well', 'sick', 'slow', 'refused', 'silent'] as const)

export interface FakeRequest {
  readonly method: HttpRequest['method']
  /** The Host header, with a port where the URL has one. */
  readonly host: string
  /** With the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

export interface FakeAnswer {
  /** @default 200 */
  readonly status?: number | undefined
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** @default '' */
  readonly body?: string | undefined
}

export interface ServeOptions {
  /** The names in its certificate, perhaps `*.azurewebsites.net`. @default every name */
  readonly names?: readonly string[] | undefined
  /** Its certificate has expired. @default false */
  readonly expired?: boolean | undefined
  /** When its certificate expires, ISO 8601. @default the end of the year 9999 */
  readonly expiresAt?: string | undefined
  /** How long an answer takes when it is well, in milliseconds. @default 0 */
  readonly answerMs?: number | undefined
  /** How long an answer takes when it is slow, in milliseconds. @default 20_000 */
  readonly slowMs?: number | undefined
}

const serveOptions: readonly (keyof ServeOptions)[] = ['names', 'expired', 'expiresAt', 'answerMs', 'slowMs']

export interface InMemoryHost {
  readonly address: string
  readonly state: HostState
  /** How many requests reached its handler. */
  readonly handled: number
  turn(state: HostState): void
}

export interface InMemoryHosts {
  /** For `httpProbe({ transport })`: each request is one `world.call('http.get …')`. */
  readonly transport: HttpTransport
  /** For `tcpProbe` and `tlsProbe({ connector })`: each connection is one `world.call('tcp.connect …')`. */
  readonly connector: Connector
  /** Puts a server at an address (`20.50.2.1`, or a name), on every port. Replaces the one that was there. */
  serve(address: string, handler?: (request: FakeRequest) => FakeAnswer, options?: ServeOptions): InMemoryHost
  /**
   * What a simulated client gets for `https://host/path` at the address, at once: it runs in the world's timers, without promises.
   *
   * `ms` is how long it would have waited.
   */
  respond(address: string, host: string, path: string): HttpReply & { readonly ms: number }
}

/** Linux gives up after six retries of the first packet. */
const silentMs = 127_000

/** Servers at addresses of the fake world, for probes and for simulated clients. An address without one is unreachable. */
export function inMemoryHosts(world: FakeWorld): InMemoryHosts {
  const servers = new Map<string, Server>()
  return {
    transport: {
      request(request, { signal, onPeer }) {
        const { method, secure, name, path } = request
        const [shownPath] = path.split('?')
        const operation = `http.${method.toLowerCase()} ${request.address} ${secure ? 'https' : 'http'}://${name}${shownPath}`
        const server = servers.get(request.address)
        return world.call(operation, { ms: server?.ms ?? 0, signal }, () => {
          if (!server) return nobody
          const certificate = secure ? server.certificate(name) : undefined
          if (server.takes) onPeer({ address: server.address, ...(certificate ? { certificate } : {}) })
          return server.reply(request)
        })
      },
    },
    connector: {
      connect({ address, port, tls }, { signal, onPeer }) {
        const server = servers.get(address)
        const ms = server && !server.takes ? server.ms : 0
        return world.call(`tcp.connect ${address}:${port}`, { ms, signal }, () => {
          if (!server) return nobody
          if (server.takes) onPeer({ address: server.address })
          return server.connected(tls?.name)
        })
      },
    },
    serve(address, handler = () => ({ body: 'ok' }), options = {}) {
      knownOptions(options, serveOptions, 'HEALTH_OPTIONS_INVALID', 'serve')
      const server = new Server(address, handler, options)
      servers.set(address, server)
      return server
    },
    respond(address, host, path) {
      const server = servers.get(address)
      if (!server) return { ...nobody, ms: 0 }
      const name = host.replace(/:\d+$/, '')
      const request = { method: 'GET', secure: true, name, path, headers: { host }, maxBodyBytes: 1_048_576 } as const
      return { ...server.reply(request), ms: server.ms }
    },
  }
}

const nobody: HttpFailure = { kind: 'unreachable', text: 'could not be reached (no server in the fake world)' }

class Server implements InMemoryHost {
  readonly address: string
  readonly #handler: (request: FakeRequest) => FakeAnswer
  readonly #options: ServeOptions
  state: HostState = 'well'
  handled = 0

  constructor(address: string, handler: (request: FakeRequest) => FakeAnswer, options: ServeOptions) {
    this.address = address
    this.#handler = handler
    this.#options = options
  }

  turn(state: HostState): void {
    if (!states.has(state)) refuseOption('state', state, 'well, sick, slow, refused or silent')
    this.state = state
  }

  get ms(): number {
    const { answerMs = 0, slowMs = 20_000 } = this.#options
    if (this.state === 'silent') return silentMs
    if (this.state === 'refused') return 0
    return this.state === 'slow' ? slowMs : answerMs
  }

  get takes(): boolean {
    return this.state !== 'silent' && this.state !== 'refused'
  }

  certificate(asked: string): Certificate {
    const { names = [asked], expired = false, expiresAt = '9999-12-31T00:00:00.000Z' } = this.#options
    return { name: names[0] ?? 'nobody', names, expiresAt: expired ? '2020-01-01T00:00:00.000Z' : expiresAt }
  }

  /** With the name that TLS asks for, if any. */
  connected(name: string | undefined): ConnectReply {
    if (this.state === 'silent') return { kind: 'unreachable', text: 'could not be reached (ETIMEDOUT)' }
    if (this.state === 'refused') return { kind: 'refused', text: 'refused the connection: nobody listens there' }
    if (name === undefined) return { kind: 'connected' }
    const certificate = this.certificate(name)
    const problem = this.#misfit(certificate, name)
    const link = { issuer: 'CA of the fake world', validFrom: '2020-01-01T00:00:00.000Z', fingerprint: 'FA:CE' }
    return {
      kind: 'connected',
      protocol: 'TLSv1.3',
      chain: [{ name: certificate.name, expiresAt: certificate.expiresAt, ...link }],
      ...(problem === undefined ? {} : { problem: certificateProblem(problem, name, certificate) }),
    }
  }

  reply(request: Omit<HttpRequest, 'address' | 'port'>): HttpReply {
    const { method, secure, name, path, headers, body, maxBodyBytes } = request
    if (this.state === 'silent') return { kind: 'unreachable', text: 'could not be reached (ETIMEDOUT)' }
    if (this.state === 'refused') return { kind: 'refused', text: 'refused the connection: nobody listens there' }
    const certificate = this.certificate(name)
    const problem = secure ? this.#misfit(certificate, name) : undefined
    if (problem) return { kind: 'certificate', text: certificateProblem(problem, name, certificate) }
    if (this.state === 'sick') return response({ status: 503, body: 'sick' }, method, maxBodyBytes)
    this.handled += 1
    return response(this.#handler({ method, host: headers['host'] ?? name, path, headers, body }), method, maxBodyBytes)
  }

  #misfit({ names }: Certificate, name: string): string | undefined {
    if (this.#options.expired) return 'CERT_HAS_EXPIRED'
    const siblings = name.replace(/^[^.]+\./, '*.')
    return names.includes(name) || names.includes(siblings) ? undefined : 'ERR_TLS_CERT_ALTNAME_INVALID'
  }
}

function response(answer: FakeAnswer, method: HttpRequest['method'], maxBodyBytes: number): HttpReply {
  knownOptions(answer, ['status', 'headers', 'body'], 'HEALTH_OPTIONS_INVALID', 'the handler’s answer')
  const { status = 200, headers = {}, body = '' } = answer
  const bytes = Buffer.from(method === 'HEAD' ? '' : body)
  return {
    kind: 'response',
    status,
    headers,
    body: bytes.subarray(0, maxBodyBytes).toString('utf8'),
    cut: bytes.length > maxBodyBytes,
  }
}
