// Speaks to a server over its sockets, with messages that a well-behaved client would not send.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

import { systemClock } from '@cutover/dns'
import type { DnsServer } from '@cutover/dns/testing'

import { decodeMessage, encodeMessage, type Message, type ResourceRecord } from '../src/rfc2136/message.ts'
import { classCode, opcode, typeCode } from '../src/rfc2136/registry.ts'
import { overTcp } from '../src/rfc2136/tcp.ts'
import { type TsigKeyOptions, tsigKey } from '../src/rfc2136/tsig-key.ts'
import { sign } from '../src/rfc2136/tsig.ts'

type Response = ReturnType<typeof decodeMessage>

const endpointOf = ({ address, port }: DnsServer) => ({ server: address, port })

export async function overTcpOnce(server: DnsServer, request: Buffer): Promise<Buffer> {
  return overTcp(endpointOf(server), { timeoutMs: 500, clock: systemClock }, (exchange) => exchange(request))
}

/** `undefined` when nothing comes back within 50 ms. */
export async function overUdpOnce(server: DnsServer, request: Buffer): Promise<Buffer | undefined> {
  const socket = createSocket('udp4')
  try {
    socket.send(request, server.port, server.address)
    const answered = once(socket, 'message') as Promise<[Buffer]>
    return await Promise.race([answered.then(([bytes]) => bytes), systemClock.sleep(50).then(() => undefined)])
  } finally {
    socket.close()
  }
}

export const queryOf = (name: string, type: keyof typeof typeCode, extra: Partial<Message> = {}): Buffer =>
  encodeMessage({
    id: 1,
    isResponse: false,
    opcode: opcode.QUERY,
    rcode: 0,
    questions: [{ name, type: typeCode[type], class: classCode.IN }],
    ...extra,
  })

export async function query(server: DnsServer, name: string, type: keyof typeof typeCode): Promise<Response> {
  return decodeMessage(await overTcpOnce(server, queryOf(name, type)))
}

/** A record of an update's sections. */
export const rr = (
  name: string,
  type: keyof typeof typeCode,
  dnsClass: keyof typeof classCode,
  rdata: Buffer = Buffer.alloc(0),
  ttlSeconds = 0,
): ResourceRecord => ({ name, type: typeCode[type], class: classCode[dnsClass], ttlSeconds, rdata })

export async function update(
  server: DnsServer,
  key: TsigKeyOptions | undefined,
  prerequisites: readonly ResourceRecord[],
  updates: readonly ResourceRecord[],
  extra: Partial<Message> = {},
): Promise<Response> {
  const message = encodeMessage({
    id: 1,
    isResponse: false,
    opcode: opcode.UPDATE,
    rcode: 0,
    questions: [{ name: 'example.com', type: typeCode.SOA, class: classCode.IN }],
    answers: prerequisites,
    authorities: updates,
    ...extra,
  })
  const signed = key ? sign(message, tsigKey(key), { now: systemClock.now(), fudgeSeconds: 30 }).bytes : message
  return decodeMessage(await overTcpOnce(server, signed))
}
