import type { HttpFailure, Peer } from '../http-transport.ts'

export interface ConnectRequest {
  /** An IP address or a host name. */
  readonly address: string
  readonly port: number
  /** TLS after the connection; without it the connection alone. */
  readonly tls?:
    | {
        /** SNI, and the name that the certificate must fit. */
        readonly name: string
        /** PEM certificates that are trusted instead of the machine's. */
        readonly ca?: string | readonly string[] | undefined
      }
    | undefined
}

/** One certificate of those that the server sent; a root that only this machine has is not among them. */
export interface ChainLink {
  /** The subject's common name, or the first name when it has none. */
  readonly name: string
  readonly issuer: string
  /** ISO 8601. */
  readonly validFrom: string
  /** ISO 8601. */
  readonly expiresAt: string
  /** SHA-256, in hexadecimal with colons. */
  readonly fingerprint: string
}

export interface Connected {
  readonly kind: 'connected'
  /** With TLS: the server's own first, at most ten. */
  readonly chain?: readonly ChainLink[] | undefined
  /** `TLSv1.3` */
  readonly protocol?: string | undefined
  /** What OpenSSL or Node has against the certificate, as the end of a sentence that begins with the address. */
  readonly problem?: string | undefined
}

export type ConnectReply = Connected | HttpFailure

/** The port: one connection that is closed again. It translates, and judges nothing. */
export interface Connector {
  /**
   * Connects once, and closes. Tells `onPeer` when the connection stands, so that a handshake that never ends can be judged.
   *
   * Afterwards no socket and no listener is left. Rejects only when aborted, with `signal.reason`.
   */
  connect(
    request: ConnectRequest,
    options: { readonly signal: AbortSignal; readonly onPeer: (peer: Peer) => void },
  ): Promise<ConnectReply>
}
