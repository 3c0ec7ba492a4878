import { type Clock, systemClock } from '@cutover/core'

import { refuseOption } from '../../option-error.ts'
import { recordTypes } from '../../record-kinds.ts'
import { ask } from '../../resolver/ask.ts'
import type { DecodedMessage, ResourceRecord } from '../../rfc2136/message.ts'
import { decodeName } from '../../rfc2136/name.ts'
import { decodeValue } from '../../rfc2136/rdata.ts'
import { classCode, rcode, typeCode, typeName } from '../../rfc2136/registry.ts'
import { decodeSoa } from '../../rfc2136/soa.ts'
import type { AskedType, DnsReply, NameServers, RepliedRecord } from '../name-servers.ts'

export interface NodeNameServersOptions {
  /** Addresses of root servers. @default a, f, j and k.root-servers.net, each run by others (https://www.iana.org/domains/root/servers) */
  readonly roots?: readonly string[] | undefined
  /** @default 53 */
  readonly port?: number | undefined
  /** For an answer; nothing is sent twice. @default 3_000 */
  readonly timeoutMs?: number | undefined
  /** `'udp'` comes again over TCP for an answer that is cut off. @default 'udp' */
  readonly transport?: 'udp' | 'tcp' | undefined
  /** Times the answers. @default systemClock */
  readonly clock?: Clock | undefined
}

const publicRoots = ['198.41.0.4', '192.5.5.241', '192.58.128.30', '193.0.14.129']

/** IANA's numbers of what is asked beside the port's types. */
const codes = { ...typeCode, DS: 43, DNSKEY: 48 } as Readonly<Record<AskedType, number>>

/** The name servers of the world, asked one by one over the network, without recursion. Needs port 53 to be open. */
export function nodeNameServers(options: NodeNameServersOptions = {}): NameServers {
  const { roots = publicRoots, port = 53, timeoutMs = 3_000, transport = 'udp', clock = systemClock } = options
  if (roots.length === 0) refuseOption('roots', roots, 'at least one address')
  return {
    roots,
    async ask(server, name, type, { signal } = {}) {
      const question = { name, type: codes[type], class: classCode.IN }
      const settings = { transport, timeoutMs, clock, signal, recursionDesired: false }
      return replyOf(await ask({ server, port }, question, settings), name)
    },
  }
}

function replyOf(message: DecodedMessage, name: string): DnsReply {
  const { authoritative, answers, authorities, additionals } = message
  const [found, above] = [records(answers), records(authorities)]
  const isReferral = !authoritative && found.length === 0 && above.some((record) => record.type === 'NS')
  const nothing = message.rcode === rcode.NXDOMAIN ? 'nxdomain' : isReferral ? 'referral' : 'nodata'
  return {
    found: found.some((record) => record.name === name) ? 'answer' : nothing,
    authoritative,
    answers: found,
    authorities: above,
    additionals: records(additionals),
  }
}

const records = (section: readonly ResourceRecord[]): RepliedRecord[] =>
  section
    .filter((record) => record.class === classCode.IN)
    .map((record) => ({
      name: record.name.toLowerCase(),
      type: nameOf(record.type),
      ttlSeconds: record.ttlSeconds,
      value: valueOf(record),
    }))

const nameOf = (code: number): string =>
  Object.entries(codes).find(([, value]) => value === code)?.[0] ?? typeName(code)

function valueOf({ type, rdata }: ResourceRecord): string {
  const known = recordTypes.find((each) => codes[each] === type)
  if (known !== undefined) return decodeValue(known, rdata)
  if (type === codes.SOA) return String(decodeSoa(rdata).negativeTtlSeconds)
  return type === typeCode.PTR ? decodeName(rdata, 0).name.toLowerCase() : rdata.toString('hex')
}
