import { randomInt } from 'node:crypto'

import type { Clock } from '@cutover/core'

import { type Endpoint, notAuthorized, tsigRefused, unavailable } from './failure.ts'
import { Malformed } from './malformed.ts'
import { type DecodedMessage, decodeMessage, encodeMessage, type Message, type Question } from './message.ts'
import { rcode, tsigError, tsigErrorName } from './registry.ts'
import { type Exchange, overTcp } from './tcp.ts'
import type { TsigKey } from './tsig-key.ts'
import { type Tsig, tsigOf } from './tsig-record.ts'
import { sign, verify } from './tsig.ts'

/** A server that is asked, and how. */
export interface Authority {
  readonly endpoint: Endpoint
  /** Signs what is sent, and then wants answers that are signed. */
  readonly key?: TsigKey | undefined
  readonly fudgeSeconds: number
  readonly timeoutMs: number
  readonly clock: Clock
}

/** Sends one message and answers the response to it, whose signature is good; its RCODE may be anything. */
export type Ask = (message: Omit<Message, 'id' | 'isResponse'>, fence?: () => void) => Promise<DecodedMessage>

/** The largest message that TCP carries. */
export const longestMessage = 65_535

/**
 * Talks to a server over one TCP connection.
 *
 * @throws CutoverError `DNS_UNAVAILABLE`, `DNS_NOT_AUTHORIZED`; `signal.reason` unchanged.
 */
export function talkTo<T>(
  authority: Authority,
  signal: AbortSignal | undefined,
  use: (ask: Ask) => Promise<T>,
): Promise<T> {
  const { endpoint, timeoutMs, clock } = authority
  const ids = new Set<number>()
  return overTcp(endpoint, { timeoutMs, clock, signal }, (exchange) =>
    use((message, fence) => ask(authority, exchange, message, { ids, fence })),
  )
}

/** So many questions are under way at once on a connection, if there are more. */
const manyAtOnce = 64

/**
 * Asks one thing of each; answers in the order of `all`.
 *
 * A few one after the other: a server that waits for the acknowledgement of its first answer before it sends the second (RFC 896), as
 * BIND does, gets it only after 40 ms from a client that has nothing more to send (measured: 2 questions at once took 42 ms).
 */
export async function askAll<T, R>(all: readonly T[], one: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const queue = all.entries()
  const work = async (): Promise<void> => {
    for (const [place, each] of queue) results[place] = await one(each)
  }
  await Promise.all(Array.from({ length: all.length > manyAtOnce ? manyAtOnce : 1 }, work))
  return results
}

async function ask(
  authority: Authority,
  exchange: Exchange,
  message: Omit<Message, 'id' | 'isResponse'>,
  { ids, fence }: { readonly ids: Set<number>; readonly fence: (() => void) | undefined },
): Promise<DecodedMessage> {
  const { key, fudgeSeconds, clock } = authority
  let id = randomInt(0x1_0000)
  while (ids.has(id)) id = randomInt(0x1_0000)
  ids.add(id)
  const plain = encodeMessage({ ...message, id, isResponse: false })
  // Nothing is awaited from here to the write, so that the signature's window begins with it.
  const signed = key === undefined ? undefined : sign(plain, key, { now: clock.now(), fudgeSeconds })
  const bytes = await exchange(signed?.bytes ?? plain, fence)
  ids.delete(id)
  return orUnavailable(authority, () => {
    const response = decodeMessage(bytes)
    if (!answers(response, { ...message, id })) throw new Malformed('it belongs to another question')
    if (key !== undefined && signed !== undefined) {
      checkSignature(authority, key, response, (tsig) =>
        verify(bytes, response, tsig, key, { now: clock.now(), requestMac: signed.mac }),
      )
    }
    return response
  })
}

/** What cannot be read says nothing. */
export function orUnavailable<T>({ endpoint }: Authority, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw unavailable(endpoint, `sent what is no answer: ${error.message}`, { cause: error })
  }
}

function answers(response: DecodedMessage, request: Omit<Message, 'isResponse'>): boolean {
  if (!response.isResponse || response.id !== request.id || response.opcode !== request.opcode) return false
  const [asked, echoed] = [request.questions[0], response.questions[0]]
  // An error may come without the question.
  if (echoed === undefined) return response.rcode !== rcode.NOERROR && response.rcode !== rcode.NXDOMAIN
  return asked !== undefined && sameQuestion(asked, echoed)
}

export function sameQuestion(a: Question, b: Question): boolean {
  return a.name.toLowerCase() === b.name.toLowerCase() && a.type === b.type && a.class === b.class
}

/** Errors that a server answers before it has looked at the signature; a forged one does no more than a lost answer. */
const mayBeUnsigned: ReadonlySet<number> = new Set([rcode.FORMERR, rcode.SERVFAIL, rcode.NOTIMP, rcode.REFUSED])

/** @throws CutoverError `DNS_NOT_AUTHORIZED` unless `wrong` finds the signature good */
export function checkSignature(
  { endpoint }: Authority,
  { name: keyName, algorithm }: TsigKey,
  response: DecodedMessage,
  wrong: (tsig: Tsig) => number | undefined,
): void {
  const tsig = tsigOf(response)
  if (tsig === undefined) {
    if (mayBeUnsigned.has(response.rcode)) return
    throw notAuthorized(
      endpoint,
      `sent an answer that is not signed with ${keyName}, so anybody may have written it`,
      `Check that the server knows the key ${keyName}, and that nothing between alters DNS messages.`,
    )
  }
  if (tsig.error !== 0) {
    const skewSeconds =
      tsig.error === tsigError.BADTIME && tsig.other.length === 6
        ? tsig.other.readUIntBE(0, 6) - tsig.signedAtSeconds
        : undefined
    throw tsigRefused(endpoint, tsig.error, { keyName, algorithm, skewSeconds })
  }
  const code = wrong(tsig)
  if (code === undefined) return
  throw notAuthorized(
    endpoint,
    `sent an answer whose signature is not good (${tsigErrorName(code)})`,
    `Check that the server's key ${keyName} is ours, both clocks, and that nothing between alters DNS messages.`,
  )
}
