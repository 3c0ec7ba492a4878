// A resolver over UDP and TCP that answers what a test wants, also what no good one would.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

import {
  type DecodedMessage,
  decodeMessage,
  encodeMessage,
  type Message,
  type ResourceRecord,
} from '../../src/rfc2136/message.ts'
import { encodeName } from '../../src/rfc2136/name.ts'
import { encodeValue } from '../../src/rfc2136/rdata.ts'
import { classCode, typeCode } from '../../src/rfc2136/registry.ts'
import { encodeSoa } from '../../src/rfc2136/soa.ts'
import { scriptedServer } from '../rfc2136/scripted-server.ts'

type Said = Partial<Message> | Buffer
/** What is answered, over which transport; several over UDP are sent in order; `undefined` stays silent. */
export type Script = (request: DecodedMessage, transport: 'udp' | 'tcp') => Said | readonly Said[] | undefined

export interface ScriptedResolver extends AsyncDisposable {
  readonly port: number
  readonly requests: readonly DecodedMessage[]
}

export async function scriptedResolver(script: Script): Promise<ScriptedResolver> {
  const requests: DecodedMessage[] = []
  const said = (request: DecodedMessage, transport: 'udp' | 'tcp'): readonly Said[] => {
    requests.push(request)
    const what = script(request, transport)
    if (what === undefined) return []
    return Array.isArray(what) ? (what as readonly Said[]) : [what as Said]
  }
  const tcp = await scriptedServer((request) => said(request, 'tcp')[0])
  const udp = createSocket('udp4').bind(tcp.port, '127.0.0.1')
  await once(udp, 'listening')
  udp.on('message', (bytes, from) => {
    const request = decodeMessage(bytes)
    for (const each of said(request, 'udp')) {
      const { id, opcode, questions } = request
      const plain = { id, isResponse: true, opcode, recursionAvailable: true, rcode: 0, questions }
      udp.send(Buffer.isBuffer(each) ? each : encodeMessage({ ...plain, ...each }), from.port, from.address)
    }
  })
  return {
    port: tcp.port,
    requests,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => void udp.close(() => resolve()))
      await tcp[Symbol.asyncDispose]()
    },
  }
}

export const a = (name: string, ttlSeconds: number, value: string): ResourceRecord => ({
  name,
  type: typeCode.A,
  class: classCode.IN,
  ttlSeconds,
  rdata: encodeValue('A', value),
})

export const cname = (name: string, ttlSeconds: number, target: string): ResourceRecord => ({
  name,
  type: typeCode.CNAME,
  class: classCode.IN,
  ttlSeconds,
  rdata: encodeName(target),
})

/** Of `example.com`, as it says in a negative answer for how long. */
export const soa = (ttlSeconds: number, minimumSeconds: number): ResourceRecord => ({
  name: 'example.com',
  type: typeCode.SOA,
  class: classCode.IN,
  ttlSeconds,
  rdata: encodeSoa({
    primary: 'ns1.example.com',
    mailbox: 'hostmaster.example.com',
    serial: 1,
    refreshSeconds: 3_600,
    retrySeconds: 600,
    expireSeconds: 604_800,
    negativeTtlSeconds: minimumSeconds,
  }),
})

/** RFC 8914: why, beside the answer. */
export function extendedError(code: number, text = ''): ResourceRecord {
  const data = Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(text)])
  const rdata = Buffer.concat([Buffer.of(0, 15, data.length >> 8, data.length & 0xff), data])
  return { name: '', type: typeCode.OPT, class: 1_232, ttlSeconds: 0, rdata }
}
