import { type Clock, CutoverError, knownOptions, systemClock } from '@cutover/core'

import { nameInZone } from '../dns-name.ts'
import type { RecordSet, RecordType } from '../dns-zone.ts'
import { oneOf, refuseOption } from '../option-error.ts'
import { recordSet } from '../record-set.ts'
import { opcode, typeCode } from '../rfc2136/registry.ts'
import { type TsigKeyOptions, tsigKey } from '../rfc2136/tsig-key.ts'
import { respond, type Responder } from './dns-server-responder.ts'
import { listen } from './dns-server-sockets.ts'
import { loadZone, type ServedZone, ServedZones, withRecord } from './dns-server-zones.ts'

export type DnsServerOptions = {
  /** Those who may update; also the secondary of a server may have some, to sign its answers. @default none: read only */
  readonly keys?: readonly TsigKeyOptions[] | undefined
  /** For UDP and TCP. @default 0, any that is free */
  readonly port?: number | undefined
  /** @default '127.0.0.1' */
  readonly address?: string | undefined
  /** Called with one line for each request. */
  readonly log?: ((line: string) => void) | undefined
  /** Checks the time of signatures, and times the delay of a secondary. @default systemClock */
  readonly clock?: Clock | undefined
} & (
  | { readonly zones: readonly ServedZone[]; readonly secondaryOf?: undefined }
  /** Serves what the other server has, `delayMs` (default 0) after it has it. */
  | { readonly zones?: undefined; readonly secondaryOf: DnsServer; readonly delayMs?: number | undefined }
)

type KeyOfEach<Union> = Union extends unknown ? keyof Union : never

const serverOptions: readonly KeyOfEach<DnsServerOptions>[] = [
  'keys',
  'port',
  'address',
  'log',
  'clock',
  'zones',
  'secondaryOf',
  'delayMs',
]

/** A small authoritative server in this process, on real sockets. */
export interface DnsServer extends AsyncDisposable {
  readonly address: string
  readonly port: number
  /** The zone's records, sorted; without its own SOA and NS, and without what no value says; a copy. */
  records(zone: string): RecordSet[]
  /** The zone's serial. */
  serial(zone: string): number
  /** Somebody else's edit: puts this in place of the record set of that name and type, or removes it. Counts the serial up. */
  edit(
    zone: string,
    name: string,
    type: RecordType,
    next: { readonly ttlSeconds: number; readonly values: readonly string[] } | undefined,
  ): void
  /** The next request of that kind is done, and never answered. @default 'update' */
  dropNextReply(to?: 'update' | 'query'): void
  close(): Promise<void>
}

const zonesOf = new WeakMap<DnsServer, ServedZones>()

/**
 * Starts an authoritative DNS server: queries with CNAMEs, wildcards and negative answers, updates as RFC 2136 wants them,
 * signed with TSIG, and transfers (AXFR) to whoever signs with a key; to all if it has none. For tests, examples and machines
 * without BIND; no IXFR, no DNSSEC, no delegations, nothing kept on disk.
 *
 * @throws CutoverError `DNS_OPTION_INVALID`, and for records what `recordSet` refuses; Node's own error when the port is taken.
 */
export async function dnsServer(options: DnsServerOptions): Promise<DnsServer> {
  checkOptions(options)
  const { keys = [], port = 0, address = '127.0.0.1', log = () => {}, clock = systemClock } = options
  const zones = new ServedZones()
  const stopped = new AbortController()
  const stopFollowing = options.secondaryOf ? follow(zones, options, clock, stopped.signal) : load(zones, options.zones)
  const dropped: number[] = []
  const responder: Responder = {
    zones,
    keys: keys.map(tsigKey),
    isPrimary: options.secondaryOf === undefined,
    now: () => clock.now(),
    log,
  }
  const sockets = await listen(address, port, (request, transport) => {
    const reply = respond(responder, request, transport)
    const drop = reply === undefined ? -1 : dropped.indexOf(reply.opcode)
    if (drop === -1) return reply?.responses ?? []
    dropped.splice(drop, 1)
    return []
  })
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    stopFollowing()
    stopped.abort()
    return (closed ??= sockets.close())
  }
  const server: DnsServer = {
    address,
    port: sockets.port,
    records: (zone) => zones.named(zone).recordSets(),
    serial: (zone) => zones.named(zone).soa.serial,
    edit(zone, name, type, next) {
      const now = zones.named(zone)
      const edited = next
        ? withRecord(now, recordSet({ name, type, ...next }, now.zone))
        : now.with(nameInZone(name, now.zone), typeCode[type], undefined)
      zones.put(edited.withNextSerial())
    },
    dropNextReply(to = 'update') {
      dropped.push(oneOf('to', to, ['update', 'query']) === 'update' ? opcode.UPDATE : opcode.QUERY)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
  zonesOf.set(server, zones)
  return server
}

function checkOptions(options: DnsServerOptions): void {
  knownOptions(options, serverOptions, 'DNS_OPTION_INVALID', 'dnsServer')
  const { zones, secondaryOf, delayMs }: Partial<Record<'zones' | 'secondaryOf' | 'delayMs', unknown>> = options
  if (secondaryOf === undefined) {
    if (!Array.isArray(zones)) refuseOption('zones', zones, 'a list of zones, or secondaryOf')
    if (delayMs !== undefined) refuseOption('delayMs', delayMs, 'it beside secondaryOf alone')
  } else if (zones !== undefined) {
    refuseOption('zones', zones, 'none beside secondaryOf, whose zones are served')
  }
}

function load(zones: ServedZones, served: readonly ServedZone[]): () => void {
  for (const zone of served) zones.put(loadZone(zone))
  return () => {}
}

/** Has every state of the primary's zones, each after the delay; so also the order stays. */
function follow(
  zones: ServedZones,
  { secondaryOf, delayMs = 0 }: { readonly secondaryOf: DnsServer; readonly delayMs?: number | undefined },
  clock: Clock,
  signal: AbortSignal,
): () => void {
  const primary = zonesOf.get(secondaryOf)
  if (!primary) throw new CutoverError('DNS_OPTION_INVALID', 'secondaryOf is no server of dnsServer()')
  for (const records of primary.all) zones.put(records)
  return primary.onPut((records) => {
    clock.sleep(delayMs, { signal }).then(
      () => zones.put(records),
      () => {},
    )
  })
}
