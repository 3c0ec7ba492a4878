import type { Context } from '@cutover/core'

import type { CallOptions } from '../dns-zone.ts'

/** What a caller is told to call, as its store has it. */
export interface EndpointValue {
  readonly value: string
  /** The store's own: a revision, a number, an etag. Changes with every write. */
  readonly version: string
}

/** What a handle is given when it writes or waits: the change's own context. */
export type EndpointContext = Pick<Context, 'clock' | 'signal' | 'fence' | 'report'>

/** The port: one place where a caller keeps the address that it calls. Adapters translate, and decide nothing. */
export interface EndpointSetting {
  /** `lambda:orders/PAYMENTS_URL` */
  readonly id: string
  /** As people call it: `PAYMENTS_URL of function orders`. */
  readonly text: string
  readonly supports: {
    /**
     * `'version'`: a write is refused by the store when somebody else wrote first. `'none'`: it is read directly before and
     * judged by its version afterwards; an edit in between is overwritten, and told.
     */
    readonly compareAndSwap: 'version' | 'none'
  }
  /** How long an unanswered request may still take effect, in milliseconds. */
  readonly lateMs: number
  /** An upper bound for how long it takes until every caller has what was written, in milliseconds; for estimates. */
  readonly movedMs: number
  /** `undefined`: there is no such setting. @throws CutoverError `DNS_ENDPOINT_UNSUPPORTED` for one that must not be read. */
  find(options?: CallOptions): Promise<EndpointValue | undefined>
  /** Replaces exactly `expected`; nothing else that the store keeps changes. @throws CutoverError `DNS_CONFLICT` */
  replace(expected: EndpointValue, value: string, context: EndpointContext): Promise<unknown>
  /** Waits until whoever reads it gets what was written at `since`; answers when those that read before let go, epoch milliseconds. */
  waitUntilRead(since: number, context: EndpointContext): Promise<number>
  readonly permissions: readonly string[]
  /** Commands for a person, with `value`, or with a placeholder. */
  byHand(value: string | undefined): { readonly set: string; readonly look: string }
}
