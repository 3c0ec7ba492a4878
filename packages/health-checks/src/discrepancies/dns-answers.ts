import { knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { asked } from '../sources/service-error.ts'
import type { Outbound } from './no-legacy-endpoints.ts'

/** `new Resolver()` of `node:dns/promises` fits as it is. */
export interface AliasResolver {
  resolveCname(name: string): Promise<readonly string[]>
}

export interface DnsAnswersOptions {
  readonly resolver: AliasResolver
  /** The names that clients and the target ask for. */
  readonly names: readonly string[]
}

/** As many as resolvers follow. */
const mostAliases = 8

/**
 * The names that lead on from each name, CNAME by CNAME, for `dns` of `noLegacyEndpoints`. A name without an alias leads to itself:
 * that addresses belong to a cloud is not seen.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; `found` rejects with a `SourceErrorCode` when the resolver does not answer,
 * and for a name that is not there.
 */
export function dnsAnswers(options: DnsAnswersOptions): Outbound {
  knownOptions(options, ['resolver', 'names'], 'HEALTH_OPTIONS_INVALID', 'dnsAnswers')
  const { resolver, names } = options
  if (typeof (resolver as Partial<AliasResolver> | undefined)?.resolveCname !== 'function')
    refuseOption('resolver', resolver, "new Resolver() of 'node:dns/promises'")
  if (names.length === 0) refuseOption('names', names, 'at least one name')
  return {
    name: names.join(', '),
    async found({ signal } = {}) {
      const found: Record<string, string[]> = {}
      for (const name of names) {
        const chain = [name]
        for (let i = 0; i < mostAliases; i++) {
          const last = chain.at(-1) ?? name
          const attempt = { what: `resolve ${last}`, action: 'DNS' }
          const next = await asked(attempt, signal, () => aliasesOf(resolver, last))
          if (next.length === 0) break
          chain.push(...next)
        }
        found[name] = chain
      }
      return found
    },
  }
}

/** A name that has no CNAME is no error; one that is not there is. */
async function aliasesOf(resolver: AliasResolver, name: string): Promise<readonly string[]> {
  try {
    return await resolver.resolveCname(name)
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENODATA') return []
    throw error
  }
}
