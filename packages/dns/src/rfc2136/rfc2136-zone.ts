import { type Clock, CutoverError, isCutoverError, knownOptions, systemClock } from '@cutover/core'

import { nameInZone } from '../dns-name.ts'
import type { DnsZone, RecordSet } from '../dns-zone.ts'
import { recordSet } from '../record-set.ts'
import { type Authority, talkTo } from './authority.ts'
import { type Endpoint, rejected } from './failure.ts'
import { readBack } from './read-back.ts'
import { replaceRecord } from './replace-record.ts'
import { isReceipt, presentReceipt, waitUntilServing } from './served.ts'
import { type TsigKeyOptions, tsigKey } from './tsig-key.ts'
import { checkOptions } from './zone-options.ts'
import { readState } from './zone-state.ts'
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
 * `replace` is one message over TCP: it succeeds only if the record has exactly the expected values *and* the zone's SOA is
 * the one under which value and TTL were read. So an edit of the TTL alone is seen, which a prerequisite by itself cannot see.
 * A change elsewhere in the zone moves the SOA too; then the record is read again, and the update sent with the new SOA as long
 * as the record is exactly as expected, five times at most. After NOERROR it reads back, because servers ignore silently what
 * cannot be (RFC 2136 §3.4.2).
 *
 * Needs a server that changes the SOA's serial with each update, as RFC 2136 §3.6 asks for.
 *
 * @throws CutoverError `DNS_OPTION_INVALID`. Its methods: `DNS_UNAVAILABLE` (retryable: no answer, REFUSED, SERVFAIL),
 * `DNS_NOT_AUTHORIZED` (NOTAUTH, BADKEY, BADSIG, BADTIME, an answer whose signature is not good), `DNS_CONFLICT`,
 * `DNS_CHANGE_REJECTED`, `DNS_NAME_INVALID`, `DNS_RECORD_UNSUPPORTED` (a TXT that is not UTF-8).
 */
export function rfc2136Zone(options: Rfc2136ZoneOptions): DnsZone {
  knownOptions(options, zoneOptions, 'DNS_OPTION_INVALID', 'rfc2136Zone')
  const { server, port = 53, timeoutMs = 5_000, fudgeSeconds = 30, clock = systemClock } = options
  const { servers = [{ server, port }], propagationMs = servers.length > 1 ? 60_000 : 5_000 } = options
  const { lateMs = fudgeSeconds * 1_000 + 10_000 } = options
  const name = checkOptions({ ...options, servers, port, timeoutMs, fudgeSeconds, propagationMs, lateMs })
  const authority = (endpoint: Endpoint): Omit<Authority, 'key'> => ({ endpoint, fudgeSeconds, timeoutMs, clock })
  const primary: Authority = { ...authority({ server, port }), key: tsigKey(options.key) }
  const everywhere = servers.map(({ server: at, port: its = 53 }) =>
    at === server && its === port ? primary : authority({ server: at, port: its }),
  )
  const { endpoint } = primary

  return {
    name,
    supports: { compareAndSwap: 'value and ttl' },
    lateMs,
    propagationMs,
    async find(text, type, { signal } = {}) {
      const wanted = { endpoint, zone: name, name: nameInZone(text, name), type }
      return foundOf(await talkTo(primary, signal, (ask) => readState(ask, wanted)))
    },
    async replace(expected, next, { signal, fence } = {}) {
      const from = expected && { ...expected, set: checked(expected.set, name, endpoint) }
      const to = next && checked(next, name, endpoint)
      if (!from && !to) throw rejected(endpoint, 'is asked neither to replace a record nor to put one there')
      return talkTo(primary, signal, async (ask) => {
        await replaceRecord(ask, { endpoint, zone: name, expected: from, next: to, fence })
        return readBack(ask, { endpoint, zone: name }, from?.set, to)
      })
    },
    async waitUntilServed(receipt, { clock: time, signal }) {
      const served = isReceipt(receipt) ? receipt : await presentReceipt(primary, name, { clock: time, signal })
      await Promise.all(everywhere.map((each) => waitUntilServing(each, name, served, { clock: time, signal })))
    },
  }
}

/** Refuses what the server would, before anything is sent. */
function checked(set: RecordSet, zone: string, endpoint: Endpoint): RecordSet {
  try {
    return recordSet(set, zone)
  } catch (error) {
    if (!isCutoverError(error)) throw error
    throw new CutoverError('DNS_CHANGE_REJECTED', `${endpoint.server} is sent no such record: ${error.message}`, {
      cause: error,
    })
  }
}
