import { type Clock, knownOptions, systemClock } from '@cutover/core'

import { nameInZone } from '../dns-name.ts'
import type { DnsZone, DnsZoneSupport, Edit, WriteOptions } from '../dns-zone.ts'
import { recordTypes } from '../record-kinds.ts'
import { applyEdits } from './apply-edits.ts'
import { type Authority, talkTo } from './authority.ts'
import { checkedEdits } from './checked-edits.ts'
import type { Endpoint } from './failure.ts'
import { readBack } from './read-back.ts'
import { derivedTypes } from './registry.ts'
import { servedSet } from './served-set.ts'
import { isReceipt, presentReceipt, waitUntilServing } from './served.ts'
import { transferZone } from './transfer.ts'
import { type TsigKeyOptions, tsigKey } from './tsig-key.ts'
import { checkOptions } from './zone-options.ts'
import { readState, serialOf } from './zone-state.ts'
import { foundOf } from './zone-token.ts'

export interface Rfc2136ZoneOptions {
  /** The zone's primary: an address, or a name that the machine's resolver knows. */
  readonly server: string
  /** @default 53 */
  readonly port?: number | undefined
  /** `example.com` */
  readonly zone: string
  readonly key: TsigKeyOptions
  /** For a connection, and again for each answer. @default 5_000 */
  readonly timeoutMs?: number | undefined
  /**
   * All authoritative servers that clients' resolvers may ask; `waitUntilServed` asks each, unsigned but for the primary.
   *
   * @default the primary alone
   */
  readonly servers?: readonly { readonly server: string; readonly port?: number | undefined }[] | undefined
  /** @default 60_000 with several servers (NOTIFY is usual, and may be lost: then the SOA's refresh is the bound), 5_000 with one */
  readonly propagationMs?: number | undefined
  /**
   * For how long after it was signed the server accepts an update, and by how much the two clocks may differ. RFC 8945 §10
   * recommends 300, which would make an unanswered write uncertain for as long.
   *
   * @default 30
   */
  readonly fudgeSeconds?: number | undefined
  /** @default `fudgeSeconds` and 10 s: later the signature has expired, wherever the message was kept meanwhile */
  readonly lateMs?: number | undefined
  /** Signs and times the requests: real servers want real time. @default systemClock */
  readonly clock?: Clock | undefined
}

const zoneOptions: readonly (keyof Rfc2136ZoneOptions)[] = [
  'server',
  'port',
  'zone',
  'key',
  'timeoutMs',
  'servers',
  'propagationMs',
  'fudgeSeconds',
  'lateMs',
  'clock',
]

/**
 * A zone at a server that takes dynamic updates (RFC 2136) signed with TSIG (RFC 8945); tested with BIND 9.18.
 *
 * `replace` and `replaceAll` are one message over TCP: it succeeds only if every record has exactly the expected values *and* the
 * zone's SOA is the one under which values and TTLs were read. So an edit of a TTL alone is seen, which a prerequisite by itself
 * cannot see. A change elsewhere in the zone moves the SOA too; then the records are read again, and the update sent with the new
 * SOA as long as they are exactly as expected, five times at most. After NOERROR it reads back, because servers ignore silently
 * what cannot be (RFC 2136 §3.4.2). `list` is a zone transfer (RFC 5936), which the server must allow the key, without the
 * signatures and proofs that a server makes of the other records (RRSIG, NSEC, NSEC3).
 *
 * Needs a server that changes the SOA's serial with each update, as RFC 2136 §3.6 asks for.
 *
 * @throws CutoverError `DNS_OPTION_INVALID`. Its methods: `DNS_UNAVAILABLE` (retryable: no answer, REFUSED, SERVFAIL),
 * `DNS_NOT_AUTHORIZED` (NOTAUTH, BADKEY, BADSIG, BADTIME, an answer whose signature is not good, a transfer that is not allowed),
 * `DNS_CONFLICT`, `DNS_CHANGE_REJECTED`, `DNS_BATCH_TOO_LARGE` (one message has 65,535 bytes), `DNS_NAME_INVALID`.
 */
export function rfc2136Zone(options: Rfc2136ZoneOptions): DnsZone {
  knownOptions(options, zoneOptions, 'DNS_OPTION_INVALID', 'rfc2136Zone')
  const { server, port = 53, timeoutMs = 5_000, fudgeSeconds = 30, clock = systemClock } = options
  const { servers = [{ server, port }], propagationMs = servers.length > 1 ? 60_000 : 5_000 } = options
  const { lateMs = fudgeSeconds * 1_000 + 10_000 } = options
  const name = checkOptions({ ...options, servers, port, timeoutMs, fudgeSeconds, propagationMs, lateMs })
  const authority = (endpoint: Endpoint): Omit<Authority, 'key'> => ({ endpoint, fudgeSeconds, timeoutMs, clock })
  const primary: Authority = { ...authority({ server, port }), key: tsigKey(options.key) }
  const everywhere = servers.map(({ server: host, port: its = 53 }) =>
    host === server && its === port ? primary : authority({ server: host, port: its }),
  )
  const { endpoint } = primary
  const at = { endpoint, zone: name }
  const write = (edits: readonly Edit[], { signal, fence }: WriteOptions = {}): Promise<unknown> => {
    const checked = checkedEdits(edits, at)
    return talkTo(primary, signal, async (ask) => {
      await applyEdits(ask, { ...at, edits: checked, fence })
      return readBack(ask, at, checked)
    })
  }

  return {
    name,
    supports,
    lateMs,
    propagationMs,
    async find(text, type, { signal } = {}) {
      const key = { name: nameInZone(text, name), type }
      const state = await talkTo(primary, signal, (ask) => readState(ask, at, [key]))
      const [found] = state.found
      return found && foundOf(state, found)
    },
    async *list({ signal } = {}) {
      const { soa, sets } = await transferZone(primary, name, signal)
      const state = { soa, serial: serialOf(endpoint, soa) }
      for (const set of sets) if (!derivedTypes.has(set.type)) yield foundOf(state, servedSet(set, name))
    },
    async replace(expected, next, how) {
      return write([{ expected, next }], how)
    },
    async replaceAll(edits, how) {
      return edits.length === 0 ? undefined : write(edits, how)
    },
    async waitUntilServed(receipt, { clock: time, signal }) {
      const served = isReceipt(receipt) ? receipt : await presentReceipt(primary, name, { clock: time, signal })
      await Promise.all(everywhere.map((each) => waitUntilServing(each, name, served, { clock: time, signal })))
    },
  }
}

/** RFC 2181 §8: a TTL has 31 bits. */
const supports: DnsZoneSupport = {
  compareAndSwap: 'value and ttl',
  types: recordTypes,
  alias: false,
  weighted: false,
  ttlSeconds: { least: 0, most: 2_147_483_647 },
  creates: true,
}
