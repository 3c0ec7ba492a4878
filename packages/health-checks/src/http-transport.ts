/** The methods that change nothing: a check only reads. */
export type HttpMethod = 'GET' | 'HEAD' | 'OPTIONS'

/** For the tests of the run phase, at hosts that are named; a check that stands beside a cutover does not use them. */
export type WritingMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface HttpRequest {
  readonly method: HttpMethod | WritingMethod
  /** TLS, with `name` as SNI and as the name that the certificate must fit. */
  readonly secure: boolean
  /** The real name, without port; an IP address only when the URL has one. */
  readonly name: string
  /** Where to connect: an IP address or a host name, whatever `name` resolves to. */
  readonly address: string
  readonly port: number
  /** With the query. */
  readonly path: string
  /** With `host`; names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Sent as UTF-8. @default none */
  readonly body?: string | undefined
  /** PEM certificates that are trusted instead of the machine's. */
  readonly ca?: string | readonly string[] | undefined
  /** Reading stops after so many bytes of the body. */
  readonly maxBodyBytes: number
}

export interface HttpResponse {
  readonly kind: 'response'
  readonly status: number
  /** Names in lower case, repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The body was longer than `maxBodyBytes`. */
  readonly cut: boolean
}

/**
 * Why there is no response.
 *
 * - `unreachable`: no word came from the address: its name has no address, no route, no reply to the connection's first packet.
 * - `refused`: the address said that nobody listens on the port.
 * - `certificate`: it showed a certificate that does not fit; nothing of the request was sent.
 * - `broken`: the connection stood, and was then dropped, or spoke neither TLS nor HTTP.
 */
export interface HttpFailure {
  readonly kind: 'unreachable' | 'refused' | 'certificate' | 'broken'
  /** What happened, as the end of a sentence that begins with the address. */
  readonly text: string
}

export type HttpReply = HttpResponse | HttpFailure

export interface Certificate {
  /** The subject's common name, or the first name when it has none. */
  readonly name: string
  /** The first five names that it is good for. */
  readonly names: readonly string[]
  /** ISO 8601. */
  readonly expiresAt: string
}

/** Who answered the connection. */
export interface Peer {
  /** The IP address that was reached. */
  readonly address: string
  readonly certificate?: Certificate | undefined
}

/** The port: one request on a connection of its own. A transport translates, and judges nothing. */
export interface HttpTransport {
  /**
   * Asks once: no retry, no redirect, no pool, no proxy.
   *
   * Tells `onPeer` when a connection stands, and again when its certificate is known, so that a request that is aborted
   * meanwhile can be judged. Afterwards no socket and no listener is left. Rejects only when aborted, with `signal.reason`.
   */
  request(
    request: HttpRequest,
    options: { readonly signal: AbortSignal; readonly onPeer: (peer: Peer) => void },
  ): Promise<HttpReply>
}
