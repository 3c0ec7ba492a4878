// BIND where it is installed, else a small authoritative server in this process: the cutover speaks RFC 2136 to either.
import { answersWith, describeRecordSet, dnsRecord, waitFor } from '@cutover/dns'
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { bindServer, dnsServer, missingBind } from '@cutover/dns/testing'

import { key, name, source, zoneName } from './clouds.ts'

export interface NameServer extends AsyncDisposable {
  readonly product: string
  readonly port: number
  /** The live record as it is now: `127.0.0.2 TTL 5`. */
  record(): Promise<string>
}

const ttlSeconds = 5

export async function nameServer(): Promise<NameServer> {
  const running = missingBind() === undefined ? await bind() : await small()
  const zone = rfc2136Zone({ server: '127.0.0.1', port: running.port, zone: zoneName, key })
  // A server that says that it runs may still be loading the zone.
  await waitFor(answersWith(dnsRecord(zone, name, 'A'), { to: source }), { within: '10s', every: '50ms' })
  return {
    ...running,
    async record() {
      const set = (await zone.find(name, 'A'))?.set
      if (set?.kind !== undefined) return describeRecordSet(set)
      return `${set?.values.join(', ')} TTL ${set?.ttlSeconds}`
    },
  }
}

async function bind() {
  const server = await bindServer([{ name: zoneName, records: `api ${ttlSeconds} A ${source}` }], [key])
  return { product: 'BIND', port: server.port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

async function small() {
  const server = await dnsServer({
    zones: [{ name: zoneName, records: [{ name, type: 'A', ttlSeconds, values: [source] }] }],
    keys: [key],
  })
  return {
    product: 'a small DNS server (BIND is not installed)',
    port: server.port,
    [Symbol.asyncDispose]: () => server.close(),
  }
}
