import { type Clock, knownOptions, systemClock } from '@cutover/core'

import { dnsName } from '../dns-name.ts'
import { oneOf, refuseOption } from '../option-error.ts'
import type { Resolver } from '../resolver.ts'
import { type Endpoint, shown, unavailable } from '../rfc2136/failure.ts'
import { Malformed } from '../rfc2136/malformed.ts'
import { classCode, typeCode } from '../rfc2136/registry.ts'
import { checkEndpoint } from '../rfc2136/zone-options.ts'
import { answerOf } from './answer.ts'
import { ask } from './ask.ts'

export interface DnsResolverOptions {
  /** An address, or a name that the machine's resolver knows. */
  readonly server: string
  /** @default 53 */
  readonly port?: number | undefined
  /** In evidence. @default server and port */
  readonly name?: string | undefined
  /** `'udp'` comes again over TCP for an answer that is cut off. @default 'udp' */
  readonly transport?: 'udp' | 'tcp' | undefined
  /** For an answer; nothing is sent twice. @default 2_000 */
  readonly timeoutMs?: number | undefined
  /** Times the answer. @default systemClock */
  readonly clock?: Clock | undefined
}

const resolverOptions: readonly (keyof DnsResolverOptions)[] = [
  'server',
  'port',
  'name',
  'transport',
  'timeoutMs',
  'clock',
]

/**
 * A recursive resolver at that address, asked as a client asks it: with recursion desired, so that it answers from its cache
 * or fetches. Keeps nothing itself.
 *
 * Answers what the end of a chain of CNAMEs has, its TTL the lowest of the chain; also that there is no such record, and for
 * how long (SOA, RFC 2308); and whether the answer is out of date, where the resolver says so (RFC 8914).
 *
 * @throws CutoverError `DNS_OPTION_INVALID`; `DNS_UNAVAILABLE` from `lookup`, retryable: no answer, SERVFAIL, REFUSED.
 */
export function dnsResolver(options: DnsResolverOptions): Resolver {
  knownOptions(options, resolverOptions, 'DNS_OPTION_INVALID', 'dnsResolver')
  const { server, port = 53, transport = 'udp', timeoutMs = 2_000, clock = systemClock } = options
  checkEndpoint(server, port)
  oneOf('transport', transport, ['udp', 'tcp'])
  if (!(timeoutMs > 0)) refuseOption('timeoutMs', timeoutMs, 'milliseconds, more than 0')
  const endpoint: Endpoint = { server, port }
  const { name: ownName = shown(endpoint) } = options
  return {
    name: ownName,
    async lookup(text, type, { signal } = {}) {
      const name = dnsName(text)
      const question = { name, type: typeCode[type], class: classCode.IN }
      const response = await ask(endpoint, question, { transport, timeoutMs, clock, signal })
      try {
        return answerOf(response, name, type)
      } catch (cause) {
        if (!(cause instanceof Malformed)) throw cause
        throw unavailable(endpoint, `sent what is no answer: ${cause.message}`, { cause })
      }
    },
  }
}
