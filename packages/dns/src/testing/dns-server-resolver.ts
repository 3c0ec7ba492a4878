import { type Clock, knownOptions, systemClock } from '@cutover/core'

import type { RecordType } from '../dns-zone.ts'
import type { Resolver, ResolverAnswer } from '../resolver.ts'
import { ask } from '../resolver/ask.ts'
import { unavailable } from '../rfc2136/failure.ts'
import type { DecodedMessage } from '../rfc2136/message.ts'
import { canonicalName, decodeName } from '../rfc2136/name.ts'
import { decodeValue } from '../rfc2136/rdata.ts'
import { classCode, typeCode } from '../rfc2136/registry.ts'
import { decodeSoa } from '../rfc2136/soa.ts'
import { checkEndpoint } from '../rfc2136/zone-options.ts'

export interface ResolverForOptions {
  /** @default '127.0.0.1' */
  readonly server?: string | undefined
  readonly port: number
  /** @default 'resolver' */
  readonly name?: string | undefined
  /** Its whole seconds count TTLs. @default systemClock */
  readonly clock?: Clock | undefined
  /** For an answer, in real milliseconds. @default 2_000 */
  readonly timeoutMs?: number | undefined
}

const resolverOptions: readonly (keyof ResolverForOptions)[] = ['server', 'port', 'name', 'clock', 'timeoutMs']

interface Cached {
  /** No RDATA: there is no such record. */
  readonly rdata: readonly Buffer[]
  /** Epoch seconds: when its TTL is over. */
  readonly overAt: number
  /** The first second in which it is not given any more. */
  readonly endsAt: number
}

type Cache = Map<string, Cached>

const mostEntries = 10_000
const longestChain = 8

/**
 * A caching resolver that asks one server over real sockets; for simulated clients, which must not see a new answer sooner than
 * real ones do.
 *
 * Counts as Unbound does: an answer taken in second s with TTL t is given until second s + t is over. Remembers also that there
 * is no such record, for as long as the SOA says (RFC 2308 §5), and follows CNAMEs, each with its own TTL.
 *
 * @throws CutoverError `DNS_OPTION_INVALID`; `DNS_UNAVAILABLE` from `lookup`, retryable.
 */
export function resolverFor(options: ResolverForOptions): Resolver {
  knownOptions(options, resolverOptions, 'DNS_OPTION_INVALID', 'resolverFor')
  const { server = '127.0.0.1', port, name: ownName = 'resolver', clock = systemClock, timeoutMs = 2_000 } = options
  checkEndpoint(server, port)
  const endpoint = { server, port }
  const cache: Cache = new Map()
  const second = (): number => Math.floor(clock.now() / 1_000)

  return {
    name: ownName,
    async lookup(text, type, { signal } = {}) {
      // Of this lookup alone: an answer with TTL 0 may be used once.
      const fetched: Cache = new Map()
      const look = (key: string): Cached | undefined => {
        const kept = cache.get(key)
        return fetched.get(key) ?? (kept && second() < kept.endsAt ? kept : undefined)
      }
      let name = canonicalName(text)
      let ttlSeconds = Number.POSITIVE_INFINITY
      for (let length = 0; length < longestChain; length++) {
        if (!look(keyOf(name, typeCode[type])) && !look(keyOf(name, typeCode.CNAME))) {
          const question = { name, type: typeCode[type], class: classCode.IN }
          // Its sockets are real, whatever the clock that counts TTLs is.
          const response = await ask(endpoint, question, { timeoutMs, clock: systemClock, signal })
          for (const [key, entry] of entriesOf(response, second(), name, typeCode[type])) {
            fetched.set(key, entry)
            keep(cache, key, entry)
          }
        }
        const answer = look(keyOf(name, typeCode[type]))
        const alias = answer ?? look(keyOf(name, typeCode.CNAME))
        if (!alias) throw unavailable(endpoint, `sent no answer for ${name} ${type}`)
        ttlSeconds = Math.min(ttlSeconds, Math.max(0, alias.overAt - second()))
        if (answer) return toAnswer(type, answer.rdata, ttlSeconds)
        const [target] = alias.rdata
        if (target === undefined) return undefined
        name = decodeName(target, 0).name.toLowerCase()
      }
      throw unavailable(endpoint, `answers ${text} with a chain of more than ${longestChain} CNAMEs`)
    },
  }
}

const keyOf = (name: string, type: number): string => `${name} ${type}`

function toAnswer(type: RecordType, rdata: readonly Buffer[], ttlSeconds: number): ResolverAnswer | undefined {
  if (rdata.length === 0) return undefined
  return { values: rdata.map((bytes) => decodeValue(type, bytes)).sort(), ttlSeconds }
}

/** What a response says of each name and type, and of the one at the end of the chain that it says nothing of: that there is none. */
function entriesOf(response: DecodedMessage, second: number, asked: string, type: number): Cache {
  const sets = new Map<string, { rdata: Buffer[]; ttlSeconds: number }>()
  for (const record of response.answers) {
    const key = keyOf(record.name.toLowerCase(), record.type)
    const set = sets.get(key) ?? { rdata: [], ttlSeconds: record.ttlSeconds }
    sets.set(key, { rdata: [...set.rdata, record.rdata], ttlSeconds: Math.min(set.ttlSeconds, record.ttlSeconds) })
  }
  const last = endOfChain(sets, asked)
  const soa = response.authorities.find((record) => record.type === typeCode.SOA)
  if (soa && !sets.has(keyOf(last, type))) {
    const ttlSeconds = Math.min(soa.ttlSeconds, decodeSoa(soa.rdata).negativeTtlSeconds)
    sets.set(keyOf(last, type), { rdata: [], ttlSeconds })
  }
  return new Map([...sets].map(([key, { rdata, ttlSeconds }]) => [key, cached(rdata, ttlSeconds, second)]))
}

function cached(rdata: readonly Buffer[], ttlSeconds: number, second: number): Cached {
  const overAt = second + ttlSeconds
  return { rdata, overAt, endsAt: ttlSeconds === 0 ? overAt : overAt + 1 }
}

function endOfChain(sets: ReadonlyMap<string, { readonly rdata: readonly Buffer[] }>, asked: string): string {
  let name = asked
  for (let length = 0; length < longestChain; length++) {
    const target = sets.get(keyOf(name, typeCode.CNAME))?.rdata[0]
    if (target === undefined) break
    name = decodeName(target, 0).name.toLowerCase()
  }
  return name
}

/** The oldest goes when there is no more room. */
function keep(cache: Cache, key: string, entry: Cached): void {
  cache.delete(key)
  cache.set(key, entry)
  if (cache.size <= mostEntries) return
  const [oldest] = cache.keys()
  if (oldest !== undefined) cache.delete(oldest)
}
