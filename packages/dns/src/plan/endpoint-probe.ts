import type { CallOptions } from '../dns-zone.ts'

/** Where to look, and as who: the address of the new side, under the name that clients use. */
export interface EndpointQuestion {
  /** An address, or a name that the machine resolves. */
  readonly address: string
  readonly port: number
  /** The name in SNI and in the Host header. */
  readonly name: string
  readonly path: string
}

export interface SeenCertificate {
  readonly names: readonly string[]
  readonly issuer: string
  /** Epoch milliseconds. */
  readonly validUntil: number
  /** Why a client would not accept it for that name; absent when it would. */
  readonly problem?: string | undefined
}

/** What a client of that name would meet. */
export type EndpointAnswer =
  | { readonly reached: false; readonly why: string }
  | {
      readonly reached: true
      readonly certificate: SeenCertificate
      /** Of the HTTP answer; absent when there was none. */
      readonly status?: number | undefined
    }

/** The port to the new side: one connection over TLS, one request. */
export interface EndpointProbe {
  look(question: EndpointQuestion, options?: CallOptions): Promise<EndpointAnswer>
}
