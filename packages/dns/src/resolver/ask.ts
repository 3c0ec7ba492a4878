import { randomInt } from 'node:crypto'

import { sameQuestion } from '../rfc2136/authority.ts'
import { type Endpoint, unavailable } from '../rfc2136/failure.ts'
import { Malformed } from '../rfc2136/malformed.ts'
import { type DecodedMessage, decodeMessage, encodeMessage, type Question } from '../rfc2136/message.ts'
import { opcode, rcode, rcodeName } from '../rfc2136/registry.ts'
import { overTcp, type SocketOptions } from '../rfc2136/tcp.ts'
import { extendedErrors, optRecord } from './edns.ts'
import { overUdp } from './udp.ts'

export interface AskOptions extends SocketOptions {
  /** `'udp'` comes again over TCP for an answer that is cut off (RFC 1035 §4.2). @default 'udp' */
  readonly transport?: 'udp' | 'tcp' | undefined
  /** RD: a recursive resolver answers from elsewhere; without it an authoritative server is asked for what it has. @default true */
  readonly recursionDesired?: boolean | undefined
}

/**
 * Asks a server one question as a client does; an old server that does not know EDNS is asked again without (RFC 6891 §7).
 *
 * @throws CutoverError `DNS_UNAVAILABLE` for anything but NOERROR and NXDOMAIN; `signal.reason` unchanged.
 */
export async function ask(endpoint: Endpoint, question: Question, options: AskOptions): Promise<DecodedMessage> {
  const first = await exchange(endpoint, question, options, true)
  const response = first.rcode === rcode.FORMERR ? await exchange(endpoint, question, options, false) : first
  if (response.rcode === rcode.NOERROR || response.rcode === rcode.NXDOMAIN) return response
  const why = extendedErrors(response).map(({ code, text }) => `${code}${text === '' ? '' : ` ${text}`}`)
  throw unavailable(
    endpoint,
    `answered ${rcodeName(response.rcode)} to a query for ${question.name}` +
      (why.length === 0 ? '' : ` (extended error ${why.join(', ')})`),
  )
}

async function exchange(
  endpoint: Endpoint,
  question: Question,
  options: AskOptions,
  edns: boolean,
): Promise<DecodedMessage> {
  const { transport = 'udp', recursionDesired = true } = options
  const id = randomInt(0x1_0000)
  const request = encodeMessage({
    id,
    isResponse: false,
    opcode: opcode.QUERY,
    recursionDesired,
    rcode: rcode.NOERROR,
    questions: [question],
    additionals: edns ? [optRecord] : [],
  })
  const short =
    transport === 'udp'
      ? await overUdp(endpoint, request, options, (bytes) => responseTo(bytes, id, question))
      : undefined
  if (short && !short.truncated) return short
  const response = responseTo(await overTcp(endpoint, options, (send) => send(request)), id, question)
  if (response === undefined) throw unavailable(endpoint, 'sent what is no answer')
  return response
}

/** `undefined` for what belongs to another question: over UDP anybody can send it. An error may come without the question. */
function responseTo(bytes: Buffer, id: number, question: Question): DecodedMessage | undefined {
  try {
    const response = decodeMessage(bytes)
    const echoed = response.questions[0]
    const isOurs = echoed
      ? sameQuestion(echoed, question)
      : response.rcode !== rcode.NOERROR && response.rcode !== rcode.NXDOMAIN
    return response.isResponse && response.id === id && isOurs ? response : undefined
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}
