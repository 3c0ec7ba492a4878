import { type Check, type Context, defineCheck, knownOptions } from '@cutover/core'

import { checkedRecord, type DnsRecord, type RecordAnswer } from './dns-record.ts'
import type { RecordType } from './dns-zone.ts'
import { refuseOption } from './option-error.ts'
import { sameValues } from './record-set.ts'
import { intendedValues, recordValues } from './record-values.ts'
import type { Resolver } from './resolver.ts'

export interface AnswersWithOptions<Type extends RecordType = RecordType> {
  readonly to: RecordAnswer<Type>
  /** Asked only when the authority answers `to`, since a resolver remembers what it was asked for. @default [] */
  readonly resolvers?: readonly Resolver[] | undefined
}

const answersWithOptions: readonly (keyof AnswersWithOptions)[] = ['to', 'resolvers']

/** Who answers what; `'authority'` is the zone itself, the others are names of resolvers. */
export interface Answering {
  readonly moved: readonly string[]
  /** Something else, which they may go on giving for `ttlSeconds`; no values: no such record. */
  readonly former: readonly { readonly by: string; readonly values: readonly string[]; readonly ttlSeconds?: number }[]
  readonly silent: readonly { readonly by: string; readonly why: string }[]
}

/**
 * Passes when the authority, and every resolver given, answers `to`; undecided while one gives another answer or none.
 *
 * It never fails: an answer that is not there yet may come. Resolvers are not asked before the authority answers `to`, so
 * that the question does not seed the former answer into their caches; even so, one whose authoritative server lags may take
 * the former answer for another TTL. Leave resolvers out where your clients' caches must not be warmed.
 *
 * @throws CutoverError `DNS_RECORD_INVALID`, `DNS_NAME_INVALID`, `DNS_OPTION_INVALID` at once.
 */
export function answersWith<Type extends RecordType>(
  record: DnsRecord<Type>,
  options: AnswersWithOptions<NoInfer<Type>>,
): Check<Answering> {
  knownOptions(options, answersWithOptions, 'DNS_OPTION_INVALID', 'answersWith')
  const { to, resolvers = [] } = options
  const { zone, name, type } = checkedRecord<RecordType>(record)
  const wanted = intendedValues(name, type, to, 'to')
  checkResolvers(resolvers)
  const authority: Resolver = {
    name: 'authority',
    lookup: async (...question) => (await zone.find(...question))?.set,
  }
  return defineCheck({
    id: `dns:answers-with:${name}/${type}:${wanted.join(',')}`,
    title: `${name} answers with ${wanted.join(', ')}`,
    async run({ signal }: Context) {
      const evidence = {
        moved: [] as string[],
        former: [] as Answering['former'][number][],
        silent: [] as Answering['silent'][number][],
      }
      const ask = async (resolver: Resolver): Promise<void> => {
        const by = resolver.name
        try {
          const answer = await resolver.lookup(name, type, { signal })
          const values = answer ? normal(name, type, answer.values) : []
          if (sameValues(values, wanted)) evidence.moved.push(by)
          else evidence.former.push({ by, values, ...(answer && { ttlSeconds: answer.ttlSeconds }) })
        } catch (error) {
          signal.throwIfAborted()
          evidence.silent.push({ by, why: error instanceof Error ? error.message : String(error) })
        }
      }
      await ask(authority)
      if (evidence.moved.length > 0) await Promise.all(resolvers.map(ask))
      const { moved, former, silent } = evidence
      const status = moved.length === resolvers.length + 1 ? 'pass' : 'undecided'
      return { status, text: inWords(evidence, 1 + resolvers.length), evidence: { moved, former, silent } }
    },
  })
}

function checkResolvers(resolvers: unknown): void {
  if (!Array.isArray(resolvers)) return refuseOption('resolvers', resolvers, 'a list of resolvers')
  for (const [place, resolver] of (resolvers as readonly unknown[]).entries()) {
    const { name, lookup } = Object(resolver) as { readonly name?: unknown; readonly lookup?: unknown }
    if (typeof name !== 'string' || typeof lookup !== 'function') {
      refuseOption(`resolvers[${place}]`, resolver, 'a Resolver, which has a name and lookup')
    }
  }
}

/** Resolvers keep the case that the zone has, and turn the order of addresses. */
function normal(name: string, type: RecordType, values: readonly string[]): readonly string[] {
  try {
    return recordValues(name, type, values)
  } catch {
    // Not what a record can hold, so it is not what is wanted: shown as it came.
    return values
  }
}

function inWords({ moved, former, silent }: Answering, all: number): string {
  const others = former.map(({ by, values, ttlSeconds }) =>
    values.length === 0 ? `${by} has no such record` : `${by} answers ${values.join(' ')} for up to ${ttlSeconds} s`,
  )
  const quiet = silent.map(({ by, why }) => `${by} does not answer: ${why}`)
  return [`${moved.length} of ${all} moved`, ...others, ...quiet].join('; ')
}
