import type { ResourceRecord } from '../rfc2136/message.ts'
import { decodeName } from '../rfc2136/name.ts'
import { typeCode } from '../rfc2136/registry.ts'

const ownedByHosts: ReadonlySet<number> = new Set([typeCode.A, typeCode.AAAA, typeCode.MX])

/** Where a host's name stands in the data. */
const hostAt: ReadonlyMap<number, number> = new Map([
  [typeCode.NS, 0],
  [typeCode.MX, 2],
  [typeCode.SRV, 6],
])

/**
 * Are the names in a record, where hosts are meant, names of hosts: letters, digits and hyphens (RFC 952, RFC 1123 §2.1)? BIND refuses
 * others in an update (`check-names`), so `_api A` or `mx MX 10 _mail`.
 */
export function namesHosts({ name, type, rdata }: ResourceRecord): boolean {
  const at = hostAt.get(type)
  const isOwnerFine = !ownedByHosts.has(type) || isHostName(name.replace(/^\*\./, ''))
  return isOwnerFine && (at === undefined || isHostName(decodeName(rdata, at).name))
}

const isHostName = (name: string): boolean =>
  name.split('.').every((label) => label === '' || /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/i.test(label))
