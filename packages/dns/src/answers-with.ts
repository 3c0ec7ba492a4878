import { type Check, type Context, defineCheck, knownOptions } from '@cutover/core'

import { checkedRecord, type DnsRecord, type RecordAnswer } from './dns-record.ts'
import type { AnyRecordSet, RecordType } from './dns-zone.ts'
import { describeRecordSet, sameValues } from './record-set.ts'
import { intendedValues } from './record-values.ts'
import { answeredValues, checkResolvers } from './resolver-list.ts'
import type { Resolver, ResolverAnswer } from './resolver.ts'

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
    lookup: async (...question) => answerOf((await zone.find(...question))?.set),
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
          const values = answer ? answeredValues(name, type, answer.values) : []
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

/** What the authority answers, as far as values say it. */
function answerOf(set: AnyRecordSet | undefined): ResolverAnswer | undefined {
  if (set === undefined || set.kind === undefined) return set
  throw new Error(`it has ${describeRecordSet(set)}: not one answer for everybody`)
}

function inWords({ moved, former, silent }: Answering, all: number): string {
  const others = former.map(({ by, values, ttlSeconds }) =>
    values.length === 0 ? `${by} has no such record` : `${by} answers ${values.join(' ')} for up to ${ttlSeconds} s`,
  )
  const quiet = silent.map(({ by, why }) => `${by} does not answer: ${why}`)
  return [`${moved.length} of ${all} moved`, ...others, ...quiet].join('; ')
}
